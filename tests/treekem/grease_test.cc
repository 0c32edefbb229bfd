#include <dmls/treekem/grease.h>

#include <algorithm>
#include <set>

#include "support/vectors.h"
#include "treekem/leaf_forge.h"

namespace dmls::treekem {
namespace {

template <class T>
std::vector<T> without_grease(std::vector<T> list) {
  std::erase_if(list, [](T v) { return is_grease(static_cast<std::uint16_t>(v)); });
  return list;
}

TEST(Grease, HasTheFifteenValuesOfTheRegistry) {
  std::set<std::uint16_t> values;
  for (unsigned i = 0; i < 0x10000; ++i)
    if (is_grease(static_cast<std::uint16_t>(i))) values.insert(static_cast<std::uint16_t>(i));
  EXPECT_EQ(values, (std::set<std::uint16_t>{0x0a0a, 0x1a1a, 0x2a2a, 0x3a3a, 0x4a4a, 0x5a5a, 0x6a6a, 0x7a7a, 0x8a8a,
                                             0x9a9a, 0xaaaa, 0xbaba, 0xcaca, 0xdada, 0xeaea}));
}

TEST(Grease, IsAddedToTheFourListsAndChangesNothingElse) {
  SeededRandom random(3);
  const Capabilities own = default_capabilities();
  std::set<std::uint16_t> seen;
  for (int run = 0; run < 200; ++run) {
    const auto sent = with_grease(own, random);
    ASSERT_TRUE(succeeds(sent));
    EXPECT_EQ(sent->versions, own.versions);
    EXPECT_EQ(sent->cipher_suites.size(), own.cipher_suites.size() + 1);
    EXPECT_EQ(sent->extensions.size(), own.extensions.size() + 1);
    EXPECT_EQ(sent->proposals.size(), own.proposals.size() + 1);
    EXPECT_EQ(sent->credentials.size(), own.credentials.size() + 1);
    EXPECT_EQ(without_grease(sent->cipher_suites), own.cipher_suites);
    EXPECT_EQ(without_grease(sent->extensions), own.extensions);
    EXPECT_EQ(without_grease(sent->proposals), own.proposals);
    EXPECT_EQ(without_grease(sent->credentials), own.credentials);
    seen.insert(static_cast<std::uint16_t>(sent->proposals.front()));
  }
  EXPECT_EQ(seen.size(), 15u) << "not every value is used";
}

TEST(Grease, AnExtensionIsAddedAndItsTypeListed) {
  SeededRandom random(4);
  const ExtensionList own = {make_extension(ApplicationId{{1}}), {kUnknownExtension, {2}}};
  for (int run = 0; run < 100; ++run) {
    Capabilities capabilities = default_capabilities();
    const auto sent = with_grease(own, &capabilities, random);
    ASSERT_TRUE(succeeds(sent));
    ASSERT_EQ(sent->size(), 3u);
    EXPECT_TRUE(succeeds(check_extensions(*sent)));
    const auto added = std::find_if(sent->begin(), sent->end(), [](const Extension& e) {
      return is_grease(static_cast<std::uint16_t>(e.extension_type));
    });
    ASSERT_NE(added, sent->end());
    EXPECT_TRUE(capabilities.supports(added->extension_type));
    EXPECT_LE(added->extension_data.size(), 15u);
  }
}

TEST(Grease, NoTypeIsPutIntoAListTwice) {
  SeededRandom random(5);
  ExtensionList list;
  Capabilities capabilities;
  for (int i = 0; i < 20; ++i) {
    auto next = with_grease(list, &capabilities, random);
    ASSERT_TRUE(succeeds(next));
    list = *std::move(next);
    EXPECT_TRUE(succeeds(check_extensions(list)));
  }
  EXPECT_EQ(list.size(), 15u);
  EXPECT_EQ(capabilities.extensions.size(), 15u);
}

TEST(Grease, AFailedRandomSourceIsReported) {
  class Broken final : public Random {
    Result<void> fill(std::span<std::uint8_t>) override { return fail(dmls::errc::kRandomFailed, "no entropy"); }
  } broken;
  EXPECT_TRUE(fails(with_grease(Capabilities{}, broken), dmls::errc::kRandomFailed, "no entropy"));
  EXPECT_TRUE(fails(with_grease(ExtensionList{}, nullptr, broken), dmls::errc::kRandomFailed, "no entropy"));
}

}  // namespace
}  // namespace dmls::treekem
