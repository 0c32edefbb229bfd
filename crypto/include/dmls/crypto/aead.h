#pragma once
// Authenticated encryption with the suite's AEAD. RFC 9420 §5.1

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/base/secret.h>
#include <dmls/crypto/suite.h>

namespace dmls::crypto {

// Ciphertext of plaintext + Nt octets. `key` has Nk octets, `nonce` Nn (panic otherwise: both come from this library).
// kLimit beyond the AEAD's plaintext limit (2^36 - 32 octets and less is always accepted).
Result<Bytes> aead_seal(const CipherSuite&, BytesView key, BytesView nonce, BytesView aad, BytesView plaintext);
// kOpenFailed if `ciphertext` is not authentic or shorter than Nt.
Result<SecretBytes> aead_open(const CipherSuite&, BytesView key, BytesView nonce, BytesView aad, BytesView ciphertext);

}  // namespace dmls::crypto
