// Several derivations from one secret: the key pads of HMAC are computed once, if the provider has kernels for that.

#include <dmls/crypto/kdf.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "hkdf.h"
#include "labels.h"

namespace dmls::crypto {
namespace {

// HKDF-Expand(key, info, out.size()), RFC 5869 §2.3.
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

// What is asked for nearly always: one block of Nh octets or less, of a short label and context. Puts the KDFLabel and
// the counter octet together in one piece; false if that is not such a case.
bool expand_short(const TreeKdf& kdf, const HmacKey& key, std::string_view label, BytesView context, std::size_t nh,
                  MutableBytes out) {
  constexpr std::size_t kOneOctetHeader = 63;  // the longest vector with such a header, RFC 9420 §2.1.2
  const std::size_t label_size = kLabelPrefix.size() + label.size();
  if (out.size() > nh || label_size > kOneOctetHeader || context.size() > kOneOctetHeader) return false;
  std::array<std::uint8_t, 2 + 2 * (1 + kOneOctetHeader) + 1> message;
  std::uint8_t* at = message.data();
  *at++ = static_cast<std::uint8_t>(out.size() >> 8);
  *at++ = static_cast<std::uint8_t>(out.size());
  *at++ = static_cast<std::uint8_t>(label_size);
  at = std::copy(kLabelPrefix.begin(), kLabelPrefix.end(), at);
  at = std::copy(label.begin(), label.end(), at);
  *at++ = static_cast<std::uint8_t>(context.size());
  at = std::copy(context.begin(), context.end(), at);
  *at++ = 1;
  const BytesView whole(message.data(), at);
  if (out.size() == nh) {
    kdf.hmac(key, Parts(&whole, 1), out);
    return true;
  }
  std::array<std::uint8_t, kMaxHashLength> t;
  kdf.hmac(key, Parts(&whole, 1), MutableBytes(t).first(nh));
  std::copy_n(t.begin(), out.size(), out.begin());
  secure_wipe(t.data(), nh);
  return true;
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

void Expander::expand_with_label(std::string_view label, BytesView context, MutableBytes out) const {
  if (out.size() > max_expand_length(suite_)) panic("RFC 5869 §2.3: one expansion yields at most 255 * Nh octets");
  if (kdf_ != nullptr && expand_short(*kdf_, key_, label, context, suite_.hash_length(), out)) return;
  const KdfLabel info(out.size(), label, context);
  if (kdf_ != nullptr) {
    expand_with_key(*kdf_, key_, info.parts(), suite_.hash_length(), out);
  } else {
    hkdf_expand(suite_.provider(), suite_.hash(), secret_.expose(), info.parts(), out);
  }
}

SecretBytes Expander::expand_with_label(std::string_view label, BytesView context, std::size_t length) const {
  if (length > max_expand_length(suite_)) panic("RFC 5869 §2.3: one expansion yields at most 255 * Nh octets");
  SecretBytes out(length);
  expand_with_label(label, context, out.expose_mut());
  return out;
}

SecretBytes Expander::derive_secret(std::string_view label) const {
  return expand_with_label(label, {}, suite_.hash_length());
}

void Expander::derive_tree_secret(std::string_view label, std::uint32_t generation, MutableBytes out) const {
  const std::array<std::uint8_t, 4> context{
      static_cast<std::uint8_t>(generation >> 24), static_cast<std::uint8_t>(generation >> 16),
      static_cast<std::uint8_t>(generation >> 8), static_cast<std::uint8_t>(generation)};
  expand_with_label(label, context, out);
}

SecretBytes Expander::derive_tree_secret(std::string_view label, std::uint32_t generation, std::size_t length) const {
  if (length > max_expand_length(suite_)) panic("RFC 5869 §2.3: one expansion yields at most 255 * Nh octets");
  SecretBytes out(length);
  derive_tree_secret(label, generation, out.expose_mut());
  return out;
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
