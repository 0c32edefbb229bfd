#pragma once
// ECDSA with DER signatures. RFC 9420 §5.1.2

#include <dmls/base/result.h>
#include <dmls/crypto/provider.h>

namespace dmls::crypto {

// Hash(message) with the hash of the scheme, into a buffer for the longest.
HashId ecdsa_hash(SignatureScheme);

Result<Bytes> ecdsa_sign(const Provider&, SignatureScheme, BytesView private_key, BytesView message);
Result<void> ecdsa_verify(const Provider&, SignatureScheme, BytesView public_key, BytesView message,
                          BytesView signature);

}  // namespace dmls::crypto
