#include "verify_content.h"

#include <dmls/crypto/signature.h>
#include <dmls/group/error.h>
#include <dmls/group/verified_content.h>
#include <dmls/tls_codec/select.h>
#include <dmls/treekem/external_sender.h>

#include <algorithm>

namespace dmls::group {
namespace {

Result<crypto::SignaturePublicKey> signature_key_of(const PublicEpoch& epoch, const FramedContent& content) {
  const auto* proposal = std::get_if<ProposalContent>(&content.content);
  switch (tls_codec::tag_of(content.sender)) {
    case SenderType::member: {
      const auto leaf = member_leaf(content.sender);
      const auto sender = leaf ? epoch.tree.leaf(*leaf) : std::nullopt;
      if (!sender) return fail(errc::kInvalidSender, "RFC 9420 §6.1: the sender's leaf is blank");
      return sender->signature_key();
    }
    case SenderType::external: {
      const std::uint32_t index = std::get_if<ExternalSender>(&content.sender)->sender_index;
      DMLS_TRY(const auto senders, treekem::get_extension<treekem::ExternalSenders>(epoch.extensions));
      if (!senders || index >= senders->external_senders.size())
        return fail(errc::kInvalidSender, "RFC 9420 §12.1.8: the group knows no external sender of this index");
      if (proposal == nullptr || !allowed_for_external_senders(proposal->proposal))
        return fail(errc::kInvalidSender, "RFC 9420 §12.1.8: an external sender may not say this");
      return senders->external_senders[index].signature_key;
    }
    case SenderType::new_member_proposal: {
      const auto* add = proposal != nullptr ? std::get_if<Add>(&proposal->proposal) : nullptr;
      if (add == nullptr)
        return fail(errc::kInvalidSender, "RFC 9420 §6.1: a new member proposes its own Add and nothing else");
      return add->key_package.leaf_node.signature_key;
    }
    case SenderType::new_member_commit: {
      const auto* commit = std::get_if<CommitContent>(&content.content);
      if (commit == nullptr || !commit->commit.path)
        return fail(errc::kInvalidSender, "RFC 9420 §12.4.3.2: a new member commits with a path, or not at all");
      return commit->commit.path->leaf_node.signature_key;
    }
  }
  return fail(errc::kInvalidSender, "RFC 9420 §6: the sender type is unknown");
}

}  // namespace

bool allowed_for_external_senders(const Proposal& proposal) {
  return !std::holds_alternative<Update>(proposal) && !std::holds_alternative<ExternalInit>(proposal) &&
         !std::holds_alternative<CustomProposal>(proposal);
}

Result<void> check_group_and_epoch(const PublicEpoch& present, BytesView group_id, std::uint64_t epoch) {
  const Bytes& expected = present.context.group_id;
  if (!std::equal(group_id.begin(), group_id.end(), expected.begin(), expected.end()))
    return fail(errc::kWrongGroup, "RFC 9420 §6: the message belongs to another group");
  if (epoch != present.context.epoch)
    return fail(errc::kWrongEpoch, "RFC 9420 §12.4.2: the message belongs to another epoch");
  return {};
}

Result<void> check_framing(const PublicEpoch& epoch, const FramedContent& content) {
  DMLS_CHECK(check_group_and_epoch(epoch, content.group_id, content.epoch));
  if (tls_codec::tag_of(content.content) == ContentType::application)
    return fail(errc::kInvalidMessage, "RFC 9420 §6: application data travels in a PrivateMessage only");
  return {};
}

Result<void> verify_signature(const PublicEpoch& epoch, const AuthenticatedContent& content) {
  DMLS_TRY(const auto key, signature_key_of(epoch, content.content));
  const Bytes tbs = framed_content_tbs(content.wire_format, content.content, epoch.encoded_context);
  return crypto::verify_with_label(epoch.suite, key, "FramedContentTBS", tbs, content.auth.signature);
}

std::optional<LeafIndex> member_leaf(const Sender& sender) {
  const auto* member = std::get_if<MemberSender>(&sender);
  return member != nullptr ? LeafIndex::from(member->leaf_index) : std::nullopt;
}

Result<SignedContent> verify_signed(std::shared_ptr<const PublicEpoch> epoch, const PublicMessage& message) {
  DMLS_CHECK(check_framing(*epoch, message.content));
  AuthenticatedContent content{WireFormat::mls_public_message, message.content, message.auth};
  DMLS_CHECK(verify_signature(*epoch, content));
  const auto leaf = member_leaf(content.content.sender);
  return SignedContent(std::move(epoch), std::move(content), leaf);
}

}  // namespace dmls::group
