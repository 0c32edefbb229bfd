#pragma once
// X25519 (RFC 7748) and Ed25519 (RFC 8032).

#include <dmls/base/result.h>
#include <dmls/crypto/provider.h>

namespace dmls::crypto {

Result<void> x25519_public_key(BytesView private_key, MutableBytes public_key);
Result<void> x25519_check_public_key(BytesView public_key);
Result<void> x25519(BytesView private_key, BytesView public_key, MutableBytes out);

Result<void> ed25519_public_key(BytesView private_key, MutableBytes public_key);
Result<void> ed25519_check_public_key(BytesView public_key);
Result<Bytes> ed25519_sign(BytesView private_key, BytesView public_key, BytesView message);
Result<void> ed25519_verify(BytesView public_key, BytesView message, BytesView signature);

}  // namespace dmls::crypto
