#include <dmls/crypto/keys.h>
#include <gtest/gtest.h>

#include "crypto/doubles.h"
#include "support/vectors.h"

namespace dmls::crypto {
namespace {

using dmls::test::unhex;

bool is_prime_curve(const CipherSuite& suite) {
  return suite.kem() != KemId::dhkem_x25519_hkdf_sha256 && suite.kem() != KemId::dhkem_x448_hkdf_sha512;
}

Bytes group_order(const CipherSuite& suite) {  // FIPS 186-4, appendix D.1.2
  switch (suite.kem()) {
    case KemId::dhkem_p256_hkdf_sha256:
      return unhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    case KemId::dhkem_p384_hkdf_sha384:
      return unhex("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973");
    default:
      return unhex(
          "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
          "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409");
  }
}

HpkePrivateKey hpke_private(const Bytes& octets) { return HpkePrivateKey(SecretBytes(octets)); }
SignaturePrivateKey signature_private(const Bytes& octets) { return SignaturePrivateKey(SecretBytes(octets)); }

TEST(HpkeKeys, AnImportedPrivateKeyGivesThePublicKeyItHadBefore) {
  SeededRandom random(1);
  for (const CipherSuite& suite : test::suites()) {
    const auto pair = generate_hpke_key_pair(suite, random);
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->private_key.size(), kem_sizes(suite.kem()).private_key);
    EXPECT_EQ(pair->public_key.octets.size(), kem_sizes(suite.kem()).public_key);
    const auto again = hpke_key_pair_from_private(suite, pair->private_key.clone());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->public_key, pair->public_key);
    EXPECT_TRUE(check_public_key(suite, pair->public_key));
  }
}

TEST(HpkeKeys, TheSameIkmGivesTheSamePair) {
  for (const CipherSuite& suite : test::suites()) {
    const auto a = derive_hpke_key_pair(suite, as_bytes("ikm")), b = derive_hpke_key_pair(suite, as_bytes("ikm")),
               c = derive_hpke_key_pair(suite, as_bytes("other"));
    ASSERT_TRUE(a && b && c);
    EXPECT_EQ(a->private_key, b->private_key);
    EXPECT_FALSE(a->private_key == c->private_key);
  }
}

TEST(HpkeKeys, PrivateKeysOfEveryOtherSizeAreRefused) {
  for (const CipherSuite& suite : test::suites()) {
    const std::size_t right = kem_sizes(suite.kem()).private_key;
    for (std::size_t n = 0; n <= 2 * right; ++n) {
      const auto pair = hpke_key_pair_from_private(suite, hpke_private(Bytes(n, 0x01)));
      ASSERT_EQ(pair.has_value(), n == right) << suite.name() << " " << n;
      if (!pair) {
        ASSERT_EQ(pair.error().code, errc::kInvalidPrivateKey);
      }
    }
  }
}

TEST(HpkeKeys, PublicKeysOfEveryOtherSizeAreRefused) {
  SeededRandom random(2);
  for (const CipherSuite& suite : test::suites()) {
    const auto pair = generate_hpke_key_pair(suite, random);
    const std::size_t right = kem_sizes(suite.kem()).public_key;
    Bytes out(kem_sizes(suite.kem()).dh);
    for (std::size_t n = 0; n <= 2 * right; ++n) {
      if (n == right) continue;
      HpkePublicKey key = pair->public_key;
      key.octets.resize(n);
      ASSERT_EQ(check_public_key(suite, key).error().code, errc::kInvalidPublicKey);
      ASSERT_EQ(suite.provider().dh(suite.kem(), pair->private_key.expose(), key.octets, out).error().code,
                errc::kInvalidPublicKey);
    }
  }
}

TEST(HpkeKeys, DhRefusesPrivateKeysOfTheWrongSize) {
  SeededRandom random(3);
  for (const CipherSuite& suite : test::suites()) {
    const auto pair = generate_hpke_key_pair(suite, random);
    const std::size_t right = kem_sizes(suite.kem()).private_key;
    Bytes out(kem_sizes(suite.kem()).dh);
    for (const std::size_t n : {std::size_t{0}, right - 1, right + 1})
      EXPECT_EQ(suite.provider().dh(suite.kem(), Bytes(n, 1), pair->public_key.octets, out).error().code,
                errc::kInvalidPrivateKey);
  }
}

// RFC 7748 §5: clamping belongs to the function, so an unclamped key is as good as any and stays as it is.
TEST(HpkeKeys, UnclampedPrivateKeysAreAcceptedAndKept) {
  for (const CipherSuite& suite : test::suites()) {
    if (is_prime_curve(suite)) continue;
    const std::size_t n = kem_sizes(suite.kem()).private_key;
    Bytes unclamped(n, 0xff), clamped(n, 0xff);
    clamped.front() = suite.kem() == KemId::dhkem_x25519_hkdf_sha256 ? 0xf8 : 0xfc;
    clamped.back() = suite.kem() == KemId::dhkem_x25519_hkdf_sha256 ? 0x7f : 0xff;
    const auto a = hpke_key_pair_from_private(suite, hpke_private(unclamped));
    const auto b = hpke_key_pair_from_private(suite, hpke_private(clamped));
    ASSERT_TRUE(a && b);
    EXPECT_EQ(a->public_key, b->public_key);
    EXPECT_EQ(to_bytes(a->private_key.expose()), unclamped);
  }
}

