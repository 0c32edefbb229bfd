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

// What a FramedContent holds. Other values are refused when the content is read.
enum class ContentType : std::uint8_t {
  application = 1,  // ApplicationData, in a PrivateMessage only
  proposal = 2,     // ProposalContent
  commit = 3,       // CommitContent
};
// Who has signed. Other values do not decode.
enum class SenderType : std::uint8_t {
  member = 1,               // MemberSender
  external = 2,             // ExternalSender; proposals only
  new_member_proposal = 3,  // NewMemberProposal; an Add only
  new_member_commit = 4,    // NewMemberCommit; an external commit only
};
// How a message travels; what an MLSMessage carries. RFC 9420 §17.2. Others do not decode in an MLSMessage.
enum class WireFormat : std::uint16_t {
  mls_public_message = 1,   // PublicMessage
  mls_private_message = 2,  // PrivateMessage
  mls_welcome = 3,          // Welcome
  mls_group_info = 4,       // GroupInfo
  mls_key_package = 5,      // treekem::KeyPackage
};

// A member, by its leaf in the epoch of the message.
struct MemberSender {
  static constexpr SenderType kTag = SenderType::member;
  std::uint32_t leaf_index = 0;  // as received: the leaf may be blank, or no tree may have it
  static constexpr auto fields(auto& s) { return std::tie(s.leaf_index); }
  bool operator==(const MemberSender&) const = default;
};
// Somebody whom the group knows by its external_senders extension. RFC 9420 §12.1.8.1
struct ExternalSender {
  static constexpr SenderType kTag = SenderType::external;
  std::uint32_t sender_index = 0;  // into that extension, as received: there may be none of this index
  static constexpr auto fields(auto& s) { return std::tie(s.sender_index); }
  bool operator==(const ExternalSender&) const = default;
};
// Somebody who proposes to be added; the key is that of the key package in its Add. RFC 9420 §12.1.8
struct NewMemberProposal {
  static constexpr SenderType kTag = SenderType::new_member_proposal;
  static constexpr auto fields(auto&) { return std::tie(); }
  bool operator==(const NewMemberProposal&) const = default;
};
// Somebody who joins by the commit; the key is that of the leaf in its path. RFC 9420 §12.4.3.2
struct NewMemberCommit {
  static constexpr SenderType kTag = SenderType::new_member_commit;
  static constexpr auto fields(auto&) { return std::tie(); }
  bool operator==(const NewMemberCommit&) const = default;
};
// struct { SenderType sender_type; select (sender_type) {...}; } Sender
using Sender = std::variant<MemberSender, ExternalSender, NewMemberProposal, NewMemberCommit>;

// What an application says. The library does not look at it.
struct ApplicationData {
  static constexpr ContentType kTag = ContentType::application;
  Bytes data;  // opaque<V>
  static constexpr auto fields(auto& s) { return std::tie(s.data); }
  bool operator==(const ApplicationData&) const = default;
};
// A proposal by reference: it takes effect if a commit names it.
struct ProposalContent {
  static constexpr ContentType kTag = ContentType::proposal;
  Proposal proposal;  // of a type that its sender may send, RFC 9420 §12.1.8
  static constexpr auto fields(auto& s) { return std::tie(s.proposal); }
  bool operator==(const ProposalContent&) const = default;
};
// A commit, which ends the epoch that it is sent in.
struct CommitContent {
  static constexpr ContentType kTag = ContentType::commit;
  Commit commit;  // with a path if its sender is no member yet, RFC 9420 §12.4.3.2
  static constexpr auto fields(auto& s) { return std::tie(s.commit); }
  bool operator==(const CommitContent&) const = default;
};
// struct { ContentType content_type; select (content_type) {...}; }
using Content = std::variant<ApplicationData, ProposalContent, CommitContent>;

// A message before it is authenticated.
struct FramedContent {
  Bytes group_id;            // opaque<V>
  std::uint64_t epoch = 0;   // in which it is sent; of a commit, the one that it ends
  Sender sender;             // who signs
  Bytes authenticated_data;  // opaque<V>; the application's, never encrypted
  Content content;           // what is said
  static constexpr auto fields(auto& s) {
    return std::tie(s.group_id, s.epoch, s.sender, s.authenticated_data, s.content);
  }
  bool operator==(const FramedContent&) const = default;
};

// FramedContentAuthData. The tag is there exactly if the content is a commit; what encodes and decodes it is told
// which.
struct FramedContentAuthData {
  Bytes signature;                        // opaque<V>; over framed_content_tbs(), with the sender's key
  std::optional<Bytes> confirmation_tag;  // MAC: opaque<V>, Nh octets. RFC 9420 §6.1
  bool operator==(const FramedContentAuthData&) const = default;

  // Both, or the signature alone.
  static void write(auto& sink, const FramedContentAuthData& v) {
    tls_codec::Codec<Bytes>::write(sink, v.signature);
    if (v.confirmation_tag) tls_codec::Codec<Bytes>::write(sink, *v.confirmation_tag);
  }
  // `type`: of the content that they belong to.
  static Result<FramedContentAuthData> read(tls_codec::Reader&, ContentType);
};

// AuthenticatedContent is what both wire formats carry, and what ProposalRefs and transcript hashes are computed over.
struct AuthenticatedContent {
  WireFormat wire_format = WireFormat::mls_private_message;  // how it travels; part of what is signed
  FramedContent content;                                     // what is said, where and by whom
  FramedContentAuthData auth;                                // as it was made or received: nothing here verifies it
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
// struct { WireFormat wire_format; FramedContent content; FramedContentAuthData auth; } AuthenticatedContent
template <>
struct Codec<group::AuthenticatedContent> {
  // The confirmation tag if there is one, whatever the content.
  static void write(auto& sink, const group::AuthenticatedContent& v) {
    Codec<group::WireFormat>::write(sink, v.wire_format);
    Codec<group::FramedContent>::write(sink, v.content);
    group::FramedContentAuthData::write(sink, v.auth);
  }
  // A confirmation tag exactly for commits.
  static Result<group::AuthenticatedContent> read(Reader&);
};
}  // namespace dmls::tls_codec
