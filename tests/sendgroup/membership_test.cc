// Who takes part: adding to a running session, removals and how they spread, and those who were away for long.

#include "support.h"

namespace dmls::sendgroup {
namespace {

// A newcomer is invited by `from` and opens its Send Group; everybody else follows in order.
void invite(Mesh& mesh, std::size_t from, Member newcomer) {
  const Bytes package = *newcomer.session.new_key_package();
  mesh.members.push_back(std::move(newcomer));
  mesh.broadcast(from, mesh[from].session.add(package));
}
void follow_all(Mesh& mesh) {
  for (bool some = true; some;) {
    some = false;
    for (std::size_t i = 0; i < mesh.members.size(); ++i) {
      const auto pending = mesh[i].session.pending();
      if (mesh[i].group().empty() || (pending.additions.empty() && pending.removals.empty())) continue;
      mesh.broadcast(i, mesh[i].session.commit());
      some = true;
    }
  }
}

TEST(Membership, ANewcomerIsAddedByAllAndHearsAll) {
  Mesh mesh = Mesh::open(3);
  invite(mesh, 0, Member::create("newcomer", 77));
  EXPECT_EQ(mesh[1].session.pending().additions, (std::vector<Bytes>{mesh[3].id()}));
  follow_all(mesh);
  mesh.broadcast(3, mesh[3].session.open_send_group());
  mesh.expect_agreement();
  for (std::size_t i = 0; i < 4; ++i) mesh.expect_heard(i, "all of us " + std::to_string(i));
  mesh.broadcast(3, mesh[3].session.update());
  for (std::size_t i = 0; i < 3; ++i) mesh.broadcast(i, mesh[i].session.commit());
  EXPECT_EQ(mesh[1].session.imported(mesh[0].id(), mesh[3].group()), 2u);
  mesh.expect_agreement();
}

TEST(Membership, ANewcomersNameIsDerivedFromTheEpochItAppearsIn) {
  Mesh mesh = Mesh::open(2);
  mesh.broadcast(0, mesh[0].session.update());
  invite(mesh, 0, Member::create("newcomer", 77));
  EXPECT_FALSE(mesh[2].session.send_group_of(mesh[2].id()).empty());
  EXPECT_EQ(mesh[2].session.send_group_of(mesh[2].id()), mesh[1].session.send_group_of(mesh[2].id()));
  EXPECT_EQ(mesh[2].session.send_group_of(mesh[1].id()), mesh[1].group());
}

TEST(Membership, WithDerivedNamesOnlyTheCreatorInvites) {
  Mesh mesh = Mesh::open(3);
  Member newcomer = Member::create("newcomer", 77);
  EXPECT_EQ(mesh[1].session.add(*newcomer.session.new_key_package()).error().code, dmls::errc::kMisuse);
}

TEST(Membership, WithAssignedNamesEveryOwnerInvites) {
  Mesh mesh = Mesh::open(3, 1, {}, {.group_ids = GroupIds::assigned});
  invite(mesh, 2, Member::create("newcomer", 77));
  follow_all(mesh);
  mesh.broadcast(3, mesh[3].session.open_send_group());
  mesh.expect_agreement();
  mesh.expect_heard(3, "hello");
}

// ---- the invariant of imports
// ----------------------------------------------------------------------------------------

TEST(Invariant, NothingIsImportedThatANewcomerCannotDerive) {
  Mesh mesh = Mesh::open(3);
  mesh.broadcast(1, mesh[1].session.update());
  invite(mesh, 0, Member::create("newcomer", 77));
  // The newcomer is in 0's Send Group, but not yet in 1's.
  EXPECT_TRUE(mesh[0].session.pending().imports.empty());
  EXPECT_FALSE(mesh[2].session.pending().imports.empty());
  mesh.broadcast(1, mesh[1].session.commit());  // adds the newcomer, with fresh keys
  EXPECT_EQ(mesh[0].session.pending().imports, (std::vector<EpochName>{{mesh[1].group(), 3}}));
  mesh.broadcast(0, mesh[0].session.commit());
  EXPECT_EQ(mesh[3].session.epoch(mesh[0].group()), mesh[0].session.epoch(mesh[0].group()));
}

TEST(Invariant, AnAdditionIsNeverCombinedWithAnImport) {
  Mesh mesh = Mesh::open(3);
  invite(mesh, 0, Member::create("newcomer", 77));
  const auto pending = mesh[1].session.pending();
  ASSERT_EQ(pending.additions.size(), 1u);
  ASSERT_EQ(pending.imports.size(), 1u);  // of 0, who has fresh keys since
  const auto made = *mesh[1].session.commit();
  mesh.broadcast(1, made.messages());
  EXPECT_EQ(mesh[2].session.imported(mesh[1].id(), mesh[0].group()), 0u);
  mesh.broadcast(1, mesh[1].session.commit());
  EXPECT_EQ(mesh[2].session.imported(mesh[1].id(), mesh[0].group()), 2u);
}

TEST(Invariant, AfterARemovalImportsComeWithTheSameRemoval) {
  Mesh mesh = Mesh::open(4);
  mesh.broadcast(0, mesh[0].session.remove(mesh[3].id()));
  mesh.broadcast(1, mesh[1].session.commit());
  const auto advanced = mesh[2].all<Advanced>();
  ASSERT_EQ(advanced.size(), 2u);
  EXPECT_EQ(advanced[1].removed, (std::vector<Bytes>{mesh[3].id()}));
  EXPECT_EQ(advanced[1].imports, (std::vector<EpochName>{{mesh[0].group(), 2}}));
}

class NeverRemove final : public MembershipPolicy {
 public:
  [[nodiscard]] bool follow_removal(BytesView, BytesView) const override { return false; }
  [[nodiscard]] bool follow_addition(BytesView, BytesView) const override { return true; }
};

TEST(Invariant, WhoDoesNotFollowARemovalCannotImportFromItsAuthor) {
  Mesh mesh = Mesh::open(3, 1, {.membership = std::make_shared<NeverRemove>()});
  mesh.broadcast(0, mesh[0].session.remove(mesh[2].id()));
  EXPECT_TRUE(mesh[1].session.pending().removals.empty());
  EXPECT_TRUE(mesh[1].session.pending().imports.empty());
  EXPECT_EQ(mesh[1].session.commit().error().code, errc::kNothingToCommit);
}

// ---- removal
// ---------------------------------------------------------------------------------------------------------

TEST(Removal, SpreadsToEverySendGroup) {
  Mesh mesh = Mesh::open(5);
  mesh.broadcast(0, mesh[0].session.remove(mesh[4].id()));
  follow_all(mesh);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(mesh[i].session.members(mesh[i].group()).size(), 4u);
    EXPECT_EQ(mesh[i].session.epoch(mesh[4].group()), std::nullopt);  // its Send Group is forgotten
  }
  EXPECT_EQ(mesh[4].all<Removed>().size(), 4u);
  mesh.members.pop_back();
  mesh.expect_agreement();
  mesh.expect_heard(1, "without you");
}

TEST(Removal, WhoWasRemovedIsNotHeardAnyMore) {
  Mesh mesh = Mesh::open(4);
  const Bytes late = mesh[3].session.protect(as_bytes("still me"))->front();
  mesh.broadcast(0, mesh[0].session.remove(mesh[3].id()));
  EXPECT_EQ(mesh[0].refusal(late).code, errc::kUnknownParticipant);
  mesh[1].take(late);  // 1 has not removed 3 yet
  EXPECT_TRUE(mesh[1].heard("still me"));
  follow_all(mesh);
  EXPECT_EQ(mesh[1].refusal(mesh[3].session.protect(as_bytes("me again"))->front()).code, errc::kUnknownParticipant);
}

TEST(Removal, WhoWasRemovedReadsNothingThatIsSentAfterwards) {
  Mesh mesh = Mesh::open(3);
  const auto removal = *mesh[0].session.remove(mesh[2].id());
  mesh.broadcast(0, removal.messages());
  const auto sent = *mesh[0].session.protect(as_bytes("secret"));
  mesh[2].take(sent.front());
  EXPECT_FALSE(mesh[2].heard("secret"));
  EXPECT_TRUE(std::holds_alternative<Skipped>(mesh[2].events.back()));
}

TEST(Removal, OfTwoWhoRemoveEachOtherBothGoInWhateverOrder) {
  for (const bool first : {false, true}) {
    Mesh mesh = Mesh::open(5);
    const auto by0 = *mesh[0].session.remove(mesh[1].id());
    const auto by1 = *mesh[1].session.remove(mesh[0].id());
    const auto to = [&](std::size_t i, const Outgoing& made) {
      for (const auto& message : made.messages()) mesh[i].take(message);
    };
    // 2 and 3 hear of it in different orders; 4 acts on one before it hears of the other.
    to(2, by0), to(2, by1);
    to(3, by1), to(3, by0);
    to(4, first ? by0 : by1);
    const auto by4 = *mesh[4].session.commit();
    to(4, first ? by1 : by0);
    to(0, by1), to(1, by0);
    mesh.broadcast(4, by4.messages());
    follow_all(mesh);
    for (std::size_t i = 2; i < 5; ++i)
      EXPECT_EQ(mesh[i].session.members(mesh[i].group()),
                (std::vector<Bytes>{mesh[2].id(), mesh[3].id(), mesh[4].id()}));
    for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(mesh[i].all<Removed>().size(), 4u);
    mesh.members.erase(mesh.members.begin(), mesh.members.begin() + 2);
    mesh.expect_agreement();
    mesh.expect_heard(1, "three of us");
  }
}

// Everybody with a lower number outranks those with a higher one.
class Ranked final : public MembershipPolicy {
 public:
  [[nodiscard]] bool follow_removal(BytesView by, BytesView whom) const override { return OctetOrder()(by, whom); }
  [[nodiscard]] bool follow_addition(BytesView, BytesView) const override { return true; }
};

TEST(Removal, WithAnOrderOfRankTheHigherOfTwoStays) {
  Mesh mesh = Mesh::open(4, 1, {.membership = std::make_shared<Ranked>()});
  const auto by0 = *mesh[0].session.remove(mesh[1].id());
  const auto by1 = *mesh[1].session.remove(mesh[0].id());
  for (const std::size_t i : {std::size_t{2}, std::size_t{3}}) {
    for (const auto* made : i == 2 ? std::array{&by0, &by1} : std::array{&by1, &by0})
      for (const auto& message : made->messages()) mesh[i].take(message);
  }
  follow_all(mesh);
  for (const std::size_t i : {std::size_t{2}, std::size_t{3}})
    EXPECT_EQ(mesh[i].session.members(mesh[i].group()), (std::vector<Bytes>{mesh[0].id(), mesh[2].id(), mesh[3].id()}));
}

TEST(Removal, NobodyComesBackUnderTheSameIdentity) {
  Mesh mesh = Mesh::open(3);
  mesh.broadcast(0, mesh[0].session.remove(mesh[2].id()));
  EXPECT_EQ(mesh[0].session.add(*mesh[2].session.new_key_package()).error().code, errc::kUnknownParticipant);
}

// ---- away for long
// ---------------------------------------------------------------------------------------------------

TEST(LongOffline, WhoComesBackFollowsEverythingThatIsServedAgain) {
  Mesh mesh = Mesh::open(4);
  const auto send = [&](std::size_t from, Result<Outgoing> made) {
    ASSERT_TRUE(made);
    for (std::size_t to = 0; to < 3; ++to)
      if (to != from)
        for (const Bytes& message : made->messages()) mesh[to].take(message);
  };
  for (int round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < 3; ++i) send(i, mesh[i].session.commit(CommitKind::full));
  }
  // One message is enough to know what is missing; any peer can serve it, in any order.
  mesh[3].take(mesh[2].session.protect(as_bytes("where are you?"))->front());
  EXPECT_FALSE(mesh[3].heard("where are you?"));
  for (int turn = 0; turn < 100 && !mesh[3].session.missing().empty(); ++turn) {
    auto wanted = mesh[3].session.missing();
    std::reverse(wanted.begin(), wanted.end());
    for (const auto& one : wanted)
      for (const Bytes& message : mesh[0].session.serve(one)) mesh[3].take(message);
  }
  EXPECT_TRUE(mesh[3].heard("where are you?"));
  const auto rest = mesh[3].session.lacking(mesh[1].session.heads());
  for (const auto& one : rest)
    for (const Bytes& message : mesh[1].session.serve(one)) mesh[3].take(message);
  mesh.expect_agreement();
}

