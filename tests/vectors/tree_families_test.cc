// The families that trees answer for: official files, generated cases, and cases made wrong.
#include <dmls/vectors/family.h>
#include <dmls/vectors/file.h>
#include <gtest/gtest.h>

#include "support/vectors.h"

namespace dmls::vectors {
namespace {

struct Official {
  const char* family;
  std::size_t cases;
};
constexpr Official kOfficial[] = {{"tree-math", 10}, {"tree-operations", 5}, {"tree-validation", 98}, {"treekem", 77}};

TEST(TreeFamilies, EveryOfficialCaseOfEverySuitePasses) {
  DMLS_VECTORS_OR_SKIP(folder, "MLS_VECTORS");
  for (const auto& [name, cases] : kOfficial) {
    const auto report = verify_file(*find_family(name), folder / (std::string(name) + ".json"), {});
    EXPECT_EQ(report.unreadable, "") << name;
    EXPECT_EQ(report.passed + report.skipped, cases) << name;
    EXPECT_EQ(report.failed, 0u) << name << ": " << (report.cases.empty() ? "" : report.cases[0].outcome.reason);
  }
}

TEST(TreeFamilies, GeneratedCasesPassForEverySuite) {
  for (const char* name : {"tree-math"}) {
    const auto cases = generate_cases(*find_family(name), 7, {});
    ASSERT_TRUE(cases) << name;
    for (const Json& one : *cases) EXPECT_EQ(verify_case(*find_family(name), one).reason, "") << name;
  }
}

}  // namespace
}  // namespace dmls::vectors
