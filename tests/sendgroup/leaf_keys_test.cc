// How the leaves of others get fresh keys, and how they do not.

#include <dmls/crypto/error.h>
#include <dmls/group/client.h>
#include <dmls/group/group.h>
#include <dmls/treekem/leaf_validation.h>

#include "support.h"

#include "../../sendgroup/src/state.h"

namespace dmls::sendgroup {

struct SessionAccess {
  static Session::State& state(Session& session) { return *session.state_; }
};

namespace {

constexpr UniverseParameters updates_proposed() { return {.leaf_keys = LeafKeys::update_proposal}; }

TEST(LeafKeys, AnUpdateBringsProposalsForTheSendGroupsOfOthers) {
  Mesh mesh = Mesh::open(3, 1, {}, updates_proposed());
  const auto update = *mesh[1].session.update();
  EXPECT_EQ(update.proposals.size(), 2u);
  mesh.broadcast(1, update.messages());
  mesh.broadcast(0, mesh[0].session.commit());
  const auto advanced = mesh[2].all<Advanced>();
  ASSERT_EQ(advanced.size(), 2u);
  EXPECT_EQ(advanced[1].renewed, (std::vector<Bytes>{mesh[1].id()}));
  EXPECT_EQ(advanced[1].imports, (std::vector<EpochName>{{mesh[1].group(), 2}}));
  EXPECT_TRUE(advanced[1].has_path);
  mesh.expect_agreement();
  mesh.expect_heard(0, "renewed");
}

TEST(LeafKeys, ACommitWaitsForTheProposalItRefersTo) {
  Mesh mesh = Mesh::open(3, 1, {}, updates_proposed());
  const auto update = *mesh[1].session.update();
  for (const auto& message : update.messages()) mesh[0].take(message);
  const auto commit = *mesh[0].session.commit();
  mesh[1].take(commit.commit);
  mesh[2].take(update.commit);
  mesh[2].take(commit.commit);
  const auto* waiting = std::get_if<Waiting>(&mesh[2].events.back());
  ASSERT_NE(waiting, nullptr);
  EXPECT_EQ(waiting->proposals, 1u);
  EXPECT_TRUE(waiting->until.empty());
  // Whoever has followed the commit can serve the proposal with it.
  const auto missing = mesh[2].session.missing();
  EXPECT_EQ(missing, (std::vector<Wanted>{{mesh[0].group(), 2}}));
  for (const auto& message : mesh[1].session.serve(missing[0])) mesh[2].take(message);
  EXPECT_EQ(mesh[2].session.epoch(mesh[0].group()), 2u);
  mesh.expect_agreement();
}

TEST(LeafKeys, ARenewalForWhichThereIsNoRoomSpendsNoKey) {
  Mesh mesh = Mesh::open(2, 1, {}, updates_proposed());
  FollowedGroup& group = *SessionAccess::state(mesh[1].session).find_group(mesh[0].group());
  ASSERT_TRUE(group.confirmed);
  group.renewal = Renewal::due;
  for (std::size_t i = 0; i < group::ProposalStore::kMaxProposals; ++i)
    ASSERT_TRUE(group.proposals.add({{{static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}},
                                     group::Remove{1},
                                     group::MemberSender{0},
                                     {}}));
  const std::size_t started = group.epoch.message_keys().started_leaves();
  EXPECT_TRUE(mesh[1].session.maintain()->empty());
  const FollowedGroup& after = *SessionAccess::state(mesh[1].session).find_group(mesh[0].group());
  EXPECT_EQ(after.epoch.own().message_keys.started_leaves(), started);
  EXPECT_EQ(after.renewal, Renewal::due);
}

TEST(LeafKeys, AProposalThatDiedWithItsEpochIsMadeAgain) {
  Mesh mesh = Mesh::open(3, 1, {}, updates_proposed());
  const auto early = *mesh[0].session.update();
  const auto update = *mesh[1].session.update();
  for (std::size_t i = 0; i < 3; ++i) {  // 1's proposals come when 0's epoch is over
    if (i != 0) mesh[i].take(early.commit);
    if (i != 1)
      for (const auto& message : update.messages()) mesh[i].take(message);
  }
  mesh.broadcast(0, mesh[0].session.commit());
  const auto again = *mesh[1].session.maintain();
  ASSERT_FALSE(again.empty());
  mesh.broadcast(1, again);
  mesh.broadcast(0, mesh[0].session.commit(CommitKind::full));
  EXPECT_EQ(mesh[2].all<Advanced>().back().renewed, (std::vector<Bytes>{mesh[1].id()}));
  EXPECT_TRUE(mesh[1].session.maintain()->empty());
  mesh.expect_agreement();
}

TEST(LeafKeys, FreshLeafKeysQuiesceToo) {
  Mesh mesh = Mesh::open(4, 1, {}, updates_proposed());
  for (std::size_t i = 0; i < 4; ++i) mesh.broadcast(i, mesh[i].session.update());
  int rounds = 0;
  for (bool some = true; some && rounds < 10; ++rounds) {
    some = false;
    for (std::size_t i = 0; i < 4; ++i) {
      auto made = mesh[i].session.commit(CommitKind::partial);
      if (!made) continue;
      mesh.broadcast(i, made->messages());
      mesh.broadcast(i, *mesh[i].session.maintain());
      some = true;
    }
  }
  EXPECT_LT(rounds, 10);
  mesh.expect_agreement();
}

// The newer text of the draft says that the leaf of the owner's own commit takes the place of its leaf elsewhere. The
// signature of a commit leaf covers group id and leaf index (RFC 9420 §7.2), so no member may accept that (§7.3).
TEST(LeafKeys, ALeafCopiedFromTheOwnersCommitIsNotValidElsewhere) {
  const auto suite = real_suite();
  const auto client = [&](std::string_view name) {
    return *group::Client::create(suite, name, std::make_shared<group::TrustNames>());
  };
  auto alice = client("alice");
  auto bob = client("bob");
  // Bob's own Send Group, in which he has committed; Alice's, where he stands at leaf 1.
  auto bobs = *bob.create_group(text("bob's Send Group"));
  ASSERT_TRUE(bobs.merge(*bobs.commit({})));
  const auto committed = bobs.public_epoch()->tree.leaf(group::LeafIndex(0));
  ASSERT_EQ(committed->view().source, treekem::LeafNodeSource::commit);
  auto alices = *alice.create_group(text("alice's Send Group"));
  ASSERT_TRUE(alices.merge(*alices.commit(group::CommitRequest().add(*bob.new_key_package()))));

  const auto valid_at = [&](BytesView group_id, group::LeafIndex at) {
    treekem::LeafExpectations expectations{.suite = suite};
    expectations.position = treekem::LeafPosition{group_id, at};
    return treekem::validate_leaf_node(committed->view(), expectations, group::TrustNames());
  };
  EXPECT_TRUE(valid_at(bobs.group_id(), group::LeafIndex(0)));
  const auto refused = valid_at(alices.group_id(), group::LeafIndex(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, crypto::errc::kBadSignature);
  // Nor could it be proposed: an Update has to have the source `update`.
  treekem::LeafExpectations as_update{.suite = suite};
  as_update.source = treekem::LeafNodeSource::update;
  as_update.position = treekem::LeafPosition{alices.group_id(), group::LeafIndex(1)};
  EXPECT_FALSE(treekem::validate_leaf_node(committed->view(), as_update, group::TrustNames()));
}

}  // namespace
}  // namespace dmls::sendgroup
