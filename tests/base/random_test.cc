#include <dmls/base/hex.h>
#include <dmls/base/random.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace dmls {
namespace {

TEST(SeededRandom, RepeatsItselfForTheSameSeed) {
  SeededRandom a(7);
  SeededRandom b(7);
  for (const std::size_t n : {1u, 32u, 0u, 100u}) EXPECT_EQ(*a.bytes(n), *b.bytes(n));
}

TEST(SeededRandom, DiffersForAnotherSeed) {
  EXPECT_NE(*SeededRandom(1).bytes(32), *SeededRandom(2).bytes(32));
  EXPECT_NE(*SeededRandom(0).bytes(32), *SeededRandom(std::uint64_t{1} << 63).bytes(32));
}

TEST(SeededRandom, NeverRepeatsAnEarlierCall) {
  SeededRandom random(7);
  const Bytes first = *random.bytes(32);
  EXPECT_NE(first, *random.bytes(32));
}

// Vectors are generated from this stream: the octets are a promise. ChaCha20 (64-bit nonce), key = seed in
// little-endian order padded with zeros, nonce = number of the call; the first block of an all-zero key and nonce is
// well known.
TEST(SeededRandom, IsChaCha20KeyedByTheSeed) {
  EXPECT_EQ(to_hex(*SeededRandom(0).bytes(32)), "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7");
}

TEST(SeededRandom, DoesNotDependOnHowMuchEarlierCallsTook) {
  SeededRandom a(7);
  SeededRandom b(7);
  ASSERT_TRUE(a.bytes(1));
  ASSERT_TRUE(b.bytes(1000));
  EXPECT_EQ(*a.bytes(16), *b.bytes(16));
}

TEST(SystemRandom, FillsEveryOctet) {
  // After 64 draws, an octet that was never written would still be zero; by chance that happens once in 2^512 runs.
  SystemRandom random;
  std::array<std::uint8_t, 257> seen{};
  for (int i = 0; i < 64; ++i) {
    const Bytes drawn = *random.bytes(seen.size());
    for (std::size_t k = 0; k < seen.size(); ++k) seen[k] = static_cast<std::uint8_t>(seen[k] | drawn[k]);
  }
  EXPECT_EQ(std::ranges::count(seen, 0), 0);
}

TEST(SystemRandom, GivesAnEmptyAnswerToAnEmptyQuestion) { EXPECT_TRUE(SystemRandom().bytes(0)->empty()); }

// A source that has run dry.
class DryRandom final : public Random {
 public:
  Result<void> fill(std::span<std::uint8_t>) override { return fail(errc::kRandomFailed, "dry"); }
};

TEST(Random, PassesAFailureOn) {
  DryRandom random;
  EXPECT_EQ(random.bytes(4).error().code, errc::kRandomFailed);
  EXPECT_EQ(random.secret(4).error().code, errc::kRandomFailed);
}

}  // namespace
}  // namespace dmls
