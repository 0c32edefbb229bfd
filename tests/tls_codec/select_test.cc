#include <dmls/base/hex.h>
#include <gtest/gtest.h>

#include "structs.h"

namespace dmls::tls_codec {
namespace {

using test::Circle;
using test::Color;
using test::Label;
using test::Shape;

// RFC 8446 §3.8
TEST(Select, WritesTheTagAndThenTheAlternative) {
  EXPECT_EQ(to_hex(encode(Shape(Circle{5}))), "000100000005");
  EXPECT_EQ(to_hex(encode(Shape(Label{{0xaa}}))), "000201aa");
}

TEST(Select, ReadsBackEveryAlternative) {
  for (const Shape& shape : {Shape(Circle{5}), Shape(Label{{0xaa}})}) EXPECT_EQ(*decode<Shape>(encode(shape)), shape);
}

TEST(Select, RefusesEveryTagItDoesNotKnow) {
  for (unsigned tag = 0; tag < 0x10000; ++tag) {
    if (tag == 1 || tag == 2) continue;
    const Bytes octets{static_cast<std::uint8_t>(tag >> 8), static_cast<std::uint8_t>(tag), 0, 0, 0, 5};
    const auto refused = decode<Shape>(octets);
    ASSERT_FALSE(refused) << tag;
    ASSERT_EQ(refused.error().code, errc::kInvalidValue) << tag;
  }
}

TEST(Select, PassesOnTheErrorOfAnAlternative) {
  EXPECT_EQ(decode<Shape>(*from_hex("0001000000")).error().code, errc::kTruncated);
  EXPECT_EQ(decode<Shape>(*from_hex("00024001ff")).error().code, errc::kLengthEncoding);
  EXPECT_EQ(decode<Shape>(*from_hex("00")).error().code, errc::kTruncated);
}

TEST(Select, ReadsABodyWhoseTagStoodElsewhere) {
  const Bytes body = *from_hex("01aa");
  Reader in(body);
  EXPECT_EQ(*Codec<Shape>::read_body(in, Color::green), Shape(Label{{0xaa}}));
  EXPECT_TRUE(in.empty());
}

}  // namespace
}  // namespace dmls::tls_codec
