#include <dmls/crypto/kdf.h>

#include <array>

#include "hkdf.h"
#include "labels.h"

namespace dmls::crypto {

SecretBytes extract(const CipherSuite& suite, BytesView salt, BytesView ikm) {
  SecretBytes prk(suite.hash_length());
  hkdf_extract(suite.provider(), suite.hash(), salt, Parts(&ikm, 1), prk.expose_mut());
  return prk;
}

SecretBytes expand(const CipherSuite& suite, BytesView prk, BytesView info, std::size_t length) {
  if (length > max_expand_length(suite)) panic("RFC 5869 §2.3: one expansion yields at most 255 * Nh octets");
  SecretBytes out(length);
  hkdf_expand(suite.provider(), suite.hash(), prk, Parts(&info, 1), out.expose_mut());
  return out;
}

SecretBytes expand_with_label(const CipherSuite& suite, BytesView secret, std::string_view label, BytesView context,
                              std::size_t length) {
  if (length > max_expand_length(suite)) panic("RFC 5869 §2.3: one expansion yields at most 255 * Nh octets");
  const KdfLabel info(length, label, context);
  SecretBytes out(length);
  hkdf_expand(suite.provider(), suite.hash(), secret, info.parts(), out.expose_mut());
  return out;
}

SecretBytes derive_secret(const CipherSuite& suite, BytesView secret, std::string_view label) {
  return expand_with_label(suite, secret, label, {}, suite.hash_length());
}

SecretBytes derive_tree_secret(const CipherSuite& suite, BytesView secret, std::string_view label,
                               std::uint32_t generation, std::size_t length) {
  const std::array<std::uint8_t, 4> context{
      static_cast<std::uint8_t>(generation >> 24), static_cast<std::uint8_t>(generation >> 16),
      static_cast<std::uint8_t>(generation >> 8), static_cast<std::uint8_t>(generation)};
  return expand_with_label(suite, secret, label, context, length);
}

}  // namespace dmls::crypto
