#pragma once
// A provider that is not the native one: it has no kernels, computes another function than HMAC, and counts.

#include <dmls/crypto/provider.h>

#include <atomic>
#include <cstdint>

namespace dmls::test {

// ForeignProvider forwards to the default provider, except that its MAC differs in one octet and its calls are counted.
class ForeignProvider final : public crypto::Provider {
 public:
  [[nodiscard]] std::uint64_t hmac_calls() const { return hmac_calls_; }

  [[nodiscard]] std::string_view description() const override { return "foreign"; }
  [[nodiscard]] bool supports(crypto::KemId id) const override { return real_.supports(id); }
  [[nodiscard]] bool supports(crypto::AeadId id) const override { return real_.supports(id); }
  [[nodiscard]] bool supports(crypto::SignatureScheme id) const override { return real_.supports(id); }
  void hash(crypto::HashId id, crypto::Parts message, crypto::MutableBytes out) const override {
    real_.hash(id, message, out);
  }
  void hmac(crypto::HashId id, BytesView key, crypto::Parts message, crypto::MutableBytes out) const override {
    ++hmac_calls_;
    real_.hmac(id, key, message, out);
    out[0] ^= 1;
  }
  Result<void> aead_seal(crypto::AeadId id, BytesView key, BytesView nonce, BytesView aad, BytesView plaintext,
                         crypto::MutableBytes out) const override {
    return real_.aead_seal(id, key, nonce, aad, plaintext, out);
  }
  Result<void> aead_open(crypto::AeadId id, BytesView key, BytesView nonce, BytesView aad, BytesView ciphertext,
                         crypto::MutableBytes out) const override {
    return real_.aead_open(id, key, nonce, aad, ciphertext, out);
  }
  Result<void> kem_derive_private_key(crypto::KemId id, BytesView ikm, crypto::MutableBytes key) const override {
    return real_.kem_derive_private_key(id, ikm, key);
  }
  Result<void> kem_public_key(crypto::KemId id, BytesView key, crypto::MutableBytes out) const override {
    return real_.kem_public_key(id, key, out);
  }
  Result<void> kem_check_public_key(crypto::KemId id, BytesView key) const override {
    return real_.kem_check_public_key(id, key);
  }
  Result<void> dh(crypto::KemId id, BytesView key, BytesView peer, crypto::MutableBytes out) const override {
    return real_.dh(id, key, peer, out);
  }
  Result<void> signature_derive_private_key(crypto::SignatureScheme id, BytesView seed,
                                            crypto::MutableBytes key) const override {
    return real_.signature_derive_private_key(id, seed, key);
  }
  Result<void> signature_public_key(crypto::SignatureScheme id, BytesView key,
                                    crypto::MutableBytes out) const override {
    return real_.signature_public_key(id, key, out);
  }
  Result<void> signature_check_public_key(crypto::SignatureScheme id, BytesView key) const override {
    return real_.signature_check_public_key(id, key);
  }
  Result<Bytes> sign(crypto::SignatureScheme id, BytesView key, BytesView public_key,
                     BytesView message) const override {
    return real_.sign(id, key, public_key, message);
  }
  Result<void> verify(crypto::SignatureScheme id, BytesView key, BytesView message,
                      BytesView signature) const override {
    return real_.verify(id, key, message, signature);
  }

 private:
  const crypto::Provider& real_ = crypto::default_provider();
  mutable std::atomic<std::uint64_t> hmac_calls_{0};
};

}  // namespace dmls::test
