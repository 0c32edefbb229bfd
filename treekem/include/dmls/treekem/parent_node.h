#pragma once
#include <dmls/base/bytes.h>
#include <dmls/crypto/keys.h>
#include <dmls/tls_codec/codec.h>

#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

namespace dmls::treekem {

// RFC 9420 §7.1
struct ParentNode {
  crypto::HpkePublicKey encryption_key;        // opaque<V>
  Bytes parent_hash;                           // opaque<V>; Nh octets, or none at the top of a path (§7.9)
  std::vector<std::uint32_t> unmerged_leaves;  // uint32<V>; leaf indices, ascending
  static constexpr auto fields(auto& s) { return std::tie(s.encryption_key, s.parent_hash, s.unmerged_leaves); }
  bool operator==(const ParentNode&) const = default;
};

// ParentNodeView borrows the fields of a parent node in a tree.
struct ParentNodeView {
  BytesView encryption_key;                        // at most 65535 octets
  BytesView parent_hash;                           // at most 65535 octets
  std::span<const std::uint32_t> unmerged_leaves;  // leaf indices, ascending
};

}  // namespace dmls::treekem
