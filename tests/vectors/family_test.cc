#include <dmls/vectors/family.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace dmls::vectors {
namespace {

TEST(Families, StandInOrderOfTheirNamesAndSayWhatDefinesThem) {
  const auto all = families();
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &Family::name));
  for (const Family& family : all) {
    EXPECT_NE(family.verify, nullptr) << family.name;
    EXPECT_FALSE(family.section.empty()) << family.name;
  }
}

TEST(FamilyOfStem, IsTheFamilyOfThatName) {
  ASSERT_NE(family_of_stem("deserialization"), nullptr);
  EXPECT_EQ(family_of_stem("deserialization")->name, "deserialization");
}

TEST(FamilyOfStem, AcceptsASuffixAfterAHyphen) {
  ASSERT_NE(family_of_stem("deserialization-large"), nullptr);
  EXPECT_EQ(family_of_stem("deserialization-large")->name, "deserialization");
}

TEST(FamilyOfStem, DoesNotGuess) {
  EXPECT_EQ(family_of_stem("deserializations"), nullptr);
  EXPECT_EQ(family_of_stem("deserializatio"), nullptr);
  EXPECT_EQ(family_of_stem(""), nullptr);
}

}  // namespace
}  // namespace dmls::vectors
