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
  static Result<group::MlsMessage> read(Reader&);
};
extern template Bytes encode(const group::MlsMessage&);  // instantiated once: it takes long
}  // namespace dmls::tls_codec
