#pragma once
// Notes every secret that passes through a provider, and finds those that files still hold.

#include <dmls/crypto_testing/forwarding_provider.h>

#include <algorithm>
#include <string>
#include <unordered_set>

namespace dmls::test {

class SecretRecorder final : public crypto_testing::ForwardingProvider {
 public:
  static constexpr std::size_t kLength = 16;  // of a secret's beginning, by which it is known again

  using ForwardingProvider::ForwardingProvider;

  void hmac(crypto::HashId id, BytesView key, crypto::Parts message, crypto::MutableBytes out) const override {
    ForwardingProvider::hmac(id, key, message, out);
    note(secrets_, out);
  }
  [[nodiscard]] const crypto::TreeKdf* tree_kdf(crypto::HashId) const override { return nullptr; }
  Result<void> aead_seal(crypto::AeadId id, BytesView key, BytesView nonce, BytesView aad, BytesView plaintext,
                         crypto::MutableBytes out) const override {
    if (sealed_.count(beginning(key)) != 0 || attempt_.count(beginning(key)) != 0) ++keys_sealed_twice;
    note(attempting_ ? attempt_ : sealed_, key);
    return ForwardingProvider::aead_seal(id, key, nonce, aad, plaintext, out);
  }
  Result<void> kem_derive_private_key(crypto::KemId id, BytesView ikm, crypto::MutableBytes out) const override {
    DMLS_CHECK(ForwardingProvider::kem_derive_private_key(id, ikm, out));
    note(secrets_, out);
    return {};
  }

  [[nodiscard]] std::size_t secrets() const { return secrets_.size(); }
  // From here to settle(), what is sealed may turn out never to have left.
  void attempt() { attempting_ = true; }
  void settle(bool keep) {
    if (keep) sealed_.insert(attempt_.begin(), attempt_.end());
    attempt_.clear();
    attempting_ = false;
  }

  // How many noted secrets are in `files` and not among what is `alive`.
  [[nodiscard]] std::size_t dead_in(BytesView files, BytesView alive) const {
    const auto living = found_in(alive);
    std::size_t count = 0;
    for (const std::string& secret : found_in(files)) count += living.count(secret) == 0 ? 1 : 0;
    return count;
  }

  mutable int keys_sealed_twice = 0;

 private:
  using Set = std::unordered_set<std::string>;
  static std::string beginning(BytesView octets) {
    return {reinterpret_cast<const char*>(octets.data()), std::min(octets.size(), kLength)};
  }
  static void note(Set& set, BytesView octets) {
    if (octets.size() >= kLength) set.insert(beginning(octets));
  }
  [[nodiscard]] Set found_in(BytesView octets) const {
    Set found;
    for (std::size_t i = 0; i + kLength <= octets.size(); ++i) {
      if (octets[i] == 0 && octets[i + 1] == 0 && octets[i + 2] == 0) continue;  // blank regions
      const std::string here = beginning(octets.subspan(i));
      if (secrets_.count(here) != 0) found.insert(here);
    }
    return found;
  }

  mutable Set secrets_, sealed_, attempt_;
  bool attempting_ = false;
};

}  // namespace dmls::test
