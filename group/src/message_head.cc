#include <dmls/group/message_head.h>
#include <dmls/group/mls_message.h>

namespace dmls::group {

Result<MessageHead> message_head(BytesView octets) {
  DMLS_TRY(const auto message, tls_codec::decode<MlsMessage>(octets));
  MessageHead out;
  out.wire_format = message.wire_format();
  if (const auto* in_public = std::get_if<PublicMessage>(&message.body)) {
    out.group_id = in_public->content.group_id;
    out.epoch = in_public->content.epoch;
    out.content_type = tls_codec::tag_of(in_public->content.content);
  } else if (const auto* in_private = std::get_if<PrivateMessage>(&message.body)) {
    out.group_id = in_private->group_id;
    out.epoch = in_private->epoch;
    out.content_type = in_private->content_type;
  } else if (const auto* info = std::get_if<GroupInfo>(&message.body)) {
    out.group_id = info->group_context.group_id;
    out.epoch = info->group_context.epoch;
  }
  return out;
}

}  // namespace dmls::group