TEST(LongOffline, APurgedPskLeadsToAResync) {
  MemberOptions forgetful;
  forgetful.limits.ledger_per_group = 2;
  Mesh mesh;
  for (std::size_t i = 0; i < 3; ++i)
    mesh.members.push_back(Member::create(Mesh::name_of(i), i, i == 2 ? forgetful : MemberOptions{}));
  mesh.open_all();
  mesh.broadcast(1, mesh[1].session.update());  // epoch 2
  const auto import = *mesh[0].session.commit();
  // 2 hears more updates of 1 than it keeps PSKs, before it hears of the import.
  for (int i = 0; i < 3; ++i) {
    const auto update = *mesh[1].session.update();
    mesh[2].take(update.commit);
    mesh[0].take(update.commit);
  }
  mesh[2].take(import.commit);
  const auto* needs = std::get_if<NeedsResync>(&mesh[2].events.back());
  ASSERT_NE(needs, nullptr);
  EXPECT_EQ(needs->group_id, mesh[0].group());
  EXPECT_EQ(needs->because, (EpochName{mesh[1].group(), 2}));
  EXPECT_EQ(mesh[2].session.lost(), (std::vector<Bytes>{mesh[0].group()}));
  EXPECT_EQ(mesh[2].refusal(mesh[0].session.protect(as_bytes("x"))->front()).code, errc::kNeedsResync);

  // The owner takes it back in, and all is well; 1 is not bothered.
  mesh[1].take(import.commit);
  const auto back = *mesh[0].session.readmit(mesh[2].id(), *mesh[2].session.new_key_package());
  mesh[1].take(back.commit);
  mesh[2].take(back.welcome);
  EXPECT_TRUE(mesh[1].session.pending().removals.empty());
  EXPECT_TRUE(mesh[1].session.pending().additions.empty());
  EXPECT_TRUE(mesh[2].session.lost().empty());
  mesh.expect_agreement();
  mesh.expect_heard(0, "back again");
}

