#include <dmls/base/hex.h>
#include <dmls/tls_codec/varint.h>
#include <gtest/gtest.h>

namespace dmls::tls_codec {
namespace {

std::string header(std::size_t n) {
  Counter size;
  write_varint(size, n);
  Bytes out(size.size());
  Writer writer(out);
  write_varint(writer, n);
  return to_hex(out);
}

Result<std::size_t> read(std::string_view digits) {
  const Bytes octets = *from_hex(digits);
  Reader in(octets);
  return read_varint(in);
}

// RFC 9420 §2.1.2
TEST(Varint, WritesTheShortestHeader) {
  EXPECT_EQ(header(0), "00");
  EXPECT_EQ(header(63), "3f");
  EXPECT_EQ(header(64), "4040");
  EXPECT_EQ(header(16383), "7fff");
  EXPECT_EQ(header(16384), "80004000");
  EXPECT_EQ(header((1u << 30) - 1), "bfffffff");
}

TEST(Varint, ReadsBackWhatItWrites) {
  for (int bit = 0; bit < 30; ++bit) {
    for (const int nearby : {-1, 0, 1}) {
      const auto n = static_cast<std::size_t>((std::int64_t{1} << bit) + nearby);
      EXPECT_EQ(*read(header(n)), n);
    }
  }
}

// The examples of RFC 9420 §2.1.2
TEST(Varint, ReadsTheExamplesOfTheRfc) {
  EXPECT_EQ(*read("9d7f3e7d"), 494878333u);
  EXPECT_EQ(*read("7bbd"), 15293u);
  EXPECT_EQ(*read("25"), 37u);
}

TEST(Varint, RefusesLengthsThatAreNotMinimal) {
  for (const char* digits : {"4000", "4025", "403f", "80000000", "80000025", "80003fff"})
    EXPECT_EQ(read(digits).error().code, errc::kLengthEncoding) << digits;
}

TEST(Varint, RefusesTheReservedPrefix) {
  for (unsigned first = 0xc0; first <= 0xff; ++first) {
    const Bytes octets{static_cast<std::uint8_t>(first), 0, 0, 0, 0, 0, 0, 0};
    Reader in(octets);
    EXPECT_EQ(read_varint(in).error().code, errc::kLengthEncoding) << first;
  }
}

TEST(Varint, RefusesHeadersThatEndEarly) {
  for (const char* digits : {"", "40", "7f", "80", "8000", "800040", "bfffff"})
    EXPECT_EQ(read(digits).error().code, errc::kTruncated) << digits;
}

TEST(VarintDeathTest, CannotSayLengthsFrom2To30On) {
  Counter size;
  EXPECT_DEATH(write_varint(size, std::size_t{1} << 30), "longer than 2\\^30 - 1");
}

}  // namespace
}  // namespace dmls::tls_codec
