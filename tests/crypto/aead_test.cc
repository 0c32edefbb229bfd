#include <dmls/crypto/aead.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "crypto/doubles.h"

namespace dmls::crypto {
namespace {

struct Sealed {
  Bytes key, nonce, aad, plaintext, ciphertext;
};

Sealed sealed(const CipherSuite& suite, std::size_t n) {
  Sealed s{test::counting(suite.key_length()), test::counting(suite.nonce_length()), {1, 2, 3}, test::counting(n), {}};
  s.ciphertext = *aead_seal(suite, s.key, s.nonce, s.aad, s.plaintext);
  return s;
}

TEST(Aead, EveryLengthUpTo100OctetsComesBack) {
  for (const CipherSuite& suite : test::suites()) {
    for (std::size_t n = 0; n <= 100; ++n) {
      const Sealed s = sealed(suite, n);
      ASSERT_EQ(s.ciphertext.size(), n + suite.tag_length());
      const auto opened = aead_open(suite, s.key, s.nonce, s.aad, s.ciphertext);
      ASSERT_TRUE(opened);
      ASSERT_EQ(test::octets(*opened), s.plaintext);
    }
  }
}

TEST(Aead, EveryFlippedBitIsNoticed) {
  for (const CipherSuite& suite : test::suites()) {
    const Sealed s = sealed(suite, 20);
    const auto refused = [&](BytesView key, BytesView nonce, BytesView aad, BytesView ciphertext) {
      const auto opened = aead_open(suite, key, nonce, aad, ciphertext);
      return !opened && opened.error().code == errc::kOpenFailed;
    };
    const auto each_flip = [](Bytes octets, auto&& check) {
      for (std::size_t bit = 0; bit < 8 * octets.size(); ++bit) {
        octets[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
        ASSERT_TRUE(check(octets)) << bit;
        octets[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
      }
    };
    each_flip(s.key, [&](BytesView v) { return refused(v, s.nonce, s.aad, s.ciphertext); });
    each_flip(s.nonce, [&](BytesView v) { return refused(s.key, v, s.aad, s.ciphertext); });
    each_flip(s.aad, [&](BytesView v) { return refused(s.key, s.nonce, v, s.ciphertext); });
    each_flip(s.ciphertext, [&](BytesView v) { return refused(s.key, s.nonce, s.aad, v); });
  }
}

TEST(Aead, NoPrefixAndNoExtensionOfACiphertextOpens) {
  for (const CipherSuite& suite : test::suites()) {
    Sealed s = sealed(suite, 20);
    for (std::size_t n = 0; n < s.ciphertext.size(); ++n)
      ASSERT_EQ(aead_open(suite, s.key, s.nonce, s.aad, BytesView(s.ciphertext).first(n)).error().code,
                errc::kOpenFailed);
    s.ciphertext.push_back(0);
    EXPECT_EQ(aead_open(suite, s.key, s.nonce, s.aad, s.ciphertext).error().code, errc::kOpenFailed);
  }
}

TEST(Aead, ArbitraryOctetsOfEveryLengthUpTo64AreRefused) {
  for (const CipherSuite& suite : test::suites()) {
    const Bytes key = test::counting(suite.key_length()), nonce = test::counting(suite.nonce_length());
    for (std::size_t n = 0; n <= 64; ++n) {
      const auto opened = aead_open(suite, key, nonce, {}, test::counting(n));
      ASSERT_FALSE(opened);
      ASSERT_EQ(opened.error().code, errc::kOpenFailed);
    }
  }
}

TEST(Aead, SealsInPlaceAndOpensInPlace) {
  for (const CipherSuite& suite : test::suites()) {
    const Sealed s = sealed(suite, 50);
    Bytes buffer = s.plaintext;
    buffer.resize(s.ciphertext.size());
    const Provider& provider = suite.provider();
    ASSERT_TRUE(provider.aead_seal(suite.aead(), s.key, s.nonce, s.aad, BytesView(buffer).first(50), buffer));
    EXPECT_EQ(buffer, s.ciphertext);
    ASSERT_TRUE(provider.aead_open(suite.aead(), s.key, s.nonce, s.aad, buffer, MutableBytes(buffer).first(50)));
    EXPECT_TRUE(std::equal(s.plaintext.begin(), s.plaintext.end(), buffer.begin()));
  }
}

TEST(AeadDeathTest, KeysAndNoncesOfOtherSizesAreBugs) {
  const CipherSuite suite = test::suite_one();
  const Bytes key(16), nonce(12);
  for (const std::size_t n : {0u, 15u, 17u, 32u}) {
    EXPECT_DEATH((void)aead_seal(suite, Bytes(n), nonce, {}, {}), "Nk octets");
    EXPECT_DEATH((void)aead_open(suite, Bytes(n), nonce, {}, Bytes(16)), "Nk octets");
  }
  for (const std::size_t n : {0u, 11u, 13u}) {
    EXPECT_DEATH((void)aead_seal(suite, key, Bytes(n), {}, {}), "Nn octets");
    EXPECT_DEATH((void)aead_open(suite, key, Bytes(n), {}, Bytes(16)), "Nn octets");
  }
}

// 64 GiB of address space without memory behind it: the size alone must be refused.
TEST(Aead, PlaintextsBeyondTheLimitAreRefused) {
  const std::size_t n = (std::size_t{1} << 36) - 31;
  void* const space = mmap(nullptr, n, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (space == MAP_FAILED) GTEST_SKIP() << "not run: this machine does not lend 64 GiB of address space";
  const BytesView huge(static_cast<const std::uint8_t*>(space), n);
  for (const CipherSuite& suite : test::suites()) {
    const Bytes key(suite.key_length()), nonce(suite.nonce_length());
    const auto outcome = aead_seal(suite, key, nonce, {}, huge);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, errc::kLimit);
  }
  munmap(space, n);
}

}  // namespace
}  // namespace dmls::crypto
