#include <dmls/vectors/value.h>
#include <gtest/gtest.h>

namespace dmls::vectors {
namespace {

class ValueTest : public testing::Test {
 protected:
  Value value(const char* text) {
    json_ = Json::parse(text);
    report_ = {};
    return Value(json_, report_);
  }
  const std::string& reason() const { return report_.reason; }

  Json json_;
  Report report_;
};

TEST_F(ValueTest, ReadsOctetsTextIntegersAndLists) {
  const Value v = value(R"({"octets": "00ff", "text": "abc", "number": 7, "list": [1, 2]})");
  EXPECT_EQ(*v.octets("octets"), (Bytes{0x00, 0xff}));
  EXPECT_EQ(*v.text("text"), "abc");
  EXPECT_EQ(*v.integer<std::uint16_t>("number"), 7);
  const auto list = v.list("list");
  ASSERT_TRUE(list);
  EXPECT_EQ(*(*list)[1].integer<std::uint8_t>(), 2);
  EXPECT_EQ((*list)[1].path(), "list[1]");
}

TEST_F(ValueTest, FailsOnAMissingField) {
  EXPECT_FALSE(value("{}").octets("secret"));
  EXPECT_EQ(reason(), "field secret: is missing");
}

TEST_F(ValueTest, FailsOnAFieldOfAnotherType) {
  EXPECT_FALSE(value(R"({"secret": 1})").octets("secret"));
  EXPECT_EQ(reason(), "field secret: should be a string, is a JSON number");
  EXPECT_FALSE(value(R"({"secret": null})").octets("secret"));
  EXPECT_FALSE(value(R"({"n": -1})").integer<std::uint32_t>("n"));
  EXPECT_FALSE(value(R"({"n": 1.5})").integer<std::uint32_t>("n"));
  EXPECT_FALSE(value(R"({"l": {}})").list("l"));
  EXPECT_FALSE(value("[]").at("l"));
}

TEST_F(ValueTest, FailsOnOctetsThatAreNotHexadecimalOrOfTheWrongSize) {
  EXPECT_FALSE(value(R"({"a": "0"})").octets("a"));
  EXPECT_FALSE(value(R"({"a": "0g"})").octets("a"));
  EXPECT_FALSE(value(R"({"a": "00"})").octets("a", 2));
  EXPECT_EQ(reason(), "field a: should have 2 octets, has 1");
}

TEST_F(ValueTest, FailsOnAnIntegerOutOfRange) {
  EXPECT_FALSE(value(R"({"n": 65536})").integer<std::uint16_t>("n"));
  EXPECT_EQ(reason(), "field n: should be at most 65535, is 65536");
}

TEST_F(ValueTest, ReadsLargeIntegersFromDecimalStringsAsWell) {
  EXPECT_EQ(*value(R"({"n": "18446744073709551615"})").integer<std::uint64_t>("n"), 18446744073709551615u);
  EXPECT_FALSE(value(R"({"n": "18446744073709551616"})").integer<std::uint64_t>("n"));
  EXPECT_FALSE(value(R"({"n": "7x"})").integer<std::uint64_t>("n"));
  EXPECT_FALSE(value(R"({"n": ""})").integer<std::uint64_t>("n"));
  EXPECT_FALSE(value(R"({"n": "7"})").integer<std::uint32_t>("n"));
}

TEST_F(ValueTest, FailsOnAnEmptyListWhereEntriesAreNeeded) {
  EXPECT_FALSE(value(R"({"psks": []})").list("psks"));
  EXPECT_EQ(reason(), "field psks: should have entries, is empty");
  EXPECT_TRUE(value(R"({"psks": []})").list_if_any("psks"));
}

TEST_F(ValueTest, ComparesExactlyAndNamesThePlace) {
  const Value v = value(R"({"epochs": [{"joiner_secret": "0102"}]})");
  const auto epochs = v.list("epochs");
  ASSERT_TRUE(epochs);
  EXPECT_TRUE((*epochs)[0].expect("joiner_secret", Bytes{1, 2}));
  EXPECT_FALSE((*epochs)[0].expect("joiner_secret", Bytes{1, 3}));
  EXPECT_EQ(reason(), "field epochs[0].joiner_secret: expected 0102, computed 0103");
}

TEST_F(ValueTest, RefusesAPrefixOfWhatWasComputed) {
  const Value v = value(R"({"out": "01"})");
  EXPECT_FALSE(v.expect("out", Bytes{1, 2}));
  EXPECT_FALSE(v.expect("out", Bytes{}));
  EXPECT_FALSE(value(R"({"out": ""})").expect("out", Bytes{1}));
}

TEST_F(ValueTest, SaysWhereLongOctetsDiffer) {
  Bytes computed(100, 0);
  computed[70] = 1;
  EXPECT_FALSE(value((R"({"out": ")" + std::string(200, '0') + R"("})").c_str()).expect("out", computed));
  EXPECT_NE(reason().find("differ from octet 70 on"), std::string::npos) << reason();
}

TEST_F(ValueTest, KeepsTheFirstFailure) {
  const Value v = value("{}");
  EXPECT_FALSE(v.octets("first"));
  EXPECT_FALSE(v.octets("second"));
  EXPECT_EQ(reason(), "field first: is missing");
}

TEST_F(ValueTest, BlamesAFieldForALibraryError) {
  const Value v = value("{}");
  EXPECT_FALSE(v.in("priv", Result<int>(fail(dmls::errc::kMisuse, "some rule"))));
  EXPECT_EQ(reason(), "field priv: some rule");
}

}  // namespace
}  // namespace dmls::vectors