TEST(LongOffline, AResyncCoversGroupsWhoseHistoryDependsOnTheGap) {
  Mesh mesh = Mesh::open(3);
  // 2 misses an update of 1, which 0 imports.
  const auto update = *mesh[1].session.update();
  mesh[0].take(update.commit);
  const auto import = *mesh[0].session.commit();
  mesh[1].take(import.commit);
  mesh[2].take(import.commit);
  EXPECT_EQ(mesh[2].session.missing(), (std::vector<Wanted>{{mesh[1].group(), 2}}));
  // Nobody has the update any more: 1 readmits 2. Then 0's commit can never be followed either.
  ASSERT_TRUE(mesh[2].session.abandon(mesh[1].group()));
  const auto back = *mesh[1].session.readmit(mesh[2].id(), *mesh[2].session.new_key_package());
  mesh[0].take(back.commit);
  mesh[2].take(back.welcome);
  EXPECT_EQ(mesh[2].session.lost(), (std::vector<Bytes>{mesh[0].group()}));
  const auto again = *mesh[0].session.readmit(mesh[2].id(), *mesh[2].session.new_key_package());
  mesh[1].take(again.commit);
  mesh[2].take(again.welcome);
  mesh.expect_agreement();
}

}  // namespace
}  // namespace dmls::sendgroup
