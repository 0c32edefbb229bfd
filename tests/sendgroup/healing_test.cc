// Post-compromise security. The attacker has a member's complete state at time T: it is that member in a second world
// which ran from the same seeds up to T. From then on the real world draws other randomness, and the attacker hears
// everything that is sent in it. draft-xue-distributed-mls, "Security Considerations"

#include "support.h"

namespace dmls::sendgroup {
namespace {

constexpr std::size_t kVictim = 1;

class Healing : public testing::TestWithParam<std::tuple<std::uint64_t, LeafKeys>> {
 protected:
  Healing() : real_(until_theft()), twin_(until_theft()) {
    std::uint64_t seed = 5000 + std::get<0>(GetParam());
    for (Member& member : real_.members) member.random->reseed(++seed);
  }

  static Mesh until_theft() {
    const auto [seed, leaf_keys] = GetParam();
    Mesh mesh = Mesh::open(4, seed, {.detached_leaves = true}, {.leaf_keys = leaf_keys});
    for (std::size_t i = 0; i < 4; ++i) {
      if ((seed >> i) % 2 == 0) mesh.broadcast(i, mesh[i].session.update());
      if ((seed >> (i + 1)) % 2 == 0) mesh.broadcast(i, mesh[i].session.commit(CommitKind::full));
      mesh.expect_heard(i, "before the theft");
    }
    return mesh;
  }

  Member& attacker() { return twin_[kVictim]; }
  // In the real world, and to the attacker; whatever it makes of it.
  void send(std::size_t from, const std::vector<Bytes>& messages) {
    real_.broadcast(from, messages);
    for (const Bytes& message : messages) overhear(message);
  }
  void send(std::size_t from, Result<Outgoing> made) {
    ASSERT_TRUE(made) << made.error().rule;
    send(from, made->messages());
  }
  void overhear(const Bytes& message) {
    auto got = attacker().session.unprotect(message);
    if (!got) return;
    for (auto& event : *got) attacker().events.push_back(std::move(event));
  }
  // Whether the attacker reads what `from` says now. All members do.
  bool reads(std::size_t from) {
    const std::string words = "secret " + std::to_string(++said_);
    auto sent = *real_[from].session.protect(as_bytes(words));
    send(from, sent);
    for (std::size_t to = 0; to < 4; ++to) EXPECT_TRUE(to == from || real_[to].heard(words));
    return attacker().heard(words);
  }

  Mesh real_;
  Mesh twin_;
  int said_ = 0;
};

TEST_P(Healing, TheAttackerReadsEverybodyAtFirst) {
  for (const std::size_t from : {0u, 2u, 3u}) EXPECT_TRUE(reads(from));
}

TEST_P(Healing, WithoutAnUpdateOfTheVictimItReadsOnWhateverTheOthersDo) {
  for (int round = 0; round < 3; ++round) {
    for (const std::size_t from : {0u, 2u, 3u}) {
      send(from, real_[from].session.commit(CommitKind::full));
      EXPECT_TRUE(reads(from));
    }
  }
}

TEST_P(Healing, AfterACommitThatCoversTheVictimsUpdateItReadsNothingOfThatSender) {
  send(kVictim, real_[kVictim].session.update());
  EXPECT_FALSE(reads(kVictim));  // the victim's own Send Group has healed by the update itself
  for (const std::size_t from : {0u, 2u, 3u}) {
    EXPECT_TRUE(reads(from));  // not before it has imported the update
    send(from, real_[from].session.update());
    EXPECT_TRUE(reads(from));  // and not by fresh keys of its own, which are sealed to the victim's old leaf key too
    send(from, real_[from].session.commit(CommitKind::partial));
    EXPECT_FALSE(reads(from));
    send(from, real_[from].session.commit(CommitKind::full));
    EXPECT_FALSE(reads(from));
  }
  real_.expect_agreement();
}

TEST_P(Healing, HearingEverythingAgainInAnyOrderDoesNotHelp) {
  std::vector<Bytes> wire;
  const auto record = [&](std::size_t from, const Outgoing& made) {
    real_.broadcast(from, made.messages());
    for (const auto& message : made.messages()) wire.push_back(message);
  };
  record(kVictim, *real_[kVictim].session.update());
  record(2, *real_[2].session.update());
  record(0, *real_[0].session.commit(CommitKind::full));
  const Bytes secret = real_[0].session.protect(as_bytes("the secret"))->front();
  for (const auto& message : wire) overhear(message);
  overhear(secret);
  for (auto message = wire.rbegin(); message != wire.rend(); ++message) overhear(*message);
  overhear(secret);
  EXPECT_FALSE(attacker().heard("the secret"));
}

INSTANTIATE_TEST_SUITE_P(Histories, Healing,
                         testing::Combine(testing::Range(std::uint64_t{0}, std::uint64_t{16}),
                                          testing::Values(LeafKeys::psk_only, LeafKeys::detached_leaf)));

}  // namespace
}  // namespace dmls::sendgroup
