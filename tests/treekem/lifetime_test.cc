#include <dmls/treekem/lifetime.h>

#include <limits>

#include "treekem/leaf_forge.h"

namespace dmls::treekem {
namespace {

constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

TEST(Lifetime, BothEndsAreInside) {
  const Lifetime lifetime{1000, 2000};
  EXPECT_TRUE(fails(check_lifetime(lifetime, {.now = 999}), errc::kLifetime, "before the lifetime"));
  EXPECT_TRUE(succeeds(check_lifetime(lifetime, {.now = 1000})));
  EXPECT_TRUE(succeeds(check_lifetime(lifetime, {.now = 2000})));
  EXPECT_TRUE(fails(check_lifetime(lifetime, {.now = 2001}), errc::kLifetime, "after the lifetime"));
}

TEST(Lifetime, WithoutATimeNothingIsTooEarlyOrTooLate) { EXPECT_TRUE(succeeds(check_lifetime({1000, 2000}, {}))); }

TEST(Lifetime, OneThatEndsBeforeItBeginsIsRefusedAtAnyTime) {
  EXPECT_TRUE(fails(check_lifetime({2000, 1999}, {}), errc::kLifetime, "ends before it begins"));
  EXPECT_TRUE(fails(check_lifetime({kForever, 0}, {.now = 0}), errc::kLifetime, "ends before it begins"));
  EXPECT_TRUE(succeeds(check_lifetime({2000, 2000}, {.now = 2000})));
}

TEST(Lifetime, TheApplicationBoundsItsLength) {
  const LifetimePolicy policy{.now = 5000, .maximum_length = 100};
  EXPECT_TRUE(succeeds(check_lifetime({4950, 5050}, policy)));
  EXPECT_TRUE(fails(check_lifetime({4950, 5051}, policy), errc::kLifetime, "longer than the application accepts"));
  EXPECT_TRUE(fails(check_lifetime({0, kForever}, policy), errc::kLifetime, "longer than the application accepts"));
  EXPECT_TRUE(succeeds(check_lifetime({0, kForever}, {.now = kForever})));
}

TEST(Lifetime, StartsAnHourAgoAndNeverWrapsAround) {
  EXPECT_EQ(Lifetime::from_now(10000, 60), (Lifetime{6400, 10060}));
  EXPECT_EQ(Lifetime::from_now(10, 60), (Lifetime{0, 70}));
  EXPECT_EQ(Lifetime::from_now(10000, kForever), (Lifetime{6400, kForever}));
}

}  // namespace
}  // namespace dmls::treekem
