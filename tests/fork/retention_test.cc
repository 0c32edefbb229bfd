// What is kept, and for how long. draft-kohbrok-mls-dmls, "State management", "Security Considerations"

#include <algorithm>
#include <limits>

#include "support.h"

namespace dmls::fork {
namespace {

using group::CommitRequest;

bool journal_has(const Session& session, SecretKind kind, const NodeId& node, DeletionReason reason) {
  const auto& entries = session.journal().entries();
  return std::any_of(entries.begin(), entries.end(), [&](const DeletedSecret& entry) {
    return entry.kind == kind && entry.node == node && entry.reason == reason;
  });
}

bool holds_secret(const Session& session, SecretKind kind, const NodeId& node) {
  const auto all = session.inventory();
  return std::any_of(all.begin(), all.end(), [&](const HeldSecret& h) { return h.kind == kind && h.node == node; });
}

class Retention : public Members {
 protected:
  Retention() { cast_.options.retention = {}; }
  void everybody_follows(Session& sender, const OwnCommit& made) {
    for (Session& session : sessions_)
      if (&session != &sender) last_ = session.process(made.message);
  }
  Events last_;
};

TEST_F(Retention, AnEpochGoesWhenEveryMemberHasCommittedBelowIt) {
  gather(3);
  everybody_follows(a(), commit(a()));
  everybody_follows(b(), commit(b()));
  EXPECT_TRUE(c().holds(root_));
  const auto report = *c().explain_retention(root_);
  EXPECT_EQ(report.because, KeptBecause::rule);
  ASSERT_EQ(report.blocking.size(), 1u);
  EXPECT_EQ(report.blocking[0].leaf, *c().own_leaf(root_));
  everybody_follows(c(), commit(c()));
  for (const Session& session : sessions_) EXPECT_FALSE(session.holds(root_));
  const auto gone = only<Deleted>(last_);
  EXPECT_EQ(gone.node, root_);
  EXPECT_EQ(gone.reason, DeletionReason::all_members_committed);
}

TEST_F(Retention, IsExplainedForEveryEpoch) {
  cast_.options.retention.max_epochs = 10;
  cast_.options.retention.max_age = 100;
  gather(3);
  const OwnCommit one = commit(a()), other = commit(b());
  (void)a().process(other.message);
  (void)b().process(one.message);
  cast_.clock->set(cast_.clock->now() + 7);
  for (const OwnCommit* each : {&one, &other}) (void)c().process(each->message);

  const auto leaves = [&](const NodeId& node) {
    std::vector<group::LeafIndex> out;
    const auto report = *c().explain_retention(node);
    for (const auto& member : report.blocking) out.push_back(member.leaf);
    return out;
  };
  const std::vector<group::LeafIndex> all{*a().own_leaf(root_), *b().own_leaf(root_), *c().own_leaf(root_)};
  // Each branch has the commit of one: two are missing on either.
  const auto root = *c().explain_retention(root_);
  EXPECT_EQ(root.because, KeptBecause::rule);
  ASSERT_EQ(root.blocking.size(), 2u);
  EXPECT_EQ(root.blocking[1].leaf, all[2]);
  EXPECT_EQ(root.epochs_until_cap, 8u);  // three are held, and it is the oldest
  EXPECT_EQ(root.expires_at, cast_.clock->now() + 101);
  EXPECT_EQ(root.octets, c().secret_octets(root_));
  EXPECT_GT(root.octets, 10'000u);  // two children were punctured
  for (const OwnCommit* each : {&one, &other}) {
    EXPECT_EQ(leaves(each->node), all);
    const auto report = *c().explain_retention(each->node);
    const bool is_head = each->node == c().head();
    EXPECT_EQ(report.because, is_head ? KeptBecause::head : KeptBecause::rule);
    EXPECT_EQ(report.epochs_until_cap.has_value(), !is_head);
    EXPECT_EQ(report.expires_at.has_value(), !is_head);
  }
  EXPECT_EQ(c().explain_retention(NodeId(Bytes(32, 1))).error().code, errc::kUnknownEpoch);
  ASSERT_TRUE(c().forget(root_));
  EXPECT_EQ(c().explain_retention(root_).error().code, errc::kDeletedEpoch);
}

TEST_F(Retention, CapsThatAreNeverReachedDoNotWrapAround) {
  cast_.options.retention.rule = DeletionRule::never;
  cast_.options.retention.max_epochs = RetentionPolicy::kUnbounded;
  cast_.options.retention.max_age = std::numeric_limits<std::uint64_t>::max() - 1;
  gather(2);
  const OwnCommit first = commit(a());
  (void)b().process(first.message);
  (void)b().process(commit(a()).message);
  for (const NodeId& node : {root_, first.node}) {
    const auto report = *b().explain_retention(node);
    EXPECT_EQ(report.epochs_until_cap, RetentionPolicy::kUnbounded);
    EXPECT_EQ(report.expires_at, std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(report.because, KeptBecause::no_rule);
  }
}

TEST_F(Retention, AnAlmostUnboundedCapCountsTheEpochsThatAreLeft) {
  cast_.options.retention.rule = DeletionRule::never;
  cast_.options.retention.max_epochs = RetentionPolicy::kUnbounded - 1;
  gather(2);
  const OwnCommit first = commit(a());
  (void)b().process(first.message);
  (void)b().process(commit(a()).message);
  EXPECT_EQ(b().explain_retention(root_)->epochs_until_cap, RetentionPolicy::kUnbounded - 3);
  EXPECT_EQ(b().explain_retention(first.node)->epochs_until_cap, RetentionPolicy::kUnbounded - 2);
}

TEST_F(Retention, WhatNothingKeepsAnyMoreIsSaidToBeDue) {
  cast_.options.retention.max_age = 100;
  gather(2);
  (void)b().process(commit(a()).message);
  EXPECT_EQ(b().explain_retention(root_)->because, KeptBecause::rule);
  cast_.clock->set(*b().explain_retention(root_)->expires_at);
  EXPECT_EQ(b().explain_retention(root_)->because, KeptBecause::due);
  (void)b().tick();
  EXPECT_FALSE(b().holds(root_));
}

TEST_F(Retention, AMemberThatIsRemovedBlocksNoLonger) {
  gather(3);
  everybody_follows(a(), commit(a()));
  const auto leaf = *c().own_leaf(root_);
  const OwnCommit removal = commit(b(), CommitRequest().remove(leaf));
  (void)a().process(removal.message);
  EXPECT_FALSE(a().holds(root_));
  EXPECT_FALSE(b().holds(root_));
}

TEST_F(Retention, CommitsOnDifferentBranchesDoNotAddUp) {
  gather(2);
  const OwnCommit one = commit(a()), other = commit(b());
  (void)a().process(other.message);
  (void)b().process(one.message);
  EXPECT_TRUE(a().holds(root_));  // each committed once, on branches of their own
  ASSERT_EQ(a().head(), b().head());
  Session& silent = a().head() == one.node ? b() : a();
  Session& other_one = a().head() == one.node ? a() : b();
  (void)other_one.process(commit(silent).message);
  EXPECT_FALSE(a().holds(root_));
}

TEST_F(Retention, ANewcomerDoesNotBlockWhatItNeverHad) {
  gather(2);
  Client dave = cast_.client("dave");
  everybody_follows(a(), commit(a(), CommitRequest().add(*dave.new_key_package())));
  everybody_follows(b(), commit(b()));
  EXPECT_FALSE(a().holds(root_));
}

TEST_F(Retention, TheCapOnCountTakesTheOldestAndSaysSo) {
  cast_.options.retention.rule = DeletionRule::never;
  cast_.options.retention.max_epochs = 3;
  gather(2);
  std::vector<NodeId> nodes{root_};
  for (int i = 0; i < 4; ++i) {
    const OwnCommit update = commit(a());
    nodes.push_back(update.node);
    last_ = b().process(update.message);
    if (i == 1) {
      EXPECT_EQ(b().explain_retention(root_)->epochs_until_cap, 1u);
      EXPECT_EQ(b().explain_retention(nodes[1])->epochs_until_cap, 2u);
    }
  }
  EXPECT_EQ(only<Deleted>(last_).reason, DeletionReason::cap_epochs);
  for (std::size_t i = 0; i < nodes.size(); ++i) EXPECT_EQ(b().holds(nodes[i]), i >= 2);
}

TEST_F(Retention, TheCapOnAgeTakesWhatWasLeftLongAgo) {
  cast_.options.retention.rule = DeletionRule::never;
  cast_.options.retention.max_age = 100;
  gather(2);
  (void)b().process(commit(a()).message);
  const auto expires = *b().explain_retention(root_)->expires_at;
  cast_.clock->set(expires - 1);
  EXPECT_TRUE(b().tick().empty());
  cast_.clock->set(expires);
  EXPECT_EQ(only<Deleted>(b().tick()).reason, DeletionReason::cap_age);
  EXPECT_TRUE(b().holds(b().head()));
}

TEST_F(Retention, TheCapOnOctetsCountsPunctures) {
  cast_.options.retention.rule = DeletionRule::never;
  cast_.options.retention.max_octets = 15'000;
  gather(3);
  const std::size_t fresh = c().secret_octets(root_);
  (void)c().process(commit(a()).message);
  EXPECT_GT(c().secret_octets(root_), fresh + 8000);
  EXPECT_TRUE(c().holds(root_));
  last_ = c().process(commit(b()).message);
  EXPECT_EQ(only<Deleted>(last_).reason, DeletionReason::cap_octets);
}

TEST_F(Retention, AtOnceDeletesUnlessTheServerAsksToRetain) {
  cast_.options.retention.rule = DeletionRule::at_once;
  gather(2);
  EXPECT_EQ(only<Deleted>(b().process(commit(a()).message)).reason, DeletionReason::left);
  EXPECT_FALSE(b().holds(root_));
  const NodeId before = b().head();
  (void)b().set_retain(true);
  (void)b().process(commit(a()).message);
  EXPECT_TRUE(b().holds(before));
  EXPECT_EQ(b().explain_retention(before)->because, KeptBecause::retain);
  EXPECT_EQ(only<Deleted>(b().set_retain(false)).node, before);
}

TEST_F(Retention, UnderTheRuleAtOnceTheEndOfALosingForkIsKeptWithoutBeingRetained) {
  cast_.options.retention.rule = DeletionRule::at_once;
  gather(3);
  for (Session& session : sessions_) (void)session.set_retain(true);
  const OwnCommit one = commit(a()), other = commit(b());
  (void)a().process(other.message);
  const OwnCommit& winner = a().head() == one.node ? one : other;
  const OwnCommit& loser = a().head() == one.node ? other : one;
  (void)c().process(winner.message);
  (void)c().process(loser.message);
  EXPECT_EQ(c().explain_retention(root_)->because, KeptBecause::retain);
  EXPECT_EQ(c().explain_retention(loser.node)->because, KeptBecause::not_left);
  (void)c().set_retain(false);
  EXPECT_FALSE(c().holds(root_));
  EXPECT_EQ(c().explain_retention(loser.node)->because, KeptBecause::not_left);
}

TEST_F(Retention, LosingForksAreDeletedAtOnceIfSoWished) {
  cast_.options.retention.losing_forks = LosingForks::delete_at_once;
  gather(3);
  const OwnCommit one = commit(a()), other = commit(b());
  (void)c().process(one.message);
  const Events events = c().process(other.message);
  EXPECT_EQ(only<Deleted>(events).reason, DeletionReason::lost_fork);
  const NodeId loser = c().head() == one.node ? other.node : one.node;
  EXPECT_FALSE(c().holds(loser));
  EXPECT_NE(find_event<Skipped>(c().process(loser == one.node ? one.message : other.message)), nullptr);
}

TEST_F(Retention, ACommitOnADeletedEpochCannotBeFollowed) {
  gather(2);
  const OwnCommit late = *a().commit({});
  (void)b().process(commit(a()).message);
  ASSERT_TRUE(b().forget(root_));
  EXPECT_EQ(only<CannotFollow>(b().process(late.message)).error.code, errc::kDeletedEpoch);
  EXPECT_EQ(b().epoch(root_).error().code, errc::kDeletedEpoch);
}

TEST_F(Retention, TheHeadIsNeverForgotten) {
  gather(2);
  EXPECT_FALSE(a().forget(a().head()));
  EXPECT_FALSE(a().forget_branch(a().head()));
}

TEST_F(Retention, AnOwnCommitIsSupersededWhenItsParentGoes) {
  gather(2);
  const OwnCommit mine = *b().commit({});
  (void)b().process(commit(a()).message);
  const auto events = b().forget(root_);
  EXPECT_EQ(only<Superseded>(*events).commit, mine.commit);
  EXPECT_FALSE(b().accept(mine.commit));
}

TEST_F(Retention, TheJournalSaysWhichSecretsDiedWhenAndWhy) {
  gather(2);
  EXPECT_TRUE(holds_secret(b(), SecretKind::parent_init_root, root_));
  const OwnCommit update = commit(a());
  cast_.clock->set(cast_.clock->now() + 5);
  (void)b().process(update.message);
  EXPECT_FALSE(holds_secret(b(), SecretKind::parent_init_root, root_));
  EXPECT_TRUE(holds_secret(b(), SecretKind::init_secrets, root_));
  EXPECT_TRUE(journal_has(b(), SecretKind::parent_init_root, root_, DeletionReason::entered));
  EXPECT_TRUE(journal_has(b(), SecretKind::child_init_secret, update.node, DeletionReason::entered));
  EXPECT_EQ(b().journal().entries().back().at, cast_.clock->now());

  std::vector<SecretKind> held;
  for (const HeldSecret& secret : b().inventory())
    if (secret.node == root_) held.push_back(secret.kind);
  ASSERT_GE(held.size(), 7u);
  ASSERT_TRUE(b().forget(root_));
  for (const SecretKind kind : held) {
    if (kind == SecretKind::resumption_psk) continue;  // the head keeps it
    EXPECT_TRUE(journal_has(b(), kind, root_, DeletionReason::asked)) << name_of(kind);
    EXPECT_FALSE(holds_secret(b(), kind, root_)) << name_of(kind);
  }
}

TEST_F(Retention, AResumptionPskIsListedOnceForAsLongAsSomeEpochKeepsIt) {
  cast_.options.retention.rule = DeletionRule::never;
  cast_.options.retention.resumption_psks = 1;
  gather(2);
  const auto first = commit(a()), second = commit(a());
  (void)b().process(first.message);
  (void)b().process(second.message);
  const auto listed = [&](const NodeId& node) {
    const auto all = b().inventory();
    return std::count_if(all.begin(), all.end(), [&](const HeldSecret& held) {
      return held.kind == SecretKind::resumption_psk && held.node == node;
    });
  };
  for (const NodeId& node : {root_, first.node, second.node}) EXPECT_EQ(listed(node), 1);

  ASSERT_TRUE(b().forget(root_));
  EXPECT_EQ(listed(root_), 1);  // the first commit's epoch keeps it
  EXPECT_EQ(b().secret_octets(root_), 32u);
  EXPECT_FALSE(journal_has(b(), SecretKind::resumption_psk, root_, DeletionReason::asked));

  ASSERT_TRUE(b().forget(first.node));
  EXPECT_EQ(listed(root_), 0);
  EXPECT_EQ(b().secret_octets(root_), 0u);
  EXPECT_TRUE(journal_has(b(), SecretKind::resumption_psk, root_, DeletionReason::asked));
  EXPECT_EQ(listed(first.node), 1);
  EXPECT_FALSE(journal_has(b(), SecretKind::resumption_psk, first.node, DeletionReason::asked));
}

TEST_F(Retention, TheInventoryIsWhatItsEpochsTakeAndWhatIsKeptOfOthers) {
  cast_.options.retention.rule = DeletionRule::never;
  gather(2);
  std::size_t whole = 0;
  const auto follow = [&] { (void)b().process(commit(a()).message); };
  follow();
  follow();
  ASSERT_TRUE(b().forget(root_));
  for (const HeldSecret& held : b().inventory()) whole += held.octets;
  std::size_t epochs = 0;
  for (const auto& [id, node] : b().history().nodes())
    if (node.held) epochs += b().secret_octets(id);
  EXPECT_EQ(whole, epochs + b().secret_octets(root_));
}

TEST_F(Retention, WhatALosingBranchChangedIsListedToBeDoneAgain) {
  cast_.options.retention.rule = DeletionRule::never;
  gather(4);
  Client dave = cast_.client("dave");
  auto extensions = (*a().epoch(root_))->extensions;
  extensions.push_back({treekem::ExtensionType::external_senders, {0}});
  // On one branch: dave joins, member 3 goes, the extensions change. On the other: an update.
  const OwnCommit one = commit(a(), CommitRequest()
                                        .add(*dave.new_key_package())
                                        .remove(*sessions_[3].own_leaf(root_))
                                        .group_context_extensions(extensions));
  const OwnCommit other = commit(b());
  (void)c().process(one.message);
  (void)c().process(other.message);
  const NodeId loser = c().head() == one.node ? other.node : one.node;
  const auto lost = *c().lost_changes(loser);
  if (loser == one.node) {
    ASSERT_EQ(lost.added.size(), 1u);
    ASSERT_EQ(lost.removed.size(), 1u);
    EXPECT_EQ(lost.removed[0], *sessions_[3].own_leaf(root_));
    EXPECT_EQ(lost.extensions, extensions);
    const OwnCommit again = commit(c(), CommitRequest()
                                            .add(*dave.new_key_package())
                                            .remove(lost.removed[0])
                                            .group_context_extensions(*lost.extensions));
    EXPECT_EQ(c().members(again.node)->size(), 4u);
  } else {
    EXPECT_TRUE(lost.added.empty() && lost.removed.empty() && !lost.extensions);
  }
}

}  // namespace
}  // namespace dmls::fork
