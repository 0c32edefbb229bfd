// dmls vectors, for every family and cipher suite: the same seed gives the same octets, they hold, and one digit that
// is another one is noticed.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "program.h"
#include "support/temporary_folder.h"
#include "support/vectors.h"

namespace dmls::tools::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Pointer = json::json_pointer;

// Fields where another digit may be just as right; tests/vectors/mutation_test.cc says why.
constexpr auto kFree = std::to_array<std::string_view>(
    {"cipher_suite", "refused", "proposals", "external_psks", "proposal", "proposal_sender", "leaves_private",
     "ciphertext", "candidates", "messages/", "added", "removed", "committer", "parent", "rule"});

bool is_free(const std::string& family, const Pointer& place) {
  const std::string path = place.to_string() + "/";
  if (family == "demls-message" && path.find("/messages/") != std::string::npos) return false;
  if (family == "fork-choice") return path.find("/ticket/") == std::string::npos;
  return std::any_of(kFree.begin(), kFree.end(),
                     [&](std::string_view word) { return path.find("/" + std::string(word)) != std::string::npos; });
}

void collect(const json& value, const Pointer& here, const std::string& family, std::vector<Pointer>& out) {
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) collect(member, here / name, family, out);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) collect(value[i], here / i, family, out);
  } else if (!is_free(family, here) && (value.is_number_unsigned() || (value.is_string() && value.size() > 0))) {
    if (value.is_string() && value.get_ref<const std::string&>().size() < 16) return;
    out.push_back(here);
  }
}

// Flips one digit of one case, and says where.
std::string flip(json& cases, const std::string& family, std::mt19937& dice) {
  json& some = cases[dice() % cases.size()];
  std::vector<Pointer> places;
  collect(some, Pointer(), family, places);
  // What is looked at for its structure alone begins with a version.
  if (family == "messages")
    std::erase_if(places, [](const Pointer& place) { return !place.back().starts_with("mls_"); });
  if (places.empty()) return "";
  const Pointer place = places[dice() % places.size()];
  json& value = some[place];
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    value = number % 10 == 9 ? number - 1 : number + 1;
    return place.to_string();
  }
  auto& digits = value.get_ref<std::string&>();
  // Neither the first octet nor the last: Curve25519 and Curve448 ignore bits there.
  const std::size_t at = family == "messages" ? 3 : 2 + dice() % (digits.size() - 4);
  digits[at] = digits[at] == '0' ? '1' : '0';
  return place.to_string() + ", digit " + std::to_string(at);
}

class EveryFamily : public testing::Test {
 protected:
  std::string generate(const std::string& family, unsigned suite, const char* into) {
    std::vector<std::string> arguments{"vectors", "generate", "--type", family,
                                       "--seed",  "7",        "--out",  (folder_ / into).string()};
    if (suite != 0) arguments.insert(arguments.end(), {"--suite", std::to_string(suite)});
    const Finished run = dmls(arguments);
    EXPECT_EQ(run.status, 0) << run.err;
    std::ostringstream text;
    text << std::ifstream(folder_ / into / (family + ".json")).rdbuf();
    return text.str();
  }

  dmls::test::TemporaryFolder own_;
  fs::path folder_ = own_.path();
};

TEST_F(EveryFamily, IsTheSameTwiceHoldsAndNoticesAFlippedDigit) {
  const json list = json::parse(dmls({"vectors", "list", "--json"}).out, nullptr, false);
  ASSERT_TRUE(list.is_object());
  struct Pair {
    std::string family;
    unsigned suite;  // 0: the family has none
  };
  std::vector<Pair> pairs;
  for (const auto& each : list["families"]) {
    const std::string family = each["family"];
    const bool has_suites = family != "tree-math" && family != "deserialization" && family != "retention";
    for (unsigned suite = has_suites ? 1 : 0; suite <= (has_suites ? 7u : 0u); ++suite)
      pairs.push_back({family, suite});
  }
  ASSERT_GE(pairs.size(), 25u);

  const auto wanted = static_cast<std::size_t>(dmls::test::property_runs(static_cast<int>(pairs.size()), 6));
  std::mt19937 dice(7);
  std::shuffle(pairs.begin(), pairs.end(), dice);
  std::size_t identical = 0, accepted = 0, refused = 0;
  for (std::size_t i = 0; i < wanted; ++i) {
    const auto& [family, suite] = pairs[i];
    SCOPED_TRACE(family + ", suite " + std::to_string(suite));
    const std::string one = generate(family, suite, "one");
    identical += one == generate(family, suite, "two") ? 1 : 0;
    accepted += dmls({"vectors", "verify", (folder_ / "one" / (family + ".json")).string()}).status == 0 ? 1 : 0;
    json cases = json::parse(one, nullptr, false);
    ASSERT_TRUE(cases.is_array() && !cases.empty());
    const std::string where = flip(cases, family, dice);
    ASSERT_FALSE(where.empty());
    const std::string changed = (folder_ / (family + ".json")).string();
    std::ofstream(changed) << cases.dump();
    const Finished run = dmls({"vectors", "verify", changed});
    EXPECT_EQ(run.status, 1) << where << "\n" << run.err;
    refused += run.status == 1 ? 1 : 0;
  }
  std::printf("%zu of %zu pairs of family and suite: %zu identical, %zu accepted, %zu refused with one digit flipped\n",
              wanted, pairs.size(), identical, accepted, refused);
  EXPECT_EQ(identical, wanted);
  EXPECT_EQ(accepted, wanted);
  EXPECT_EQ(refused, wanted);
}

}  // namespace
}  // namespace dmls::tools::test
