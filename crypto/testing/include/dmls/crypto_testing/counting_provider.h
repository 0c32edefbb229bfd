#pragma once
// A provider that counts what is asked of it: what an operation costs, in numbers that no machine changes.

#include <dmls/crypto/tree_kdf.h>
#include <dmls/crypto_testing/forwarding_provider.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

namespace dmls::crypto_testing {

// Primitives that were computed. An HPKE seal is a `base` (its ephemeral key), a `dh` and a `seal`; an HPKE open is a
// `dh` and an `open`; a fresh key pair is a `base`.
struct PrimitiveCounts {
  std::uint64_t sign = 0;
  std::uint64_t verify = 0;
  std::uint64_t base = 0;          // public keys of KEM private keys
  std::uint64_t dh = 0;            // Diffie-Hellman
  std::uint64_t seal = 0;          // AEAD, HPKE's included
  std::uint64_t open = 0;          // AEAD, HPKE's included
  std::uint64_t compressions = 0;  // of the suite's hash, those inside the primitives above not included

  friend PrimitiveCounts operator-(const PrimitiveCounts& a, const PrimitiveCounts& b) {
    return {a.sign - b.sign,
            a.verify - b.verify,
            a.base - b.base,
            a.dh - b.dh,
            a.seal - b.seal,
            a.open - b.open,
            a.compressions - b.compressions};
  }
  bool operator==(const PrimitiveCounts&) const = default;
};

// CountingProvider may be used from several threads at a time. `target` outlives it.
class CountingProvider : public ForwardingProvider {
 public:
  explicit CountingProvider(const crypto::Provider& target = crypto::default_provider());
  ~CountingProvider() override;

  // Since the provider was made.
  [[nodiscard]] PrimitiveCounts counts() const;

  void hash(crypto::HashId, crypto::Parts message, crypto::MutableBytes out) const override;
  void hmac(crypto::HashId, BytesView key, crypto::Parts message, crypto::MutableBytes out) const override;
  [[nodiscard]] const crypto::TreeKdf* tree_kdf(crypto::HashId) const override;
  Result<void> aead_seal(crypto::AeadId, BytesView key, BytesView nonce, BytesView aad, BytesView plaintext,
                         crypto::MutableBytes out) const override;
  Result<void> aead_open(crypto::AeadId, BytesView key, BytesView nonce, BytesView aad, BytesView ciphertext,
                         crypto::MutableBytes out) const override;
  Result<void> kem_public_key(crypto::KemId, BytesView private_key, crypto::MutableBytes public_key) const override;
  Result<void> dh(crypto::KemId, BytesView private_key, BytesView public_key, crypto::MutableBytes out) const override;
  Result<Bytes> sign(crypto::SignatureScheme, BytesView private_key, BytesView public_key,
                     BytesView message) const override;
  Result<void> verify(crypto::SignatureScheme, BytesView public_key, BytesView message,
                      BytesView signature) const override;

 private:
  class Kdf;
  struct Counters {
    std::atomic<std::uint64_t> sign{0}, verify{0}, base{0}, dh{0}, seal{0}, open{0}, compressions{0};
  };
  mutable Counters counters_;
  std::array<std::unique_ptr<Kdf>, 3> kdfs_;
};

}  // namespace dmls::crypto_testing
