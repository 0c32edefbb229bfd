#pragma once
// Random values that everyone must ignore. RFC 9420 §13.5
//
// Receivers treat them like any other unknown value; nothing that processes received objects may ask is_grease().

#include <dmls/base/random.h>
#include <dmls/base/result.h>
#include <dmls/treekem/capabilities.h>
#include <dmls/treekem/extension.h>

#include <cstdint>

namespace dmls::treekem {

// 0x0A0A, 0x1A1A, ... 0xEAEA. (0xFAFA is in the private use range, and is not one.)
constexpr bool is_grease(std::uint16_t value) {
  return (value & 0x0f0f) == 0x0a0a && (value >> 8) == (value & 0xff) && value != 0xfafa;
}

// A copy of one's own capabilities to be sent: a GREASE value at a random place in cipher_suites, extensions, proposals
// and credentials each.
Result<Capabilities> with_grease(const Capabilities&, Random&);

// A copy of `list` to be sent, with one GREASE extension of up to 15 random octets at a random place; as it is if it
// has all GREASE types. For a LeafNode's or KeyPackage's list its type is added to `capabilities` (RFC 9420 §13.5); for
// a GroupInfo's pass nullptr.
Result<ExtensionList> with_grease(const ExtensionList& list, Capabilities* capabilities, Random&);

}  // namespace dmls::treekem
