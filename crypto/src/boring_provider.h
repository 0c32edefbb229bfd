#pragma once
// The default provider. One file per topic implements it: boring_hash.cc, boring_aead.cc, boring_provider.cc (which
// dispatches to curve25519.h, prime_curve.h, ecdsa.h and curve448.h).

#include <dmls/crypto/provider.h>
#include <dmls/crypto/tree_kdf.h>

namespace dmls::crypto {

class BoringProvider : public Provider {
 public:
  [[nodiscard]] std::string_view description() const override;
  [[nodiscard]] bool supports(KemId) const override;
  [[nodiscard]] bool supports(AeadId) const override;
  [[nodiscard]] bool supports(SignatureScheme) const override;

  void hash(HashId, Parts message, MutableBytes out) const override;
  void hmac(HashId, BytesView key, Parts message, MutableBytes out) const override;
  [[nodiscard]] const TreeKdf* tree_kdf(HashId id) const override { return native_tree_kdf(id); }

  Result<void> aead_seal(AeadId, BytesView key, BytesView nonce, BytesView aad, BytesView plaintext,
                         MutableBytes out) const override;
  Result<void> aead_open(AeadId, BytesView key, BytesView nonce, BytesView aad, BytesView ciphertext,
                         MutableBytes out) const override;

  Result<void> kem_derive_private_key(KemId, BytesView ikm, MutableBytes private_key) const override;
  Result<void> kem_public_key(KemId, BytesView private_key, MutableBytes public_key) const override;
  Result<void> kem_check_public_key(KemId, BytesView public_key) const override;
  Result<void> dh(KemId, BytesView private_key, BytesView public_key, MutableBytes out) const override;

  Result<void> signature_derive_private_key(SignatureScheme, BytesView seed, MutableBytes private_key) const override;
  Result<void> signature_public_key(SignatureScheme, BytesView private_key, MutableBytes public_key) const override;
  Result<void> signature_check_public_key(SignatureScheme, BytesView public_key) const override;
  Result<Bytes> sign(SignatureScheme, BytesView private_key, BytesView public_key, BytesView message) const override;
  Result<void> verify(SignatureScheme, BytesView public_key, BytesView message, BytesView signature) const override;
};

}  // namespace dmls::crypto
