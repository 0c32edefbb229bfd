// Groups that are re-initialised or branch off one fork of another. RFC 9420 §11.2, §11.3

#include <dmls/crypto/error.h>
#include <dmls/group/error.h>
#include <dmls/treekem/external_sender.h>

#include "stored_support.h"

namespace dmls::fork {
namespace {

using group::CommitRequest;

// Three members in two forks.
class Descendants : public Members {
 protected:
  void fork_off() {
    gather(3);
    const OwnCommit one = commit(a()), other = commit(b());
    for (Session* session : {&a(), &b(), &c()})
      for (const OwnCommit* each : {&one, &other}) (void)session->process(each->message);
    one_ = one.node;
    other_ = other.node;
  }
  treekem::ExtensionList announced() {
    treekem::ExtensionList further;
    treekem::set_extension(further, treekem::ExternalSenders{});
    return *demls_extensions(ExternalCommits::refused, std::move(further));
  }
  // Both forks end with a ReInit, to groups of different names.
  void announce() {
    fork_off();
    const auto close = [&](const NodeId& node, std::uint8_t name) {
      const OwnCommit closing = *a().commit_in(
          node, CommitRequest().reinit({{name}, crypto::ProtocolVersion::mls10, cast_.suite.id(), announced()}));
      EXPECT_TRUE(a().accept(closing.commit));
      for (Session* session : {&b(), &c()}) (void)session->process(closing.message);
      return closing.node;
    };
    one_ = close(one_, 1);
    other_ = close(other_, 2);
  }
  std::vector<Bytes> key_packages() { return {*clients_[1].new_key_package(), *clients_[2].new_key_package()}; }

