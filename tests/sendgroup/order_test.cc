// Out of order: what waits, for what, how long secrets are kept for it, and what is asked for.

#include "support.h"

namespace dmls::sendgroup {
namespace {

TEST(Order, ACommitWaitsForTheUpdateItImports) {
  Mesh mesh = Mesh::open(3);
  const auto update = *mesh[1].session.update();
  mesh[0].take(update.commit);
  const auto import = *mesh[0].session.commit();
  mesh[2].take(import.commit);
  const auto* waiting = std::get_if<Waiting>(&mesh[2].events.back());
  ASSERT_NE(waiting, nullptr);
  EXPECT_EQ(waiting->until, (std::vector<EpochName>{{mesh[1].group(), 2}}));
  EXPECT_EQ(mesh[2].session.missing(), (std::vector<Wanted>{{mesh[1].group(), 2}}));
  EXPECT_EQ(mesh[2].session.statistics().blocked_commits, 1u);
  mesh[2].take(update.commit);
  EXPECT_EQ(mesh[2].all<Advanced>().size(), 2u);
  EXPECT_TRUE(mesh[2].session.missing().empty());
  mesh[1].take(import.commit);
  mesh.expect_agreement();
}

TEST(Order, MessagesOfEpochsToComeAreKeptAndReadInTime) {
  Mesh mesh = Mesh::open(2);
  const auto first = *mesh[0].session.update();
  const auto second = *mesh[0].session.update();
  const auto words = *mesh[0].session.protect(as_bytes("soon"));
  mesh[1].take(words.front());
  mesh[1].take(second.commit);
  EXPECT_EQ(mesh[1].session.missing(), (std::vector<Wanted>{{mesh[0].group(), 2}}));
  EXPECT_FALSE(mesh[1].heard("soon"));
  mesh[1].take(first.commit);
  EXPECT_TRUE(mesh[1].heard("soon"));
  mesh.expect_agreement();
}

TEST(Order, AMessageOfAnEpochThatWasLeftIsReadForAWhile) {
  Mesh mesh = Mesh::open(2);
  const auto words = *mesh[0].session.protect(as_bytes("late"));
  const auto lost = *mesh[0].session.protect(as_bytes("too late"));
  mesh.broadcast(0, mesh[0].session.update());
  mesh[1].take(words.front());
  EXPECT_TRUE(mesh[1].heard("late"));
  mesh.broadcast(0, mesh[0].session.update());
  mesh.broadcast(0, mesh[0].session.update());
  mesh[1].take(lost.front());
  EXPECT_EQ(std::get<Skipped>(mesh[1].events.back()), Skipped::too_old);
}

// 0 has opened a universe, 1 has joined it and opened a Send Group, 2 has heard nothing.
struct Beginning {
  Mesh mesh;
  Outgoing universe, own;

