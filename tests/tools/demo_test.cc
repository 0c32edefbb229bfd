#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "program.h"

namespace dmls::tools::test {
namespace {

using nlohmann::json;

json run_demo() {
  // Other tests verify the official vectors, and still want to know where they are.
  const char* given = std::getenv("MLS_VECTORS");
  const std::string official = given == nullptr ? "" : given;
  unsetenv("MLS_VECTORS");
  const Finished run = dmls({"demo", "--json", "--seed", "5"});
  if (given != nullptr) setenv("MLS_VECTORS", official.c_str(), 1);
  EXPECT_EQ(run.status, 0) << run.err;
  return json::parse(run.out, nullptr, false);
}

TEST(Demo, TellsAConversationInWhichEverybodyAgrees) {
  const json report = run_demo();
  ASSERT_TRUE(report.is_object());
  EXPECT_EQ(report["done"], true);
  EXPECT_GE(report["agreements"].size(), 10u);
  for (const auto& one : report["agreements"]) EXPECT_EQ(one["agree"], true) << one["what"];
  const auto happened = [&](const char* who, const char* what) {
    return std::ranges::any_of(report["steps"], [&](const json& step) {
      return step["who"] == who && step["what"].get<std::string>().find(what) != std::string::npos;
    });
  };
  EXPECT_TRUE(happened("bob", "killed"));
  EXPECT_TRUE(happened("bob", "finds its state in SQLite"));
  EXPECT_TRUE(happened("dave", "external commit"));
  EXPECT_TRUE(happened("carol", "knows that it is out"));
  EXPECT_TRUE(happened("grace", "is back"));
}

TEST(Demo, IsTheSameForTheSameSeed) { EXPECT_EQ(run_demo()["agreements"], run_demo()["agreements"]); }

}  // namespace
}  // namespace dmls::tools::test