TEST(PrimeCurveKeys, ScalarsAreBetweenOneAndTheOrder) {
  for (const CipherSuite& suite : test::suites()) {
    if (!is_prime_curve(suite)) continue;
    const Bytes n = group_order(suite);
    Bytes zero(n.size()), one(n.size()), last = n, beyond = n;
    one.back() = 1;
    last.back() -= 1;
    beyond.back() += 1;
    EXPECT_TRUE(hpke_key_pair_from_private(suite, hpke_private(one)));
    EXPECT_TRUE(hpke_key_pair_from_private(suite, hpke_private(last)));
    EXPECT_TRUE(signature_key_pair_from_private(suite, signature_private(last)));
    for (const Bytes& bad : {zero, n, beyond, Bytes(n.size(), 0xff)}) {
      EXPECT_EQ(hpke_key_pair_from_private(suite, hpke_private(bad)).error().code, errc::kInvalidPrivateKey);
      EXPECT_EQ(signature_key_pair_from_private(suite, signature_private(bad)).error().code, errc::kInvalidPrivateKey);
      EXPECT_EQ(suite.provider().sign(suite.signature(), bad, {}, {}).error().code, errc::kInvalidPrivateKey);
    }
  }
}

// RFC 9420 §5.1.1 names the uncompressed form; compressed and hybrid ones and the point at infinity are other octets.
TEST(PrimeCurveKeys, OnlyTheUncompressedFormIsAPublicKey) {
  SeededRandom random(4);
  for (const CipherSuite& suite : test::suites()) {
    if (!is_prime_curve(suite)) continue;
    const auto pair = generate_hpke_key_pair(suite, random);
    const Bytes& good = pair->public_key.octets;
    const auto parity = static_cast<std::uint8_t>(good.back() & 1);
    Bytes compressed(good.begin(), good.begin() + static_cast<long>(1 + good.size() / 2));
    compressed[0] = static_cast<std::uint8_t>(2 + parity);
    std::vector<Bytes> bad{compressed, {0x00}, Bytes(good.size())};
    for (const unsigned form : {0u, 2u, 3u, 5u, 6u + parity, 7u - parity, 0xffu}) {
      bad.push_back(good);
      bad.back()[0] = static_cast<std::uint8_t>(form);
    }
    for (const Bytes& octets : bad) {
      EXPECT_EQ(check_public_key(suite, HpkePublicKey{octets}).error().code, errc::kInvalidPublicKey);
      EXPECT_EQ(check_public_key(suite, SignaturePublicKey{octets}).error().code, errc::kInvalidPublicKey);
      EXPECT_EQ(suite.provider().verify(suite.signature(), octets, {}, {}).error().code, errc::kInvalidPublicKey);
    }
  }
}

TEST(PrimeCurveKeys, PointsOffTheCurveAreRefused) {
  SeededRandom random(5);
  for (const CipherSuite& suite : test::suites()) {
    if (!is_prime_curve(suite)) continue;
    const auto pair = generate_hpke_key_pair(suite, random);
    HpkePublicKey off = pair->public_key;
    off.octets.back() ^= 1;
    EXPECT_EQ(check_public_key(suite, off).error().code, errc::kInvalidPublicKey);
    HpkePublicKey beyond_the_field = pair->public_key;
    std::fill(beyond_the_field.octets.begin() + 1, beyond_the_field.octets.end(), std::uint8_t{0xff});
    EXPECT_EQ(check_public_key(suite, beyond_the_field).error().code, errc::kInvalidPublicKey);
  }
}

