// The thin slice of the whole protocol: two members, over every suite that this build has.

#include <dmls/base/random.h>
#include <dmls/crypto/error.h>
#include <dmls/group/client.h>
#include <dmls/group/group.h>
#include <gtest/gtest.h>

#include <memory>

namespace dmls::group {
namespace {

using crypto::CipherSuite;
using crypto::CipherSuiteId;

Bytes text(std::string_view s) { return to_bytes(as_bytes(s)); }

// Alice and Bob in epoch 1, everything drawn from one seed.
struct Pair {
  Client alice;
  Client bob;
  Group alices;
  Group bobs;

  static Pair meet(const CipherSuite& suite, std::uint64_t seed = 7, CommitRequest request = {},
                   std::vector<Bytes>* wire = nullptr) {
    const auto random = std::make_shared<SeededRandom>(seed);
    const auto policy = std::make_shared<AcceptEverything>();
    const auto client = [&](std::string_view name) {
      auto pair = *crypto::generate_signature_key_pair(suite, *random);
      ClientConfig config{suite, treekem::BasicCredential{text(name)},
                          std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair)), policy};
      config.clock = std::make_shared<FixedClock>(1'790'000'000);  // key packages say when they were made
      config.random = random;
      return *Client::create(std::move(config));
    };
    Client alice = client("alice");
    Client bob = client("bob");
    Group alices = *alice.create_group();
    const Bytes package = *bob.new_key_package();
    Transition add = *alices.commit(request.add(package));
    const Bytes welcome = add.welcome();
    if (wire != nullptr) *wire = {package, add.message(), welcome};
    EXPECT_TRUE(alices.merge(std::move(add)));
    const Bytes tree = request.tree() == TreeDelivery::aside ? alices.ratchet_tree() : Bytes{};
    auto entry = bob.join(welcome, {.ratchet_tree = tree});
    EXPECT_TRUE(entry) << (entry ? "" : entry.error().rule);
    auto bobs = bob.enter(*std::move(entry));
    EXPECT_TRUE(bobs) << (bobs ? "" : bobs.error().rule);
    return {std::move(alice), std::move(bob), std::move(alices), *std::move(bobs)};
  }
};

void expect_agreement(const Group& a, const Group& b) {
  EXPECT_EQ(a.epoch(), b.epoch());
  EXPECT_TRUE(a.epoch_authenticator() == b.epoch_authenticator());
  EXPECT_TRUE(*a.export_secret("test", {}, 32) == *b.export_secret("test", {}, 32));
}

void expect_heard(Group& from, Group& to, std::string_view words) {
  auto event = to.process(*from.protect(as_bytes(words), as_bytes("seen by all")));
  ASSERT_TRUE(event) << event.error().rule;
  const auto* message = std::get_if<ApplicationMessage>(&*event);
  ASSERT_NE(message, nullptr);
  EXPECT_EQ(message->data, text(words));
  EXPECT_EQ(message->authenticated_data, text("seen by all"));
  EXPECT_EQ(message->sender.leaf, from.own_leaf());
  EXPECT_EQ(message->epoch, from.epoch());
}

void commit_and_follow(Group& committer, Group& follower, const CommitRequest& request) {
  Transition own = *committer.commit(request);
  auto event = follower.process(own.message());
  ASSERT_TRUE(event) << event.error().rule;
  auto* staged = std::get_if<Transition>(&*event);
  ASSERT_NE(staged, nullptr);
  EXPECT_EQ(staged->changes().has_path, own.changes().has_path);
  EXPECT_EQ(staged->changes().committer.leaf, committer.own_leaf());
  EXPECT_TRUE(follower.merge(std::move(*staged)));
  EXPECT_TRUE(committer.merge(std::move(own)));
}

class Conversation : public testing::TestWithParam<std::uint16_t> {
 protected:
  void SetUp() override {
    const auto found = CipherSuite::find(CipherSuiteId{GetParam()});
    if (!found) GTEST_SKIP() << "not in this build: " << found.error().rule;
    suite_.emplace(*found);
  }
  std::optional<CipherSuite> suite_;
};

TEST_P(Conversation, MessagesCommitsAndAuthenticatorsAgree) {
  for (const auto handshake : {HandshakeFormat::private_message, HandshakeFormat::public_message}) {
    for (const auto tree : {TreeDelivery::inside, TreeDelivery::aside}) {
      Pair pair = Pair::meet(*suite_, 7, CommitRequest().handshake(handshake).tree(tree));
      expect_agreement(pair.alices, pair.bobs);
      EXPECT_EQ(pair.alices.members().size(), 2u);
      EXPECT_EQ(pair.bob.key_package_count(), 0u);
      expect_heard(pair.alices, pair.bobs, "hello, Bob");
      expect_heard(pair.bobs, pair.alices, "hello, Alice");
      commit_and_follow(pair.bobs, pair.alices, CommitRequest().handshake(handshake));
      expect_agreement(pair.alices, pair.bobs);
      EXPECT_EQ(pair.alices.epoch(), 2u);
      commit_and_follow(pair.alices, pair.bobs, CommitRequest().handshake(handshake));
      expect_heard(pair.bobs, pair.alices, "still here");
      expect_agreement(pair.alices, pair.bobs);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Suites, Conversation, testing::Range(std::uint16_t{1}, std::uint16_t{8}));

CipherSuite suite1() { return *CipherSuite::find(CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519); }

TEST(GroupOfTwo, ASeedReproducesEveryOctet) {
  std::vector<Bytes> first;
  std::vector<Bytes> second;
  (void)Pair::meet(suite1(), 42, {}, &first);
  (void)Pair::meet(suite1(), 42, {}, &second);
  EXPECT_EQ(first, second);
  std::vector<Bytes> other;
  (void)Pair::meet(suite1(), 43, {}, &other);
  EXPECT_NE(first, other);
}

TEST(GroupOfTwo, AMessageIsReadOnceAndInAnyOrder) {
  Pair pair = Pair::meet(suite1());
  const Bytes one = *pair.alices.protect(as_bytes("one"));
  const Bytes two = *pair.alices.protect(as_bytes("two"));
  EXPECT_EQ(std::get<ApplicationMessage>(*pair.bobs.process(two)).data, text("two"));
  EXPECT_EQ(std::get<ApplicationMessage>(*pair.bobs.process(one)).data, text("one"));
  EXPECT_EQ(std::get<Skipped>(*pair.bobs.process(one)), Skipped::duplicate);
}

TEST(GroupOfTwo, ADroppedCommitLeavesNoTrace) {
  Pair pair = Pair::meet(suite1());
  {
    auto dropped = pair.alices.commit({});
    ASSERT_TRUE(dropped);
  }
  expect_agreement(pair.alices, pair.bobs);
  commit_and_follow(pair.alices, pair.bobs, {});
  expect_agreement(pair.alices, pair.bobs);
}

TEST(GroupOfTwo, OfSeveralCommitsForOneEpochOneIsMergedAndTheOthersAreStale) {
  Pair pair = Pair::meet(suite1());
  Transition first = *pair.alices.commit({});
  Transition second = *pair.alices.commit({});
  auto event = pair.bobs.process(second.message());
  ASSERT_TRUE(pair.bobs.merge(std::get<Transition>(*std::move(event))));
  ASSERT_TRUE(pair.alices.merge(std::move(second)));
  const auto refused = pair.alices.merge(std::move(first));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::kStale);
  expect_agreement(pair.alices, pair.bobs);
}

TEST(GroupOfTwo, AnOwnCommitThatComesBackIsTheSameTransition) {
  for (const auto handshake : {HandshakeFormat::private_message, HandshakeFormat::public_message}) {
    Pair pair = Pair::meet(suite1());
    const Bytes losing = pair.alices.commit(CommitRequest().handshake(handshake))->message();
    const Bytes winning = pair.alices.commit(CommitRequest().handshake(handshake))->message();
    ASSERT_TRUE(pair.bobs.merge(std::get<Transition>(*pair.bobs.process(winning))));
    auto echo = pair.alices.process(winning);  // all that Alice kept is what the delivery service sent back
    ASSERT_TRUE(echo) << echo.error().rule;
    EXPECT_TRUE(std::get<Transition>(*echo).is_own());
    ASSERT_TRUE(pair.alices.merge(std::get<Transition>(*std::move(echo))));
    expect_agreement(pair.alices, pair.bobs);
    EXPECT_EQ(std::get<Skipped>(*pair.alices.process(losing)), Skipped::too_old);
  }
}

TEST(GroupOfTwo, OwnMessagesAndProposalsThatComeBackAreSkipped) {
  Pair pair = Pair::meet(suite1());
  EXPECT_EQ(std::get<Skipped>(*pair.alices.process(*pair.alices.protect(as_bytes("hello")))), Skipped::own_message);
  for (const auto handshake : {HandshakeFormat::private_message, HandshakeFormat::public_message}) {
    const Bytes update = pair.alices.propose_update({.handshake = handshake})->message;
    EXPECT_EQ(std::get<Skipped>(*pair.alices.process(update)), Skipped::own_message);
  }
}

TEST(GroupOfTwo, AWelcomeForSomebodyElseIsNotForUs) {
  Pair pair = Pair::meet(suite1());
  Client carol = *Client::create(suite1(), "carol", std::make_shared<AcceptEverything>());
  const Bytes package = *carol.new_key_package();
  Transition add = *pair.alices.commit(CommitRequest().add(package));
  const auto refused = pair.bob.join(add.welcome());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::kNotForUs);
  EXPECT_EQ(carol.key_package_count(), 1u);
  EXPECT_TRUE(carol.join(add.welcome()));
}

// A policy that lets nobody be removed.
class NobodyLeaves final : public Policy {
 public:
  Result<void> validate(const treekem::CredentialView&, BytesView) const override { return {}; }
  Result<void> valid_successor(const treekem::CredentialView&, const treekem::CredentialView&) const override {
    return {};
  }
  Result<void> accept(const PublicEpoch&, const Changes& changes) const override {
    if (!changes.removed.empty()) return fail(errc::kRefusedByPolicy, "nobody leaves");
    return {};
  }
};

TEST(GroupOfTwo, ThePolicyIsAskedForOwnCommits) {
  Client alice = *Client::create(suite1(), "alice", std::make_shared<NobodyLeaves>());
  Client bob = *Client::create(suite1(), "bob", std::make_shared<AcceptEverything>());
  Group alices = *alice.create_group();
  ASSERT_TRUE(alices.merge(*alices.commit(CommitRequest().add(*bob.new_key_package()))));
  const auto refused = alices.commit(CommitRequest().remove(LeafIndex(1)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::kRefusedByPolicy);
}

TEST(GroupOfTwo, TheRemovedMemberLearnsThatItIs) {
  Pair pair = Pair::meet(suite1());
  Transition removal = *pair.alices.commit(CommitRequest().remove(pair.bobs.own_leaf()));
  ASSERT_EQ(removal.changes().removed.size(), 1u);
  auto event = pair.bobs.process(removal.message());
  ASSERT_TRUE(event) << event.error().rule;
  EXPECT_EQ(pair.bobs.status(), GroupStatus::active);
  auto& removed = std::get<Transition>(*event);
  ASSERT_EQ(removed.kind(), TransitionKind::removal);
  EXPECT_EQ(removed.changes().committer.leaf, pair.alices.own_leaf());
  const Bytes late = *pair.alices.protect(as_bytes("late"));
  ASSERT_TRUE(pair.bobs.merge(std::move(removed)));
  EXPECT_EQ(pair.bobs.status(), GroupStatus::removed);
  EXPECT_EQ(pair.bobs.protect(as_bytes("hello")).error().code, errc::kRemoved);
  EXPECT_TRUE(std::holds_alternative<ApplicationMessage>(*pair.bobs.process(late)));
  ASSERT_TRUE(pair.alices.merge(std::move(removal)));
  EXPECT_EQ(pair.alices.members().size(), 1u);
}

}  // namespace
}  // namespace dmls::group
