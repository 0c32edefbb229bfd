#pragma once
// What is said, by whom, and how it is authenticated. RFC 9420 §6, §6.1

#include <dmls/base/bytes.h>
#include <dmls/group/commit.h>
#include <dmls/group/proposal.h>
#include <dmls/tls_codec/select.h>
#include <dmls/tree_math/tree_math.h>

#include <cstdint>
#include <optional>
#include <tuple>
#include <variant>

namespace dmls::group {

enum class ContentType : std::uint8_t { application = 1, proposal = 2, commit = 3 };
enum class SenderType : std::uint8_t { member = 1, external = 2, new_member_proposal = 3, new_member_commit = 4 };
// RFC 9420 §17.2
enum class WireFormat : std::uint16_t {
  mls_public_message = 1,
  mls_private_message = 2,
  mls_welcome = 3,
  mls_group_info = 4,
  mls_key_package = 5,
};

struct MemberSender {
  static constexpr SenderType kTag = SenderType::member;
  std::uint32_t leaf_index = 0;
  static constexpr auto fields(auto& s) { return std::tie(s.leaf_index); }
  bool operator==(const MemberSender&) const = default;
};
struct ExternalSender {  // an index into the external_senders extension, RFC 9420 §12.1.8.1
  static constexpr SenderType kTag = SenderType::external;
  std::uint32_t sender_index = 0;
  static constexpr auto fields(auto& s) { return std::tie(s.sender_index); }
  bool operator==(const ExternalSender&) const = default;
};
struct NewMemberProposal {
  static constexpr SenderType kTag = SenderType::new_member_proposal;
  static constexpr auto fields(auto&) { return std::tie(); }
  bool operator==(const NewMemberProposal&) const = default;
};
struct NewMemberCommit {
  static constexpr SenderType kTag = SenderType::new_member_commit;
  static constexpr auto fields(auto&) { return std::tie(); }
  bool operator==(const NewMemberCommit&) const = default;
};
using Sender = std::variant<MemberSender, ExternalSender, NewMemberProposal, NewMemberCommit>;

struct ApplicationData {
  static constexpr ContentType kTag = ContentType::application;
  Bytes data;
  static constexpr auto fields(auto& s) { return std::tie(s.data); }
  bool operator==(const ApplicationData&) const = default;
};
struct ProposalContent {
  static constexpr ContentType kTag = ContentType::proposal;
  Proposal proposal;
  static constexpr auto fields(auto& s) { return std::tie(s.proposal); }
  bool operator==(const ProposalContent&) const = default;
};
struct CommitContent {
  static constexpr ContentType kTag = ContentType::commit;
  Commit commit;
  static constexpr auto fields(auto& s) { return std::tie(s.commit); }
  bool operator==(const CommitContent&) const = default;
};
using Content = std::variant<ApplicationData, ProposalContent, CommitContent>;

struct FramedContent {
  Bytes group_id;
  std::uint64_t epoch = 0;
  Sender sender;
  Bytes authenticated_data;
  Content content;
  static constexpr auto fields(auto& s) {
    return std::tie(s.group_id, s.epoch, s.sender, s.authenticated_data, s.content);
  }
  bool operator==(const FramedContent&) const = default;
};

// FramedContentAuthData. The tag is there exactly if the content is a commit; what encodes and decodes it is told
// which.
struct FramedContentAuthData {
  Bytes signature;
  std::optional<Bytes> confirmation_tag;
  bool operator==(const FramedContentAuthData&) const = default;

  static void write(auto& sink, const FramedContentAuthData& v) {
    tls_codec::Codec<Bytes>::write(sink, v.signature);
    if (v.confirmation_tag) tls_codec::Codec<Bytes>::write(sink, *v.confirmation_tag);
  }
  static Result<FramedContentAuthData> read(tls_codec::Reader&, ContentType);
};

// AuthenticatedContent is what both wire formats carry, and what ProposalRefs and transcript hashes are computed over.
struct AuthenticatedContent {
  WireFormat wire_format = WireFormat::mls_private_message;
  FramedContent content;
  FramedContentAuthData auth;
  bool operator==(const AuthenticatedContent&) const = default;
};

// FramedContentTBS, the octets that are signed. `group_context` is the encoded GroupContext of the epoch; it is part of
// the octets for members and for external commits only.
[[nodiscard]] Bytes framed_content_tbs(WireFormat, const FramedContent&, BytesView group_context);

// ConfirmedTranscriptHashInput of a commit, RFC 9420 §8.2.
[[nodiscard]] Bytes confirmed_transcript_hash_input(const AuthenticatedContent& commit);

// MakeProposalRef, RFC 9420 §5.2: RefHash over the AuthenticatedContent.
[[nodiscard]] ProposalRef make_proposal_ref(const crypto::CipherSuite&, const AuthenticatedContent& proposal);

}  // namespace dmls::group

namespace dmls::tls_codec {
template <>
struct Codec<group::AuthenticatedContent> {
  static void write(auto& sink, const group::AuthenticatedContent& v) {
    Codec<group::WireFormat>::write(sink, v.wire_format);
    Codec<group::FramedContent>::write(sink, v.content);
    group::FramedContentAuthData::write(sink, v.auth);
  }
  static Result<group::AuthenticatedContent> read(Reader&);
};
}  // namespace dmls::tls_codec
