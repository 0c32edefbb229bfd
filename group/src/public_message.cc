#include <dmls/group/public_message.h>
#include <dmls/tls_codec/codec.h>

namespace dmls::group {

// RFC 9420 §6.2
Bytes authenticated_content_tbm(const FramedContent& content, const FramedContentAuthData& auth,
                                BytesView group_context) {
  Bytes tbm = framed_content_tbs(WireFormat::mls_public_message, content, group_context);
  tls_codec::Counter size;
  FramedContentAuthData::write(size, auth);
  const std::size_t signed_octets = tbm.size();
  tbm.resize(signed_octets + size.size());
  tls_codec::Writer rest(std::span<std::uint8_t>(tbm).subspan(signed_octets));
  FramedContentAuthData::write(rest, auth);
  return tbm;
}

}  // namespace dmls::group

namespace dmls::tls_codec {

Result<group::PublicMessage> Codec<group::PublicMessage>::read(Reader& in) {
  group::PublicMessage v;
  DMLS_TRY(v.content, Codec<group::FramedContent>::read(in));
  DMLS_TRY(v.auth, group::FramedContentAuthData::read(in, tag_of(v.content.content)));
  if (tag_of(v.content.sender) == group::SenderType::member) {
    DMLS_TRY(v.membership_tag, Codec<Bytes>::read(in));
  }
  return v;
}

}  // namespace dmls::tls_codec
