#pragma once
// Deterministic nonces for ECDSA, RFC 6979 §3.2.

#include <dmls/base/bytes.h>
#include <dmls/base/secret.h>
#include <dmls/crypto/provider.h>
#include <openssl/bn.h>

namespace dmls::crypto_testing {

// Rfc6979 yields the candidates for k, in their order. Own bugs panic: this is test code.
class Rfc6979 {
 public:
  // `private_key` has the octets of `order`; `digest` is H(m) with the same hash. Borrows `provider` and `order`.
  Rfc6979(const crypto::Provider& provider, crypto::HashId hash, const BIGNUM* order, BytesView private_key,
          BytesView digest);

  // The next k in [1, q-1], in rlen / 8 octets.
  SecretBytes next();

 private:
  void update(crypto::Parts seed);
  void refresh_v();

  const crypto::Provider& provider_;
  const crypto::HashId hash_;
  const BIGNUM* const order_;
  SecretBytes k_;
  SecretBytes v_;
  bool first_ = true;
};

}  // namespace dmls::crypto_testing
