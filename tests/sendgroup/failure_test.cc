// When the random source fails in the middle of a step, nothing has happened; and the step succeeds later.

#include <functional>

#include "support.h"

namespace dmls::sendgroup {
namespace {

// What a session says about itself.
struct Picture {
  std::vector<EpochName> heads;
  std::vector<Bytes> members;
  Bytes names;
  std::vector<EpochName> imports;
  std::size_t additions, removals, ledger;
  bool operator==(const Picture&) const = default;

  static Picture of(const Session& session, const std::vector<Bytes>& clients) {
    Picture out{};
    out.heads = session.heads();
    out.members = session.members(session.group_id());
    for (const Bytes& client : clients) {
      const Bytes name = session.send_group_of(client);
      out.names.push_back(static_cast<std::uint8_t>(name.size()));
      out.names.insert(out.names.end(), name.begin(), name.end());
    }
    const auto pending = session.pending();
    out.imports = pending.imports;
    out.additions = pending.additions.size();
    out.removals = pending.removals.size();
    out.ledger = session.statistics().ledger;
    return out;
  }
};

using Step = std::function<Result<Outgoing>(Mesh&)>;

// Lets the source of member 0 fail at its first, second, ... call, until the step succeeds.
void expect_all_or_nothing(const UniverseParameters& parameters, const Step& step) {
  Mesh mesh = Mesh::open(4, 3, {}, parameters);
  mesh.broadcast(1, mesh[1].session.update());
  mesh.broadcast(2, mesh[2].session.commit(CommitKind::full));
  const std::vector<Bytes> clients = {mesh[0].id(), mesh[1].id(), mesh[2].id(), mesh[3].id(), text("newcomer")};
  const auto before = Picture::of(mesh[0].session, clients);
  int failures = 0;
  for (std::size_t calls = 0; calls < 200; ++calls) {
    mesh[0].random->fail_after(calls);
    auto made = step(mesh);
    mesh[0].random->fail_after(std::nullopt);
    if (made) {
      EXPECT_GT(failures, 0);
      mesh.broadcast(0, made->messages());
      mesh.expect_heard(0, "after all");
      return;
    }
    ++failures;
    EXPECT_EQ(made.error().code, dmls::errc::kRandomFailed);
    EXPECT_EQ(Picture::of(mesh[0].session, clients), before) << "after " << calls << " calls";
  }
  ADD_FAILURE() << "it never succeeds";
}

TEST(RandomFailure, AnUpdateHappensOrNot) {
  expect_all_or_nothing({}, [](Mesh& mesh) { return mesh[0].session.update(); });
}

TEST(RandomFailure, ACommitHappensOrNot) {
  expect_all_or_nothing({}, [](Mesh& mesh) { return mesh[0].session.commit(CommitKind::partial); });
  expect_all_or_nothing({}, [](Mesh& mesh) { return mesh[0].session.commit(CommitKind::full); });
}

TEST(RandomFailure, ARemovalHappensOrNot) {
  MemberOptions options;
  Mesh mesh = Mesh::open(4, 3, options);
  const auto before = Picture::of(mesh[0].session, {});
  for (std::size_t calls = 0;; ++calls) {
    mesh[0].random->fail_after(calls);
    auto made = mesh[0].session.remove(mesh[3].id());
    mesh[0].random->fail_after(std::nullopt);
    if (made) break;
    ASSERT_LT(calls, 200u);
    EXPECT_EQ(Picture::of(mesh[0].session, {}), before);
  }
  EXPECT_EQ(mesh[0].session.members(mesh[0].group()).size(), 3u);
}

TEST(RandomFailure, AnAdditionHappensOrNot) {
  Member newcomer = Member::create("newcomer", 77);
  const Bytes package = *newcomer.session.new_key_package();
  for (const auto ids : {GroupIds::derived, GroupIds::assigned}) {
    expect_all_or_nothing({.group_ids = ids}, [&](Mesh& mesh) { return mesh[0].session.add(package); });
  }
}

TEST(RandomFailure, AUniverseOpensOrNot) {
  Member creator = Member::create("creator", 1);
  Member guest = Member::create("guest", 2);
  const std::vector<Bytes> packages = {*guest.session.new_key_package()};
  for (std::size_t calls = 0;; ++calls) {
    ASSERT_LT(calls, 200u);
    creator.random->fail_after(calls);
    auto made = creator.session.open_universe(packages);
    creator.random->fail_after(std::nullopt);
    if (made) {
      for (const Bytes& message : made->messages()) guest.take(message);
      EXPECT_EQ(guest.all<Announced>().size(), 1u);
      return;
    }
    EXPECT_TRUE(creator.session.universe_id().empty());
    EXPECT_TRUE(creator.group().empty());
    EXPECT_TRUE(creator.session.send_group_of(guest.id()).empty());
  }
}

}  // namespace
}  // namespace dmls::sendgroup
