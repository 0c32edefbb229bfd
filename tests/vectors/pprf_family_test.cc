// The families of the puncturable PRF: generated cases, and cases made wrong in ways that a single digit cannot show.
#include <dmls/vectors/family.h>
#include <gtest/gtest.h>

#include "support/vectors.h"

namespace dmls::vectors {
namespace {

Outcome verify(const char* family, const Json& vector) { return verify_case(*find_family(family), vector); }

Json generated(const char* family) {
  const crypto::CipherSuiteId suite[] = {crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519};
  return (*generate_cases(*find_family(family), 1, suite))[0];
}

TEST(PprfFamilies, GeneratedCasesPassForEverySuite) {
  for (const char* name : {"pprf", "safe-exporter"}) {
    const auto cases = generate_cases(*find_family(name), 7, {});
    ASSERT_TRUE(cases) << name;
    ASSERT_GE(cases->size(), 5u);
    for (const Json& one : *cases) EXPECT_EQ(verify(name, one).reason, "") << name;
  }
}

TEST(PprfFamilies, GeneratedInputsCoverTheEdges) {
  const Json inputs = generated("pprf")["evaluations"];
  EXPECT_EQ(inputs[0]["input"], std::string(64, '0'));
  EXPECT_EQ(inputs[1]["input"], std::string(64, 'f'));
  const std::string base = inputs[2]["input"], closest = inputs[5]["input"];
  EXPECT_EQ(base.substr(0, 63), closest.substr(0, 63));
  EXPECT_NE(base, closest);
}

TEST(PprfFamilies, TheOrderOfEvaluationsShowsInTheNodeCounts) {
  Json vector = generated("pprf");
  std::swap(vector["evaluations"][2], vector["evaluations"][5]);
  EXPECT_EQ(verify("pprf", vector).status, Status::failed);
}

TEST(PprfFamilies, ARepeatedInputFails) {
  Json vector = generated("pprf");
  vector["evaluations"].push_back(vector["evaluations"][0]);
  EXPECT_EQ(verify("pprf", vector).status, Status::failed);
}

TEST(PprfFamilies, FewerThanThreeEvaluationsFail) {
  Json vector = generated("pprf");
  while (vector["evaluations"].size() > 2) vector["evaluations"].erase(2);
  EXPECT_EQ(verify("pprf", vector).reason.substr(0, 18), "field evaluations:");
}

TEST(PprfFamilies, AnExportedSecretHasNoLeafBesideIt) {
  Json vector = generated("safe-exporter");
  vector["evaluations"][1]["leaf_node_secret"] = vector["evaluations"][1]["output"];
  EXPECT_EQ(verify("safe-exporter", vector).status, Status::failed);
}

TEST(PprfFamilies, AnotherDepthFails) {
  Json vector = generated("safe-exporter");
  vector["depth"] = 8;
  EXPECT_EQ(verify("safe-exporter", vector).reason.substr(0, 12), "field depth:");
}

}  // namespace
}  // namespace dmls::vectors