  NodeId one_, other_;
};

TEST_F(Descendants, BranchOffOneForkAndAreJoinedFromTheSame) {
  fork_off();
  ASSERT_EQ((*a().epoch(one_))->context.epoch, (*a().epoch(other_))->context.epoch);
  for (const NodeId& node : {one_, other_}) {
    Descendant made = *clients_[0].branch(a(), node, {.key_packages = {*clients_[1].new_key_package()}});
    const auto welcomes = made.session.accept(made.commit.commit)->welcomes;
    ASSERT_EQ(welcomes.size(), 1u);
    // Which of the two it was is found out by whoever joins.
    auto joined = clients_[1].join_descendant(welcomes[0].message, b());
    ASSERT_TRUE(joined) << joined.error().rule;
    expect_same_epoch(made.session, *joined, made.session.head());
    EXPECT_EQ(joined->external_commits(), ExternalCommits::refused);
    const OwnCommit next = commit(*joined);
    EXPECT_NE(find_event<Advanced>(made.session.process(next.message)), nullptr);
    expect_same_epoch(made.session, *joined, next.node);
  }
}

TEST_F(Descendants, AreNotJoinedFromAnotherForkThanTheirs) {
  fork_off();
  Descendant made = *clients_[0].branch(a(), one_, {.key_packages = {*clients_[1].new_key_package()}});
  const Bytes welcome = made.session.accept(made.commit.commit)->welcomes[0].message;
  const auto unnamed = clients_[1].join(welcome);
  ASSERT_FALSE(unnamed);
  EXPECT_EQ(unnamed.error().code, group::errc::kInvalidWelcome);
  const Session stranger = *clients_[1].create_group(as_bytes("something else"));
  EXPECT_EQ(clients_[1].join_descendant(welcome, stranger).error().code, group::errc::kUnknownPsk);
  // The other fork has an epoch of that number, and a secret of its own.
  ASSERT_TRUE(b().forget_branch(b().head() == one_ ? other_ : one_));
  const bool kept = b().holds(one_);
  const auto joined = clients_[1].join_descendant(welcome, b());
  EXPECT_EQ(joined.has_value(), kept);
  if (!kept) {
    EXPECT_EQ(joined.error().code, crypto::errc::kOpenFailed) << joined.error().rule;
  }
  EXPECT_EQ(clients_[1].key_package_count(), kept ? 0u : 1u);
}

TEST_F(Descendants, OfAForkThatNobodyHoldsAreNotJoined) {
  fork_off();
  Descendant made = *clients_[0].branch(a(), root_, {.key_packages = {*clients_[1].new_key_package()}});
  const Bytes welcome = made.session.accept(made.commit.commit)->welcomes[0].message;
  ASSERT_TRUE(b().forget(root_));
  EXPECT_EQ(clients_[1].join_descendant(welcome, b()).error().code, group::errc::kUnknownPsk);
  EXPECT_TRUE(clients_[1].join_descendant(*clients_[1].new_key_package(), b()).error().code ==
              group::errc::kInvalidWelcome);
}

TEST_F(Descendants, BranchWithMembersOfTheirForkOnly) {
  fork_off();
  Client dave = cast_.client("dave");
  const OwnCommit add = commit(a(), CommitRequest().add(*dave.new_key_package()));
  const group::BranchRequest with_dave{.key_packages = {*dave.new_key_package()}};
  EXPECT_TRUE(clients_[0].branch(a(), add.node, with_dave));
  EXPECT_EQ(clients_[0].branch(a(), root_, with_dave).error().code, dmls::errc::kMisuse);
  EXPECT_EQ(clients_[0].branch(a(), NodeId(Bytes(32, 9)), with_dave).error().code, errc::kUnknownEpoch);
}

TEST_F(Descendants, OfAReInitAreTheOnesThatTheirForkAnnounced) {
  announce();
  for (const NodeId& node : {one_, other_}) {
    Descendant made = *clients_[0].reinitialize(a(), node, key_packages());
    EXPECT_EQ(made.session.group_id()[0], node == one_ ? 1 : 2);
    const auto welcomes = made.session.accept(made.commit.commit)->welcomes;
    for (std::size_t i = 1; i < 3; ++i) {
      auto joined = clients_[i].join_descendant(welcomes[0].message, sessions_[i]);
      ASSERT_TRUE(joined) << joined.error().rule;
      expect_same_epoch(made.session, *joined, made.session.head());
    }
  }
}

TEST_F(Descendants, OfAReInitNeedOneAndAllMembers) {
  announce();
  EXPECT_EQ(clients_[0].reinitialize(a(), root_, key_packages()).error().code, dmls::errc::kMisuse);
  EXPECT_EQ(clients_[0].reinitialize(a(), one_, {*clients_[1].new_key_package()}).error().code, dmls::errc::kMisuse);
}

// The announcement of the other fork does not count, though it is of the same number.
TEST_F(Descendants, OfAReInitAreJudgedByTheirOwnForkAlone) {
  fork_off();
  const OwnCommit closing = *a().commit_in(
      one_, CommitRequest().reinit({{1}, crypto::ProtocolVersion::mls10, cast_.suite.id(), announced()}));
  ASSERT_TRUE(a().accept(closing.commit));
  const OwnCommit plain = *a().commit_in(other_, CommitRequest());
  ASSERT_TRUE(a().accept(plain.commit));
  for (const OwnCommit* each : {&closing, &plain}) (void)b().process(each->message);
  ASSERT_EQ((*b().epoch(closing.node))->context.epoch, (*b().epoch(plain.node))->context.epoch);
  // Linked as a branch, not as a ReInit: allowed from either epoch, and no announcement is looked at.
  for (const NodeId& node : {closing.node, plain.node}) {
    Descendant made = *clients_[0].branch(a(), node, {.key_packages = {*clients_[1].new_key_package()}});
    EXPECT_TRUE(clients_[1].join_descendant(made.session.accept(made.commit.commit)->welcomes[0].message, b()));
  }
  EXPECT_TRUE(clients_[0].reinitialize(a(), closing.node, key_packages()));
  EXPECT_EQ(clients_[0].reinitialize(a(), plain.node, key_packages()).error().code, dmls::errc::kMisuse);
}

TEST_F(Descendants, GoOnInAnotherCipherSuiteIfTheReInitSaysSo) {
  gather(2);
  const auto next =
      *crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519);
  const OwnCommit closing =
      commit(a(), CommitRequest().reinit({{7}, crypto::ProtocolVersion::mls10, next.id(), announced()}));
  (void)b().process(closing.message);
  cast_.suite = next;
  Client one = cast_.client("member 0"), two = cast_.client("member 1");
  EXPECT_EQ(clients_[0].reinitialize(a(), closing.node, {*two.new_key_package()}).error().code, dmls::errc::kMisuse);
  Descendant made = *one.reinitialize(a(), closing.node, {*two.new_key_package()});
  const auto joined = two.join_descendant(made.session.accept(made.commit.commit)->welcomes[0].message, b());
  ASSERT_TRUE(joined) << joined.error().rule;
  expect_same_epoch(made.session, *joined, made.session.head());
}

TEST_F(Descendants, AreStoredWithTheCommitThatInvites) {
  auto store = std::make_shared<Unreliable>();
  auto config = cast_.config("alice");
  config.store = store;
  std::optional<Client> alice = *Client::create(config, cast_.options);
  Client bob = cast_.client("bob");
  std::optional<Session> old = *alice->create_group(as_bytes("a group"));
  const OwnCommit add = *old->commit(CommitRequest().add(*bob.new_key_package()));
  Session bobs = *bob.join(old->accept(add.commit)->welcomes[0].message);
  const group::BranchRequest request{.group_id = {5}, .key_packages = {*bob.new_key_package()}};

  store->fails = true;
  EXPECT_FALSE(alice->branch(*old, add.node, request));
  store->fails = false;
  EXPECT_EQ(alice->stored_sessions()->size(), 1u);
  const int writes = store->writes;
  { const Descendant made = *alice->branch(*old, add.node, request); }
  EXPECT_EQ(store->writes, writes + 1);
  EXPECT_EQ(alice->branch(*old, add.node, request).error().code, group::errc::kKnownGroup);

  old.reset();
  alice.emplace(*Client::create(config, cast_.options));
  Session again = *alice->load_session(Bytes{5});
  const auto pending = again.pending_commits();
  ASSERT_EQ(pending.size(), 1u);
  const auto welcomes = again.accept(pending[0])->welcomes;
  ASSERT_EQ(welcomes.size(), 1u);
  const auto joined = bob.join_descendant(welcomes[0].message, bobs);
  ASSERT_TRUE(joined) << joined.error().rule;
  expect_same_epoch(again, *joined, again.head());
}

}  // namespace
}  // namespace dmls::fork
