// What members and outsiders propose, and what commits make of it. RFC 9420 §12

#include <dmls/treekem/external_sender.h>
#include <gtest/gtest.h>

#include "support.h"
#include "support/rule.h"

namespace dmls::group {
namespace {

// Alice, Bob and Carol in one group.
class Three : public testing::Test {
 protected:
  Three() : alice_(cast_.client("alice")), bob_(cast_.client("bob")), carol_(cast_.client("carol")) {
    groups_.push_back(*alice_.create_group());
    Transition add = *a().commit(CommitRequest().add(*bob_.new_key_package()).add(*carol_.new_key_package()));
    const Bytes welcome = add.welcome();
    EXPECT_TRUE(a().merge(std::move(add)));
    groups_.push_back(joined(bob_, welcome));
    groups_.push_back(joined(carol_, welcome));
  }
  Group& a() { return groups_[0]; }
  Group& b() { return groups_[1]; }
  Group& c() { return groups_[2]; }

  Cast cast_;
  Client alice_;
  Client bob_;
  Client carol_;
  std::vector<Group> groups_;
};

TEST_F(Three, ProposalsByReferenceAddUpdateAndRemoveInOneCommit) {
  Client dave = cast_.client("dave");
  auto package = *tls_codec::decode<MlsMessage>(*dave.new_key_package());
  propose_to({&b(), &c()}, *a().propose(Add{std::get<treekem::KeyPackage>(package.body)}));
  propose_to({&a(), &c()}, *b().propose_update({.handshake = HandshakeFormat::public_message}));
  propose_to({&b(), &c()}, *a().propose(Remove{c().own_leaf().value()}));
  Transition commit = *a().commit({});
  EXPECT_EQ(commit.changes().added.size(), 1u);
  EXPECT_EQ(commit.changes().updated.size(), 1u);
  EXPECT_EQ(commit.changes().removed.size(), 1u);
  ASSERT_TRUE(b().merge(std::get<Transition>(*b().process(commit.message()))));
  EXPECT_EQ(std::get<Transition>(*c().process(commit.message())).kind(), TransitionKind::removal);
  const Bytes welcome = commit.welcome();
  ASSERT_TRUE(a().merge(std::move(commit)));
  Group d = joined(dave, welcome);
  commit_and_follow({&d, &a(), &b()}, {});
}

TEST_F(Three, ACommitTakesExactlyTheProposalsThatItIsToldTo) {
  Client dave = cast_.client("dave");
  auto package = *tls_codec::decode<MlsMessage>(*dave.new_key_package());
  const SentProposal add = *a().propose(Add{std::get<treekem::KeyPackage>(package.body)});
  propose_to({&b(), &c()}, add);
  const SentProposal remove = *b().propose(Remove{c().own_leaf().value()});
  propose_to({&a(), &c()}, remove);

  EXPECT_EQ(a().commit({})->changes().removed.size(), 1u);  // all that wait
  const Transition none = *a().commit(CommitRequest().references({}));
  EXPECT_TRUE(none.changes().added.empty() && none.changes().removed.empty());
  const auto unknown = a().commit(CommitRequest().references({ProposalRef{Bytes(32)}}));
  EXPECT_EQ(unknown.error().code, errc::kUnknownProposal);

  Transition one = *a().commit(CommitRequest().references({add.reference}));
  EXPECT_EQ(one.changes().added.size(), 1u);
  EXPECT_TRUE(one.changes().removed.empty());
  for (Group* member : {&b(), &c()}) ASSERT_TRUE(member->merge(std::get<Transition>(*member->process(one.message()))));
  ASSERT_TRUE(a().merge(std::move(one)));
  EXPECT_EQ(a().members().size(), 4u);

  // One that cannot be taken fails the commit, where it would be left out otherwise.
  const SentProposal own = *a().propose_update();
  EXPECT_EQ(a().commit(CommitRequest().references({own.reference})).error().code, errc::kInvalidProposalList);
  commit_and_follow({&a(), &b(), &c()}, {});
}

TEST_F(Three, AnUpdateTakesEffectWhenSomebodyElseCommitsIt) {
  const auto before = b().members()[b().own_leaf().value()];
  propose_to({&a(), &c()}, *b().propose_update());
  commit_and_follow({&a(), &b(), &c()}, {});
  commit_and_follow({&b(), &a(), &c()}, {});  // with the new leaf key, and the path above it
  commit_and_follow({&c(), &a(), &b()}, {});
  EXPECT_EQ(before.signature_key, b().members()[b().own_leaf().value()].signature_key);
}

TEST_F(Three, OwnUpdatesAndProposalsThatDoNotFitAreLeftOutOfOwnCommits) {
  propose_to({&b(), &c()}, *a().propose_update());
  propose_to({&b(), &c()}, *a().propose(Remove{a().own_leaf().value()}));
  commit_and_follow({&a(), &b(), &c()}, {});
  EXPECT_EQ(a().members().size(), 3u);
  EXPECT_TRUE(a().proposals().all().empty());
}

TEST_F(Three, OfSeveralProposalsForOneLeafARemoveIsPreferred) {
  propose_to({&a(), &b()}, *c().propose_update());
  propose_to({&a(), &c()}, *b().propose(Remove{c().own_leaf().value()}));
  propose_to({&a(), &b()}, *c().propose_update());
  Transition commit = *a().commit({});
  EXPECT_EQ(commit.changes().removed.size(), 1u);
  EXPECT_TRUE(commit.changes().updated.empty());
  EXPECT_EQ(std::get<Transition>(*c().process(commit.message())).kind(), TransitionKind::removal);
}

TEST_F(Three, ACommitThatNamesAnUnseenProposalWaitsUntilItIsSeen) {
  const SentProposal proposal = *b().propose_update();
  propose_to({&a()}, proposal);
  Transition commit = *a().commit({});
  auto early = c().process(commit.message());
  ASSERT_TRUE(early) << early.error().rule;
  auto& waiting = std::get<WaitingCommit>(*early);
  EXPECT_EQ(waiting.missing().proposals, std::vector{proposal.reference});
  auto still = c().resume(std::move(waiting));
  ASSERT_TRUE(still && std::holds_alternative<WaitingCommit>(*still));
  propose_to({&c()}, proposal);
  auto event = c().resume(std::get<WaitingCommit>(*std::move(still)));
  ASSERT_TRUE(event) << event.error().rule;
  ASSERT_TRUE(c().merge(std::get<Transition>(*std::move(event))));
  ASSERT_TRUE(a().merge(std::move(commit)));
  EXPECT_TRUE(a().epoch_authenticator() == c().epoch_authenticator());
}

TEST_F(Three, ACommitWithAPskThatIsNotHeldWaitsForIt) {
  (void)alice_.add_psk(as_bytes("a key"), keyschedule::Psk(SecretBytes(as_bytes("its value"))));
  Transition commit = *a().commit(CommitRequest().external_psk(as_bytes("a key")));
  auto early = b().process(commit.message());
  ASSERT_TRUE(early) << early.error().rule;
  auto& waiting = std::get<WaitingCommit>(*early);
  ASSERT_EQ(waiting.missing().psks.size(), 1u);
  EXPECT_EQ(std::get<keyschedule::ExternalPskId>(waiting.missing().psks[0].psk).psk_id, to_bytes(as_bytes("a key")));
  (void)bob_.add_psk(as_bytes("a key"), keyschedule::Psk(SecretBytes(as_bytes("its value"))));
  auto event = b().resume(std::move(waiting));
  ASSERT_TRUE(event) << event.error().rule;
  ASSERT_TRUE(b().merge(std::get<Transition>(*std::move(event))));
  ASSERT_TRUE(a().merge(std::move(commit)));
  EXPECT_TRUE(a().epoch_authenticator() == b().epoch_authenticator());
}

TEST_F(Three, PreSharedKeysExternalAndFromEarlierEpochs) {
  for (Client* client : {&alice_, &bob_, &carol_})
    (void)client->add_psk(as_bytes("a key"), keyschedule::Psk(SecretBytes(as_bytes("its value"))));
  const std::uint64_t first = a().epoch();
  commit_and_follow({&a(), &b(), &c()}, CommitRequest().external_psk(as_bytes("a key")));
  commit_and_follow({&b(), &a(), &c()}, CommitRequest().resumption_psk(a().group_id(), first));
  const auto unknown = a().commit(CommitRequest().external_psk(as_bytes("another")));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, errc::kUnknownPsk);
}

TEST_F(Three, AJoinerTakesPartInThePresharedKeys) {
  for (Client* client : {&alice_, &bob_, &carol_})
    (void)client->add_psk(as_bytes("a key"), keyschedule::Psk(SecretBytes(as_bytes("its value"))));
  Client dave = cast_.client("dave");
  (void)dave.add_psk(as_bytes("a key"), keyschedule::Psk(SecretBytes(as_bytes("its value"))));
  Bytes welcome;
  commit_and_follow({&a(), &b(), &c()}, CommitRequest().add(*dave.new_key_package()).external_psk(as_bytes("a key")),
                    &welcome);
  Group d = joined(dave, welcome);
  EXPECT_TRUE(d.epoch_authenticator() == a().epoch_authenticator());
}

TEST_F(Three, GroupContextExtensionsAreReplacedAndJudged) {
  treekem::ExtensionList list;
  treekem::set_extension(list, treekem::ExternalSenders{});
  commit_and_follow({&a(), &b(), &c()}, CommitRequest().group_context_extensions(list));
  EXPECT_EQ(b().extensions(), list);
  treekem::ExtensionList unsupported{{treekem::ExtensionType{0xf123}, {}}};
  EXPECT_FALSE(a().commit(CommitRequest().group_context_extensions(unsupported)));
}

TEST_F(Three, AnExternalCommitJoins) {
  Client dave = cast_.client("dave");
  Transition join = *dave.join_by_commit(*b().group_info(TreeDelivery::inside, ExternalJoins::allowed));
  const Bytes message = join.message();
  Group d = *dave.enter(std::move(join));
  for (Group* member : {&a(), &b(), &c()}) {
    auto event = member->process(message);
    ASSERT_TRUE(event) << event.error().rule;
    auto& staged = std::get<Transition>(*event);
    EXPECT_EQ(staged.changes().origin, CommitOrigin::joiner);
    ASSERT_TRUE(member->merge(std::move(staged)));
    EXPECT_TRUE(member->epoch_authenticator() == d.epoch_authenticator());
  }
  commit_and_follow({&d, &a(), &b(), &c()}, {});
  EXPECT_EQ(a().members().size(), 4u);
}

TEST_F(Three, AnExternalCommitReplacesTheJoinersOldLeaf) {
  Transition join = *carol_.join_by_commit(*a().group_info(TreeDelivery::inside, ExternalJoins::allowed),
                                           {.resync = Resync::replace_own_leaf});
  const Bytes message = join.message();
  Group d = *carol_.enter(std::move(join));
  EXPECT_EQ(d.own_leaf(), c().own_leaf());
  for (Group* member : {&a(), &b()}) {
    auto event = member->process(message);
    ASSERT_TRUE(event) << event.error().rule;
    EXPECT_EQ(std::get<Transition>(*event).changes().origin, CommitOrigin::rejoiner);
    EXPECT_EQ(std::get<Transition>(*event).changes().committer_before->leaf, c().own_leaf());
    EXPECT_TRUE(std::get<Transition>(*event).changes().removed.empty());
    ASSERT_TRUE(member->merge(std::get<Transition>(*std::move(event))));
    EXPECT_TRUE(member->epoch_authenticator() == d.epoch_authenticator());
  }
  EXPECT_EQ(a().members().size(), 3u);
}

TEST_F(Three, WithoutExternalPubNobodyJoinsByCommit) {
  Client dave = cast_.client("dave");
  const auto refused = dave.join_by_commit(*a().group_info(TreeDelivery::inside, ExternalJoins::refused));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::kInvalidGroupInfo);
}

