#pragma once
// Reproducible signatures, for simulations and for generating vectors. Never link this into a product.

#include <dmls/crypto_testing/forwarding_provider.h>

namespace dmls::crypto_testing {

// SeededProvider is the default provider, except that its ECDSA nonces come from RFC 6979 instead of a random source.
// Together with a SeededRandom, a run produces the same octets every time. (EdDSA is deterministic by itself.)
// The signing arithmetic is not protected against an observer of its timing.
class SeededProvider final : public ForwardingProvider {
 public:
  SeededProvider() : ForwardingProvider(crypto::default_provider()) {}
  Result<Bytes> sign(crypto::SignatureScheme, BytesView private_key, BytesView public_key,
                     BytesView message) const override;
};

// One SeededProvider for everybody: it has no state.
const crypto::Provider& seeded_provider();

}  // namespace dmls::crypto_testing
