#pragma once
// PrivateMessage: signed and encrypted. RFC 9420 §6.3

#include <dmls/group/framed_content.h>
#include <dmls/group/padding.h>

#include <array>
#include <tuple>

namespace dmls::group {

struct PrivateMessage {
  Bytes group_id;
  std::uint64_t epoch = 0;
  ContentType content_type{};
  Bytes authenticated_data;
  Bytes encrypted_sender_data;
  Bytes ciphertext;
  static constexpr auto fields(auto& s) {
    return std::tie(s.group_id, s.epoch, s.content_type, s.authenticated_data, s.encrypted_sender_data, s.ciphertext);
  }
  bool operator==(const PrivateMessage&) const = default;
};

// The plaintext of `ciphertext`: the content without its type, its authentication, and zero octets as `padding`
// says. RFC 9420 §6.3.1
[[nodiscard]] SecretBytes private_message_content(const Content&, const FramedContentAuthData&, const Padding& padding);

struct PrivateMessageContent {
  Content content;
  FramedContentAuthData auth;
};
// Refuses padding that is not zero.
Result<PrivateMessageContent> parse_private_message_content(BytesView plaintext, ContentType);

// RFC 9420 §6.3.2
struct SenderData {
  std::uint32_t leaf_index = 0;
  std::uint32_t generation = 0;
  std::array<std::uint8_t, 4> reuse_guard{};
  static constexpr auto fields(auto& s) { return std::tie(s.leaf_index, s.generation, s.reuse_guard); }
};

}  // namespace dmls::group
