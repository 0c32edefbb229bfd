// The federated example, over many seeds. A seed that fails replays exactly: dmls simulate federation --seed N.

#include <dmls/sim/federation.h>
#include <gtest/gtest.h>

#include "support/vectors.h"

namespace dmls::sim {
namespace {

FederationOptions small(std::uint64_t seed) {
  FederationOptions out;
  out.servers = 2 + static_cast<std::uint32_t>(seed % 6);
  out.clients = 3 + static_cast<std::uint32_t>(seed % 11);
  out.netsplits = static_cast<std::uint32_t>(seed % 5);
  out.loss = static_cast<double>(seed % 4) * 0.05;
  out.steps = 200;
  out.seed = seed;
  out.cheap = true;
  return out;
}

TEST(Federation, KeepsEveryInvariantOverManySeeds) {
  const int seeds = test::property_runs(1000, 8);
  std::uint64_t forks = 0, nested = 0, agreeing = 0, restarts = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    const auto result = simulate_federation(small(static_cast<std::uint64_t>(seed)));
    ASSERT_TRUE(result);
    for (const auto& violation : result->violations) ADD_FAILURE() << "seed " << seed << ", " << violation;
    EXPECT_EQ(result->members_agreeing, result->members_at_end) << "seed " << seed;
    EXPECT_GT(result->members_at_end, 0u);
    forks += result->forks;
    nested += result->splits_within_splits;
    agreeing += result->members_agreeing;
    restarts += result->restarts;
  }
  // The runs are about something.
  EXPECT_GT(forks, 0u);
  EXPECT_GT(nested, 0u);
  EXPECT_GT(agreeing, 0u);
  EXPECT_GT(restarts, 0u);
}

// Here a commit was once given up in the very step in which it was agreed upon; all clients followed it, deleted its
// parent, and the servers went back to epochs that nobody held.
TEST(Federation, NeverGoesBackBehindAnEpochThatSomebodyEntered) {
  const auto result = *simulate_federation(small(24));
  for (const auto& violation : result.violations) ADD_FAILURE() << violation;
  EXPECT_EQ(result.members_agreeing, result.members_at_end);
  EXPECT_LT(result.commits_rejected, 5u);
}

TEST(Federation, KeepsEveryInvariantWithRealCryptography) {
  for (int seed = 0; seed < test::property_runs(50, 2); ++seed) {
    auto options = small(1000 + static_cast<std::uint64_t>(seed));
    options.cheap = false;
    options.steps = 80;
    const auto result = simulate_federation(options);
    ASSERT_TRUE(result);
    for (const auto& violation : result->violations) ADD_FAILURE() << "seed " << options.seed << ", " << violation;
  }
}

TEST(Federation, NoticesAClientThatChoosesOtherwise) {
  std::size_t noticed = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    auto options = small(seed);
    options.contrary = true;
    options.churn = false;
    const auto result = *simulate_federation(options);
    noticed += result.violations.empty() && result.joined_again == 0 ? 0 : 1;
  }
  EXPECT_GT(noticed, 0u);
}

TEST(Federation, ReplaysExactlyFromItsSeed) {
  const auto once = *simulate_federation(small(7)), again = *simulate_federation(small(7));
  EXPECT_EQ(once.final_epoch, again.final_epoch);
  EXPECT_EQ(federation_report(once), federation_report(again));
  EXPECT_NE(once.final_epoch, simulate_federation(small(8))->final_epoch);
}

TEST(Federation, NeverForksWithoutNetsplitsOutagesAndLoss) {
  auto options = small(3);
  options.servers = 1;  // one server cannot disagree with itself
  const auto result = *simulate_federation(options);
  EXPECT_EQ(result.forks, 0u);
  EXPECT_TRUE(result.violations.empty());
}

TEST(Federation, RefusesOptionsThatMakeNoSense) {
  FederationOptions none;
  none.servers = 0;
  EXPECT_FALSE(simulate_federation(none));
  FederationOptions lossy;
  lossy.loss = 1.5;
  EXPECT_FALSE(simulate_federation(lossy));
}

TEST(Federation, ReportsWithoutLoadingAnything) {
  const std::string page = federation_report(*simulate_federation(small(4)));
  EXPECT_EQ(page.rfind("<!DOCTYPE html>", 0), 0u);
  for (const char* outside : {"http", "src=", "href", "url(", "@import"})
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
}

}  // namespace
}  // namespace dmls::sim
