#include <dmls/crypto/hash.h>
#include <dmls/crypto/kdf.h>
#include <gtest/gtest.h>

#include "crypto/doubles.h"
#include "support/vectors.h"

namespace dmls::crypto {
namespace {

using dmls::test::unhex;
using test::octets;

// HKDF-Expand once more, written from RFC 5869 §2.3 over mac() and with copies.
Bytes expand_again(const CipherSuite& suite, BytesView prk, BytesView info, std::size_t length) {
  Bytes out, t;
  for (std::uint8_t i = 1; out.size() < length; ++i) {
    t = mac(suite, prk, test::join({t, info, Bytes{i}}));
    out = test::join({out, t});
  }
  out.resize(length);
  return out;
}

// The encoding of KDFLabel once more, for labels and contexts of less than 64 octets.
Bytes kdf_label(std::size_t length, std::string_view label, BytesView context) {
  const Bytes head{static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length),
                   static_cast<std::uint8_t>(8 + label.size())};
  const Bytes context_length{static_cast<std::uint8_t>(context.size())};
  return test::join({head, as_bytes("MLS 1.0 "), as_bytes(label), context_length, context});
}

// RFC 5869, test case 1.
TEST(Kdf, Rfc5869KnownAnswer) {
  const CipherSuite suite = test::suite_one();
  const SecretBytes prk = extract(suite, unhex("000102030405060708090a0b0c"), Bytes(22, 0x0b));
  EXPECT_EQ(octets(prk), unhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
  EXPECT_EQ(octets(expand(suite, prk.expose(), unhex("f0f1f2f3f4f5f6f7f8f9"), 42)),
            unhex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"));
}

TEST(Kdf, ExpandGivesEveryLengthUpToItsLimit) {
  for (const CipherSuite& suite : test::suites()) {
    const Bytes prk = test::counting(suite.hash_length());
    const Bytes longest = expand_again(suite, prk, as_bytes("info"), max_expand_length(suite));
    for (std::size_t n = 0; n <= 3 * suite.hash_length() + 1; ++n)
      ASSERT_EQ(octets(expand(suite, prk, as_bytes("info"), n)),
                Bytes(longest.begin(), longest.begin() + static_cast<long>(n)));
    EXPECT_EQ(octets(expand(suite, prk, as_bytes("info"), longest.size())), longest);
  }
}

TEST(KdfDeathTest, ExpandInsistsOnItsLimit) {
  const CipherSuite suite = test::suite_one();
  EXPECT_DEATH((void)expand(suite, {}, {}, 255 * 32 + 1), "255");
  EXPECT_DEATH((void)expand_with_label(suite, {}, "x", {}, 255 * 32 + 1), "255");
}

TEST(Kdf, ExpandWithLabelExpandsTheEncodedLabel) {
  for (const CipherSuite& suite : test::suites()) {
    const Bytes secret = test::counting(suite.hash_length());
    const Bytes context = test::counting(40);
    for (const std::size_t n : {std::size_t{1}, std::size_t{16}, suite.hash_length(), std::size_t{300}})
      EXPECT_EQ(octets(expand_with_label(suite, secret, "joiner", context, n)),
                expand_again(suite, secret, kdf_label(n, "joiner", context), n));
  }
}

TEST(Kdf, ExpandWithLabelTakesSecretsOfAnySize) {
  const CipherSuite suite = test::suite_one();
  for (const std::size_t n : {0u, 1u, 31u, 33u, 64u, 65u, 200u})
    EXPECT_EQ(octets(expand_with_label(suite, test::counting(n), "x", {}, 32)),
              expand_again(suite, test::counting(n), kdf_label(32, "x", {}), 32));
}

TEST(Kdf, DeriveSecretHasAnEmptyContextAndNhOctets) {
  for (const CipherSuite& suite : test::suites()) {
    const Bytes secret = test::counting(suite.hash_length());
    EXPECT_EQ(octets(derive_secret(suite, secret, "epoch")),
              expand_again(suite, secret, kdf_label(suite.hash_length(), "epoch", {}), suite.hash_length()));
  }
}

TEST(Kdf, DeriveTreeSecretHasTheGenerationAsItsContext) {
  for (const CipherSuite& suite : test::suites()) {
    const Bytes secret = test::counting(suite.hash_length());
    EXPECT_EQ(octets(derive_tree_secret(suite, secret, "key", 0x01020304, suite.key_length())),
              expand_again(suite, secret, kdf_label(suite.key_length(), "key", unhex("01020304")), suite.key_length()));
  }
}

TEST(Expander, GivesWhatTheFunctionsGive) {
  for (const CipherSuite& suite : test::suites()) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{20}, suite.hash_length(), std::size_t{129}}) {
      const Bytes secret = test::counting(size);
      const Expander expander(suite, secret);
      for (const std::size_t n : {std::size_t{0}, std::size_t{12}, suite.hash_length(), std::size_t{200}}) {
        EXPECT_EQ(octets(expander.expand_with_label("a", as_bytes("context"), n)),
                  octets(expand_with_label(suite, secret, "a", as_bytes("context"), n)));
        EXPECT_EQ(octets(expander.derive_tree_secret("b", 7, n)), octets(derive_tree_secret(suite, secret, "b", 7, n)));
      }
      EXPECT_EQ(octets(expander.derive_secret("c")), octets(derive_secret(suite, secret, "c")));
    }
  }
}

TEST(Expander, TakesLabelsAndContextsOfAnyLength) {
  const CipherSuite suite = test::suite_one();
  const Bytes secret = test::counting(32);
  const Expander expander(suite, secret);
  for (const std::size_t n : {0u, 47u, 48u, 55u, 56u, 63u, 64u, 119u, 120u, 200u, 16400u}) {
    const std::string label(n, 'l');
    const Bytes context = test::counting(n);
    EXPECT_EQ(octets(expander.expand_with_label(label, {}, 32)),
              octets(expand_with_label(suite, secret, label, {}, 32)));
    EXPECT_EQ(octets(expander.expand_with_label("l", context, 32)),
              octets(expand_with_label(suite, secret, "l", context, 32)));
  }
}

TEST(DeriveChildren, AreTheTwoExpansionsOfTheTree) {
  for (const CipherSuite& suite : test::suites()) {
    const std::size_t nh = suite.hash_length();
    const Bytes node = test::counting(nh);
    Bytes left(nh), right(nh);
    derive_children(suite, node, left, right);
    EXPECT_EQ(left, octets(expand_with_label(suite, node, "tree", as_bytes("left"), nh)));
    EXPECT_EQ(right, octets(expand_with_label(suite, node, "tree", as_bytes("right"), nh)));
  }
}

TEST(DeriveChildren, MayOverwriteTheNodeWithEitherChild) {
  for (const CipherSuite& suite : test::suites()) {
    const std::size_t nh = suite.hash_length();
    const Bytes node = test::counting(nh);
    Bytes left(nh), right(nh), other(nh);
    derive_children(suite, node, left, right);
    Bytes over = node;
    derive_children(suite, over, over, other);
    EXPECT_EQ(over, left);
    EXPECT_EQ(other, right);
    over = node;
    derive_children(suite, over, other, over);
    EXPECT_EQ(other, left);
    EXPECT_EQ(over, right);
  }
}

TEST(DeriveChildrenDeathTest, InsistsOnNhOctets) {
  Bytes node(31), left(32), right(32);
  EXPECT_DEATH(derive_children(test::suite_one(), node, left, right), "Nh octets");
}

}  // namespace
}  // namespace dmls::crypto
