#include <dmls/vectors/family.h>
#include <gtest/gtest.h>

namespace dmls::vectors {
namespace {

Outcome verify(const char* text) { return verify_case(*find_family("deserialization"), Json::parse(text)); }

TEST(Deserialization, PassesWhereTheLengthAgrees) {
  EXPECT_EQ(verify(R"({"vlbytes_header": "7fff", "length": 16383})").status, Status::passed);
}

TEST(Deserialization, FailsAndNamesTheFieldWhereItDoesNot) {
  const Outcome outcome = verify(R"({"vlbytes_header": "7fff", "length": 16382})");
  EXPECT_EQ(outcome.status, Status::failed);
  EXPECT_EQ(outcome.reason, "field length: expected 16382, computed 16383");
}

TEST(Deserialization, FailsOnAHeaderThatIsNotMinimalReservedCutOrTooLong) {
  for (const char* header : {"4001", "80000001", "c0000001", "40", "80", "", "0000"}) {
    const Outcome outcome = verify((std::string(R"({"length": 0, "vlbytes_header": ")") + header + R"("})").c_str());
    EXPECT_EQ(outcome.status, Status::failed) << header;
    EXPECT_TRUE(outcome.reason.starts_with("field vlbytes_header: ")) << outcome.reason;
  }
}

}  // namespace
}  // namespace dmls::vectors
