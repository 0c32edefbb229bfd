#pragma once
// The private half of DeriveKeyPair(ikm), RFC 9180 §7.1.3, over a Provider's HMAC.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/crypto/provider.h>

namespace dmls::crypto {

// `accept` says whether candidate octets are a private key of the KEM; X25519 and X448 take the first one unasked.
// private_key: Nsk octets. kInvalidPrivateKey if 256 candidates were refused.
Result<void> derive_private_key(const Provider&, KemId, BytesView ikm, MutableBytes private_key,
                                bool (*accept)(KemId, BytesView));

}  // namespace dmls::crypto
