// The families that the keyschedule layer answers for: official files, generated cases, and cases made wrong.
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
constexpr Official kOfficial[] = {
    {"key-schedule", 7}, {"psk_secret", 77}, {"secret-tree", 21}, {"transcript-hashes", 7}};

TEST(KeyScheduleFamilies, EveryOfficialCaseOfEverySuitePasses) {
  DMLS_VECTORS_OR_SKIP(folder, "MLS_VECTORS");
  for (const auto& [name, cases] : kOfficial) {
    const auto report = verify_file(*find_family(name), folder / (std::string(name) + ".json"), {});
    EXPECT_EQ(report.unreadable, "") << name;
    EXPECT_EQ(report.passed + report.skipped, cases) << name;
    EXPECT_EQ(report.failed, 0u) << name << ": " << (report.cases.empty() ? "" : report.cases[0].outcome.reason);
  }
}

TEST(KeyScheduleFamilies, GeneratedCasesPassForEverySuite) {
  for (const char* name : {"key-schedule", "psk_secret", "secret-tree"}) {
    const auto cases = generate_cases(*find_family(name), 7, {});
    ASSERT_TRUE(cases) << name;
    for (const Json& one : *cases) EXPECT_EQ(verify_case(*find_family(name), one).reason, "") << name;
  }
}

Outcome verify(const char* family, const Json& vector) { return verify_case(*find_family(family), vector); }

Json generated(const char* family, std::size_t index) {
  const crypto::CipherSuiteId suite[] = {crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519};
  const auto cases = generate_cases(*find_family(family), 1, suite);
  return (*cases)[index];
}

TEST(KeyScheduleFamilies, APskSecretDependsOnTheOrderOfThePsks) {
  Json vector = generated("psk_secret", 3);
  std::swap(vector["psks"][0], vector["psks"][1]);
  EXPECT_EQ(verify("psk_secret", vector).reason.substr(0, 17), "field psk_secret:");
}

TEST(KeyScheduleFamilies, APskNonceOfAnotherSizeFails) {
  Json vector = generated("psk_secret", 3);
  vector["psks"][1]["psk_nonce"] = std::string(vector["psks"][1]["psk_nonce"]) + "00";
  EXPECT_EQ(verify("psk_secret", vector).status, Status::failed);
}

TEST(KeyScheduleFamilies, EpochsFollowOneAnother) {
  Json vector = generated("key-schedule", 0);
  vector["epochs"].erase(0);
  EXPECT_EQ(verify("key-schedule", vector).status, Status::failed);
}

TEST(KeyScheduleFamilies, AnExporterLengthBeyondTheKdfFailsInsteadOfEndingTheProgram) {
  Json vector = generated("key-schedule", 0);
  for (const std::uint32_t length : {8161u, 65535u, 65536u, 0xffffffffu}) {
    vector["epochs"][0]["exporter"]["length"] = length;
    EXPECT_NE(verify("key-schedule", vector).reason.find("epochs[0].exporter.length"), std::string::npos);
  }
}

TEST(KeyScheduleFamilies, TwoGenerationsOutOfOrderPassAndTheSameTwiceFails) {
  Json vector = generated("secret-tree", 1);
  std::swap(vector["leaves"][3][0], vector["leaves"][3][1]);
  EXPECT_EQ(verify("secret-tree", vector).reason, "");
  vector["leaves"][3][0] = vector["leaves"][3][1];
  EXPECT_NE(verify("secret-tree", vector).reason.find("leaves[3][1]"), std::string::npos);
}

TEST(KeyScheduleFamilies, AGenerationFarBeyondTheWindowFails) {
  Json vector = generated("secret-tree", 1);
  vector["leaves"][0][0]["generation"] = 0xffffffffu;
  EXPECT_EQ(verify("secret-tree", vector).status, Status::failed);
}

TEST(KeyScheduleFamilies, AnAuthenticatedContentIsRefusedWhereItIsCutOrIsNoCommit) {
  DMLS_VECTORS_OR_SKIP(folder, "MLS_VECTORS");
  const Json file = test::load_json(folder / "transcript-hashes.json");
  const std::string whole = file[0]["authenticated_content"];
  for (std::size_t octets = 0; octets < whole.size() / 2; ++octets) {
    Json cut = file[0];
    cut["authenticated_content"] = whole.substr(0, 2 * octets);
    EXPECT_EQ(verify("transcript-hashes", cut).status, Status::failed) << octets;
  }
  // wire_format, sender_type, content_type
  const std::size_t content_type = 2 * (2 + 6 + 8 + 1 + 4 + 1);
  ASSERT_EQ(whole.substr(content_type, 2), "03");
  for (const std::size_t place : {std::size_t{2}, std::size_t{2 * 16}, content_type}) {
    Json other = file[0];
    other["authenticated_content"] = std::string(whole).replace(place, 2, "07");
    EXPECT_EQ(verify("transcript-hashes", other).status, Status::failed) << place;
  }
}

}  // namespace
}  // namespace dmls::vectors
