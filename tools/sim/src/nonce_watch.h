#pragma once
// Notices when an AEAD key is used twice with one nonce, by anybody in the simulation.

#include <dmls/crypto_testing/forwarding_provider.h>

#include <set>

namespace dmls::sim {

class NonceWatch final : public crypto_testing::ForwardingProvider {
 public:
  explicit NonceWatch(const crypto::Provider& target) : ForwardingProvider(target) {}

  Result<void> aead_seal(crypto::AeadId id, BytesView key, BytesView nonce, BytesView aad, BytesView plaintext,
                         crypto::MutableBytes out) const override {
    Bytes both = to_bytes(key);
    both.insert(both.end(), nonce.begin(), nonce.end());
    Bytes digest(32);
    target().hash(crypto::HashId::sha256, crypto::Parts(&single(both), 1), digest);
    if (!seen_.insert(std::move(digest)).second) ++repeated_;
    return target().aead_seal(id, key, nonce, aad, plaintext, out);
  }
  [[nodiscard]] std::size_t repeated() const { return repeated_; }
  [[nodiscard]] std::size_t sealed() const { return seen_.size(); }

 private:
  const BytesView& single(const Bytes& octets) const {
    part_ = octets;
    return part_;
  }
  mutable BytesView part_;
  mutable std::set<Bytes, OctetOrder> seen_;
  mutable std::size_t repeated_ = 0;
};

}  // namespace dmls::sim
