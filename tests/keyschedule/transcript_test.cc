#include <dmls/crypto/error.h>
#include <dmls/crypto/hash.h>
#include <dmls/keyschedule/transcript.h>
#include <gtest/gtest.h>

#include <array>

#include "support.h"

namespace dmls::keyschedule {
namespace {

TEST(Transcript, ConfirmedHashReadsItsInputInPiecesAsInOne) {
  const auto suite = suite_1();
  const Bytes before(32, 1);
  const std::array<BytesView, 3> pieces{as_bytes("wire"), as_bytes("content"), as_bytes("signature")};
  EXPECT_EQ(confirmed_transcript_hash(suite, before, pieces),
            confirmed_transcript_hash(suite, before, as_bytes("wirecontentsignature")));
}

TEST(Transcript, InterimHashCoversTheTagWithItsLength) {
  const auto suite = suite_1();
  Bytes input(32, 1);
  input.push_back(32);
  input.insert(input.end(), 32, 2);
  EXPECT_EQ(interim_transcript_hash(suite, Bytes(32, 1), Bytes(32, 2)), crypto::hash(suite, input));
}

TEST(Transcript, EpochZeroHasAnInterimHashOfItsOwn) {
  // RFC 9420 §11: over the empty confirmed hash and the tag, not the empty string.
  const auto suite = suite_1();
  const Bytes tag = confirmation_tag(suite, secret<ConfirmationKey>(suite, 1), {});
  const Bytes interim = interim_transcript_hash(suite, {}, tag);
  EXPECT_EQ(interim.size(), suite.hash_length());
  Bytes input{32};
  input.insert(input.end(), tag.begin(), tag.end());
  EXPECT_EQ(interim, crypto::hash(suite, input));
}

// Every truncation, an extension, and a flip of every bit.
template <class Verify>
void expect_only_the_tag(const Bytes& tag, Verify verify) {
  EXPECT_TRUE(verify(tag));
  for (std::size_t n = 0; n < tag.size(); ++n) {
    const auto outcome = verify(BytesView(tag).first(n));
    ASSERT_FALSE(outcome) << n;
    EXPECT_EQ(outcome.error().code, crypto::errc::kBadTag);
  }
  for (const std::size_t longer : {std::size_t{1}, tag.size()}) {
    Bytes extended = tag;
    extended.insert(extended.end(), longer, 0);
    EXPECT_FALSE(verify(extended));
  }
  for (std::size_t bit = 0; bit < 8 * tag.size(); ++bit) {
    Bytes flipped = tag;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(verify(flipped)) << bit;
  }
}

TEST(Transcript, OnlyTheWholeConfirmationTagIsAccepted) {
  for (const auto& suite : suites()) {
    const auto key = secret<ConfirmationKey>(suite, 1);
    const Bytes confirmed(suite.hash_length(), 3);
    const Bytes tag = confirmation_tag(suite, key, confirmed);
    EXPECT_EQ(tag.size(), suite.hash_length());
    expect_only_the_tag(tag, [&](BytesView t) { return verify_confirmation_tag(suite, key, confirmed, t); });
  }
}

TEST(Transcript, OnlyTheWholeMembershipTagIsAccepted) {
  for (const auto& suite : suites()) {
    const auto key = secret<MembershipKey>(suite, 1);
    const Bytes tag = membership_tag(suite, key, as_bytes("to be maced"));
    expect_only_the_tag(tag,
                        [&](BytesView t) { return verify_membership_tag(suite, key, as_bytes("to be maced"), t); });
  }
}

}  // namespace
}  // namespace dmls::keyschedule
