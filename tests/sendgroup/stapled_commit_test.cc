// Commits that bring along those they import from.

#include <dmls/sendgroup/stapled_commit.h>

#include <random>

#include "support.h"

namespace dmls::sendgroup {
namespace {

MemberOptions stapling(std::size_t commits = 8) {
  MemberOptions options;
  options.updates.staple_commits = commits;
  return options;
}

// 1 and 3 have renewed their keys, 0 has heard and imports both, 2 has heard of nothing.
struct Missed {
  explicit Missed(const MemberOptions& options = stapling(), const UniverseParameters& parameters = {})
      : mesh(Mesh::open(4, 1, options, parameters)) {
    for (const std::size_t i : {1u, 3u}) {
      const auto update = *mesh[i].session.update();
      for (std::size_t to = 0; to < 4; ++to)
        if (to != i && to != 2)
          for (const auto& message : update.messages()) mesh[to].take(message);
    }
    made = *mesh[0].session.commit();
  }
  Mesh mesh;
  Outgoing made;
};

TEST(StapledCommit, WhoLackedAnUpdateFollowsAtOnce) {
  Missed missed;
  Mesh& mesh = missed.mesh;
  EXPECT_EQ(missed.made.stapled.size(), 2u);
  ASSERT_EQ(missed.made.messages().size(), 1u);
  mesh[2].take(missed.made.messages()[0]);
  const auto advanced = mesh[2].all<Advanced>();
  ASSERT_EQ(advanced.size(), 3u);
  EXPECT_EQ(advanced[0].epoch.group_id, mesh[0].group());  // about the commit first
  EXPECT_EQ(advanced[0].imports.size(), 2u);
  EXPECT_EQ(mesh[2].session.statistics().deferrals, 0u);
  // Who has them sees duplicates, and the commit.
  mesh[1].take(missed.made.messages()[0]);
  mesh[3].take(missed.made.messages()[0]);
  EXPECT_EQ(mesh[1].all<Skipped>().size(), 2u);
  mesh.expect_agreement();
}

TEST(StapledCommit, BringsTheProposalsOfACommitToo) {
  Mesh mesh = Mesh::open(4, 1, stapling(), {.leaf_keys = LeafKeys::update_proposal});
  // 1 renews its keys, and proposes leaves to all others; 2 gets no proposal. 0 commits what was proposed to it, and 2
  // does not get that. 3 imports both, and commits what was proposed to it.
  const auto update = *mesh[1].session.update();
  for (const std::size_t to : {0u, 3u})
    for (const auto& message : update.messages()) mesh[to].take(message);
  mesh[2].take(update.commit);
  const auto renewing = *mesh[0].session.commit();
  for (const std::size_t to : {1u, 3u})
    for (const auto& message : renewing.messages()) mesh[to].take(message);
  const auto made = *mesh[3].session.commit();
  EXPECT_EQ(made.stapled.size(), 4u);  // the proposal to 3; 1's commit; the proposal to 0, and 0's commit
  for (const std::size_t to : {0u, 1u, 2u}) mesh[to].take(made.messages()[0]);
  EXPECT_TRUE(mesh[2].session.missing().empty());
  EXPECT_EQ(mesh[2].session.statistics().deferrals, 0u);
  mesh.expect_agreement();
}

TEST(StapledCommit, SendsNoMoreThanThePolicySays) {
  EXPECT_TRUE(Missed(stapling(0)).made.stapled.empty());
  EXPECT_EQ(Missed(stapling(1)).made.stapled.size(), 1u);
  auto few_octets = stapling();
  few_octets.updates.staple_octets = 1000;  // less than the two updates have
  const auto stapled = Missed(few_octets).made.stapled;
  std::size_t octets = 0;
  for (const Bytes& message : stapled) octets += message.size();
  EXPECT_LE(octets, 1000u);
  EXPECT_LT(stapled.size(), 2u);
}

TEST(StapledCommit, ProtectStaplesToo) {
  auto options = stapling();
  options.updates.incorporate = Incorporate::always;
  Missed missed(options);
  Mesh& mesh = missed.mesh;
  const auto sent = *mesh[1].session.protect(as_bytes("with everything"));
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_TRUE(is_stapled(sent[0]));
  for (const auto& message : sent) mesh[3].take(message);
  EXPECT_TRUE(mesh[3].heard("with everything"));
}

// ---- what a peer or the network may make of it

class HostileStaple : public testing::Test {
 protected:
  HostileStaple() : parts_(*tls_codec::decode<StapledCommit>(missed_.made.messages()[0])) {}
  Member& reader() { return missed_.mesh[2]; }
  void take() {
    reader().events.clear();
    reader().take(tls_codec::encode(parts_));
  }
  Missed missed_;
  StapledCommit parts_;
};

TEST_F(HostileStaple, AnAlteredOneIsRejectedAndTheOthersAreTaken) {
  parts_.stapled[0].back() ^= 1;
  take();
  ASSERT_EQ(reader().all<Rejected>().size(), 1u);
  EXPECT_EQ(reader().all<Advanced>().size(), 1u);  // the other update
  EXPECT_TRUE(std::holds_alternative<Waiting>(reader().events.front()));
  EXPECT_EQ(reader().session.missing().size(), 1u);
  reader().take(missed_.made.messages()[0]);  // the true one repairs it
  EXPECT_EQ(reader().session.epoch(missed_.mesh[0].group()), 2u);
}

TEST_F(HostileStaple, AnAlteredCommitIsRejectedAndWhatIsStapledIsTaken) {
  parts_.commit.back() ^= 1;
  take();
  EXPECT_EQ(reader().all<Rejected>().size(), 1u);
  EXPECT_TRUE(std::holds_alternative<Rejected>(reader().events.front()));
  EXPECT_EQ(reader().all<Advanced>().size(), 2u);
  EXPECT_EQ(reader().session.epoch(missed_.mesh[0].group()), 1u);
  reader().take(missed_.made.commit);
  EXPECT_EQ(reader().session.epoch(missed_.mesh[0].group()), 2u);
}

TEST_F(HostileStaple, NothingButCommitsAndProposalsIsTaken) {
  const Bytes words = missed_.mesh[1].session.protect(as_bytes("smuggled"))->front();
  const Bytes package = *missed_.mesh[1].session.new_key_package();
  const Bytes staple = missed_.made.messages()[0];  // in a staple
  parts_.stapled = {words, package, staple, {}};
  take();
  const auto rejected = reader().all<Rejected>();
  ASSERT_EQ(rejected.size(), 4u);
  EXPECT_EQ(rejected[0].error.code, errc::kInvalidContent);
  EXPECT_EQ(rejected[1].error.code, errc::kInvalidContent);
  EXPECT_FALSE(reader().heard("smuggled"));
  parts_.stapled.clear();
  parts_.commit = words;
  take();
  EXPECT_FALSE(reader().heard("smuggled"));
}

TEST_F(HostileStaple, TooManyAreRefusedAsAWhole) {
  const Bytes one = parts_.stapled[0];
  parts_.stapled.assign(Limits{}.stapled_messages + 1, one);
  EXPECT_EQ(reader().refusal(tls_codec::encode(parts_)).code, dmls::errc::kLimit);
  EXPECT_EQ(reader().session.epoch(missed_.mesh[1].group()), 1u);
}

TEST_F(HostileStaple, OneThatGivesTheSameTwiceIsTakenOnce) {
  parts_.stapled.insert(parts_.stapled.end(), parts_.stapled.begin(), parts_.stapled.end());
  take();
  EXPECT_EQ(reader().all<Advanced>().size(), 3u);
  EXPECT_TRUE(reader().all<Equivocation>().empty());
}

TEST_F(HostileStaple, NoTruncationIsAccepted) {
  const Bytes message = missed_.made.messages()[0];
  for (std::size_t n = 0; n < message.size(); n += 13)
    EXPECT_FALSE(reader().session.unprotect(BytesView(message).first(n)));
  EXPECT_EQ(reader().session.epoch(missed_.mesh[1].group()), 1u);
}

TEST_F(HostileStaple, WhateverIsFlippedTheTrueOneIsFollowedAfterwards) {
  std::mt19937_64 dice(3);
  const Bytes message = missed_.made.messages()[0];
  for (int i = 0; i < 200; ++i) {
    Bytes altered = message;
    for (int n = 0; n < 3; ++n) altered[dice() % altered.size()] ^= static_cast<std::uint8_t>(1 + dice() % 255);
    (void)reader().session.unprotect(altered);
  }
  reader().take(message);
  EXPECT_EQ(reader().session.epoch(missed_.mesh[0].group()), 2u);
  for (const std::size_t i : {1u, 3u}) missed_.mesh[i].take(message);
  missed_.mesh.expect_heard(0, "as before");
}

}  // namespace
}  // namespace dmls::sendgroup
