#pragma once
// X448 (RFC 7748) and Ed448 (RFC 8032), through libdecaf. Only there if the build includes it.

#include <dmls/base/result.h>
#include <dmls/crypto/provider.h>

namespace dmls::crypto {

#if DMLS_WITH_DECAF
inline constexpr bool kHaveCurve448 = true;
#else
inline constexpr bool kHaveCurve448 = false;
#endif

// Without libdecaf all of these are kUnsupported: nobody gets here, because supports() says no.
Result<void> x448_public_key(BytesView private_key, MutableBytes public_key);
Result<void> x448_check_public_key(BytesView public_key);
Result<void> x448(BytesView private_key, BytesView public_key, MutableBytes out);

Result<void> ed448_public_key(BytesView private_key, MutableBytes public_key);
Result<void> ed448_check_public_key(BytesView public_key);
Result<Bytes> ed448_sign(BytesView private_key, BytesView message);
Result<void> ed448_verify(BytesView public_key, BytesView message, BytesView signature);

}  // namespace dmls::crypto
