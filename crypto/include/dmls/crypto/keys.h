#pragma once
// Keys and key pairs, in the formats of RFC 9420 §5.1.1 and of the interoperability vectors.

#include <dmls/base/bytes.h>
#include <dmls/base/random.h>
#include <dmls/base/result.h>
#include <dmls/base/secret.h>
#include <dmls/crypto/suite.h>

#include <tuple>

namespace dmls::crypto {

// opaque HPKEPublicKey<V>: SerializePublicKey of the suite's KEM.
struct HpkePublicKey {
  Bytes octets;  // Npk of them in a valid one
  static constexpr auto fields(auto& s) { return std::tie(s.octets); }
  bool operator==(const HpkePublicKey&) const = default;
};

// opaque SignaturePublicKey<V>: an uncompressed point for ECDSA, RFC 8032 octets for EdDSA.
struct SignaturePublicKey {
  Bytes octets;  // signature_sizes() says how many a valid one has
  static constexpr auto fields(auto& s) { return std::tie(s.octets); }
  bool operator==(const SignaturePublicKey&) const = default;
};

// SerializePrivateKey of the KEM: a big-endian scalar of the field's size for the P curves, the octets of RFC 7748 for
// the others.
using HpkePrivateKey = Secret<struct HpkePrivateKeyRole>;
// A big-endian scalar of the field's size for ECDSA, the seed of RFC 8032 for EdDSA.
using SignaturePrivateKey = Secret<struct SignaturePrivateKeyRole>;

// For the suite's KEM. The functions below make sure that the two halves belong together.
struct HpkeKeyPair {
  HpkePrivateKey private_key;  // Nsk octets
  HpkePublicKey public_key;    // Npk octets
  // A second owner of the private key. Say it out loud.
  [[nodiscard]] HpkeKeyPair clone() const { return {private_key.clone(), public_key}; }
};

// Made by the functions below, which make sure that the two halves belong together (see Provider::sign).
struct SignatureKeyPair {
  SignaturePrivateKey private_key;  // sizes: signature_sizes()
  SignaturePublicKey public_key;    // what `private_key` signs is verified with it
  // A second owner of the private key. Say it out loud.
  [[nodiscard]] SignatureKeyPair clone() const { return {private_key.clone(), public_key}; }
};

// KEM.DeriveKeyPair(ikm), RFC 9180 §7.1.3.
Result<HpkeKeyPair> derive_hpke_key_pair(const CipherSuite&, BytesView ikm);
// A fresh pair: DeriveKeyPair of Nsk random octets.
Result<HpkeKeyPair> generate_hpke_key_pair(const CipherSuite&, Random&);
// The pair of an imported private key; kInvalidPrivateKey if its size or range is wrong.
Result<HpkeKeyPair> hpke_key_pair_from_private(const CipherSuite&, HpkePrivateKey);
// kInvalidPublicKey if `key` cannot be a public key of the suite's KEM: wrong size, off the curve, of low order.
Result<void> check_public_key(const CipherSuite&, const HpkePublicKey& key);

// A fresh signature key pair from the octets of `random` alone (see Provider::signature_derive_private_key).
Result<SignatureKeyPair> generate_signature_key_pair(const CipherSuite&, Random&);
// The pair of an imported private key; kInvalidPrivateKey if its size or range is wrong.
Result<SignatureKeyPair> signature_key_pair_from_private(const CipherSuite&, SignaturePrivateKey);
// kInvalidPublicKey if `key` cannot be a public key of the suite's signature scheme.
Result<void> check_public_key(const CipherSuite&, const SignaturePublicKey& key);

}  // namespace dmls::crypto
