#include <dmls/crypto/hash.h>
#include <gtest/gtest.h>

#include "crypto/doubles.h"
#include "support/vectors.h"

namespace dmls::crypto {
namespace {

using dmls::test::unhex;

CipherSuite suite_with(HashId hash) {
  for (const CipherSuite& suite : test::suites())
    if (suite.hash() == hash) return suite;
  panic("no suite with this hash");
}

// The examples "abc" of FIPS 180-4's companion documents.
TEST(Hash, KnownAnswersOfAllThreeHashes) {
  EXPECT_EQ(hash(suite_with(HashId::sha256), as_bytes("abc")),
            unhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  EXPECT_EQ(hash(suite_with(HashId::sha384), as_bytes("abc")),
            unhex("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"));
  EXPECT_EQ(hash(suite_with(HashId::sha512), as_bytes("abc")),
            unhex("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"));
}

TEST(Hash, PartsCountAsTheirConcatenationWhereverTheyAreCut) {
  const Bytes whole = test::counting(200);
  for (const CipherSuite& suite : test::suites()) {
    const Bytes expected = hash(suite, whole);
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
      const std::array<BytesView, 3> parts{BytesView(whole).first(cut), {}, BytesView(whole).subspan(cut)};
      ASSERT_EQ(hash(suite, parts), expected);
    }
  }
}

TEST(Hash, HashIntoWritesTheSameOctets) {
  const Bytes data = test::counting(77);
  for (const CipherSuite& suite : test::suites()) {
    Bytes out(suite.hash_length());
    const BytesView part(data);
    hash_into(suite, Parts(&part, 1), out);
    EXPECT_EQ(out, hash(suite, data));
  }
}

TEST(HashDeathTest, HashIntoInsistsOnNhOctets) {
  Bytes out(31);
  EXPECT_DEATH(hash_into(test::suite_one(), {}, out), "Nh octets");
}

// RFC 4231 §4.3, §4.7 and §4.8: a short key, one longer than a block, and both data and key longer than a block.
TEST(Mac, Rfc4231KnownAnswers) {
  const Bytes long_key(131, 0xaa);
  const std::string_view long_data =
      "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed "
      "before being used by the HMAC algorithm.";
  const CipherSuite s256 = suite_with(HashId::sha256), s384 = suite_with(HashId::sha384),
                    s512 = suite_with(HashId::sha512);
  EXPECT_EQ(mac(s256, as_bytes("Jefe"), as_bytes("what do ya want for nothing?")),
            unhex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
  EXPECT_EQ(mac(s256, long_key, as_bytes(long_data)),
            unhex("9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"));
  EXPECT_EQ(mac(s384, as_bytes("Jefe"), as_bytes("what do ya want for nothing?")),
            unhex("af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"));
  EXPECT_EQ(mac(s384, long_key, as_bytes(long_data)),
            unhex("6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e"));
  EXPECT_EQ(mac(s512, as_bytes("Jefe"), as_bytes("what do ya want for nothing?")),
            unhex("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                  "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"));
  EXPECT_EQ(mac(s512, long_key, as_bytes(long_data)),
            unhex("e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944"
                  "b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58"));
}

TEST(Mac, EmptyKeyIsAKeyOfZeros) {
  for (const CipherSuite& suite : test::suites())
    EXPECT_EQ(mac(suite, {}, as_bytes("x")), mac(suite, Bytes(suite.hash_length()), as_bytes("x")));
}

TEST(Mac, VerifiesItsOwnTag) {
  for (const CipherSuite& suite : test::suites())
    EXPECT_TRUE(verify_mac(suite, as_bytes("key"), as_bytes("data"), mac(suite, as_bytes("key"), as_bytes("data"))));
}

TEST(Mac, EveryFlippedBitOfATagIsNoticed) {
  for (const CipherSuite& suite : test::suites()) {
    const Bytes tag = mac(suite, as_bytes("key"), as_bytes("data"));
    for (std::size_t bit = 0; bit < 8 * tag.size(); ++bit) {
      Bytes forged = tag;
      forged[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
      const auto outcome = verify_mac(suite, as_bytes("key"), as_bytes("data"), forged);
      ASSERT_FALSE(outcome);
      EXPECT_EQ(outcome.error().code, errc::kBadTag);
    }
  }
}

TEST(Mac, TruncatedAndExtendedTagsAreRefused) {
  for (const CipherSuite& suite : test::suites()) {
    Bytes tag = mac(suite, as_bytes("key"), as_bytes("data"));
    for (std::size_t n = 0; n < tag.size(); ++n)
      EXPECT_EQ(verify_mac(suite, as_bytes("key"), as_bytes("data"), BytesView(tag).first(n)).error().code,
                errc::kBadTag);
    tag.push_back(0);
    EXPECT_EQ(verify_mac(suite, as_bytes("key"), as_bytes("data"), tag).error().code, errc::kBadTag);
  }
}

// RFC 9420 §5.2, put together here octet by octet.
TEST(RefHash, IsTheHashOfLabelAndValueWithTheirLengths) {
  const std::string_view label = "MLS 1.0 KeyPackage Reference";
  for (const std::size_t n : {0u, 63u, 64u, 16383u, 16384u}) {
    const Bytes value = test::counting(n);
    Bytes length{static_cast<std::uint8_t>(n)};
    if (n >= 64) length = {static_cast<std::uint8_t>(0x40 + (n >> 8)), static_cast<std::uint8_t>(n)};
    if (n >= 16384) length = {0x80, 0x00, 0x40, 0x00};
    const Bytes label_length{static_cast<std::uint8_t>(label.size())};
    const Bytes input = test::join({label_length, as_bytes(label), length, value});
    for (const CipherSuite& suite : test::suites()) EXPECT_EQ(ref_hash(suite, label, value), hash(suite, input)) << n;
  }
}

}  // namespace
}  // namespace dmls::crypto
