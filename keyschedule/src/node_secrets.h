#pragma once
#include <dmls/base/secret.h>
#include <dmls/crypto/suite.h>
#include <dmls/tree_math/tree_math.h>

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "change_log.h"

namespace dmls::keyschedule {

// NodeSecrets holds the secrets of tree nodes that have not been consumed: of every untaken leaf, exactly one node on
// the way from it to the root is here. Starts with the root alone. RFC 9420 §9, §9.2
class NodeSecrets {
 public:
  NodeSecrets(tree_math::LeafCount size, SecretBytes root);
  explicit NodeSecrets(tree_math::LeafCount size) : size_(size) {}

  // The secret of a leaf that was not taken, derived without changing anything.
  [[nodiscard]] SecretBytes look(const crypto::CipherSuite&, tree_math::LeafIndex) const;
  // The same; consumes it and every node above it, and leaves the nodes beside that path.
  [[nodiscard]] SecretBytes take(const crypto::CipherSuite&, tree_math::LeafIndex, ChangeLog&);

  // The one node at or above a leaf that was not taken.
  [[nodiscard]] tree_math::NodeIndex nearest(tree_math::LeafIndex) const;
  // Moves everything of `more` here, in the place of `node`.
  void replace(tree_math::NodeIndex node, NodeSecrets more) {
    secrets_.erase(node.value());
    secrets_.merge(more.secrets_);
  }

  [[nodiscard]] std::size_t size() const { return secrets_.size(); }
  [[nodiscard]] const std::unordered_map<std::uint32_t, SecretBytes>& all() const { return secrets_; }
  void put(tree_math::NodeIndex node, SecretBytes secret) {
    secrets_.insert_or_assign(node.value(), std::move(secret));
  }

 private:
  tree_math::LeafCount size_;
  std::unordered_map<std::uint32_t, SecretBytes> secrets_;  // by node index
};

}  // namespace dmls::keyschedule
