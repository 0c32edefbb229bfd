// What a hostile header claims must not decide how much is allocated.

#include <dmls/base/hex.h>
#include <gtest/gtest.h>

#include "structs.h"
#include "support/count_allocations.h"

namespace dmls::tls_codec {
namespace {

using dmls::test::Allocations;

template <class T>
std::size_t octets_allocated_for(BytesView input) {
  const Allocations watch;
  (void)decode<T>(input);
  return watch.octets();
}

template <class T>
class ClaimedLength : public testing::Test {};
using Types = testing::Types<Bytes, SecretBytes, std::vector<std::uint8_t>, std::vector<std::uint64_t>,
                             std::vector<Bytes>, std::vector<std::vector<Bytes>>, std::vector<test::Sample>>;
TYPED_TEST_SUITE(ClaimedLength, Types);

TYPED_TEST(ClaimedLength, AllocatesNothingWhereTheOctetsAreNotThere) {
  for (int bit = 5; bit < 30; ++bit) {
    for (const std::size_t n : {(std::size_t{1} << bit) - 1, std::size_t{1} << bit, kMaxVectorLength}) {
      Counter size;
      write_varint(size, n);
      Bytes input(size.size() + 16);  // sixteen octets of content, all zero
      Writer writer(input);
      write_varint(writer, n);
      if (n <= 16) continue;
      EXPECT_EQ(octets_allocated_for<TypeParam>(input), 0u) << n;
    }
  }
}

TEST(NestedClaims, AllocateNothingEither) {
  // Each level claims all there could be, and the next one stands inside it.
  EXPECT_LE(octets_allocated_for<std::vector<std::vector<Bytes>>>(*from_hex("0cbffffffbbffffff7bffffff3")), 64u);
  EXPECT_LE(octets_allocated_for<std::vector<std::vector<Bytes>>>(*from_hex("08"
                                                                            "07"
                                                                            "bffffff3"
                                                                            "000000")),
            64u);
}

// The costliest input: every octet is an element (an empty inner vector). Growing by doubling allocates four times what
// is kept in the worst case.
TEST(TinyElements, CostAConstantTimesTheInput) {
  for (const std::size_t n : {1000u, 100000u}) {
    Bytes input(n + 4);
    Writer writer(input);
    write_varint(writer, n < 16384 ? n + 2 : n);
    EXPECT_LE(octets_allocated_for<std::vector<Bytes>>(input), 4 * sizeof(Bytes) * input.size()) << n;
    EXPECT_LE(octets_allocated_for<std::vector<std::vector<Bytes>>>(input), 4 * sizeof(Bytes) * input.size()) << n;
  }
}

TEST(Encoding, AllocatesItsExactSizeOnce) {
  const test::Sample sample = test::full_sample();
  const std::size_t size = encoded_size(sample);
  const Allocations watch;
  const Bytes octets = encode(sample);
  EXPECT_EQ(watch.octets(), size);
  EXPECT_EQ(octets.size(), size);
}

TEST(Measuring, AllocatesNothing) {
  const test::Sample sample = test::full_sample();
  const Allocations watch;
  (void)encoded_size(sample);
  EXPECT_EQ(watch.octets(), 0u);
}

}  // namespace
}  // namespace dmls::tls_codec
