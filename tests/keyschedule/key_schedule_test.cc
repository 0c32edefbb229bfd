#include <dmls/crypto/error.h>
#include <dmls/crypto/kdf.h>
#include <dmls/keyschedule/group_context.h>
#include <dmls/keyschedule/key_schedule.h>
#include <gtest/gtest.h>

#include "support.h"

namespace dmls::keyschedule {
namespace {

// What a variant of MLS could take instead of init_secret: any number of secrets, under its own labels.
class RecordingSuccession final : public EpochSuccession {
 public:
  Result<void> derive(const crypto::Expander& epoch_secret) override {
    ++calls;
    successor = epoch_secret.derive_secret("parent_init");
    name = epoch_secret.derive_secret("epoch");
    return {};
  }
  int calls = 0;
  SecretBytes successor;
  SecretBytes name;
};

class FailingSuccession final : public EpochSuccession {
 public:
  Result<void> derive(const crypto::Expander&) override { return fail(dmls::errc::kUnsupported, "not today"); }
};

class FailingRandom final : public Random {
 public:
  Result<void> fill(std::span<std::uint8_t>) override { return fail(dmls::errc::kRandomFailed, "no randomness"); }
};

TEST(KeySchedule, RefusesInputsThatAreNotAsLongAsAHash) {
  for (const auto& suite : suites()) {
    const std::size_t nh = suite.hash_length();
    for (const std::size_t wrong : {std::size_t{0}, nh - 1, nh + 1, 2 * nh}) {
      const auto joiner = joiner_secret(suite, InitSecret(octets(wrong, 1)), CommitSecret(octets(nh, 2)), {});
      ASSERT_FALSE(joiner);
      EXPECT_EQ(joiner.error().code, errc::kWrongLength);
      EXPECT_FALSE(joiner_secret(suite, InitSecret(octets(nh, 1)), CommitSecret(octets(wrong, 2)), {}));
      EXPECT_FALSE(member_secret(suite, JoinerSecret(octets(wrong, 1)), PskSecret(octets(nh, 2))));
      EXPECT_FALSE(member_secret(suite, JoinerSecret(octets(nh, 1)), PskSecret(octets(wrong, 2))));
      RecordingSuccession succession;
      const auto epoch = derive_epoch(suite, EpochSecret(octets(wrong, 1)), succession);
      ASSERT_FALSE(epoch);
      EXPECT_EQ(epoch.error().code, errc::kWrongLength);
      EXPECT_EQ(succession.calls, 0);
    }
  }
}

TEST(KeySchedule, BindsTheJoinerAndTheEpochToTheGroupContext) {
  const auto suite = suite_1();
  const auto joiner = [&](BytesView context) {
    return *joiner_secret(suite, secret<InitSecret>(suite, 1), secret<CommitSecret>(suite, 2), context);
  };
  EXPECT_FALSE(joiner(as_bytes("one")) == joiner(as_bytes("two")));
  const auto epoch = [&](BytesView context) { return epoch_secret(suite, secret<MemberSecret>(suite, 1), context); };
  EXPECT_FALSE(epoch(as_bytes("one")) == epoch(as_bytes("two")));
}

TEST(KeySchedule, ACommitWithoutPathContributesZeros) {
  for (const auto& suite : suites())
    EXPECT_EQ(to_bytes(commit_secret_without_path(suite).expose()), Bytes(suite.hash_length(), 0));
}

TEST(KeySchedule, AsksTheSuccessionOnceAndGivesItTheEpochSecret) {
  const auto suite = suite_1();
  RecordingSuccession succession;
  ASSERT_TRUE(derive_epoch(suite, secret<EpochSecret>(suite, 1), succession));
  EXPECT_EQ(succession.calls, 1);
  const EpochSecret epoch = secret<EpochSecret>(suite, 1);
  EXPECT_EQ(succession.successor, crypto::derive_secret(suite, epoch.expose(), "parent_init"));
  EXPECT_EQ(succession.name, crypto::derive_secret(suite, epoch.expose(), "epoch"));
}

TEST(KeySchedule, AFailingSuccessionFailsTheEpoch) {
  const auto suite = suite_1();
  FailingSuccession succession;
  const auto epoch = derive_epoch(suite, secret<EpochSecret>(suite, 1), succession);
  ASSERT_FALSE(epoch);
  EXPECT_EQ(epoch.error().code, dmls::errc::kUnsupported);
}

TEST(KeySchedule, WelcomeKeysHaveTheSizesOfTheAead) {
  for (const auto& suite : suites()) {
    const KeyAndNonce keys = welcome_key_and_nonce(suite, secret<WelcomeSecret>(suite, 3));
    EXPECT_EQ(keys.key.size(), suite.key_length());
    EXPECT_EQ(keys.nonce.size(), suite.nonce_length());
    const SecretBytes welcome = octets(suite.hash_length(), 3);
    EXPECT_EQ(keys.key, crypto::expand_with_label(suite, welcome.expose(), "key", {}, suite.key_length()));
    EXPECT_EQ(keys.nonce, crypto::expand_with_label(suite, welcome.expose(), "nonce", {}, suite.nonce_length()));
  }
}

TEST(KeySchedule, EpochZeroStartsFromFreshRandomOctets) {
  const auto suite = suite_1();
  SeededRandom random(1);
  const auto one = fresh_epoch_secret(suite, random);
  const auto two = fresh_epoch_secret(suite, random);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->size(), suite.hash_length());
  EXPECT_FALSE(*one == *two);
}

TEST(KeySchedule, EpochZeroIsNotMadeWithoutRandomness) {
  FailingRandom random;
  const auto epoch = fresh_epoch_secret(suite_1(), random);
  ASSERT_FALSE(epoch);
  EXPECT_EQ(epoch.error().code, dmls::errc::kRandomFailed);
}

TEST(InitSecretSource, TheOrdinaryOneLendsAndKeepsTheInitSecret) {
  const auto suite = suite_1();
  const InitSecret previous = secret<InitSecret>(suite, 5);
  OrdinaryInitSource source(previous);
  for (int asked = 0; asked < 2; ++asked) {
    const auto init = source.init_secret(octets(32, 1).expose(), as_bytes("context"));
    ASSERT_TRUE(init);
    EXPECT_EQ(*init, previous);
  }
}

TEST(InitSecretSource, TheExternalOneGivesWhatWasSent) {
  const auto suite = suite_1();
  ExternalInitSource source(secret<InitSecret>(suite, 6));
  for (int asked = 0; asked < 2; ++asked)
    EXPECT_EQ(*source.init_secret(octets(32, 1).expose(), {}), secret<InitSecret>(suite, 6));
}

TEST(OrdinarySuccession, IsEmptyUntilAnEpochIsDerived) {
  OrdinarySuccession succession;
  EXPECT_TRUE(succession.init_secret().empty());
  const auto suite = suite_1();
  ASSERT_TRUE(derive_epoch(suite, secret<EpochSecret>(suite, 1), succession));
  EXPECT_EQ(succession.init_secret().size(), suite.hash_length());
}

TEST(GroupContext, SurvivesARoundTrip) {
  GroupContext context;
  context.cipher_suite = crypto::CipherSuiteId{0xf00d};
  context.group_id = {1, 2, 3};
  context.epoch = 0x0102030405060708;
  context.tree_hash = Bytes(32, 4);
  context.confirmed_transcript_hash = Bytes(64, 5);
  context.extensions = Bytes(70, 6);
  const Bytes encoded = tls_codec::encode(context);
  EXPECT_EQ(*tls_codec::decode<GroupContext>(encoded), context);
  // version, cipher_suite, group_id, epoch, tree_hash, confirmed_transcript_hash (2-octet header), extensions (the
  // same)
  EXPECT_EQ(encoded.size(), 2u + 2 + 4 + 8 + 33 + 66 + 72);
  EXPECT_EQ(test::hex(BytesView(encoded).first(16)), "0001f00d030102030102030405060708");
}

}  // namespace
}  // namespace dmls::keyschedule
