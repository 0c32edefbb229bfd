#pragma once
#include <cstdint>

namespace dmls::treekem {

// The MLS Proposal Types registry, RFC 9420 §17.4. Stands here because capabilities list proposal types. Open: any
// value can be carried, compared and encoded.
enum class ProposalType : std::uint16_t {
  add = 0x0001,                       // §12.1.1
  update = 0x0002,                    // §12.1.2
  remove = 0x0003,                    // §12.1.3
  psk = 0x0004,                       // §12.1.4
  reinit = 0x0005,                    // §12.1.5
  external_init = 0x0006,             // §12.1.6
  group_context_extensions = 0x0007,  // §12.1.7
};

// Default types are supported by everyone and are never listed in capabilities. RFC 9420 §7.2
constexpr bool is_default(ProposalType type) {
  return type >= ProposalType::add && type <= ProposalType::group_context_extensions;
}

// 0xF000 to 0xFFFF. RFC 9420 §17.4
constexpr bool is_private_use(ProposalType type) { return static_cast<std::uint16_t>(type) >= 0xF000; }

}  // namespace dmls::treekem
