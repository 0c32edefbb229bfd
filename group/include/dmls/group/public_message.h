#pragma once
// PublicMessage: signed, not encrypted. RFC 9420 §6.2

#include <dmls/group/framed_content.h>

#include <optional>

namespace dmls::group {

// The membership tag is there exactly if the sender is a member.
struct PublicMessage {
  FramedContent content;                // never application data, if it is genuine
  FramedContentAuthData auth;           // signature, and confirmation tag of a commit
  std::optional<Bytes> membership_tag;  // MAC: opaque<V>, Nh octets
  bool operator==(const PublicMessage&) const = default;
};

// AuthenticatedContentTBM, the octets that the membership tag authenticates: the octets that were signed, and the
// authentication data.
[[nodiscard]] Bytes authenticated_content_tbm(const FramedContent&, const FramedContentAuthData&,
                                              BytesView group_context);

}  // namespace dmls::group

namespace dmls::tls_codec {
// struct { FramedContent content; FramedContentAuthData auth; select (sender_type) {...}; } PublicMessage
template <>
struct Codec<group::PublicMessage> {
  // The membership tag if there is one, whoever the sender.
  static void write(auto& sink, const group::PublicMessage& v) {
    Codec<group::FramedContent>::write(sink, v.content);
    group::FramedContentAuthData::write(sink, v.auth);
    if (v.membership_tag) Codec<Bytes>::write(sink, *v.membership_tag);
  }
  // A membership tag exactly for members.
  static Result<group::PublicMessage> read(Reader&);
};
}  // namespace dmls::tls_codec
