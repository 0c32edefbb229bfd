// Transcript hashes of one Commit. RFC 9420 §8.2

#include <dmls/base/hex.h>
#include <dmls/group/framed_content.h>
#include <dmls/keyschedule/transcript.h>
#include <dmls/tls_codec/codec.h>

#include "families.h"

namespace dmls::vectors {
namespace {

using namespace keyschedule;
using tls_codec::Codec;
using tls_codec::Reader;

constexpr std::uint8_t kSenderMember = 1;
constexpr std::uint8_t kSenderNewMemberCommit = 4;
constexpr std::uint8_t kContentCommit = 3;

// The fields of an AuthenticatedContent up to the Commit: WireFormat, FramedContent. RFC 9420 §6, §6.1
Result<void> read_commit_header(Reader& in) {
  DMLS_TRY(const auto wire_format, Codec<std::uint16_t>::read(in));
  if (wire_format != 1 && wire_format != 2)
    return fail(errc::kFailed, "RFC 9420 §6: a commit is framed as PublicMessage or PrivateMessage");
  DMLS_CHECK(tls_codec::read_opaque(in));  // group_id
  DMLS_CHECK(in.take(8));                  // epoch
  DMLS_TRY(const auto sender_type, Codec<std::uint8_t>::read(in));
  if (sender_type != kSenderMember && sender_type != kSenderNewMemberCommit)
    return fail(errc::kFailed, "RFC 9420 §6: a commit is sent by a member or a joiner");
  if (sender_type == kSenderMember) DMLS_CHECK(in.take(4));  // leaf_index
  DMLS_CHECK(tls_codec::read_opaque(in));                    // authenticated_data
  DMLS_TRY(const auto content_type, Codec<std::uint8_t>::read(in));
  if (content_type != kContentCommit) return fail(errc::kFailed, "the content is no Commit");
  return {};
}

struct Split {
  BytesView confirmed_input;
  BytesView confirmation_tag;
};

// An AuthenticatedContent is its ConfirmedTranscriptHashInput followed by its InterimTranscriptHashInput, and the
// latter is a vector of MAC.Nh octets: so the place to split follows from the end.
Result<Split> split(BytesView content, std::size_t nh) {
  Reader in(content);
  DMLS_CHECK(read_commit_header(in));
  tls_codec::Counter header;
  tls_codec::write_varint(header, nh);
  const std::size_t interim_size = header.size() + nh;
  if (in.rest().size() < interim_size) return fail(errc::kFailed, "the content ends before its confirmation_tag");
  const BytesView confirmed = content.first(content.size() - interim_size);
  Reader interim(content.subspan(confirmed.size()));
  DMLS_TRY(const BytesView tag, tls_codec::read_opaque(interim));
  if (tag.size() != nh || !interim.empty()) return fail(errc::kFailed, "a confirmation_tag has MAC.Nh octets");
  return Split{confirmed, tag};
}

}  // namespace

Result<void> verify_transcript_hashes(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  const std::size_t nh = suite.hash_length();
  DMLS_TRY(const Bytes key_octets, vector.octets("confirmation_key", nh));
  const ConfirmationKey confirmation_key{SecretBytes(key_octets)};
  DMLS_TRY(const Bytes content, vector.octets("authenticated_content"));
  // Epoch 0 has an interim hash as well (RFC 9420 §11), so it is never empty.
  DMLS_TRY(const Bytes before, vector.octets("interim_transcript_hash_before", nh));
  DMLS_TRY(const Split parts, vector.in("authenticated_content", split(content, nh)));
  const Bytes confirmed = confirmed_transcript_hash(suite, before, parts.confirmed_input);
  DMLS_CHECK(vector.expect("confirmed_transcript_hash_after", confirmed));
  DMLS_CHECK(vector.in("authenticated_content",
                       verify_confirmation_tag(suite, confirmation_key, confirmed, parts.confirmation_tag)));
  return vector.expect("interim_transcript_hash_after",
                       interim_transcript_hash(suite, confirmed, parts.confirmation_tag));
}

// A commit of a member and one of a joiner. Their signatures are random octets: only their length matters here.
Result<Json> generate_transcript_hashes(const Generation& generation) {
  const crypto::CipherSuite& suite = *generation.suite;
  Random& random = generation.random;
  const std::size_t nh = suite.hash_length();
  Json cases = Json::array();
  for (const bool member : {true, false}) {
    group::AuthenticatedContent content;
    content.wire_format = member ? group::WireFormat::mls_private_message : group::WireFormat::mls_public_message;
    DMLS_TRY(content.content.group_id, random.bytes(nh));
    content.content.epoch = 13398;
    if (member) {
      content.content.sender = group::MemberSender{7};
    } else {
      content.content.sender = group::NewMemberCommit{};
    }
    DMLS_TRY(content.content.authenticated_data, random.bytes(20));
    DMLS_TRY(Bytes reference, random.bytes(nh));
    content.content.content =
        group::CommitContent{{{group::ProposalByReference{group::ProposalRef{std::move(reference)}}}, std::nullopt}};
    DMLS_TRY(content.auth.signature, random.bytes(64));
    DMLS_TRY(const SecretBytes key, random.secret(nh));
    DMLS_TRY(const Bytes before, random.bytes(nh));
    const Bytes confirmed = confirmed_transcript_hash(suite, before, group::confirmed_transcript_hash_input(content));
    const Bytes tag = confirmation_tag(suite, ConfirmationKey(key.clone()), confirmed);
    content.auth.confirmation_tag = tag;
    cases.push_back({{"cipher_suite", static_cast<std::uint16_t>(suite.id())},
                     {"confirmation_key", to_hex(key.expose())},
                     {"authenticated_content", to_hex(tls_codec::encode(content))},
                     {"interim_transcript_hash_before", to_hex(before)},
                     {"confirmed_transcript_hash_after", to_hex(confirmed)},
                     {"interim_transcript_hash_after", to_hex(interim_transcript_hash(suite, confirmed, tag))}});
  }
  return cases;
}

}  // namespace dmls::vectors
