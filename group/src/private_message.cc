#include <dmls/group/error.h>
#include <dmls/group/private_message.h>
#include <dmls/tls_codec/select.h>

#include <algorithm>

namespace dmls::group {
namespace {

void write_content(auto& sink, const Content& content, const FramedContentAuthData& auth) {
  tls_codec::Codec<Content>::write_body(sink, content);
  FramedContentAuthData::write(sink, auth);
}

}  // namespace

SecretBytes private_message_content(const Content& content, const FramedContentAuthData& auth, const Padding& padding) {
  tls_codec::Counter size;
  write_content(size, content, auth);
  SecretBytes out(size.size() + padding.octets(tls_codec::tag_of(content),
                                               size.size()));  // born zero, so the padding is there already
  tls_codec::SecretWriter writer(out.expose_mut());
  write_content(writer, content, auth);
  return out;
}

Result<PrivateMessageContent> parse_private_message_content(BytesView plaintext, ContentType type) {
  tls_codec::Reader in(plaintext);
  DMLS_TRY(auto content, tls_codec::Codec<Content>::read_body(in, type));
  DMLS_TRY(auto auth, FramedContentAuthData::read(in, type));
  const BytesView padding = in.rest();
  if (std::any_of(padding.begin(), padding.end(), [](std::uint8_t o) { return o != 0; }))
    return fail(errc::kInvalidMessage, "RFC 9420 §6.3.1: padding holds an octet that is not zero");
  return PrivateMessageContent{std::move(content), std::move(auth)};
}

}  // namespace dmls::group