// Every u coordinate of low order in its wire form; for X25519 with the ignored top bit, too.
std::vector<Bytes> low_order_points(KemId kem) {
  if (kem == KemId::dhkem_x25519_hkdf_sha256) {
    std::vector<Bytes> points;
    for (const char* digits : {"0000000000000000000000000000000000000000000000000000000000000000",
                               "0100000000000000000000000000000000000000000000000000000000000000",
                               "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                               "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                               "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                               "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                               "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
      points.push_back(unhex(digits));
      points.push_back(points.back());
      points.back().back() |= 0x80;
    }
    return points;
  }
  const std::string zeros(56, '0'), ones(56, 'f');
  return {unhex("00" + zeros.substr(2) + zeros), unhex("01" + zeros.substr(2) + zeros),
          unhex("fe" + ones.substr(2) + "fe" + ones.substr(2)), unhex("ff" + ones.substr(2) + "fe" + ones.substr(2)),
          unhex("00" + zeros.substr(2) + "ff" + ones.substr(2))};
}

TEST(MontgomeryKeys, PointsOfLowOrderAreRefusedByCheckAndByDh) {
  SeededRandom random(6);
  for (const CipherSuite& suite : test::suites()) {
    if (is_prime_curve(suite)) continue;
    const auto pair = generate_hpke_key_pair(suite, random);
    Bytes out(kem_sizes(suite.kem()).dh);
    for (const Bytes& point : low_order_points(suite.kem())) {
      EXPECT_EQ(check_public_key(suite, HpkePublicKey{point}).error().code, errc::kInvalidPublicKey);
      const auto outcome = suite.provider().dh(suite.kem(), pair->private_key.expose(), point, out);
      ASSERT_FALSE(outcome) << dmls::test::hex(point);
      EXPECT_EQ(outcome.error().code, errc::kInvalidPublicKey);
    }
  }
}

TEST(Dh, BothSidesAgree) {
  SeededRandom random(7);
  for (const CipherSuite& suite : test::suites()) {
    const auto a = generate_hpke_key_pair(suite, random), b = generate_hpke_key_pair(suite, random);
    Bytes ab(kem_sizes(suite.kem()).dh), ba(ab.size());
    const Provider& provider = suite.provider();
    ASSERT_TRUE(provider.dh(suite.kem(), a->private_key.expose(), b->public_key.octets, ab));
    ASSERT_TRUE(provider.dh(suite.kem(), b->private_key.expose(), a->public_key.octets, ba));
    EXPECT_EQ(ab, ba);
    EXPECT_NE(ab, Bytes(ab.size()));
  }
}

TEST(SignatureKeys, AnImportedPrivateKeyGivesThePublicKeyItHadBefore) {
  SeededRandom random(8);
  for (const CipherSuite& suite : test::suites()) {
    const auto pair = generate_signature_key_pair(suite, random);
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->private_key.size(), signature_sizes(suite.signature()).private_key);
    EXPECT_EQ(pair->public_key.octets.size(), signature_sizes(suite.signature()).public_key);
    const auto again = signature_key_pair_from_private(suite, pair->private_key.clone());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->public_key, pair->public_key);
    EXPECT_TRUE(check_public_key(suite, pair->public_key));
  }
}

TEST(SignatureKeys, TheSeedDeterminesThePair) {
  for (const CipherSuite& suite : test::suites()) {
    SeededRandom one(9), again(9), other(10);
    const auto a = generate_signature_key_pair(suite, one), b = generate_signature_key_pair(suite, again),
               c = generate_signature_key_pair(suite, other);
    ASSERT_TRUE(a && b && c);
    EXPECT_EQ(a->public_key, b->public_key);
    EXPECT_NE(a->public_key, c->public_key);
  }
}

TEST(SignatureKeys, KeysOfEveryOtherSizeAreRefused) {
  for (const CipherSuite& suite : test::suites()) {
    const SignatureSizes sizes = signature_sizes(suite.signature());
    for (std::size_t n = 0; n <= 140; ++n) {
      const auto pair = signature_key_pair_from_private(suite, signature_private(Bytes(n, 1)));
      ASSERT_EQ(pair.has_value(), n == sizes.private_key) << suite.name() << " " << n;
      if (n == sizes.public_key) continue;
      ASSERT_EQ(check_public_key(suite, SignaturePublicKey{Bytes(n, 4)}).error().code, errc::kInvalidPublicKey);
      ASSERT_EQ(suite.provider().verify(suite.signature(), Bytes(n, 4), {}, {}).error().code, errc::kInvalidPublicKey);
    }
  }
}

// RFC 8032 §5.1.3, §5.2.3: y that is not reduced, no x for this y, and points of low order, which no private key has.
TEST(EdwardsKeys, OctetsThatNoPrivateKeyCanHaveAreRefused) {
  for (const CipherSuite& suite : test::suites()) {
    const std::size_t n = signature_sizes(suite.signature()).public_key;
    if (suite.signature() != SignatureScheme::ed25519 && suite.signature() != SignatureScheme::ed448) continue;
    Bytes identity(n), not_reduced(n, 0xff);
    identity[0] = 1;
    EXPECT_EQ(check_public_key(suite, SignaturePublicKey{identity}).error().code, errc::kInvalidPublicKey);
    EXPECT_EQ(check_public_key(suite, SignaturePublicKey{Bytes(n)}).error().code, errc::kInvalidPublicKey);
    EXPECT_EQ(check_public_key(suite, SignaturePublicKey{not_reduced}).error().code, errc::kInvalidPublicKey);
    int on_the_curve = 0;
    for (std::uint8_t y = 2; y < 34; ++y) {
      Bytes octets(n);
      octets[0] = y;
      on_the_curve += check_public_key(suite, SignaturePublicKey{octets}).has_value();
    }
    EXPECT_LT(on_the_curve, 32);
  }
}

TEST(RandomFailure, AbortsEveryGenerationOfKeys) {
  for (const CipherSuite& suite : test::suites()) {
    test::FailingRandom fails(0);
    EXPECT_EQ(generate_hpke_key_pair(suite, fails).error().code, errc::kRandomFailed);
    EXPECT_EQ(generate_signature_key_pair(suite, fails).error().code, errc::kRandomFailed);
    test::FailingRandom works(1);
    EXPECT_TRUE(generate_hpke_key_pair(suite, works));
    EXPECT_EQ(works.calls(), 1);
  }
}

}  // namespace
}  // namespace dmls::crypto
