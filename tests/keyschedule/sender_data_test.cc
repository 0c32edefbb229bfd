#include <dmls/keyschedule/sender_data.h>
#include <gtest/gtest.h>

#include "support.h"

namespace dmls::keyschedule {
namespace {

TEST(SenderData, SamplesTheFirstHashLengthOctetsOfTheCiphertext) {
  for (const auto& suite : suites()) {
    const std::size_t nh = suite.hash_length();
    const SenderDataKeys keys(suite, secret<SenderDataSecret>(suite, 1));
    Bytes ciphertext(nh + 20, 5);
    const KeyAndNonce whole = keys.key_and_nonce(ciphertext);
    EXPECT_EQ(whole.key.size(), suite.key_length());
    EXPECT_EQ(whole.nonce.size(), suite.nonce_length());
    ciphertext[nh] ^= 1;  // behind the sample
    EXPECT_EQ(keys.key_and_nonce(ciphertext).key, whole.key);
    EXPECT_EQ(keys.key_and_nonce(BytesView(ciphertext).first(nh)).nonce, whole.nonce);
    ciphertext[nh - 1] ^= 1;  // its last octet
    EXPECT_FALSE(keys.key_and_nonce(ciphertext).key == whole.key);
    EXPECT_FALSE(keys.key_and_nonce(ciphertext).nonce == whole.nonce);
  }
}

TEST(SenderData, UsesAllOfAShortCiphertext) {
  const auto suite = suite_1();
  const auto base = secret<SenderDataSecret>(suite, 1);
  const SenderDataKeys keys(suite, base);
  for (std::size_t n = 0; n < suite.hash_length(); ++n) {
    const Bytes ciphertext(n, 5);
    EXPECT_EQ(keys.key_and_nonce(ciphertext).key,
              crypto::expand_with_label(suite, base.expose(), "key", ciphertext, suite.key_length()))
        << n;
  }
}

TEST(ReuseGuard, ChangesTheFirstFourOctetsAndComesOffAgain) {
  const ReuseGuard guard{0x01, 0x02, 0x80, 0xff};
  Bytes nonce = test::unhex("000102030405060708090a0b");
  apply_reuse_guard(guard, nonce);
  EXPECT_EQ(test::hex(nonce), "010382fc0405060708090a0b");
  apply_reuse_guard(guard, nonce);
  EXPECT_EQ(test::hex(nonce), "000102030405060708090a0b");
}

TEST(ReuseGuard, IsFresh) {
  SeededRandom random(1);
  EXPECT_NE(*fresh_reuse_guard(random), *fresh_reuse_guard(random));
}

}  // namespace
}  // namespace dmls::keyschedule
