#include <dmls/storage/memory_store.h>

#include "store_contract.h"

namespace dmls::storage {
namespace {

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract,
                         testing::Values(NamedMaker{"memory", [] { return std::make_shared<MemoryStore>(); }}));

TEST(Keys, ComponentsComeBack) {
  const Bytes key = below(below(below({}, "g"), Bytes(255, 7)), std::uint64_t{258});
  const auto parts = components(key);
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 3u);
  EXPECT_EQ(to_bytes((*parts)[0]), Bytes{'g'});
  EXPECT_EQ((*parts)[1].size(), 255u);
  EXPECT_EQ(to_bytes((*parts)[2]), (Bytes{0, 0, 0, 0, 0, 0, 1, 2}));
  EXPECT_TRUE(components({})->empty());
}

TEST(Keys, WhatIsNoSequenceOfComponentsIsRefused) {
  for (const Bytes& key : {Bytes{1}, Bytes{2, 0}, Bytes{0, 3, 1, 1}}) {
    const auto parts = components(key);
    ASSERT_FALSE(parts);
    EXPECT_EQ(parts.error().code, errc::kMalformedKey);
  }
}

}  // namespace
}  // namespace dmls::storage
