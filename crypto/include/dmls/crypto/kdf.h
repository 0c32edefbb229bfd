#pragma once
// Key derivation: KDF.Extract and the labelled expansions of RFC 9420 §8 and §9.

#include <dmls/base/bytes.h>
#include <dmls/base/secret.h>
#include <dmls/crypto/suite.h>
#include <dmls/crypto/tree_kdf.h>

#include <cstdint>
#include <string_view>

namespace dmls::crypto {

// The most that one expansion yields: 255 * Nh octets (RFC 5869 §2.3). Lengths that come from
// outside are checked against it first; the functions below panic beyond it.
inline std::size_t max_expand_length(const CipherSuite& suite) { return 255 * suite.hash_length(); }

// KDF.Extract(salt, ikm); Nh octets.
[[nodiscard]] SecretBytes extract(const CipherSuite&, BytesView salt, BytesView ikm);
// KDF.Expand(prk, info, length), RFC 5869; `length` octets, at most max_expand_length().
[[nodiscard]] SecretBytes expand(const CipherSuite&, BytesView prk, BytesView info, std::size_t length);

// ExpandWithLabel(secret, label, context, length), RFC 9420 §8; "MLS 1.0 " is put before `label` here.
[[nodiscard]] SecretBytes expand_with_label(const CipherSuite&, BytesView secret, std::string_view label,
                                            BytesView context, std::size_t length);
// DeriveSecret(secret, label), RFC 9420 §8; Nh octets.
[[nodiscard]] SecretBytes derive_secret(const CipherSuite&, BytesView secret, std::string_view label);
// DeriveTreeSecret(secret, label, generation, length), RFC 9420 §9.
[[nodiscard]] SecretBytes derive_tree_secret(const CipherSuite&, BytesView secret, std::string_view label,
                                             std::uint32_t generation, std::size_t length);

// Expander derives several secrets from one: what depends on the secret alone is computed once. Borrows nothing; wiped
// when it dies. The results equal those of the functions above.
class Expander {
 public:
  // `secret`: any number of octets.
  Expander(const CipherSuite&, BytesView secret);

  // ExpandWithLabel(secret, label, context, length), RFC 9420 §8; at most max_expand_length() octets (panic beyond).
  [[nodiscard]] SecretBytes expand_with_label(std::string_view label, BytesView context, std::size_t length) const;
  // DeriveSecret(secret, label), RFC 9420 §8; Nh octets.
  [[nodiscard]] SecretBytes derive_secret(std::string_view label) const;
  // DeriveTreeSecret(secret, label, generation, length), RFC 9420 §9; at most max_expand_length() octets.
  [[nodiscard]] SecretBytes derive_tree_secret(std::string_view label, std::uint32_t generation,
                                               std::size_t length) const;
  // The same into `out`, as many octets as it has, for callers that keep secrets in memory of their own.
  void expand_with_label(std::string_view label, BytesView context, MutableBytes out) const;
  // The same into `out`, as many octets as it has.
  void derive_tree_secret(std::string_view label, std::uint32_t generation, MutableBytes out) const;

 private:
  CipherSuite suite_;
  const TreeKdf* kdf_;  // with it `key_` is set, without it `secret_`
  HmacKey key_;
  SecretBytes secret_;
};

// derive_children computes both children of a tree node at once, RFC 9420 §9:
//   left  = ExpandWithLabel(node, "tree", "left",  KDF.Nh)
//   right = ExpandWithLabel(node, "tree", "right", KDF.Nh)
// All three spans have Nh octets; either output may be the node itself.
void derive_children(const CipherSuite&, BytesView node, MutableBytes left, MutableBytes right);

}  // namespace dmls::crypto
