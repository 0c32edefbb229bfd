#include <dmls/base/hex.h>
#include <gtest/gtest.h>

#include "structs.h"

namespace dmls::tls_codec {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace)

template <class T>
Result<T> decode_hex(std::string_view digits) {
  return decode<T>(*from_hex(digits));
}

// RFC 8446 §3.1, §3.3
TEST(Codec, WritesNumbersInNetworkOrder) {
  EXPECT_EQ(to_hex(encode(std::uint8_t{0x0a})), "0a");
  EXPECT_EQ(to_hex(encode(std::uint16_t{0x0a0b})), "0a0b");
  EXPECT_EQ(to_hex(encode(std::uint32_t{0x0a0b0c0d})), "0a0b0c0d");
  EXPECT_EQ(to_hex(encode(std::uint64_t{0x0102030405060708})), "0102030405060708");
}

// RFC 9420 §2.1.1, §2.1.2
TEST(Codec, WritesOpaqueVectorsAndOptionalsWithTheirHeaders) {
  EXPECT_EQ(to_hex(encode(Bytes{1, 2})), "020102");
  EXPECT_EQ(to_hex(encode(std::vector<std::uint16_t>{1, 2})), "0400010002");
  EXPECT_EQ(to_hex(encode(std::vector<Bytes>{{}, {7}})), "03000107");
  EXPECT_EQ(to_hex(encode(std::optional<std::uint8_t>{})), "00");
  EXPECT_EQ(to_hex(encode(std::optional<std::uint8_t>{9})), "0109");
  EXPECT_EQ(to_hex(encode(std::array<std::uint8_t, 2>{1, 2})), "0102");
  EXPECT_EQ(to_hex(encode(std::string_view("ab"))), "026162");
}

TEST(Codec, WritesARawEncodingAsItIs) {
  const Bytes earlier{1, 2, 3};
  EXPECT_EQ(encode(Raw{earlier}), earlier);
}

TEST(Codec, ReadsBackWhatItWrites) {
  for (const Sample& sample : {Sample{}, full_sample()}) {
    const Bytes octets = encode(sample);
    EXPECT_EQ(encoded_size(sample), octets.size());
    const auto back = decode<Sample>(octets);
    ASSERT_TRUE(back) << back.error().rule;
    EXPECT_EQ(*back, sample);
  }
}

TEST(Codec, RefusesEveryPrefixOfAnEncoding) {
  const Bytes octets = encode(full_sample());
  for (std::size_t n = 0; n < octets.size(); ++n) {
    const auto cut = decode<Sample>(BytesView(octets).first(n));
    ASSERT_FALSE(cut) << n;
    EXPECT_EQ(cut.error().code, errc::kTruncated) << n;
  }
}

TEST(Codec, RefusesTrailingOctets) {
  Bytes octets = encode(full_sample());
  octets.push_back(0);
  EXPECT_EQ(decode<Sample>(octets).error().code, errc::kTrailingOctets);
}

TEST(Codec, AcceptsAfterABitFlipOnlyWhatEncodesToTheSameOctets) {
  const Bytes octets = encode(full_sample());
  int accepted = 0;
  for (std::size_t bit = 0; bit < 8 * octets.size(); ++bit) {
    Bytes flipped = octets;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    const auto back = decode<Sample>(flipped);
    if (!back) continue;
    ++accepted;
    EXPECT_EQ(encode(*back), flipped) << bit;
    EXPECT_FALSE(*back == full_sample()) << bit;
  }
  EXPECT_GT(accepted, 8 * 70);  // at least every flip in the octets that mean nothing
}

// Every size of header at its limits. RFC 9420 §2.1.2
TEST(Codec, KeepsOctetsOfEveryHeaderSize) {
  for (const std::size_t n : {0u, 1u, 62u, 63u, 64u, 65u, 16382u, 16383u, 16384u, 16385u}) {
    const Bytes content(n, 0x5a);
    const Bytes octets = encode(content);
    EXPECT_EQ(octets.size(), n + (n < 64 ? 1 : n < 16384 ? 2 : 4));
    EXPECT_EQ(*decode<Bytes>(octets), content);
  }
}

