#pragma once
// Octets that are not secret: owned, and borrowed.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace dmls {

// Bytes owns public octets. Secret ones live in SecretBytes.
using Bytes = std::vector<std::uint8_t>;

// BytesView borrows octets for the length of a call.
using BytesView = std::span<const std::uint8_t>;

// as_bytes views the characters of a string as octets.
inline BytesView as_bytes(std::string_view s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

// to_bytes copies borrowed octets into owned ones.
inline Bytes to_bytes(BytesView v) { return Bytes(v.begin(), v.end()); }

// OctetOrder orders octet strings lexicographically, for sets and maps.
struct OctetOrder {
  using is_transparent = void;  // a view is looked up as it is
  bool operator()(BytesView a, BytesView b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
  }
};

}  // namespace dmls
