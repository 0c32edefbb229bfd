#pragma once
// MLSMessage: the envelope of everything that travels. RFC 9420 §6

#include <dmls/group/group_info.h>
#include <dmls/group/private_message.h>
#include <dmls/group/public_message.h>
#include <dmls/group/welcome.h>

#include <variant>

namespace dmls::group {

struct MlsMessage {
  // In the order of WireFormat.
  std::variant<PublicMessage, PrivateMessage, Welcome, GroupInfo, treekem::KeyPackage> body;
  bool operator==(const MlsMessage&) const = default;

  // That of the alternative which `body` holds.
  [[nodiscard]] WireFormat wire_format() const { return static_cast<WireFormat>(body.index() + 1); }
};

}  // namespace dmls::group

namespace dmls::tls_codec {
// struct { ProtocolVersion version = mls10; WireFormat wire_format; select (wire_format) {...}; } MLSMessage
template <>
struct Codec<group::MlsMessage> {
  // Always as mls10.
  static void write(auto& sink, const group::MlsMessage& v) {
    Codec<crypto::ProtocolVersion>::write(sink, crypto::ProtocolVersion::mls10);
    Codec<group::WireFormat>::write(sink, v.wire_format());
    std::visit([&](const auto& b) { Codec<std::remove_cvref_t<decltype(b)>>::write(sink, b); }, v.body);
  }

  // kInvalidValue for another version, or an unknown wire format.
  static Result<group::MlsMessage> read(Reader& in) {
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

 private:
  template <class T>
  static Result<group::MlsMessage> body(Reader& in) {
    DMLS_TRY(T v, Codec<T>::read(in));
    return group::MlsMessage{std::move(v)};
  }
};
}  // namespace dmls::tls_codec
