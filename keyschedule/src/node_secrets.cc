#include "node_secrets.h"

#include <dmls/base/error.h>
#include <dmls/crypto/kdf.h>

#include <utility>

namespace dmls::keyschedule {

using tree_math::LeafIndex;
using tree_math::NodeIndex;

NodeSecrets::NodeSecrets(tree_math::LeafCount size, SecretBytes root) : size_(size) {
  secrets_.emplace(size.root().value(), std::move(root));
}

// The lowest node above `leaf` (or the leaf itself) whose secret is here.
NodeIndex NodeSecrets::nearest(LeafIndex leaf) const {
  for (unsigned level = 0; level <= size_.depth(); ++level) {
    const NodeIndex node = tree_math::ancestor(leaf.node(), level);
    if (secrets_.contains(node.value())) return node;
  }
  panic("NodeSecrets: this leaf was taken before");
}

SecretBytes NodeSecrets::look(const crypto::CipherSuite& suite, LeafIndex leaf) const {
  NodeIndex node = nearest(leaf);
  SecretBytes secret = secrets_.at(node.value()).clone();
  while (node.is_parent()) {
    const bool is_left = leaf.node() < node;
    secret = crypto::expand_with_label(suite, secret.expose(), "tree", as_bytes(is_left ? "left" : "right"),
                                       suite.hash_length());
    node = is_left ? tree_math::left(node) : tree_math::right(node);
  }
  return secret;
}

SecretBytes NodeSecrets::take(const crypto::CipherSuite& suite, LeafIndex leaf, ChangeLog& log) {
  NodeIndex node = nearest(leaf);
  const auto found = secrets_.find(node.value());
  SecretBytes secret = std::move(found->second);
  secrets_.erase(found);
  log.touch({.type = RecordType::node, .index = node.value()});
  while (node.is_parent()) {
    const NodeIndex left = tree_math::left(node);
    const NodeIndex right = tree_math::right(node);
    const bool is_left = leaf.node() < node;
    SecretBytes beside(suite.hash_length());
    crypto::derive_children(suite, secret.expose(), (is_left ? secret : beside).expose_mut(),
                            (is_left ? beside : secret).expose_mut());
    const NodeIndex sibling = is_left ? right : left;
    put(sibling, std::move(beside));
    log.touch({.type = RecordType::node, .index = sibling.value()});
    node = is_left ? left : right;
  }
  return secret;
}

}  // namespace dmls::keyschedule
