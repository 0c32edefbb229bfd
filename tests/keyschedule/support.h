#pragma once
// What the tests of keyschedule share: suites, secrets by number, and the rules of RFC 9420 §9 written down once more.

#include <dmls/crypto/kdf.h>
#include <dmls/crypto/suite.h>
#include <dmls/keyschedule/secret_tree.h>

#include <vector>

#include "support/vectors.h"

namespace dmls::keyschedule {

// The suites of this build.
inline std::vector<crypto::CipherSuite> suites() {
  std::vector<crypto::CipherSuite> all;
  for (const auto& row : crypto::registered_suites())
    if (const auto suite = crypto::CipherSuite::find(row.id)) all.push_back(*suite);
  return all;
}

inline crypto::CipherSuite suite_1() {
  return *crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519);
}

// `n` octets that differ for different numbers.
inline SecretBytes octets(std::size_t n, std::uint8_t number) {
  SecretBytes out(n);
  for (std::size_t i = 0; i < n; ++i) out.expose_mut()[i] = static_cast<std::uint8_t>(number + i);
  return out;
}
template <class S>
S secret(const crypto::CipherSuite& suite, std::uint8_t number) {
  return S(octets(suite.hash_length(), number));
}

inline SecretTree tree_of(const crypto::CipherSuite& suite, std::uint32_t leaves, RatchetLimits limits = {}) {
  return *SecretTree::create(suite, tree_math::LeafCount(leaves), secret<EncryptionSecret>(suite, 9), limits);
}

// The secret of a leaf, from the root down, as RFC 9420 §9 draws it.
inline SecretBytes naive_leaf_secret(const crypto::CipherSuite& suite, tree_math::LeafCount size,
                                     tree_math::LeafIndex leaf) {
  SecretBytes at = secret<EncryptionSecret>(suite, 9).clone().into_bytes();
  tree_math::NodeIndex node = size.root();
  while (node.is_parent()) {
    const bool is_left = tree_math::in_subtree(leaf, tree_math::left(node));
    at = crypto::expand_with_label(suite, at.expose(), "tree", as_bytes(is_left ? "left" : "right"),
                                   suite.hash_length());
    node = is_left ? tree_math::left(node) : tree_math::right(node);
  }
  return at;
}

// The first `count` keys of one ratchet, as RFC 9420 §9.1 draws them.
inline std::vector<KeyAndNonce> naive_ratchet(const crypto::CipherSuite& suite, tree_math::LeafCount size,
                                              tree_math::LeafIndex leaf, RatchetKind kind, std::uint32_t count) {
  SecretBytes at =
      crypto::expand_with_label(suite, naive_leaf_secret(suite, size, leaf).expose(),
                                kind == RatchetKind::handshake ? "handshake" : "application", {}, suite.hash_length());
  std::vector<KeyAndNonce> keys;
  for (std::uint32_t j = 0; j < count; ++j) {
    keys.push_back({crypto::derive_tree_secret(suite, at.expose(), "key", j, suite.key_length()),
                    crypto::derive_tree_secret(suite, at.expose(), "nonce", j, suite.nonce_length())});
    at = crypto::derive_tree_secret(suite, at.expose(), "secret", j, suite.hash_length());
  }
  return keys;
}

}  // namespace dmls::keyschedule
