#include <dmls/crypto/hash.h>
#include <dmls/crypto/protocol_version.h>
#include <dmls/group/framed_content.h>
#include <dmls/tls_codec/codec.h>

namespace dmls::group {
namespace {

struct FramedContentTbs {
  crypto::ProtocolVersion version;
  WireFormat wire_format;
  const FramedContent& content;
  tls_codec::Raw context;
};

struct ConfirmedInput {
  const AuthenticatedContent& commit;
};

}  // namespace
}  // namespace dmls::group

namespace dmls::tls_codec {
template <>
struct Codec<group::FramedContentTbs> {
  static void write(auto& sink, const group::FramedContentTbs& v) {
    Codec<crypto::ProtocolVersion>::write(sink, v.version);
    Codec<group::WireFormat>::write(sink, v.wire_format);
    Codec<group::FramedContent>::write(sink, v.content);
    Codec<Raw>::write(sink, v.context);
  }
};
template <>
struct Codec<group::ConfirmedInput> {
  static void write(auto& sink, const group::ConfirmedInput& v) {
    Codec<group::WireFormat>::write(sink, v.commit.wire_format);
    Codec<group::FramedContent>::write(sink, v.commit.content);
    Codec<Bytes>::write(sink, v.commit.auth.signature);
  }
};
}  // namespace dmls::tls_codec

namespace dmls::group {

// RFC 9420 §6.1: the GroupContext is signed by members and by new members that commit.
Bytes framed_content_tbs(WireFormat wire_format, const FramedContent& content, BytesView group_context) {
  const SenderType sender = tls_codec::tag_of(content.sender);
  const bool bound = sender == SenderType::member || sender == SenderType::new_member_commit;
  return tls_codec::encode(
      FramedContentTbs{crypto::ProtocolVersion::mls10, wire_format, content, {bound ? group_context : BytesView{}}});
}

Bytes confirmed_transcript_hash_input(const AuthenticatedContent& commit) {
  return tls_codec::encode(ConfirmedInput{commit});
}

ProposalRef make_proposal_ref(const crypto::CipherSuite& suite, const AuthenticatedContent& proposal) {
  return {crypto::ref_hash(suite, "MLS 1.0 Proposal Reference", tls_codec::encode(proposal))};
}

Result<FramedContentAuthData> FramedContentAuthData::read(tls_codec::Reader& in, ContentType type) {
  FramedContentAuthData v;
  DMLS_TRY(v.signature, tls_codec::Codec<Bytes>::read(in));
  if (type == ContentType::commit) {
    DMLS_TRY(v.confirmation_tag, tls_codec::Codec<Bytes>::read(in));
  }
  return v;
}

}  // namespace dmls::group

namespace dmls::tls_codec {

Result<group::AuthenticatedContent> Codec<group::AuthenticatedContent>::read(Reader& in) {
  group::AuthenticatedContent v;
  DMLS_TRY(v.wire_format, Codec<group::WireFormat>::read(in));
  DMLS_TRY(v.content, Codec<group::FramedContent>::read(in));
  DMLS_TRY(v.auth, group::FramedContentAuthData::read(in, tag_of(v.content.content)));
  return v;
}

}  // namespace dmls::tls_codec