  Beginning() {
    for (std::size_t i = 0; i < 3; ++i) mesh.members.push_back(Member::create(Mesh::name_of(i), i));
    std::vector<Bytes> packages;
    for (std::size_t i = 1; i < 3; ++i) packages.push_back(*mesh[i].session.new_key_package());
    universe = *mesh[0].session.open_universe(packages);
    for (const auto& message : universe.messages()) mesh[1].take(message);
    own = *mesh[1].session.open_send_group();
  }
};

TEST(Order, AWelcomeMayComeAfterTheMessagesOfItsGroup) {
  Beginning at_first;
  auto& [mesh, universe, own] = at_first;
  const auto update = *mesh[1].session.update();
  const auto words = *mesh[1].session.protect(as_bytes("early"));
  // 2 hears everything in the wrong order, and before it knows of any universe.
  mesh[2].take(words.front());
  mesh[2].take(update.commit);
  mesh[2].take(own.welcome);
  mesh[2].take(universe.welcome);
  EXPECT_FALSE(mesh[2].heard("early"));
  mesh[2].take(universe.announcement);
  EXPECT_TRUE(mesh[2].heard("early"));
  EXPECT_EQ(mesh[2].session.epoch(mesh[1].group()), 2u);
}

TEST(Order, AWelcomeBeforeTheAnnouncementIsHeld) {
  Beginning at_first;
  auto& [mesh, universe, own] = at_first;
  mesh[2].take(own.welcome);
  EXPECT_TRUE(std::holds_alternative<Joined>(mesh[2].events.back()));
  EXPECT_EQ(mesh[2].session.statistics().groups, 1u);
  // Whose it is, nobody has said: nothing in it is listened to, nor is it shown to peers.
  EXPECT_TRUE(mesh[2].session.heads().empty());
  EXPECT_TRUE(mesh[2].session.owner_of(mesh[1].group()).empty());
  mesh[2].take(mesh[1].session.protect(as_bytes("held"))->front());
  EXPECT_TRUE(std::holds_alternative<Waiting>(mesh[2].events.back()));
  mesh[2].take(universe.welcome);
  EXPECT_FALSE(mesh[2].heard("held"));
  mesh[2].take(universe.announcement);
  EXPECT_TRUE(mesh[2].heard("held"));
  EXPECT_EQ(mesh[2].session.owner_of(mesh[1].group()), mesh[1].id());
  EXPECT_EQ(mesh[2].session.heads().size(), 2u);
}

TEST(Order, WelcomesBeforeAnyAnnouncementAreBounded) {
  MemberOptions options;
  options.limits.early_welcomes = 2;
  auto late = Member::create("late", 1, options);
  const Bytes package = *late.session.new_key_package();
  std::vector<Member> others;
  std::vector<Outgoing> universes;
  for (std::uint64_t i = 0; i < 3; ++i) {
    others.push_back(Member::create("other " + std::to_string(i), 10 + i));
    universes.push_back(*others.back().session.open_universe({{package}}));
  }
  late.take(universes[0].welcome);
  late.take(universes[1].welcome);
  EXPECT_EQ(late.refusal(universes[2].welcome).code, dmls::errc::kLimit);
  EXPECT_EQ(late.session.statistics().groups, 2u);
  // The first that is announced counts; the group of the other is nobody's here, until somebody names it.
  late.take(universes[1].announcement);
  EXPECT_EQ(late.session.universe_id(), others[1].session.universe_id());
  EXPECT_EQ(late.session.heads().size(), 1u);
}

TEST(Order, AWelcomeIsServedUntilAllItInvitesHaveShownThatTheyJoined) {
  Mesh mesh = Mesh::open(3);
  const Wanted welcome{mesh[0].group(), 0};
  EXPECT_EQ(mesh[0].session.serve(welcome).size(), 2u);  // with the announcement
  mesh.broadcast(0, mesh[0].session.update());
  mesh.broadcast(1, mesh[1].session.commit());
  EXPECT_EQ(mesh[0].session.serve(welcome).size(), 2u);
  mesh.broadcast(2, mesh[2].session.commit());
  EXPECT_TRUE(mesh[0].session.serve(welcome).empty());
  // A removed one is not waited for.
  const Wanted other{mesh[1].group(), 0};
  mesh.broadcast(1, mesh[1].session.update());
  mesh.broadcast(2, mesh[2].session.commit());
  EXPECT_EQ(mesh[1].session.serve(other).size(), 1u);
  mesh.broadcast(1, mesh[1].session.remove(mesh[0].id()));
  EXPECT_TRUE(mesh[1].session.serve(other).empty());
}

TEST(Order, OwnWelcomesAreBounded) {
  MemberOptions options;
  options.limits.own_welcomes = 2;
  Mesh mesh = Mesh::open(2, 1, options);
  for (std::uint64_t i = 0; i < 5; ++i) {  // of whom nobody is ever heard again
    auto newcomer = Member::create("newcomer " + std::to_string(i), 100 + i);
    ASSERT_TRUE(mesh[0].session.add(*newcomer.session.new_key_package()));
  }
  const auto served = mesh[0].session.serve({mesh[0].group(), 0});
  EXPECT_EQ(served.size(), 4u);  // two Welcomes, and an announcement with each
}

TEST(Order, EverythingMayComeBackwards) {
  Mesh mesh;
  for (std::size_t i = 0; i < 4; ++i) mesh.members.push_back(Member::create(Mesh::name_of(i), i));
  std::vector<Bytes> packages;
  for (std::size_t i = 1; i < 4; ++i) packages.push_back(*mesh[i].session.new_key_package());
  std::vector<Bytes> wire;
  const auto send = [&](std::size_t from, const std::vector<Bytes>& messages) {
    for (const Bytes& message : messages) {
      wire.push_back(message);
      for (std::size_t to = 0; to < 3; ++to)
        if (to != from) mesh[to].take(message);
    }
  };
  send(0, mesh[0].session.open_universe(packages)->messages());
  for (std::size_t i = 1; i < 3; ++i) send(i, mesh[i].session.open_send_group()->messages());
  for (std::size_t i = 0; i < 3; ++i) {
    send(i, mesh[i].session.update()->messages());
    send(i, *mesh[i].session.protect(as_bytes("backwards")));
  }
  for (std::size_t i = 0; i < 3; ++i) send(i, mesh[i].session.commit()->messages());
  for (auto message = wire.rbegin(); message != wire.rend(); ++message) mesh[3].take(*message);
  EXPECT_EQ(mesh[3].all<Announced>().size(), 1u);
  EXPECT_EQ(mesh[3].all<ApplicationMessage>().size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(mesh[3].session.epoch(mesh[i].group()), 3u);
}

TEST(Order, EverythingTwiceChangesNothing) {
  Mesh mesh = Mesh::open(3);
  std::vector<Bytes> wire;
  for (std::size_t i = 0; i < 3; ++i) {
    for (const auto& message : mesh[i].session.commit(CommitKind::full)->messages()) wire.push_back(message);
    wire.push_back(mesh[i].session.protect(as_bytes("x"))->front());
    for (std::size_t to = 0; to < 3; ++to)
      for (const auto& message : wire) mesh[to].take(message);
  }
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(mesh[i].all<ApplicationMessage>().size(), 2u);
  mesh.expect_agreement();
}

TEST(Order, AnyMemberServesAnyCommit) {
  Mesh mesh = Mesh::open(4);
  const auto update = *mesh[1].session.update();
  mesh[0].take(update.commit);
  EXPECT_EQ(mesh[0].session.serve({mesh[1].group(), 2}), (std::vector<Bytes>{update.commit}));
  EXPECT_EQ(mesh[1].session.serve({mesh[1].group(), 2}), (std::vector<Bytes>{update.commit}));
  EXPECT_TRUE(mesh[2].session.serve({mesh[1].group(), 2}).empty());
  EXPECT_EQ(mesh[2].session.lacking(mesh[0].session.heads()), (std::vector<Wanted>{{mesh[1].group(), 2}}));
}

TEST(Order, AWelcomeThatWasLostIsServedByItsOwner) {
  Mesh mesh;
  for (std::size_t i = 0; i < 3; ++i) mesh.members.push_back(Member::create(Mesh::name_of(i), i));
  std::vector<Bytes> packages;
  for (std::size_t i = 1; i < 3; ++i) packages.push_back(*mesh[i].session.new_key_package());
  mesh.broadcast(0, mesh[0].session.open_universe(packages));
  ASSERT_TRUE(mesh[1].session.open_send_group());  // and nobody hears of it
  ASSERT_TRUE(mesh[2].session.open_send_group());
  const auto missing = mesh[2].session.missing();
  ASSERT_EQ(missing, (std::vector<Wanted>{{mesh[1].group(), 0}}));
  for (const auto& message : mesh[1].session.serve(missing[0])) mesh[2].take(message);
  EXPECT_EQ(mesh[2].session.epoch(mesh[1].group()), 1u);
}

TEST(Order, DeferralsAreNoMoreThanWhatWasImported) {
  Mesh mesh = Mesh::open(8);
  std::vector<Outgoing> updates;
  std::vector<Outgoing> imports;
  for (std::size_t i = 0; i < 8; ++i) updates.push_back(*mesh[i].session.update());
  for (std::size_t i = 0; i < 7; ++i)
    for (std::size_t k = 0; k < 8; ++k)
      if (k != i) mesh[i].take(updates[k].commit);
  for (std::size_t i = 0; i < 7; ++i) imports.push_back(*mesh[i].session.commit());
  // The last one hears everything backwards: all commits wait, and each looks at each of its imports once.
  for (std::size_t i = 7; i-- > 0;) mesh[7].take(imports[i].commit);
  for (std::size_t i = 7; i-- > 0;) mesh[7].take(updates[i].commit);
  const auto statistics = mesh[7].session.statistics();
  EXPECT_EQ(statistics.blocked_commits, 0u);
  EXPECT_LE(statistics.deferrals, 7u * 7u);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(mesh[7].session.epoch(mesh[i].group()), 3u);
}

// ---- secrets that are kept for others
// ----------------------------------------------------------------------------------

TEST(Ledger, APskIsWipedOnceEveryOwnerHasImportedItOrANewerOne) {
  Mesh mesh = Mesh::open(3);
  const auto everybody_imports = [&] {
    for (std::size_t i = 0; i < 3; ++i)
      if (!mesh[i].session.pending().imports.empty()) mesh.broadcast(i, mesh[i].session.commit());
  };
  mesh.broadcast(1, mesh[1].session.update());
  const std::size_t before = mesh[2].session.statistics().ledger;
  mesh.broadcast(0, mesh[0].session.commit());
  EXPECT_EQ(mesh[2].session.statistics().ledger, before);  // 2 itself may still import it
  mesh.broadcast(2, mesh[2].session.commit());
  EXPECT_EQ(mesh[2].session.statistics().ledger, before - 2);  // it, and the one before it
  for (std::size_t i = 0; i < 3; ++i) mesh.broadcast(i, mesh[i].session.update());
  everybody_imports();
  for (const Member& member : mesh.members) EXPECT_EQ(member.session.statistics().ledger, 0u);
}

TEST(Ledger, IsBoundedWhenSomebodyNeverImports) {
  MemberOptions options;
  options.limits.ledger_per_group = 5;
  Mesh mesh = Mesh::open(3, 1, options);
  for (int i = 0; i < 20; ++i) mesh.broadcast(1, mesh[1].session.update());
  for (const Member& member : mesh.members) EXPECT_LE(member.session.statistics().ledger, 5u + 2u);
}

TEST(Ledger, ARemovedOwnerIsNotWaitedFor) {
  Mesh mesh = Mesh::open(3);
  mesh.broadcast(0, mesh[0].session.update());
  mesh.broadcast(1, mesh[1].session.commit());
  // Only 2 has not imported it, and is removed.
  mesh.broadcast(0, mesh[0].session.remove(mesh[2].id()));
  mesh.broadcast(1, mesh[1].session.commit());
  EXPECT_EQ(mesh[0].session.statistics().ledger, 2u);  // of 1: when its group began, and its own removal
  mesh.broadcast(0, mesh[0].session.commit());
  EXPECT_EQ(mesh[0].session.statistics().ledger, 0u);
  EXPECT_EQ(mesh[1].session.statistics().ledger, 0u);
}

}  // namespace
}  // namespace dmls::sendgroup
