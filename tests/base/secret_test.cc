#include <dmls/base/secret.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace dmls {
namespace {

SecretBytes counting(std::size_t n) {
  SecretBytes s(n);
  for (std::size_t i = 0; i < n; ++i) s.expose_mut()[i] = static_cast<std::uint8_t>(i + 1);
  return s;
}

bool counts(const SecretBytes& s, std::size_t n) {
  if (s.size() != n) return false;
  for (std::size_t i = 0; i < n; ++i)
    if (s.expose()[i] != static_cast<std::uint8_t>(i + 1)) return false;
  return true;
}

// Sizes on both sides of the limit up to which a secret lives inside its object.
class SecretBytesOfSize : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Sizes, SecretBytesOfSize, testing::Values(0, 1, 32, 63, 64, 65, 66, 128, 5000));

TEST_P(SecretBytesOfSize, IsBornZero) {
  const SecretBytes s(GetParam());
  EXPECT_EQ(s.size(), GetParam());
  EXPECT_TRUE(std::ranges::all_of(s.expose(), [](auto o) { return o == 0; }));
}

TEST_P(SecretBytesOfSize, CopiesTheOctetsItIsGiven) {
  const SecretBytes s = counting(GetParam());
  EXPECT_TRUE(counts(SecretBytes(s.expose()), GetParam()));
}

TEST_P(SecretBytesOfSize, MovesAndLeavesAnEmptySecret) {
  SecretBytes from = counting(GetParam());
  SecretBytes to = std::move(from);
  EXPECT_TRUE(counts(to, GetParam()));
  EXPECT_EQ(from.size(), 0u);  // NOLINT(bugprone-use-after-move): what is left behind is the point
  EXPECT_TRUE(from.empty());
}

TEST_P(SecretBytesOfSize, MoveAssignsOverEverySize) {
  for (const std::size_t before : {0u, 64u, 65u}) {
    SecretBytes to = counting(before);
    SecretBytes from = counting(GetParam());
    to = std::move(from);
    EXPECT_TRUE(counts(to, GetParam()));
    EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move)
  }
}

TEST_P(SecretBytesOfSize, SurvivesAssignmentToItself) {
  SecretBytes s = counting(GetParam());
  SecretBytes& same = s;
  s = std::move(same);
  EXPECT_TRUE(counts(s, GetParam()));
}

TEST_P(SecretBytesOfSize, ClonesIndependently) {
  SecretBytes s = counting(GetParam());
  const SecretBytes twin = s.clone();
  s.wipe();
  EXPECT_TRUE(s.empty());
  EXPECT_TRUE(counts(twin, GetParam()));
}

TEST_P(SecretBytesOfSize, IsUnequalAfterAnyChange) {
  const SecretBytes s = counting(GetParam());
  EXPECT_TRUE(s == s.clone());
  for (std::size_t i = 0; i < s.size(); i += 7) {
    SecretBytes other = s.clone();
    other.expose_mut()[i] ^= 0x80;
    EXPECT_FALSE(s == other) << i;
  }
  EXPECT_FALSE(s == counting(GetParam() + 1));
}

// The memory of an object that lived in `place` and is gone.
bool holds(const unsigned char* place, std::size_t size, BytesView octets) {
  return std::search(place, place + size, octets.begin(), octets.end()) != place + size;
}

TEST(SecretBytes, LeavesNothingBehindWhereItLived) {
  const SecretBytes pattern = counting(48);
  alignas(SecretBytes) unsigned char place[sizeof(SecretBytes)];
  auto* s = new (place) SecretBytes(pattern.expose());
  ASSERT_TRUE(holds(place, sizeof place, pattern.expose()));
  s->~SecretBytes();
  EXPECT_FALSE(holds(place, sizeof place, pattern.expose().first(4)));
}

TEST(SecretBytes, LeavesNothingBehindWhereItMovedFrom) {
  const SecretBytes pattern = counting(48);
  alignas(SecretBytes) unsigned char place[sizeof(SecretBytes)];
  auto* s = new (place) SecretBytes(pattern.expose());
  const SecretBytes moved = std::move(*s);
  EXPECT_FALSE(holds(place, sizeof place, pattern.expose().first(4)));
  EXPECT_TRUE(counts(moved, 48));
  s->~SecretBytes();
}

TEST(SecretBytes, DoesNotMoveItsOctetsWhenTheyLiveOnTheHeap) {
  SecretBytes s = counting(100);
  const auto* where = s.expose().data();
  const SecretBytes moved = std::move(s);
  EXPECT_EQ(moved.expose().data(), where);
}

TEST(ConstantTimeEqual, ComparesLengthAndContent) {
  const Bytes a{1, 2, 3};
  EXPECT_TRUE(constant_time_equal(a, Bytes{1, 2, 3}));
  EXPECT_FALSE(constant_time_equal(a, Bytes{1, 2, 4}));
  EXPECT_FALSE(constant_time_equal(a, Bytes{0, 2, 3}));
  EXPECT_FALSE(constant_time_equal(a, Bytes{1, 2}));
  EXPECT_FALSE(constant_time_equal(a, {}));
  EXPECT_TRUE(constant_time_equal({}, {}));
}

TEST(SecureWipe, ZeroesWhatItIsGivenAndNoMore) {
  Bytes octets(16, 0xff);
  secure_wipe(octets.data() + 4, 8);
  for (std::size_t i = 0; i < octets.size(); ++i) EXPECT_EQ(octets[i], i >= 4 && i < 12 ? 0 : 0xff) << i;
  secure_wipe(nullptr, 0);
}

TEST(Secret, KeepsItsOctetsUntilItGivesThemUp) {
  Secret<struct SomeRole> s(counting(32));
  EXPECT_EQ(s.size(), 32u);
  EXPECT_TRUE(s == s.clone());
  const SecretBytes octets = std::move(s).into_bytes();
  EXPECT_TRUE(counts(octets, 32));
  EXPECT_TRUE(s.empty());  // NOLINT(bugprone-use-after-move)
}

}  // namespace
}  // namespace dmls
