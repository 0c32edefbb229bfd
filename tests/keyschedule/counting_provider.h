#pragma once
// A provider that counts the calls that derivations are made of.

#include <dmls/crypto_testing/forwarding_provider.h>

#include <cstddef>

namespace dmls::keyschedule {

class CountingProvider final : public crypto_testing::ForwardingProvider {
 public:
  CountingProvider() : ForwardingProvider(crypto::default_provider()) {}

  void hash(crypto::HashId id, crypto::Parts message, crypto::MutableBytes out) const override {
    ++calls;
    ForwardingProvider::hash(id, message, out);
  }
  void hmac(crypto::HashId id, BytesView key, crypto::Parts message, crypto::MutableBytes out) const override {
    ++calls;
    ForwardingProvider::hmac(id, key, message, out);
  }
  // Everything goes through hmac().
  [[nodiscard]] const crypto::TreeKdf* tree_kdf(crypto::HashId) const override { return nullptr; }

  mutable std::size_t calls = 0;
};

}  // namespace dmls::keyschedule
