#pragma once
// A provider that counts the calls that derivations are made of.

#include <dmls/crypto/provider.h>

#include <cstddef>

namespace dmls::keyschedule {

class CountingProvider final : public crypto::Provider {
 public:
  using AeadId = crypto::AeadId;
  using HashId = crypto::HashId;
  using KemId = crypto::KemId;
  using MutableBytes = crypto::MutableBytes;
  using Parts = crypto::Parts;
  using SignatureScheme = crypto::SignatureScheme;

  mutable std::size_t calls = 0;

  [[nodiscard]] std::string_view description() const override { return "counting"; }
  [[nodiscard]] bool supports(KemId id) const override { return real_.supports(id); }
  [[nodiscard]] bool supports(AeadId id) const override { return real_.supports(id); }
  [[nodiscard]] bool supports(SignatureScheme id) const override { return real_.supports(id); }
  void hash(HashId id, Parts message, MutableBytes out) const override {
    ++calls;
    real_.hash(id, message, out);
  }
  void hmac(HashId id, BytesView key, Parts message, MutableBytes out) const override {
    ++calls;
    real_.hmac(id, key, message, out);
  }
  Result<void> aead_seal(AeadId id, BytesView key, BytesView nonce, BytesView aad, BytesView plaintext,
                         MutableBytes out) const override {
    return real_.aead_seal(id, key, nonce, aad, plaintext, out);
  }
  Result<void> aead_open(AeadId id, BytesView key, BytesView nonce, BytesView aad, BytesView ciphertext,
                         MutableBytes out) const override {
    return real_.aead_open(id, key, nonce, aad, ciphertext, out);
  }
  Result<void> kem_derive_private_key(KemId id, BytesView ikm, MutableBytes out) const override {
    return real_.kem_derive_private_key(id, ikm, out);
  }
  Result<void> kem_public_key(KemId id, BytesView private_key, MutableBytes out) const override {
    return real_.kem_public_key(id, private_key, out);
  }
  Result<void> kem_check_public_key(KemId id, BytesView key) const override {
    return real_.kem_check_public_key(id, key);
  }
  Result<void> dh(KemId id, BytesView private_key, BytesView public_key, MutableBytes out) const override {
    return real_.dh(id, private_key, public_key, out);
  }
  Result<void> signature_derive_private_key(SignatureScheme id, BytesView seed, MutableBytes out) const override {
    return real_.signature_derive_private_key(id, seed, out);
  }
  Result<void> signature_public_key(SignatureScheme id, BytesView private_key, MutableBytes out) const override {
    return real_.signature_public_key(id, private_key, out);
  }
  Result<void> signature_check_public_key(SignatureScheme id, BytesView key) const override {
    return real_.signature_check_public_key(id, key);
  }
  Result<Bytes> sign(SignatureScheme id, BytesView private_key, BytesView public_key,
                     BytesView message) const override {
    return real_.sign(id, private_key, public_key, message);
  }
  Result<void> verify(SignatureScheme id, BytesView key, BytesView message, BytesView signature) const override {
    return real_.verify(id, key, message, signature);
  }

 private:
  const crypto::Provider& real_ = crypto::default_provider();
};

}  // namespace dmls::keyschedule
