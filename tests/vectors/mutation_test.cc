// A verifier is worth something if it notices. Every field of real cases is changed in turn (a digit, a missing octet,
// an octet too many, a number off by one, the field gone, a list emptied), and every change must fail the case.

#include <dmls/base/hex.h>
#include <dmls/vectors/family.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "support/vectors.h"

namespace dmls::vectors {
namespace {

using Pointer = Json::json_pointer;

// Where a change may go unnoticed, and why. "*" stands for any index of a list.
struct Exception {
  std::string_view family;
  std::string_view field;
  std::string_view reason;
};
constexpr std::string_view kUnusedPsk = "a PSK matters only if a commit or the Welcome names it";
constexpr auto kExceptions = std::to_array<Exception>({
    {"demls-message", "refused.*.dmls_message", "what is wrong already may be wrong in another way"},
    {"demls-passive-client", "messages.*", "a proposal matters only if a commit refers to it"},
    {"dimls-session", "messages.*", "a Welcome brings the secrets of others too, which the reader cannot open"},
    {"fork-choice", "candidates.*.authorised_remove", "matters only where it changes the order"},
    {"fork-choice", "candidates.*.commit", "decides only where all else is equal"},
    {"fork-choice", "candidates.*.confirmation_tag", "matters only where it changes the order"},
    {"fork-choice", "candidates.*.origin", "matters only where it changes the order"},
    {"passive-client-handling-commit", "epochs.*.proposals", "a proposal matters only if the commit refers to it"},
    {"passive-client-handling-commit", "epochs", "a client may follow for less long"},
    {"passive-client-handling-commit", "external_psks", kUnusedPsk},
    {"passive-client-handling-commit", "external_psks.*.psk", kUnusedPsk},
    {"passive-client-handling-commit", "external_psks.*.psk_id", kUnusedPsk},
    {"passive-client-random", "epochs.*.proposals", "a proposal matters only if the commit refers to it"},
    {"passive-client-random", "epochs", "a client may follow for less long"},
    {"passive-client-random", "external_psks", kUnusedPsk},
    {"passive-client-random", "external_psks.*.psk", kUnusedPsk},
    {"passive-client-random", "external_psks.*.psk_id", kUnusedPsk},
    {"passive-client-welcome", "epochs", "a client may follow for less long"},
    {"passive-client-welcome", "external_psks", kUnusedPsk},
    {"passive-client-welcome", "external_psks.*.psk", kUnusedPsk},
    {"passive-client-welcome", "external_psks.*.psk_id", kUnusedPsk},
    {"retention", "epochs.*.added.*", "another leaf, and the same history"},
    {"retention", "epochs.*.committer", "another member may be missing just as well"},
    {"retention", "epochs.*.parent", "the same commit may count elsewhere"},
    {"retention", "epochs.*.removed.*", "another member may go just as well"},
    {"secret-tree", "sender_data.ciphertext", "only its first Nh octets are looked at (RFC 9420 §6.3.2)"},
    {"tree-operations", "proposal", "an Add brings a whole KeyPackage, of which the tree keeps the leaf"},
    {"tree-operations", "proposal_sender", "only an Update depends on who sent it"},
    {"treekem", "leaves_private.*.path_secrets", "a member may know none, and then decrypts with its leaf key"},
});

// "/epochs/3/exporter/secret" becomes "epochs.*.exporter.secret".
std::string generalised(const Pointer& place) {
  std::string out;
  for (Pointer rest = place; !rest.empty(); rest.pop_back()) {
    std::string word = rest.back();
    if (word.find_first_not_of("0123456789") == std::string::npos) word = "*";
    out = out.empty() ? word : word + "." + out;
  }
  return out;
}

bool excepted(const Family& family, const Pointer& place) {
  const std::string field = generalised(place);
  return std::ranges::any_of(kExceptions,
                             [&](const Exception& e) { return e.family == family.name && e.field == field; });
}

// Every value below `json`, containers included.
void collect(const Json& json, const Pointer& here, std::vector<Pointer>& places) {
  if (!here.empty()) places.push_back(here);
  if (json.is_object()) {
    for (const auto& [name, member] : json.items()) collect(member, here / name, places);
  } else if (json.is_array()) {
    for (std::size_t i = 0; i < json.size(); ++i) collect(json[i], here / i, places);
  }
}

bool is_hex(const Json& value) {
  return value.is_string() && from_hex(value.get_ref<const std::string&>()).has_value();
}

struct Change {
  std::string what;
  Json vector;
};

// The first and the last octet stay as they are where there are more: Curve25519 and Curve448 ignore bits there.
std::size_t digit_to_flip(Random& random, std::size_t digits) {
  const std::size_t margin = digits > 8 ? 2 : 0;
  const Bytes drawn = *random.bytes(4);
  const std::size_t number = std::size_t{drawn[0]} << 16 | std::size_t{drawn[1]} << 8 | drawn[2];
  return margin + number % (digits - 2 * margin);
}

// `free_digits`: the family looks at structure only, so that another digit is another valid value.
std::vector<Change> changes(const Json& vector, const Pointer& place, bool free_digits, Random& random) {
  std::vector<Change> all;
  const auto change = [&](std::string what) -> Json& {
    all.push_back({std::move(what), vector});
    return all.back().vector[place];
  };
  const Json& value = vector[place];
  if (is_hex(value)) {
    const auto& digits = value.get_ref<const std::string&>();
    if (!digits.empty()) {
      if (!free_digits) {
        const std::size_t at = digit_to_flip(random, digits.size());
        char& digit = change("digit " + std::to_string(at) + " flipped").get_ref<std::string&>()[at];
        digit = digit == '0' ? '1' : '0';
      }
      change("last octet gone") = digits.substr(0, digits.size() - 2);
    }
    change("an octet too many") = digits + "00";
    change("not hexadecimal") = digits + "0x";
  }
  if (value.is_string()) change("a number instead of a string") = 1;
  if (place.back().ends_with("cipher_suite")) {
    const auto suite = value.get<unsigned>();
    change("a suite of other algorithms") = suite >= 4 && suite <= 6 ? 1 : 5;
    change("no suite") = 0x0a0a;
  } else if (value.is_number_unsigned()) {
    change("one more") = value.get<std::uint64_t>() + 1;
    change("negative") = -1;
  }
  if (value.is_array() && !value.empty()) change("emptied") = Json::array();
  if (!value.is_null() && !value.is_number()) change("null") = nullptr;
  const bool member = vector[place.parent_pointer()].is_object();
  if (member) {
    all.push_back({"missing", vector});
    all.back().vector[place.parent_pointer()].erase(place.back());
  }
  return all;
}

// Changes at most `limit` places of `vector`, spread evenly.
void expect_every_change_noticed(const Family& family, const Json& vector, std::size_t limit, Random& random) {
  std::vector<Pointer> places;
  collect(vector, Pointer(), places);
  std::erase_if(places, [&](const Pointer& place) { return excepted(family, place); });
  ASSERT_FALSE(places.empty());
  const std::size_t count = std::min(limit, places.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Pointer& place = places[i * places.size() / count];
    for (const auto& [what, changed] : changes(vector, place, family.name == "messages", random)) {
      const Outcome outcome = verify_case(family, changed);
      if (outcome.status != Status::failed) {
        ADD_FAILURE() << family.name << " " << place.to_string() << ": " << what << ", and it was not noticed";
      } else if (!outcome.reason.starts_with("field ")) {
        ADD_FAILURE() << family.name << " " << place.to_string() << ": " << what << ": " << outcome.reason;
      }
    }
  }
}

// Up to `count` cases of a list, spread evenly; the smallest come first in most files.
std::vector<Json> some(const Json& cases, std::size_t count) {
  std::vector<Json> out;
  const std::size_t n = std::min(count, cases.size());
  for (std::size_t i = 0; i < n; ++i) out.push_back(cases[i * cases.size() / n]);
  return out;
}

// How many cases of a family are changed, and in how many places. A passive client verifies a whole history each time.
struct Effort {
  std::size_t cases;
  std::size_t places;
};
Effort effort_for(const Family& family) {
  const auto runs = [](int full, int least) { return static_cast<std::size_t>(test::property_runs(full, least)); };
  if (family.name == "passive-client-random") return {1, runs(12, 3)};
  if (family.name.starts_with("passive-client") || family.name == "treekem") return {runs(7, 2), runs(60, 15)};
  return {runs(20, 2), runs(400, 40)};
}

// By name, so that a failed test says which family it was.
class EveryFamily : public testing::TestWithParam<std::string> {
 protected:
  const Family& family() const { return *find_family(GetParam()); }
};
class EveryOfficialFamily : public EveryFamily {};
class EveryGenerator : public EveryFamily {};

// The families that the MLS working group publishes files for.
constexpr auto kOfficial = std::to_array<std::string_view>(
    {"crypto-basics", "deserialization", "key-schedule", "message-protection", "messages",
     "passive-client-handling-commit", "passive-client-random", "passive-client-welcome", "psk_secret", "secret-tree",
     "transcript-hashes", "tree-math", "tree-operations", "tree-validation", "treekem", "welcome"});

std::vector<std::string> names(bool (*wanted)(const Family&)) {
  std::vector<std::string> all;
  for (const Family& family : families())
    if (wanted(family)) all.emplace_back(family.name);
  return all;
}
std::string test_name(const testing::TestParamInfo<std::string>& row) {
  std::string name = row.param;
  std::ranges::replace(name, '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Vectors, EveryFamily, testing::ValuesIn(names([](const Family&) { return true; })), test_name);
INSTANTIATE_TEST_SUITE_P(Vectors, EveryOfficialFamily, testing::ValuesIn(names([](const Family& f) {
                           return std::ranges::find(kOfficial, f.name) != kOfficial.end();
                         })),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Vectors, EveryGenerator,
                         testing::ValuesIn(names([](const Family& f) { return f.generate != nullptr; })), test_name);

TEST_P(EveryOfficialFamily, NoticesEveryChange) {
  DMLS_VECTORS_OR_SKIP(official, "MLS_VECTORS");
  bool any = false;
  SeededRandom random(1);
  for (const auto& entry : std::filesystem::directory_iterator(official)) {
    if (entry.path().extension() != ".json" || family_of_stem(entry.path().stem().string()) != &family()) continue;
    any = true;
    const Effort effort = effort_for(family());
    for (const Json& vector : some(test::load_json(entry.path()), effort.cases)) {
      ASSERT_EQ(verify_case(family(), vector).reason, "") << "unchanged";
      expect_every_change_noticed(family(), vector, effort.places, random);
    }
  }
  EXPECT_TRUE(any) << "no file of this family in MLS_VECTORS";
}

TEST_P(EveryGenerator, NoticesEveryChange) {
  SeededRandom random(2);
  const auto cases = generate_cases(family(), 3, {});
  ASSERT_TRUE(cases);
  const Effort effort = effort_for(family());
  for (const Json& vector : some(*cases, effort.cases)) {
    ASSERT_EQ(verify_case(family(), vector).reason, "") << "unchanged";
    expect_every_change_noticed(family(), vector, effort.places, random);
  }
}

TEST_P(EveryFamily, SurvivesWhatIsNoVectorAtAll) {
  for (const char* text :
       {"null", "7", "\"\"", "[]", "{}", "[[]]", R"({"cipher_suite": 1})", R"({"cipher_suite": 99})"}) {
    const Outcome outcome = verify_case(family(), Json::parse(text));
    EXPECT_EQ(outcome.status, Status::failed) << text;
    EXPECT_NE(outcome.reason, "") << text;
  }
}

TEST_P(EveryGenerator, GeneratesTheSameCasesFromTheSameSeed) {
  const auto first = generate_cases(family(), 3, {});
  ASSERT_TRUE(first);
  EXPECT_EQ(*first, *generate_cases(family(), 3, {}));
  const bool random = family().name != "tree-math";  // tree sizes, and what follows from them
  EXPECT_EQ(*first == *generate_cases(family(), 4, {}), !random);
}

TEST_P(EveryGenerator, VerifiesWhatItGenerates) {
  for (const std::uint64_t seed : {0U, 1U, 2U}) {
    const auto cases = generate_cases(family(), seed, {});
    ASSERT_TRUE(cases);
    EXPECT_FALSE(cases->empty());
    for (const Json& vector : *cases) EXPECT_EQ(verify_case(family(), vector).reason, "");
  }
}

}  // namespace
}  // namespace dmls::vectors