TEST(Codec, KeepsVectorsOfEveryHeaderSize) {
  for (const std::size_t n : {31u, 32u, 8191u, 8192u}) {
    const std::vector<std::uint16_t> content(n, 0x1234);
    EXPECT_EQ(*decode<std::vector<std::uint16_t>>(encode(content)), content);
  }
}

// RFC 9420 §2.1.1
TEST(Codec, RefusesAnOptionalThatIsNeitherPresentNorAbsent) {
  for (unsigned octet = 2; octet < 256; ++octet) {
    const Bytes octets{static_cast<std::uint8_t>(octet), 9};
    EXPECT_EQ(decode<std::optional<std::uint8_t>>(octets).error().code, errc::kInvalidValue) << octet;
  }
}

TEST(Codec, CarriesUnknownEnumValues) {
  const auto back = decode_hex<Color>("fffe");
  ASSERT_TRUE(back);
  EXPECT_EQ(static_cast<std::uint16_t>(*back), 0xfffe);
  EXPECT_EQ(to_hex(encode(*back)), "fffe");
}

TEST(Codec, RefusesAVectorWhoseContentEndsInsideAnElement) {
  EXPECT_EQ(decode_hex<std::vector<std::uint16_t>>("03000102").error().code, errc::kTruncated);
  EXPECT_EQ(decode_hex<std::vector<Bytes>>("020501").error().code, errc::kTruncated);
  // The inner length may not reach beyond the outer one, though octets follow there.
  EXPECT_EQ(decode_hex<std::vector<Bytes>>("0102aabb").error().code, errc::kTruncated);
}

TEST(Codec, RefusesNonMinimalAndReservedLengthsInsideAStruct) {
  EXPECT_EQ(decode_hex<std::vector<Bytes>>("03400101").error().code, errc::kLengthEncoding);
  EXPECT_EQ(decode_hex<std::vector<Bytes>>("4002"
                                           "01ff")
                .error()
                .code,
            errc::kLengthEncoding);
  EXPECT_EQ(decode_hex<std::vector<Bytes>>("02c0ff").error().code, errc::kLengthEncoding);
}

TEST(Codec, ReadsSecretsAndWritesThemOnlyAsSecrets) {
  const auto secret = decode_hex<SecretBytes>("03010203");
  ASSERT_TRUE(secret);
  EXPECT_EQ(to_hex(secret->expose()), "010203");
  EXPECT_EQ(to_hex(encode_secret(*secret).expose()), "03010203");
  const auto role = decode_hex<Secret<struct SomeRole>>("03010203");
  ASSERT_TRUE(role);
  EXPECT_EQ(to_hex(encode_secret(*role).expose()), "03010203");
}

struct Empty {
  static constexpr auto fields(auto&) { return std::tie(); }
};

TEST(CodecDeathTest, DoesNotLoopOverElementsWithoutOctets) {
  EXPECT_DEATH((void)decode_hex<std::vector<Empty>>("0100"), "a vector element without octets");
}

TEST(Reader, GivesWhatWasReadInBetween) {
  const Bytes octets{1, 2, 3, 4};
  Reader in(octets);
  ASSERT_TRUE(in.take(1));
  const BytesView before = in.rest();
  ASSERT_TRUE(in.take(2));
  EXPECT_EQ(to_bytes(in.since(before)), (Bytes{2, 3}));
}

TEST(Reader, StaysWhereItIsWhenTooMuchIsAsked) {
  const Bytes octets{1, 2};
  Reader in(octets);
  EXPECT_EQ(in.take(3).error().code, errc::kTruncated);
  EXPECT_EQ(in.rest().size(), 2u);
  EXPECT_EQ(in.take(static_cast<std::size_t>(-1)).error().code, errc::kTruncated);
}

TEST(WriterDeathTest, StopsAtItsEnd) {
  Bytes out(2);
  Writer writer(out);
  writer.put(Bytes{1, 2});
  EXPECT_DEATH(writer.put(Bytes{3}), "grew between measuring and writing");
}

}  // namespace
}  // namespace dmls::tls_codec
