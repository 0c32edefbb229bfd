#pragma once
// A provider that is another one, apart from what a derived class overrides.

#include <dmls/crypto/provider.h>

namespace dmls::crypto_testing {

// ForwardingProvider passes every call on to `target`, which outlives it.
class ForwardingProvider : public crypto::Provider {
 public:
  explicit ForwardingProvider(const crypto::Provider& target) : target_(target) {}

  [[nodiscard]] std::string_view description() const override;
  [[nodiscard]] bool supports(crypto::KemId) const override;
  [[nodiscard]] bool supports(crypto::AeadId) const override;
  [[nodiscard]] bool supports(crypto::SignatureScheme) const override;

  void hash(crypto::HashId, crypto::Parts message, crypto::MutableBytes out) const override;
  void hmac(crypto::HashId, BytesView key, crypto::Parts message, crypto::MutableBytes out) const override;
  // Whoever overrides hmac() overrides this as well.
  [[nodiscard]] const crypto::TreeKdf* tree_kdf(crypto::HashId) const override;

  Result<void> aead_seal(crypto::AeadId, BytesView key, BytesView nonce, BytesView aad, BytesView plaintext,
                         crypto::MutableBytes out) const override;
  Result<void> aead_open(crypto::AeadId, BytesView key, BytesView nonce, BytesView aad, BytesView ciphertext,
                         crypto::MutableBytes out) const override;

  Result<void> kem_derive_private_key(crypto::KemId, BytesView ikm, crypto::MutableBytes private_key) const override;
  Result<void> kem_public_key(crypto::KemId, BytesView private_key, crypto::MutableBytes public_key) const override;
  Result<void> kem_check_public_key(crypto::KemId, BytesView public_key) const override;
  Result<void> dh(crypto::KemId, BytesView private_key, BytesView public_key, crypto::MutableBytes out) const override;

  Result<void> signature_derive_private_key(crypto::SignatureScheme, BytesView seed,
                                            crypto::MutableBytes private_key) const override;
  Result<void> signature_public_key(crypto::SignatureScheme, BytesView private_key,
                                    crypto::MutableBytes public_key) const override;
  Result<void> signature_check_public_key(crypto::SignatureScheme, BytesView public_key) const override;
  Result<Bytes> sign(crypto::SignatureScheme, BytesView private_key, BytesView public_key,
                     BytesView message) const override;
  Result<void> verify(crypto::SignatureScheme, BytesView public_key, BytesView message,
                      BytesView signature) const override;

 protected:
  [[nodiscard]] const crypto::Provider& target() const { return target_; }

 private:
  const crypto::Provider& target_;
};

}  // namespace dmls::crypto_testing
