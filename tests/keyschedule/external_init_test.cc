#include <dmls/crypto/error.h>
#include <dmls/keyschedule/external_init.h>
#include <gtest/gtest.h>

#include "support.h"

namespace dmls::keyschedule {
namespace {

TEST(ExternalInit, JoinerAndMembersAgree) {
  SeededRandom random(1);
  for (const auto& suite : suites()) {
    const auto external = external_key_pair(suite, secret<ExternalSecret>(suite, 1));
    ASSERT_TRUE(external) << suite.name();
    const auto sent = send_external_init(suite, external->public_key, random);
    ASSERT_TRUE(sent) << suite.name();
    const auto received = receive_external_init(suite, *external, sent->kem_output);
    ASSERT_TRUE(received) << suite.name();
    EXPECT_EQ(*received, sent->init_secret);
    EXPECT_EQ(received->size(), suite.hash_length());
    EXPECT_EQ(sent->kem_output.size(), crypto::kem_sizes(suite.kem()).public_key);
  }
}

TEST(ExternalInit, AnotherEpochsKeyGivesAnotherSecret) {
  SeededRandom random(1);
  const auto suite = suite_1();
  const auto external = external_key_pair(suite, secret<ExternalSecret>(suite, 1));
  const auto other = external_key_pair(suite, secret<ExternalSecret>(suite, 2));
  const auto sent = send_external_init(suite, external->public_key, random);
  EXPECT_FALSE(*receive_external_init(suite, *other, sent->kem_output) == sent->init_secret);
}

TEST(ExternalInit, RefusesAKemOutputOfAnotherSizeOrOfLowOrder) {
  for (const auto& suite : suites()) {
    const auto external = external_key_pair(suite, secret<ExternalSecret>(suite, 1));
    const std::size_t size = crypto::kem_sizes(suite.kem()).public_key;
    for (const std::size_t wrong : {std::size_t{0}, size - 1, size, size + 1}) {
      const auto received = receive_external_init(suite, *external, Bytes(wrong, 0));
      ASSERT_FALSE(received) << suite.name() << " " << wrong;
      EXPECT_EQ(received.error().code, crypto::errc::kInvalidPublicKey);
    }
  }
}

TEST(ExternalInit, RefusesToSendToAKeyThatIsNone) {
  SeededRandom random(1);
  for (const auto& suite : suites()) {
    const std::size_t size = crypto::kem_sizes(suite.kem()).public_key;
    for (const std::size_t wrong : {std::size_t{0}, size - 1, size, size + 1})
      EXPECT_FALSE(send_external_init(suite, {Bytes(wrong, 0)}, random)) << suite.name() << " " << wrong;
  }
}

}  // namespace
}  // namespace dmls::keyschedule
