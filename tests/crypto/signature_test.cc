#include <dmls/crypto/signature.h>
#include <gtest/gtest.h>

#include "crypto/doubles.h"
#include "support/vectors.h"

namespace dmls::crypto {
namespace {

using dmls::test::unhex;

SignatureKeyPair pair_of(const CipherSuite& suite, std::uint64_t seed) {
  SeededRandom random(seed);
  return *generate_signature_key_pair(suite, random);
}

TEST(Signature, VerifiesForItsLabelContentAndKeyOnly) {
  for (const CipherSuite& suite : test::suites()) {
    const KeyPairSigner signer(suite, pair_of(suite, 1));
    const auto signature = sign_with_label(signer, "LeafNodeTBS", as_bytes("content"));
    ASSERT_TRUE(signature);
    const auto verify = [&](const SignaturePublicKey& key, std::string_view label, std::string_view content) {
      return verify_with_label(suite, key, label, as_bytes(content), *signature);
    };
    EXPECT_TRUE(verify(signer.public_key(), "LeafNodeTBS", "content"));
    EXPECT_EQ(verify(signer.public_key(), "LeafNodeTB", "content").error().code, errc::kBadSignature);
    EXPECT_EQ(verify(signer.public_key(), "LeafNodeTBS", "content ").error().code, errc::kBadSignature);
    EXPECT_EQ(verify(signer.public_key(), "LeafNodeTBS", "").error().code, errc::kBadSignature);
    EXPECT_EQ(verify(pair_of(suite, 2).public_key, "LeafNodeTBS", "content").error().code, errc::kBadSignature);
  }
}

// RFC 9420 §5.1.2, put together here octet by octet.
TEST(Signature, WhatIsSignedIsTheEncodedSignContent) {
  for (const CipherSuite& suite : test::suites()) {
    const KeyPairSigner signer(suite, pair_of(suite, 1));
    const Bytes content = test::counting(100);
    const Bytes message = test::join({Bytes{8 + 5}, as_bytes("MLS 1.0 label"), Bytes{0x40, 100}, content});
    const auto signature = sign_with_label(signer, "label", content);
    ASSERT_TRUE(signature);
    EXPECT_TRUE(suite.provider().verify(suite.signature(), signer.public_key().octets, message, *signature));
  }
}

TEST(Signature, EmptyMessagesCanBeSigned) {
  for (const CipherSuite& suite : test::suites()) {
    const KeyPairSigner signer(suite, pair_of(suite, 1));
    const auto signature = signer.sign({});
    ASSERT_TRUE(signature);
    EXPECT_TRUE(suite.provider().verify(suite.signature(), signer.public_key().octets, {}, *signature));
  }
}

TEST(Signature, EveryFlippedBitIsNoticed) {
  for (const CipherSuite& suite : test::suites()) {
    const KeyPairSigner signer(suite, pair_of(suite, 1));
    const Bytes signature = *signer.sign(as_bytes("m"));
    const bool slow = suite.kem() == KemId::dhkem_p521_hkdf_sha512 || suite.kem() == KemId::dhkem_p384_hkdf_sha384;
    for (std::size_t bit = 0; bit < 8 * signature.size(); bit += slow ? 7 : 1) {
      Bytes forged = signature;
      forged[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
      const auto outcome =
          suite.provider().verify(suite.signature(), signer.public_key().octets, as_bytes("m"), forged);
      ASSERT_FALSE(outcome) << suite.name() << " bit " << bit;
      ASSERT_EQ(outcome.error().code, errc::kBadSignature);
    }
  }
}

TEST(Signature, NoPrefixAndNoExtensionVerifies) {
  for (const CipherSuite& suite : test::suites()) {
    const KeyPairSigner signer(suite, pair_of(suite, 1));
    Bytes signature = *signer.sign(as_bytes("m"));
    const auto refused = [&](BytesView s) {
      const auto outcome = suite.provider().verify(suite.signature(), signer.public_key().octets, as_bytes("m"), s);
      return !outcome && outcome.error().code == errc::kBadSignature;
    };
    for (std::size_t n = 0; n < signature.size(); ++n) ASSERT_TRUE(refused(BytesView(signature).first(n)));
    signature.push_back(0);
    EXPECT_TRUE(refused(signature));
  }
}

TEST(Signature, NoSignatureIsLongerThanItsSchemeSays) {
  for (const CipherSuite& suite : test::suites()) {
    const KeyPairSigner signer(suite, pair_of(suite, 1));
    for (std::uint8_t i = 0; i < 8; ++i)
      EXPECT_LE(signer.sign(Bytes{i})->size(), signature_sizes(suite.signature()).signature);
  }
}

// A production signature takes its nonce from the system, so the same message never gives the same octets twice; the
// deterministic nonces of RFC 6979 live in dmls::crypto_testing alone.
TEST(Ecdsa, TwoSignaturesOfOneMessageDiffer) {
  for (const CipherSuite& suite : test::suites()) {
    if (suite.signature() == SignatureScheme::ed25519 || suite.signature() == SignatureScheme::ed448) continue;
    const KeyPairSigner signer(suite, pair_of(suite, 1));
    const auto a = signer.sign(as_bytes("m")), b = signer.sign(as_bytes("m"));
    ASSERT_TRUE(a && b);
    EXPECT_NE(*a, *b);
  }
}

// The mirror image (r, n - s) of a P-256 signature of RFC 6979 A.2.5: RFC 9420 asks for no particular half.
TEST(Ecdsa, HighAndLowSAreBothAccepted) {
  const auto suite = CipherSuite::find(CipherSuiteId::MLS_128_DHKEMP256_AES128GCM_SHA256_P256);
  ASSERT_TRUE(suite);
  const Bytes key = unhex(
      "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
      "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
  const std::string r = "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
  const Bytes high = unhex(r + "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
  const Bytes low =
      unhex("3045" + r.substr(4) + "02200834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9");
  EXPECT_TRUE(suite->provider().verify(suite->signature(), key, as_bytes("sample"), high));
  EXPECT_TRUE(suite->provider().verify(suite->signature(), key, as_bytes("sample"), low));
}

// RFC 8032 §7.1, TEST 3, and §7.4, "1 octet".
TEST(EdDsa, KnownAnswers) {
  const auto ed25519 = CipherSuite::find(CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519);
  const auto pair = signature_key_pair_from_private(
      *ed25519,
      SignaturePrivateKey(SecretBytes(unhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"))));
  ASSERT_TRUE(pair);
  EXPECT_EQ(pair->public_key.octets, unhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"));
  EXPECT_EQ(*KeyPairSigner(*ed25519, pair->clone()).sign(unhex("af82")),
            unhex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                  "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"));

  const auto ed448 = CipherSuite::find(CipherSuiteId::MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448);
  if (!ed448) return;
  const auto pair448 = signature_key_pair_from_private(
      *ed448, SignaturePrivateKey(SecretBytes(unhex("c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463a"
                                                    "fbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e"))));
  ASSERT_TRUE(pair448);
  EXPECT_EQ(pair448->public_key.octets, unhex("43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c086"
                                              "6aea01eb00742802b8438ea4cb82169c235160627b4c3a9480"));
  EXPECT_EQ(*KeyPairSigner(*ed448, pair448->clone()).sign(unhex("03")),
            unhex("26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f435"
                  "2541b143c4b981b7e18f62de8ccdf633fc1bf037ab7cd779805e0dbcc0aae1cb"
                  "cee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0f"
                  "f3348ab21aa4adafd1d234441cf807c03a00"));
}

TEST(EdDsa, SignaturesAreDeterministic) {
  for (const CipherSuite& suite : test::suites()) {
    if (suite.signature() != SignatureScheme::ed25519 && suite.signature() != SignatureScheme::ed448) continue;
    const KeyPairSigner signer(suite, pair_of(suite, 1));
    EXPECT_EQ(*signer.sign(as_bytes("m")), *signer.sign(as_bytes("m")));
  }
}

}  // namespace
}  // namespace dmls::crypto
