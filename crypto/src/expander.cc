// Several derivations from one secret.

#include <dmls/crypto/kdf.h>

#include <array>
#include <cstring>

#include "hkdf.h"
#include "labels.h"

namespace dmls::crypto {

Expander::Expander(const CipherSuite& suite, BytesView secret) : suite_(suite), secret_(secret) {}

SecretBytes Expander::expand_with_label(std::string_view label, BytesView context, std::size_t length) const {
  return crypto::expand_with_label(suite_, secret_.expose(), label, context, length);
}

SecretBytes Expander::derive_secret(std::string_view label) const {
  return crypto::derive_secret(suite_, secret_.expose(), label);
}

SecretBytes Expander::derive_tree_secret(std::string_view label, std::uint32_t generation, std::size_t length) const {
  return crypto::derive_tree_secret(suite_, secret_.expose(), label, generation, length);
}

void derive_children(const CipherSuite& suite, BytesView node, MutableBytes left, MutableBytes right) {
  const std::size_t nh = suite.hash_length();
  if (node.size() != nh || left.size() != nh || right.size() != nh)
    panic("derive_children: a node and its children have Nh octets");
  // Both are computed before either is written: an output may be the node itself.
  std::array<std::uint8_t, 2 * kMaxHashLength> both;
  const auto a = MutableBytes(both).first(nh);
  const auto b = MutableBytes(both).subspan(nh, nh);
  hkdf_expand(suite.provider(), suite.hash(), node, KdfLabel(nh, "tree", as_bytes("left")).parts(), a);
  hkdf_expand(suite.provider(), suite.hash(), node, KdfLabel(nh, "tree", as_bytes("right")).parts(), b);
  std::memcpy(left.data(), a.data(), nh);
  std::memcpy(right.data(), b.data(), nh);
  secure_wipe(both.data(), both.size());
}

}  // namespace dmls::crypto
