#include <dmls/group/mls_message.h>

namespace dmls::tls_codec {
namespace {

template <class T>
Result<group::MlsMessage> body(Reader& in) {
  DMLS_TRY(T v, Codec<T>::read(in));
  return group::MlsMessage{std::move(v)};
}

}  // namespace

Result<group::MlsMessage> Codec<group::MlsMessage>::read(Reader& in) {
  DMLS_TRY(const auto version, Codec<crypto::ProtocolVersion>::read(in));
  if (version != crypto::ProtocolVersion::mls10)
    return fail(errc::kInvalidValue, "RFC 9420 §6: the protocol version is not mls10");
  DMLS_TRY(const auto format, Codec<group::WireFormat>::read(in));
  switch (format) {
    case group::WireFormat::mls_public_message: return body<group::PublicMessage>(in);
    case group::WireFormat::mls_private_message: return body<group::PrivateMessage>(in);
    case group::WireFormat::mls_welcome: return body<group::Welcome>(in);
    case group::WireFormat::mls_group_info: return body<group::GroupInfo>(in);
    case group::WireFormat::mls_key_package: return body<treekem::KeyPackage>(in);
  }
  return fail(errc::kInvalidValue, "RFC 9420 §6: the wire format is unknown");
}

template Bytes encode(const group::MlsMessage&);

}  // namespace dmls::tls_codec
