#include <dmls/base/hex.h>
#include <gtest/gtest.h>

namespace dmls {
namespace {

TEST(Hex, WritesLowerCaseDigits) {
  EXPECT_EQ(to_hex(Bytes{0x00, 0x0f, 0xa0, 0xff}), "000fa0ff");
  EXPECT_EQ(to_hex({}), "");
}

TEST(Hex, ReadsBothCases) {
  EXPECT_EQ(*from_hex("00aAfF"), (Bytes{0x00, 0xaa, 0xff}));
  EXPECT_TRUE(from_hex("")->empty());
}

TEST(Hex, RefusesHalfOctets) { EXPECT_EQ(from_hex("abc").error().code, errc::kMisuse); }

TEST(Hex, RefusesEveryCharacterThatIsNoDigit) {
  for (int c = 0; c < 256; ++c) {
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    const std::string first{static_cast<char>(c), '0'};
    const std::string second{'0', static_cast<char>(c)};
    EXPECT_EQ(from_hex(first).has_value(), digit) << c;
    EXPECT_EQ(from_hex(second).has_value(), digit) << c;
  }
}

}  // namespace
}  // namespace dmls
