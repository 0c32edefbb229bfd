#include "node_secrets.h"

#include <dmls/base/error.h>
#include <dmls/crypto/tree_kdf.h>

#include <array>
#include <utility>

namespace dmls::keyschedule {

using tree_math::LeafIndex;
using tree_math::NodeIndex;

namespace {

// From a node down to a leaf: the secret of the leaf, and those of the nodes beside the way, from top to bottom.
struct Descent {
  SecretBytes leaf_secret;
  SecretBytes copath;
};

// RFC 9420 §9, all levels in one walk.
Descent descend(const crypto::CipherSuite& suite, tree_math::LeafCount size, NodeIndex node, SecretBytes secret,
                LeafIndex leaf) {
  // The leaf index, its bit for the root's children first.
  const std::uint32_t path = size.depth() == 0 ? 0 : leaf.value() << (32 - size.depth());
  const std::array<std::uint8_t, 4> bits{static_cast<std::uint8_t>(path >> 24), static_cast<std::uint8_t>(path >> 16),
                                         static_cast<std::uint8_t>(path >> 8), static_cast<std::uint8_t>(path)};
  Descent out{std::move(secret), SecretBytes(node.level() * suite.hash_length())};
  crypto::walk_tree(suite, {.node = out.leaf_secret.expose(),
                            .path = bits,
                            .from = size.depth() - node.level(),
                            .to = size.depth(),
                            .copath = out.copath.expose_mut(),
                            .end = out.leaf_secret.expose_mut()});
  return out;
}

}  // namespace

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
  const NodeIndex node = nearest(leaf);
  return descend(suite, size_, node, secrets_.at(node.value()).clone(), leaf).leaf_secret;
}

SecretBytes NodeSecrets::take(const crypto::CipherSuite& suite, LeafIndex leaf, ChangeLog& log) {
  const NodeIndex top = nearest(leaf);
  const auto found = secrets_.find(top.value());
  Descent descent = descend(suite, size_, top, std::move(found->second), leaf);
  secrets_.erase(found);
  log.touch({.type = RecordType::node, .index = top.value()});

  BytesView beside = descent.copath.expose();
  for (NodeIndex node = top; node.is_parent(); beside = beside.subspan(suite.hash_length())) {
    const bool is_left = leaf.node() < node;
    const NodeIndex sibling = is_left ? tree_math::right(node) : tree_math::left(node);
    put(sibling, SecretBytes(beside.first(suite.hash_length())));
    log.touch({.type = RecordType::node, .index = sibling.value()});
    node = is_left ? tree_math::left(node) : tree_math::right(node);
  }
  return std::move(descent.leaf_secret);
}

}  // namespace dmls::keyschedule
