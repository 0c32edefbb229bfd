#pragma once
// The seam to the primitives. Everything above (HKDF, HPKE, labelled functions) is built on these calls, so another
// crypto library, a hardware token or a cheap test double is one class.

#include <dmls/base/bytes.h>
#include <dmls/base/random.h>
#include <dmls/base/result.h>
#include <dmls/base/secret.h>
#include <dmls/crypto/algorithms.h>

#include <span>
#include <string_view>

namespace dmls::crypto {

// Several octet strings, read as their concatenation.
using Parts = std::span<const BytesView>;
// Octets that are lent to be written.
using MutableBytes = std::span<std::uint8_t>;

class TreeKdf;

// Provider implements the primitives of cipher suites. Implementations are immutable and may be shared between threads.
// Output spans have exactly the documented size (callers guarantee it); where a call fails their content is undefined.
// Private and shared octets that an implementation copies are wiped before it returns.
class Provider {
 public:
  virtual ~Provider() = default;

  // The libraries and versions behind this provider, for `--version` and benchmark headers.
  [[nodiscard]] virtual std::string_view description() const = 0;
  // Whether the calls below may name this KEM; false for an unknown one. The three hashes are always there.
  [[nodiscard]] virtual bool supports(KemId) const = 0;
  // Whether the calls below may name this AEAD; false for an unknown one.
  [[nodiscard]] virtual bool supports(AeadId) const = 0;
  // Whether the calls below may name this signature scheme; false for an unknown one.
  [[nodiscard]] virtual bool supports(SignatureScheme) const = 0;

  // Hash(message); out: Nh octets.
  virtual void hash(HashId, Parts message, MutableBytes out) const = 0;
  // HMAC(key, message), RFC 2104; out: Nh octets.
  virtual void hmac(HashId, BytesView key, Parts message, MutableBytes out) const = 0;

  // Kernels for tree derivations, <dmls/crypto/tree_kdf.h>; nullptr: derive through hmac(). They must agree with it.
  [[nodiscard]] virtual const TreeKdf* tree_kdf(HashId) const { return nullptr; }

  // AEAD seal; out: plaintext + Nt octets. `out` may start where `plaintext` does, and must not overlap it otherwise.
  virtual Result<void> aead_seal(AeadId, BytesView key, BytesView nonce, BytesView aad, BytesView plaintext,
                                 MutableBytes out) const = 0;
  // AEAD open; `ciphertext` has at least Nt octets; out: ciphertext - Nt octets. kOpenFailed if it is not authentic.
  virtual Result<void> aead_open(AeadId, BytesView key, BytesView nonce, BytesView aad, BytesView ciphertext,
                                 MutableBytes out) const = 0;

  // DeriveKeyPair of RFC 9180 §7.1.3; private_key: Nsk octets. kInvalidPrivateKey if derivation fails (P curves only,
  // with negligible probability).
  virtual Result<void> kem_derive_private_key(KemId, BytesView ikm, MutableBytes private_key) const = 0;
  // pk(skX); public_key: Npk octets. kInvalidPrivateKey for a private key of the wrong size or out of range.
  virtual Result<void> kem_public_key(KemId, BytesView private_key, MutableBytes public_key) const = 0;
  // Checks a received public key (size, curve membership, order) without a private key: kInvalidPublicKey for those
  // that dh() refuses whatever the private key. RFC 9180 §7.1.4
  virtual Result<void> kem_check_public_key(KemId, BytesView public_key) const = 0;
  // DH(skX, pkY); out: Ndh octets. kInvalidPublicKey for a key of the wrong size, off the curve, or where the result is
  // the identity or all-zero (RFC 9180 §7.1.4).
  virtual Result<void> dh(KemId, BytesView private_key, BytesView public_key, MutableBytes out) const = 0;

  // A fresh or derived signature private key from `seed`, uniformly random octets of the scheme's private key size (the
  // P curves go through DeriveKeyPair of the matching DHKEM, so a seed determines the key).
  virtual Result<void> signature_derive_private_key(SignatureScheme, BytesView seed,
                                                    MutableBytes private_key) const = 0;
  // The public key in the form that MLS puts on the wire (RFC 9420 §5.1.1): P curves uncompressed, EdDSA as it is.
  virtual Result<void> signature_public_key(SignatureScheme, BytesView private_key, MutableBytes public_key) const = 0;
  // kInvalidPublicKey for octets that no private key of the scheme has: wrong size or form, off the curve, or (EdDSA)
  // not reduced or of low order.
  virtual Result<void> signature_check_public_key(SignatureScheme, BytesView public_key) const = 0;
  // Signs; ECDSA signatures are DER (RFC 9420 §5.1.2). `public_key` must belong to `private_key`: Ed25519 hashes it,
  // and signing one message under two different public keys would give the private key away.
  virtual Result<Bytes> sign(SignatureScheme, BytesView private_key, BytesView public_key, BytesView message) const = 0;
  // kBadSignature, or kInvalidPublicKey if the key has the wrong size or form or (ECDSA) is off the curve. Strict:
  // canonical DER, canonical EdDSA scalars. Any s of ECDSA is accepted, in the lower half or not.
  virtual Result<void> verify(SignatureScheme, BytesView public_key, BytesView message, BytesView signature) const = 0;
};

// default_provider is BoringSSL, with libdecaf for X448 and Ed448 if the build includes it, and libsodium for the
// Diffie-Hellman of X25519 on x86-64, where it is faster. (All else of libsodium is slower than an optimised
// BoringSSL.)
const Provider& default_provider();

}  // namespace dmls::crypto
