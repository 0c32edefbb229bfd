#pragma once
// PrivateMessage: signed and encrypted. RFC 9420 §6.3

#include <dmls/group/framed_content.h>
#include <dmls/group/padding.h>

#include <array>
#include <tuple>

namespace dmls::group {

// What travels. All fields but the last two are in the clear, and covered by the AEAD.
struct PrivateMessage {
  Bytes group_id;               // opaque<V>
  std::uint64_t epoch = 0;      // whose keys it is encrypted with
  ContentType content_type{};   // of what is encrypted; it says which ratchet has the key
  Bytes authenticated_data;     // opaque<V>; the application's
  Bytes encrypted_sender_data;  // opaque<V>: AEAD of SenderData
  Bytes ciphertext;             // opaque<V>: AEAD of private_message_content()
  static constexpr auto fields(auto& s) {
    return std::tie(s.group_id, s.epoch, s.content_type, s.authenticated_data, s.encrypted_sender_data, s.ciphertext);
  }
  bool operator==(const PrivateMessage&) const = default;
};

// The plaintext of `ciphertext`: the content without its type, its authentication, and zero octets as `padding`
// says. RFC 9420 §6.3.1
[[nodiscard]] SecretBytes private_message_content(const Content&, const FramedContentAuthData&, const Padding& padding);

// What parse_private_message_content() reads.
struct PrivateMessageContent {
  Content content;             // of the type that was asked for
  FramedContentAuthData auth;  // not verified
};
// Back. kInvalidMessage for padding that is not zero; errors of the codec.
Result<PrivateMessageContent> parse_private_message_content(BytesView plaintext, ContentType);

// Whose key of which generation encrypts the content. RFC 9420 §6.3.2
struct SenderData {
  std::uint32_t leaf_index = 0;               // of the sender, as received: the leaf may be blank
  std::uint32_t generation = 0;               // of its ratchet for that content type
  std::array<std::uint8_t, 4> reuse_guard{};  // opaque[4], random; XORed into the nonce
  static constexpr auto fields(auto& s) { return std::tie(s.leaf_index, s.generation, s.reuse_guard); }
};

}  // namespace dmls::group
