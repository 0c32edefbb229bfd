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
