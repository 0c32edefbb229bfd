#include <dmls/keyschedule/psk.h>
#include <gtest/gtest.h>

#include "support.h"

namespace dmls::keyschedule {
namespace {

PreSharedKeyID external(Bytes id, std::size_t nonce_size = 32) {
  return {ExternalPskId{std::move(id)}, Bytes(nonce_size, 7)};
}

PreSharedKeyID resumption(std::uint64_t epoch) {
  return {ResumptionPskId{ResumptionPSKUsage::application, {0xaa}, epoch}, Bytes(32, 7)};
}

TEST(PskSecret, IsZeroWithoutPsks) {
  for (const auto& suite : suites())
    EXPECT_EQ(to_bytes(psk_secret(suite, {})->expose()), Bytes(suite.hash_length(), 0));
}

TEST(PskSecret, AcceptsPsksOfAnyLength) {
  const auto suite = suite_1();
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{64}, std::size_t{1000}}) {
    std::vector<InjectedPsk> psks;
    psks.push_back({external({1}), Psk(octets(size, 1))});
    EXPECT_EQ(psk_secret(suite, psks)->size(), suite.hash_length()) << size;
  }
}

TEST(PskSecret, DependsOnEveryPartOfTheIdentifier) {
  const auto suite = suite_1();
  const auto of = [&](PreSharedKeyID id) {
    std::vector<InjectedPsk> psks;
    psks.push_back({std::move(id), Psk(octets(32, 1))});
    return test::hex(psk_secret(suite, psks)->expose());
  };
  const std::string base = of(resumption(5));
  EXPECT_NE(base, of(resumption(6)));
  PreSharedKeyID other = resumption(5);
  std::get<ResumptionPskId>(other.psk).usage = ResumptionPSKUsage::branch;
  EXPECT_NE(base, of(other));
  other = resumption(5);
  std::get<ResumptionPskId>(other.psk).psk_group_id = {0xab};
  EXPECT_NE(base, of(other));
  other = resumption(5);
  other.psk_nonce[31] ^= 1;
  EXPECT_NE(base, of(other));
}

TEST(PskSecret, RefusesMorePsksThanALabelCanCount) {
  std::vector<InjectedPsk> psks(65536);
  const auto secret = psk_secret(suite_1(), psks);
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().code, errc::kTooManyPsks);
}

TEST(PreSharedKeyID, IsEncodedAsTheRfcSays) {
  EXPECT_EQ(test::hex(tls_codec::encode(external({0xee}, 2))), "0101ee020707");
  PreSharedKeyID id = resumption(3);
  id.psk_nonce = {9};
  EXPECT_EQ(test::hex(tls_codec::encode(id)), "020101aa00000000000000030109");
}

TEST(PreSharedKeyID, SurvivesARoundTrip) {
  for (const PreSharedKeyID& id : {external({1, 2}), resumption(0xffffffffffffffff)})
    EXPECT_EQ(*tls_codec::decode<PreSharedKeyID>(tls_codec::encode(id)), id);
}

TEST(PreSharedKeyID, IsRefusedWithAnUnknownTypeOrUsage) {
  for (const char* wrong :
       {"0001ee020707", "0301ee020707", "ff01ee020707",                                                     // psktype
        "020001aa00000000000000030109", "020401aa00000000000000030109", "02ff01aa00000000000000030109"}) {  // usage
    const auto id = tls_codec::decode<PreSharedKeyID>(test::unhex(wrong));
    ASSERT_FALSE(id) << wrong;
    EXPECT_EQ(id.error().code, tls_codec::errc::kInvalidValue) << wrong;
  }
}

TEST(PreSharedKeyID, IsRefusedAtEveryTruncation) {
  const Bytes whole = tls_codec::encode(resumption(3));
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(tls_codec::decode<PreSharedKeyID>(BytesView(whole).first(n))) << n;
}

TEST(CheckPskNonce, WantsTheHashLengthOfTheInjectingSuite) {
  for (const auto& suite : suites()) {
    const std::size_t nh = suite.hash_length();
    EXPECT_TRUE(check_psk_nonce(suite, external({1}, nh)));
    for (const std::size_t wrong : {std::size_t{0}, nh - 1, nh + 1}) {
      const auto outcome = check_psk_nonce(suite, external({1}, wrong));
      ASSERT_FALSE(outcome);
      EXPECT_EQ(outcome.error().code, errc::kWrongLength);
    }
  }
}

TEST(CheckDistinct, FindsARepeatedIdentifierWhereverItStands) {
  std::vector<PreSharedKeyID> ids;
  for (std::uint64_t epoch = 0; epoch < 20; ++epoch) ids.push_back(resumption(epoch));
  ids.push_back(external({1}));
  EXPECT_TRUE(check_distinct(ids));
  EXPECT_TRUE(check_distinct({}));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto twice = ids;
    twice.push_back(ids[i]);
    const auto outcome = check_distinct(twice);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, errc::kDuplicatePsk);
  }
}

TEST(CheckDistinct, TwoUsesOfOnePskWithDifferentNoncesAreDistinct) {
  std::vector<PreSharedKeyID> ids{external({1}), external({1})};
  ids[1].psk_nonce[0] ^= 1;
  EXPECT_TRUE(check_distinct(ids));
}

}  // namespace
}  // namespace dmls::keyschedule
