#pragma once
#include <dmls/crypto/hpke.h>
#include <dmls/crypto/keys.h>
#include <dmls/treekem/leaf_node.h>

#include <tuple>
#include <vector>

namespace dmls::treekem {

// One node of a path. RFC 9420 §7.6
struct UpdatePathNode {
  crypto::HpkePublicKey encryption_key;  // opaque<V>
  // HPKECiphertext<V>; one for each node of the copath child's resolution, from left to right, leaves that the same
  // Commit adds excepted.
  std::vector<crypto::HpkeCiphertext> encrypted_path_secret;
  static constexpr auto fields(auto& s) { return std::tie(s.encryption_key, s.encrypted_path_secret); }
  bool operator==(const UpdatePathNode&) const = default;
};

// RFC 9420 §7.6: one node for each of the sender's filtered direct path, from the lowest up.
struct UpdatePath {
  LeafNode leaf_node;                 // the sender's new one; its source is commit
  std::vector<UpdatePathNode> nodes;  // UpdatePathNode<V>
  static constexpr auto fields(auto& s) { return std::tie(s.leaf_node, s.nodes); }
  bool operator==(const UpdatePath&) const = default;
};

}  // namespace dmls::treekem
