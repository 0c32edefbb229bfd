#pragma once
// A stand-in for cryptography in long property runs: the same sizes and the same refusals, no security at all.

#include <dmls/crypto_testing/forwarding_provider.h>

namespace dmls::crypto_testing {

// CheapProvider supports every suite. Hash and HMAC are the real ones (secrets must not collide, and they are fast).
// The rest is deterministic and quick, and anybody can break it:
//   - Diffie-Hellman in the multiplicative group modulo 2^61 - 1; DH(a, B) = DH(b, A), and no two keys are confused.
//   - A signature is a checksum of public key and message: it verifies for that key and that message only.
//   - The AEAD is a keystream and a checksum of Nt octets: any change to key, nonce, aad or ciphertext is noticed.
// Public keys are redundant, so that octets which are no public key are refused, like points off the curve. Every
// private key of the right size is valid.
class CheapProvider final : public ForwardingProvider {
 public:
  CheapProvider() : ForwardingProvider(crypto::default_provider()) {}

  [[nodiscard]] std::string_view description() const override;
  [[nodiscard]] bool supports(crypto::KemId) const override;
  [[nodiscard]] bool supports(crypto::AeadId) const override;
  [[nodiscard]] bool supports(crypto::SignatureScheme) const override;

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
  // Signatures have the longest size of the scheme; `public_key` is ignored and recomputed.
  Result<Bytes> sign(crypto::SignatureScheme, BytesView private_key, BytesView public_key,
                     BytesView message) const override;
  Result<void> verify(crypto::SignatureScheme, BytesView public_key, BytesView message,
                      BytesView signature) const override;
};

// One CheapProvider for everybody: it has no state.
const crypto::Provider& cheap_provider();

}  // namespace dmls::crypto_testing
