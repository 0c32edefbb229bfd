// The cheap provider has to be wrong about nothing that a protocol test relies on: sizes, agreement, and refusals.

#include <dmls/crypto/aead.h>
#include <dmls/crypto/hpke.h>
#include <dmls/crypto/signature.h>
#include <dmls/crypto_testing/cheap_provider.h>
#include <gtest/gtest.h>

#include <set>

#include "crypto/doubles.h"

namespace dmls::crypto_testing {
namespace {

namespace errc = crypto::errc;
using crypto::CipherSuite;
using crypto::MutableBytes;
using crypto::test::counting;

std::vector<CipherSuite> cheap_suites() { return crypto::test::suites(cheap_provider()); }

TEST(CheapProvider, SupportsEverySuiteAndNothingElse) {
  EXPECT_EQ(cheap_suites().size(), crypto::registered_suites().size());
  EXPECT_FALSE(cheap_provider().supports(static_cast<crypto::KemId>(0x30)));
  EXPECT_FALSE(cheap_provider().supports(static_cast<crypto::AeadId>(0xffff)));
  EXPECT_FALSE(cheap_provider().supports(static_cast<crypto::SignatureScheme>(0x804)));
}

TEST(CheapProvider, WhatIsSealedHasTheRealSizesAndOpens) {
  for (const CipherSuite& suite : cheap_suites()) {
    SeededRandom random(1);
    const auto pair = generate_hpke_key_pair(suite, random);
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->public_key.octets.size(), crypto::kem_sizes(suite.kem()).public_key);
    const auto sealed = encrypt_with_label(suite, pair->public_key, "l", as_bytes("c"), as_bytes("m"), random);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->ciphertext.size(), 1 + suite.tag_length());
    const auto opened = decrypt_with_label(suite, *pair, "l", as_bytes("c"), *sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(crypto::test::octets(*opened), Bytes{'m'});
    const auto other = generate_hpke_key_pair(suite, random);
    EXPECT_EQ(decrypt_with_label(suite, *other, "l", as_bytes("c"), *sealed).error().code, errc::kOpenFailed);
    EXPECT_EQ(decrypt_with_label(suite, *pair, "k", as_bytes("c"), *sealed).error().code, errc::kOpenFailed);
  }
}

TEST(CheapProvider, DhAgreesForManyPairs) {
  const CipherSuite suite = cheap_suites()[0];
  SeededRandom random(2);
  std::set<Bytes> seen;
  for (int i = 0; i < 200; ++i) {
    const auto a = generate_hpke_key_pair(suite, random), b = generate_hpke_key_pair(suite, random);
    Bytes ab(32), ba(32);
    ASSERT_TRUE(cheap_provider().dh(suite.kem(), a->private_key.expose(), b->public_key.octets, ab));
    ASSERT_TRUE(cheap_provider().dh(suite.kem(), b->private_key.expose(), a->public_key.octets, ba));
    ASSERT_EQ(ab, ba);
    ASSERT_TRUE(seen.insert(ab).second);
  }
}

TEST(CheapProvider, FlippedBitsOfPublicKeysAreRefused) {
  for (const CipherSuite& suite : cheap_suites()) {
    SeededRandom random(3);
    auto pair = *generate_hpke_key_pair(suite, random);
    auto signing = *generate_signature_key_pair(suite, random);
    EXPECT_TRUE(check_public_key(suite, pair.public_key));
    EXPECT_TRUE(check_public_key(suite, signing.public_key));
    for (std::size_t bit = 0; bit < 8 * pair.public_key.octets.size(); ++bit) {
      pair.public_key.octets[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
      ASSERT_EQ(check_public_key(suite, pair.public_key).error().code, errc::kInvalidPublicKey);
      pair.public_key.octets[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    }
    for (std::size_t bit = 0; bit < 8 * signing.public_key.octets.size(); ++bit) {
      signing.public_key.octets[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
      ASSERT_EQ(check_public_key(suite, signing.public_key).error().code, errc::kInvalidPublicKey);
      signing.public_key.octets[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    }
  }
}

TEST(CheapProvider, WrongSizesAreRefusedAsTheRealOnesAre) {
  for (const CipherSuite& suite : cheap_suites()) {
    const auto bytes = [](std::size_t n) { return SecretBytes(Bytes(n, 1)); };
    const std::size_t n = crypto::kem_sizes(suite.kem()).private_key;
    for (const std::size_t bad : {std::size_t{0}, n - 1, n + 1})
      EXPECT_EQ(hpke_key_pair_from_private(suite, crypto::HpkePrivateKey(bytes(bad))).error().code,
                errc::kInvalidPrivateKey);
    const std::size_t m = crypto::signature_sizes(suite.signature()).private_key;
    for (const std::size_t bad : {std::size_t{0}, m - 1, m + 1})
      EXPECT_EQ(signature_key_pair_from_private(suite, crypto::SignaturePrivateKey(bytes(bad))).error().code,
                errc::kInvalidPrivateKey);
    EXPECT_EQ(check_public_key(suite, crypto::HpkePublicKey{}).error().code, errc::kInvalidPublicKey);
    EXPECT_EQ(check_public_key(suite, crypto::SignaturePublicKey{}).error().code, errc::kInvalidPublicKey);
  }
}

TEST(CheapProvider, EveryBitOfAnAeadCounts) {
  for (const CipherSuite& suite : cheap_suites()) {
    Bytes key = counting(suite.key_length()), nonce = counting(suite.nonce_length()), aad{1, 2, 3};
    Bytes ciphertext = *aead_seal(suite, key, nonce, aad, counting(20));
    EXPECT_EQ(crypto::test::octets(*aead_open(suite, key, nonce, aad, ciphertext)), counting(20));
    for (Bytes* part : {&key, &nonce, &aad, &ciphertext}) {
      for (std::size_t bit = 0; bit < 8 * part->size(); ++bit) {
        (*part)[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
        ASSERT_EQ(aead_open(suite, key, nonce, aad, ciphertext).error().code, errc::kOpenFailed);
        (*part)[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
      }
    }
  }
}

TEST(CheapProvider, SignaturesVerifyForTheirKeyAndMessageOnly) {
  for (const CipherSuite& suite : cheap_suites()) {
    SeededRandom random(4);
    const auto pair = generate_signature_key_pair(suite, random), other = generate_signature_key_pair(suite, random);
    const crypto::KeyPairSigner signer(suite, pair->clone());
    auto signature = *sign_with_label(signer, "l", as_bytes("m"));
    EXPECT_EQ(signature.size(), crypto::signature_sizes(suite.signature()).signature);
    EXPECT_TRUE(verify_with_label(suite, pair->public_key, "l", as_bytes("m"), signature));
    EXPECT_FALSE(verify_with_label(suite, pair->public_key, "l", as_bytes("n"), signature));
    EXPECT_FALSE(verify_with_label(suite, pair->public_key, "k", as_bytes("m"), signature));
    EXPECT_FALSE(verify_with_label(suite, other->public_key, "l", as_bytes("m"), signature));
    signature.back() ^= 1;
    EXPECT_EQ(verify_with_label(suite, pair->public_key, "l", as_bytes("m"), signature).error().code,
              errc::kBadSignature);
    EXPECT_FALSE(verify_with_label(suite, pair->public_key, "l", as_bytes("m"), {}));
  }
}

}  // namespace
}  // namespace dmls::crypto_testing
