#include <dmls/crypto_testing/cheap_provider.h>
#include <dmls/sim/mesh.h>
#include <gtest/gtest.h>

#include "support/vectors.h"

namespace dmls::sim {
namespace {

MeshOptions cheap(std::size_t members, std::uint64_t seed) {
  MeshOptions options;
  options.members = members;
  options.seed = seed;
  options.provider = &crypto_testing::cheap_provider();
  return options;
}

TEST(Mesh, EverybodyUpdatesAndImportsInTwoCommitsEach) {
  for (const std::size_t members : {2u, 5u, 8u}) {
    const auto result = simulate_mesh(cheap(members, 1));
    EXPECT_TRUE(result.violations.empty()) << result.violations.front();
    EXPECT_EQ(result.handshake.broadcasts, 2 * members);
    EXPECT_EQ(result.updates, members);
    EXPECT_EQ(result.edges, members * (members - 1));
  }
}

TEST(Mesh, LossDisorderAndAbsenceEndInAgreement) {
  for (int i = 0; i < test::property_runs(500, 10); ++i) {
    auto options = cheap(3 + static_cast<std::size_t>(i) % 7, static_cast<std::uint64_t>(i));
    options.loss = i % 3 == 0 ? 0.4 : 0.1;
    options.reorder = i % 2 == 0 ? 0.5 : 0;
    options.offline = static_cast<std::size_t>(i) % 3;
    options.updates = 3;
    options.batch = 1 + static_cast<std::size_t>(i) % 3;
    const auto result = simulate_mesh(options);
    ASSERT_TRUE(result.violations.empty()) << "seed " << i << ": " << result.violations.front();
  }
}

TEST(Mesh, AStolenStateIsOfNoUseAfterEverybodyHasImportedTheVictimsUpdate) {
  const auto result = simulate_mesh(cheap(6, 2));
  ASSERT_TRUE(result.healed_after);
  EXPECT_GT(result.read_by_thief, 0u);
  EXPECT_GE(result.unread_by_thief, 6u);  // what everybody says at the end, at least
}

TEST(Mesh, WithoutUpdatesAStolenStateReadsOn) {
  auto options = cheap(4, 2);
  options.updates = 0;
  const auto result = simulate_mesh(options);
  EXPECT_EQ(result.read_by_thief, 3u);  // all but what the victim itself says
}

TEST(Mesh, ASeedReproducesARun) {
  auto options = cheap(5, 9);
  options.loss = 0.2;
  const auto first = simulate_mesh(options);
  const auto second = simulate_mesh(options);
  EXPECT_EQ(first.steps, second.steps);
  EXPECT_EQ(first.handshake.octets_sent, second.handshake.octets_sent);
  EXPECT_EQ(first.served, second.served);
}

TEST(Mesh, TheReportDrawsEveryEpoch) {
  const auto result = simulate_mesh(cheap(3, 1));
  const std::string page = mesh_report(result);
  std::size_t circles = 0;
  for (std::size_t at = page.find("<circle"); at != std::string::npos; at = page.find("<circle", at + 1)) ++circles;
  EXPECT_EQ(circles, result.epochs.size());
}

}  // namespace
}  // namespace dmls::sim
