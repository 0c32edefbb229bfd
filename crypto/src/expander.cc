// Several derivations from one secret: the key pads of HMAC are computed once, if the provider has kernels for that.

#include <dmls/crypto/kdf.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "hkdf.h"
#include "labels.h"

namespace dmls::crypto {
namespace {

// HKDF-Expand(key, info, out.size()), RFC 5869 §2.3. What is asked for is one block of Nh octets nearly always.
void expand_with_key(const TreeKdf& kdf, const HmacKey& key, Parts info, std::size_t nh, MutableBytes out) {
  std::array<std::uint8_t, kMaxHashLength> t;
  std::uint8_t counter = 0;
  std::array<BytesView, kMaxInfoParts + 2> message;
  std::copy(info.begin(), info.end(), message.begin() + 1);
  message[info.size() + 1] = BytesView(&counter, 1);
  const Parts parts(message.data(), info.size() + 2);
  while (!out.empty()) {
    ++counter;
    kdf.hmac(key, parts, MutableBytes(t).first(nh));
    const std::size_t n = std::min(nh, out.size());
    std::memcpy(out.data(), t.data(), n);
    out = out.subspan(n);
    message[0] = BytesView(t).first(nh);
  }
  secure_wipe(t.data(), t.size());
}

}  // namespace

Expander::Expander(const CipherSuite& suite, BytesView secret)
    : suite_(suite), kdf_(suite.provider().tree_kdf(suite.hash())) {
  if (kdf_ != nullptr) {
    kdf_->set_key(secret, key_);
  } else {
    secret_ = SecretBytes(secret);
  }
}

SecretBytes Expander::expand_with_label(std::string_view label, BytesView context, std::size_t length) const {
  if (kdf_ == nullptr) return crypto::expand_with_label(suite_, secret_.expose(), label, context, length);
  if (length > max_expand_length(suite_)) panic("RFC 5869 §2.3: one expansion yields at most 255 * Nh octets");
  SecretBytes out(length);
  expand_with_key(*kdf_, key_, KdfLabel(length, label, context).parts(), suite_.hash_length(), out.expose_mut());
  return out;
}

SecretBytes Expander::derive_secret(std::string_view label) const {
  return expand_with_label(label, {}, suite_.hash_length());
}

SecretBytes Expander::derive_tree_secret(std::string_view label, std::uint32_t generation, std::size_t length) const {
  const std::array<std::uint8_t, 4> context{
      static_cast<std::uint8_t>(generation >> 24), static_cast<std::uint8_t>(generation >> 16),
      static_cast<std::uint8_t>(generation >> 8), static_cast<std::uint8_t>(generation)};
  return expand_with_label(label, context, length);
}

void derive_children(const CipherSuite& suite, BytesView node, MutableBytes left, MutableBytes right) {
  const std::size_t nh = suite.hash_length();
  if (node.size() != nh || left.size() != nh || right.size() != nh)
    panic("derive_children: a node and its children have Nh octets");
  // One level of a walk that goes left. Through a buffer, since either output may be the node itself.
  constexpr std::uint8_t kLeft = 0;
  std::array<std::uint8_t, kMaxHashLength> sibling;
  walk_tree(suite, {.node = node,
                    .path = BytesView(&kLeft, 1),
                    .from = 0,
                    .to = 1,
                    .copath = MutableBytes(sibling).first(nh),
                    .end = left});
  std::memcpy(right.data(), sibling.data(), nh);
  secure_wipe(sibling.data(), nh);
}

}  // namespace dmls::crypto
