#include <dmls/crypto/hash.h>
#include <dmls/crypto/hpke.h>
#include <dmls/crypto/kdf.h>
#include <gtest/gtest.h>

#include <limits>

#include "crypto/doubles.h"
#include "support/vectors.h"

namespace dmls::crypto {
namespace {

using test::octets;

struct Parties {
  HpkeKeyPair recipient;
  HpkeSetup sender;
  HpkeContext receiver;
};

Parties connect(const CipherSuite& suite) {
  SeededRandom random(11);
  auto recipient = *generate_hpke_key_pair(suite, random);
  const HpkeInfo info(suite, as_bytes("info"));
  auto sender = *hpke_setup_sender(info, recipient.public_key, random);
  auto receiver = *hpke_setup_recipient(info, recipient, sender.kem_output);
  return {std::move(recipient), std::move(sender), std::move(receiver)};
}

TEST(Hpke, WhatIsSealedOpensWithTheSameInfoAndAadOnly) {
  SeededRandom random(1);
  for (const CipherSuite& suite : test::suites()) {
    const auto pair = generate_hpke_key_pair(suite, random);
    const HpkeInfo info(suite, as_bytes("info"));
    const auto sealed = hpke_seal(info, pair->public_key, as_bytes("aad"), as_bytes("plaintext"), random);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->kem_output.size(), kem_sizes(suite.kem()).public_key);
    EXPECT_EQ(sealed->ciphertext.size(), 9 + suite.tag_length());
    const auto opened = hpke_open(info, *pair, as_bytes("aad"), *sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(octets(*opened), to_bytes(as_bytes("plaintext")));
    EXPECT_EQ(hpke_open(info, *pair, as_bytes("aae"), *sealed).error().code, errc::kOpenFailed);
    EXPECT_EQ(hpke_open(HpkeInfo(suite, as_bytes("infp")), *pair, as_bytes("aad"), *sealed).error().code,
              errc::kOpenFailed);
    const auto other = generate_hpke_key_pair(suite, random);
    EXPECT_EQ(hpke_open(info, *other, as_bytes("aad"), *sealed).error().code, errc::kOpenFailed);
  }
}

// RFC 9180 §5.1 says that key_schedule_context begins with the mode, and how it goes on.
TEST(Hpke, InfoIsModeAndTheTwoHashes) {
  for (const CipherSuite& suite : test::suites()) {
    const auto u16 = [](auto id) {
      const auto v = static_cast<unsigned>(id);
      return Bytes{static_cast<std::uint8_t>(v >> 8), static_cast<std::uint8_t>(v)};
    };
    const auto labeled_extract = [&](std::string_view label, std::string_view ikm) {
      const Bytes input = test::join({as_bytes("HPKE-v1HPKE"), u16(suite.kem()), u16(suite.kdf()), u16(suite.aead()),
                                      as_bytes(label), as_bytes(ikm)});
      return octets(extract(suite, {}, input));
    };
    const Bytes expected =
        test::join({Bytes{0x00}, labeled_extract("psk_id_hash", ""), labeled_extract("info_hash", "some info")});
    EXPECT_EQ(to_bytes(HpkeInfo(suite, as_bytes("some info")).key_schedule_context()), expected);
  }
}

// RFC 9420 §5.1.3: the info of EncryptWithLabel is an EncryptContext, and the aad is empty.
TEST(Hpke, EncryptWithLabelIsHpkeWithAnEncryptContext) {
  SeededRandom random(2);
  for (const CipherSuite& suite : test::suites()) {
    const auto pair = generate_hpke_key_pair(suite, random);
    const Bytes info = test::join({Bytes{8 + 7}, as_bytes("MLS 1.0 Welcome"), Bytes{3, 1, 2, 3}});
    const auto sealed =
        encrypt_with_label(suite, pair->public_key, "Welcome", Bytes{1, 2, 3}, as_bytes("plaintext"), random);
    ASSERT_TRUE(sealed);
    const auto opened = hpke_open(HpkeInfo(suite, info), *pair, {}, *sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(octets(*opened), to_bytes(as_bytes("plaintext")));
    EXPECT_TRUE(decrypt_with_label(suite, *pair, "Welcome", Bytes{1, 2, 3}, *sealed));
    EXPECT_EQ(decrypt_with_label(suite, *pair, "Welcomf", Bytes{1, 2, 3}, *sealed).error().code, errc::kOpenFailed);
    EXPECT_EQ(decrypt_with_label(suite, *pair, "Welcome", Bytes{1, 2}, *sealed).error().code, errc::kOpenFailed);
  }
}

TEST(Hpke, TheSingleShotIsTheFirstMessageOfAContext) {
  for (const CipherSuite& suite : test::suites()) {
    const Parties p = connect(suite);
    const HpkeInfo info(suite, as_bytes("info"));
    const test::FixedRandom same(test::counting(kem_sizes(suite.kem()).private_key));
    auto first = same, second = same;
    const auto sealed = hpke_seal(info, p.recipient.public_key, as_bytes("aad"), as_bytes("m"), first);
    auto setup = hpke_setup_sender(info, p.recipient.public_key, second);
    ASSERT_TRUE(sealed && setup);
    EXPECT_EQ(setup->kem_output, sealed->kem_output);
    EXPECT_EQ(*setup->context.seal(as_bytes("aad"), as_bytes("m")), sealed->ciphertext);
  }
}

TEST(Hpke, EveryBitOfACiphertextCounts) {
  SeededRandom random(3);
  const CipherSuite suite = test::suite_one();
  const auto pair = generate_hpke_key_pair(suite, random);
  const HpkeInfo info(suite, {});
  const auto sealed = hpke_seal(info, pair->public_key, {}, as_bytes("x"), random);
  for (std::size_t bit = 0; bit < 8 * sealed->ciphertext.size(); ++bit) {
    HpkeCiphertext forged = *sealed;
    forged.ciphertext[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    ASSERT_EQ(hpke_open(info, *pair, {}, forged).error().code, errc::kOpenFailed);
  }
  // Bit 255 of kem_output is one that X25519 ignores; enc is part of the key schedule, so it counts all the same.
  for (std::size_t bit = 0; bit < 256; ++bit) {
    HpkeCiphertext forged = *sealed;
    forged.kem_output[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    ASSERT_FALSE(hpke_open(info, *pair, {}, forged));
  }
}

TEST(Hpke, BadRecipientsAndKemOutputsAreInvalidPublicKeys) {
  SeededRandom random(4);
  for (const CipherSuite& suite : test::suites()) {
    const auto pair = generate_hpke_key_pair(suite, random);
    const HpkeInfo info(suite, {});
    const auto good = hpke_seal(info, pair->public_key, {}, {}, random);
    const std::size_t n = kem_sizes(suite.kem()).public_key;
    std::vector<Bytes> bad{{}, Bytes(n - 1, 4), Bytes(n + 1, 4), Bytes(n)};
    for (const Bytes& key : bad) {
      EXPECT_EQ(hpke_seal(info, HpkePublicKey{key}, {}, {}, random).error().code, errc::kInvalidPublicKey);
      EXPECT_EQ(hpke_setup_sender(info, HpkePublicKey{key}, random).error().code, errc::kInvalidPublicKey);
      EXPECT_EQ(hpke_open(info, *pair, {}, HpkeCiphertext{key, good->ciphertext}).error().code,
                errc::kInvalidPublicKey);
      EXPECT_EQ(hpke_setup_recipient(info, *pair, key).error().code, errc::kInvalidPublicKey);
    }
  }
}

TEST(Hpke, CiphertextsOfEveryLengthUpTo64AreRefusedUnlessAuthentic) {
  SeededRandom random(5);
  for (const CipherSuite& suite : test::suites()) {
    const auto pair = generate_hpke_key_pair(suite, random);
    const HpkeInfo info(suite, {});
    const auto good = hpke_seal(info, pair->public_key, {}, Bytes(32), random);
    for (std::size_t n = 0; n <= 64; ++n) {
      HpkeCiphertext cut = *good;
      cut.ciphertext.resize(n);
      ASSERT_EQ(hpke_open(info, *pair, {}, cut).has_value(), n == good->ciphertext.size());
    }
  }
}

TEST(HpkeContext, MessagesOpenInTheirOrderOnly) {
  for (const CipherSuite& suite : test::suites()) {
    Parties p = connect(suite);
    const auto first = p.sender.context.seal({}, as_bytes("1")), second = p.sender.context.seal({}, as_bytes("2"));
    ASSERT_TRUE(first && second);
    EXPECT_EQ(p.receiver.open({}, *second).error().code, errc::kOpenFailed);
    EXPECT_EQ(octets(*p.receiver.open({}, *first)), Bytes{'1'});
    EXPECT_EQ(p.receiver.open({}, *first).error().code, errc::kOpenFailed);
    EXPECT_EQ(octets(*p.receiver.open({}, *second)), Bytes{'2'});
  }
}

TEST(HpkeContext, AFailedOpenUsesNoSequenceNumber) {
  Parties p = connect(test::suite_one());
  const auto sealed = p.sender.context.seal({}, as_bytes("1"));
  for (std::size_t n = 0; n <= 64; ++n) EXPECT_FALSE(p.receiver.open({}, Bytes(n)));
  EXPECT_TRUE(p.receiver.open({}, *sealed));
}

TEST(HpkeContext, EndsBeforeTheSequenceNumbersDo) {
  for (const CipherSuite& suite : test::suites()) {
    Parties p = connect(suite);
    const std::uint64_t end = std::numeric_limits<std::uint64_t>::max();
    p.sender.context.set_sequence_for_testing(end - 1);
    p.receiver.set_sequence_for_testing(end - 1);
    const auto last = p.sender.context.seal({}, as_bytes("last"));
    ASSERT_TRUE(last);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(p.sender.context.seal({}, {}).error().code, errc::kSequenceExhausted);
    EXPECT_TRUE(p.receiver.open({}, *last));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(p.receiver.open({}, *last).error().code, errc::kSequenceExhausted);
  }
}

// The recipient's context has the same key and starts at the same nonce, so a seal there would use it twice.
TEST(HpkeContext, OnlySealsOnOneSideAndOnlyOpensOnTheOther) {
  Parties p = connect(test::suite_one());
  EXPECT_EQ(p.receiver.seal({}, as_bytes("x")).error().code, errc::kMisuse);
  const auto sealed = p.sender.context.seal({}, as_bytes("x"));
  EXPECT_EQ(p.sender.context.open({}, *sealed).error().code, errc::kMisuse);
}

TEST(HpkeContext, BothSidesExportTheSameSecret) {
  for (const CipherSuite& suite : test::suites()) {
    const Parties p = connect(suite);
    for (const std::size_t n : {std::size_t{0}, std::size_t{1}, suite.hash_length(), 255 * suite.hash_length()}) {
      const auto a = p.sender.context.export_secret(as_bytes("c"), n), b = p.receiver.export_secret(as_bytes("c"), n);
      ASSERT_TRUE(a && b);
      EXPECT_EQ(a->size(), n);
      EXPECT_EQ(*a, *b);
    }
    EXPECT_FALSE(*p.receiver.export_secret(as_bytes("c"), 32) == *p.receiver.export_secret(as_bytes("d"), 32));
  }
}

TEST(HpkeContext, ExportsBeyondTheLimitAreRefused) {
  for (const CipherSuite& suite : test::suites()) {
    const Parties p = connect(suite);
    for (const std::size_t n : {255 * suite.hash_length() + 1, std::size_t{65536}, ~std::size_t{0}})
      EXPECT_EQ(p.receiver.export_secret({}, n).error().code, errc::kLimit);
  }
}

TEST(HpkeRandomFailure, AbortsEverySeal) {
  for (const CipherSuite& suite : test::suites()) {
    const Parties p = connect(suite);
    const HpkeInfo info(suite, {});
    const HpkePublicKey& to = p.recipient.public_key;
    test::FailingRandom fails(0);
    EXPECT_EQ(hpke_seal(info, to, {}, {}, fails).error().code, errc::kRandomFailed);
    EXPECT_EQ(hpke_setup_sender(info, to, fails).error().code, errc::kRandomFailed);
    EXPECT_EQ(encrypt_with_label(suite, to, "l", {}, {}, fails).error().code, errc::kRandomFailed);
    test::FailingRandom works(1);
    EXPECT_TRUE(hpke_seal(info, to, {}, {}, works));
    EXPECT_EQ(works.calls(), 1) << "a second use of randomness would need a test of its own";
  }
}

}  // namespace
}  // namespace dmls::crypto
