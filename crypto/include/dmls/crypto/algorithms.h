#pragma once
// Names and sizes of the algorithms, with their registered code points. All enums are open: an unknown value can be
// carried, compared and encoded.

#include <cstddef>
#include <cstdint>

namespace dmls::crypto {

// The hash functions of cipher suites, RFC 9420 §17.1. The numbers are ours, and never on the wire.
enum class HashId : std::uint8_t {
  sha256,  // Nh = 32
  sha384,  // Nh = 48
  sha512,  // Nh = 64
};

// RFC 9180 §7.1. Here and below: the cipher suites of RFC 9420 §17.1 that use it.
enum class KemId : std::uint16_t {
  dhkem_p256_hkdf_sha256 = 0x0010,    // suite 2
  dhkem_p384_hkdf_sha384 = 0x0011,    // suite 7
  dhkem_p521_hkdf_sha512 = 0x0012,    // suite 5
  dhkem_x25519_hkdf_sha256 = 0x0020,  // suites 1 and 3
  dhkem_x448_hkdf_sha512 = 0x0021,    // suites 4 and 6
};

// RFC 9180 §7.2
enum class KdfId : std::uint16_t {
  hkdf_sha256 = 0x0001,  // suites 1 to 3
  hkdf_sha384 = 0x0002,  // suite 7
  hkdf_sha512 = 0x0003,  // suites 4 to 6
};

// RFC 9180 §7.3
enum class AeadId : std::uint16_t {
  aes_128_gcm = 0x0001,        // suites 1 and 2
  aes_256_gcm = 0x0002,        // suites 4, 5 and 7
  chacha20_poly1305 = 0x0003,  // suites 3 and 6
};

// The TLS SignatureScheme registry, RFC 8446 §4.2.3
enum class SignatureScheme : std::uint16_t {
  ecdsa_secp256r1_sha256 = 0x0403,  // suite 2
  ecdsa_secp384r1_sha384 = 0x0503,  // suite 7
  ecdsa_secp521r1_sha512 = 0x0603,  // suite 5
  ed25519 = 0x0807,                 // suites 1 and 3
  ed448 = 0x0808,                   // suites 4 and 6
};

// The longest Nh of any suite: buffers of this size hold any hash, secret or chaining value.
inline constexpr std::size_t kMaxHashLength = 64;

// Octets of a hash output: Nh.
constexpr std::size_t hash_length(HashId id) { return id == HashId::sha256 ? 32 : id == HashId::sha384 ? 48 : 64; }

// Sizes of a DHKEM, in octets: private key (Nsk), public key and encapsulated key (Npk = Nenc), Diffie-Hellman result,
// shared secret (Nsecret), and the hash of its own KDF. RFC 9180 §7.1
struct KemSizes {
  std::size_t private_key;    // Nsk
  std::size_t public_key;     // Npk, and Nenc
  std::size_t dh;             // Ndh
  std::size_t shared_secret;  // Nsecret
  HashId hash;                // of the KEM's own KDF
};
// All sizes are 0 for an unknown KEM.
constexpr KemSizes kem_sizes(KemId id) {
  switch (id) {
    case KemId::dhkem_p256_hkdf_sha256: return {32, 65, 32, 32, HashId::sha256};
    case KemId::dhkem_p384_hkdf_sha384: return {48, 97, 48, 48, HashId::sha384};
    case KemId::dhkem_p521_hkdf_sha512: return {66, 133, 66, 64, HashId::sha512};
    case KemId::dhkem_x25519_hkdf_sha256: return {32, 32, 32, 32, HashId::sha256};
    case KemId::dhkem_x448_hkdf_sha512: return {56, 56, 56, 64, HashId::sha512};
  }
  return {};
}

// Sizes of an AEAD, in octets: key (Nk), nonce (Nn), tag (Nt). RFC 9180 §7.3
struct AeadSizes {
  std::size_t key;    // Nk
  std::size_t nonce;  // Nn
  std::size_t tag;    // Nt
};
// Of a registered AEAD; unknown ones are not told apart.
constexpr AeadSizes aead_sizes(AeadId id) { return {id == AeadId::aes_128_gcm ? 16u : 32u, 12, 16}; }

// Sizes of a signature scheme, in octets. ECDSA signatures are DER and vary: `signature` is the longest.
struct SignatureSizes {
  std::size_t private_key;  // the scalar (ECDSA), or the seed of RFC 8032
  std::size_t public_key;   // uncompressed for ECDSA
  std::size_t signature;    // at most
};
// All sizes are 0 for an unknown scheme.
constexpr SignatureSizes signature_sizes(SignatureScheme id) {
  switch (id) {
    case SignatureScheme::ecdsa_secp256r1_sha256: return {32, 65, 72};
    case SignatureScheme::ecdsa_secp384r1_sha384: return {48, 97, 104};
    case SignatureScheme::ecdsa_secp521r1_sha512: return {66, 133, 139};
    case SignatureScheme::ed25519: return {32, 32, 64};
    case SignatureScheme::ed448: return {57, 57, 114};
  }
  return {};
}

}  // namespace dmls::crypto