TEST_F(Three, ANewMemberProposesItselfAndIsAdded) {
  Client dave = cast_.client("dave");
  propose_to({&a(), &b(), &c()}, {*dave.propose_to_join(a().group_id(), a().epoch()), {}});
  Bytes welcome;
  commit_and_follow({&c(), &a(), &b()}, {}, &welcome);
  Group d = joined(dave, welcome);
  EXPECT_TRUE(d.epoch_authenticator() == a().epoch_authenticator());
}

TEST_F(Three, WhatWasProposedIsCommittedBeforeApplicationDataIsSent) {
  RULE("12.4", "what was proposed is committed before application data is sent");
  propose_to({&b(), &c()}, *a().propose(Remove{c().own_leaf().value()}));
  for (Group* member : {&a(), &b()}) {
    const auto refused = member->protect(as_bytes("not for Carol"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, errc::kCommitFirst);
  }
  EXPECT_TRUE(c().protect(as_bytes("hello")));  // she cannot commit her own removal
  Transition commit = *a().commit({});
  ASSERT_TRUE(a().merge(std::move(commit)));
  EXPECT_TRUE(a().protect(as_bytes("not for Carol")));
}

TEST_F(Three, AReInitClosesTheGroup) {
  propose_to({&b(), &c()}, *a().propose(ReInit{{1, 2, 3}, crypto::ProtocolVersion::mls10, suite1().id(), {}}));
  commit_and_follow({&b(), &a(), &c()}, CommitRequest().path(PathChoice::when_required));
  ASSERT_TRUE(a().reinit());
  EXPECT_EQ(a().reinit()->group_id, (Bytes{1, 2, 3}));
  const auto refused = a().protect(as_bytes("too late"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::kClosed);
}

TEST_F(Three, MessagesOfEpochsThatWereLeftAreReadForAWhile) {
  const Bytes late = *a().protect(as_bytes("late"));
  for (int i = 0; i < 2; ++i) commit_and_follow({&a(), &b(), &c()}, {});
  EXPECT_TRUE(std::holds_alternative<ApplicationMessage>(*b().process(late)));
  EXPECT_EQ(std::get<Skipped>(*b().process(late)), Skipped::duplicate);
  commit_and_follow({&a(), &b(), &c()}, {});
  EXPECT_EQ(std::get<Skipped>(*c().process(late)), Skipped::too_old);
}

}  // namespace
}  // namespace dmls::group
