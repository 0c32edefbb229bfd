#include <dmls/crypto/aead.h>
#include <dmls/crypto/error.h>
#include <dmls/crypto/signature.h>
#include <dmls/group/epoch.h>
#include <dmls/keyschedule/transcript.h>
#include <dmls/tls_codec/select.h>
#include <dmls/treekem/external_sender.h>

#include <algorithm>

namespace dmls::group {
namespace {

using keyschedule::RatchetKind;

constexpr std::string_view kFramedContentLabel = "FramedContentTBS";

// PrivateContentAAD and SenderDataAAD, RFC 9420 §6.3.1, §6.3.2
struct PrivateContentAad {
  BytesView group_id;
  std::uint64_t epoch;
  ContentType content_type;
  BytesView authenticated_data;
  static constexpr auto fields(auto& s) { return std::tie(s.group_id, s.epoch, s.content_type, s.authenticated_data); }
};
struct SenderDataAad {
  BytesView group_id;
  std::uint64_t epoch;
  ContentType content_type;
  static constexpr auto fields(auto& s) { return std::tie(s.group_id, s.epoch, s.content_type); }
};

RatchetKind ratchet_for(ContentType type) {
  return type == ContentType::application ? RatchetKind::application : RatchetKind::handshake;
}

// RFC 9420 §12.1.8, the "Ext" column of §17.4
bool allowed_for_external_senders(const Proposal& proposal) {
  return !std::holds_alternative<Update>(proposal) && !std::holds_alternative<ExternalInit>(proposal);
}

// The nonce of the key schedule with the reuse guard applied. RFC 9420 §6.3.1
SecretBytes guarded_nonce(BytesView nonce, const keyschedule::ReuseGuard& guard) {
  SecretBytes out(nonce);
  keyschedule::apply_reuse_guard(guard, out.expose_mut());
  return out;
}

}  // namespace

Result<AuthenticatedContent> Epoch::sign(WireFormat wire_format, Content content, BytesView authenticated_data,
                                         const crypto::Signer& signer) const {
  if (tls_codec::tag_of(content) == ContentType::application && wire_format != WireFormat::mls_private_message)
    return fail(errc::kInvalidMessage, "RFC 9420 §6: application data travels in a PrivateMessage only");
  AuthenticatedContent out;
  out.wire_format = wire_format;
  out.content = {public_->context.group_id, public_->context.epoch, MemberSender{own_leaf().value()},
                 to_bytes(authenticated_data), std::move(content)};
  const Bytes tbs = framed_content_tbs(wire_format, out.content, public_->encoded_context);
  DMLS_TRY(out.auth.signature, crypto::sign_with_label(signer, kFramedContentLabel, tbs));
  return out;
}

Result<MlsMessage> Epoch::protect(const AuthenticatedContent& authenticated, std::size_t padding, Random& random) {
  const auto& suite = public_->suite;
  const FramedContent& content = authenticated.content;
  if (authenticated.wire_format == WireFormat::mls_public_message) {
    const Bytes tbm = authenticated_content_tbm(content, authenticated.auth, public_->encoded_context);
    return MlsMessage{
        PublicMessage{content, authenticated.auth, keyschedule::membership_tag(suite, own_.membership_key, tbm)}};
  }

  const ContentType type = tls_codec::tag_of(content.content);
  DMLS_TRY(const auto guard, keyschedule::fresh_reuse_guard(random));
  const SecretBytes plaintext = private_message_content(content.content, authenticated.auth, padding);
  DMLS_TRY(const auto key, own_.message_keys.next(own_leaf(), ratchet_for(type)));
  const SecretBytes nonce = guarded_nonce(key.material.nonce.expose(), guard);

  PrivateMessage out{content.group_id, content.epoch, type, content.authenticated_data, {}, {}};
  const Bytes aad = tls_codec::encode(PrivateContentAad{out.group_id, out.epoch, type, out.authenticated_data});
  DMLS_TRY(out.ciphertext,
           crypto::aead_seal(suite, key.material.key.expose(), nonce.expose(), aad, plaintext.expose()));

  const auto sender_key = own_.sender_data.key_and_nonce(out.ciphertext);
  const Bytes sender_data = tls_codec::encode(SenderData{own_leaf().value(), key.generation, guard});
  const Bytes sender_aad = tls_codec::encode(SenderDataAad{out.group_id, out.epoch, type});
  DMLS_TRY(out.encrypted_sender_data,
           crypto::aead_seal(suite, sender_key.key.expose(), sender_key.nonce.expose(), sender_aad, sender_data));
  return MlsMessage{std::move(out)};
}

Result<VerifiedContent> Epoch::unprotect(const MlsMessage& message) {
  if (const auto* is_public = std::get_if<PublicMessage>(&message.body)) return unprotect(*is_public);
  if (const auto* is_private = std::get_if<PrivateMessage>(&message.body)) return unprotect(*is_private);
  return fail(errc::kInvalidMessage, "RFC 9420 §6: a Welcome, GroupInfo or KeyPackage is no message within a group");
}

Result<VerifiedContent> Epoch::unprotect(const PublicMessage& message) const {
  DMLS_CHECK(check_group_and_epoch(message.content.group_id, message.content.epoch));
  if (tls_codec::tag_of(message.content.content) == ContentType::application)
    return fail(errc::kInvalidMessage, "RFC 9420 §6: application data travels in a PrivateMessage only");
  std::optional<LeafIndex> leaf;
  if (const auto* member = std::get_if<MemberSender>(&message.content.sender)) {
    const Bytes tbm = authenticated_content_tbm(message.content, message.auth, public_->encoded_context);
    DMLS_CHECK(keyschedule::verify_membership_tag(public_->suite, own_.membership_key, tbm, *message.membership_tag));
    leaf = LeafIndex::from(member->leaf_index);
  }
  AuthenticatedContent content{WireFormat::mls_public_message, message.content, message.auth};
  DMLS_CHECK(verify_signature(content));
  return VerifiedContent(std::move(content), leaf);
}

Result<VerifiedContent> Epoch::unprotect(const PrivateMessage& message) {
  const auto& suite = public_->suite;
  DMLS_CHECK(check_group_and_epoch(message.group_id, message.epoch));

  const auto sender_key = own_.sender_data.key_and_nonce(message.ciphertext);
  const Bytes sender_aad = tls_codec::encode(SenderDataAad{message.group_id, message.epoch, message.content_type});
  DMLS_TRY(const auto sender_octets, crypto::aead_open(suite, sender_key.key.expose(), sender_key.nonce.expose(),
                                                       sender_aad, message.encrypted_sender_data));
  DMLS_TRY(const auto sender, tls_codec::decode<SenderData>(sender_octets.expose()));
  const auto leaf = LeafIndex::from(sender.leaf_index);
  if (!leaf || !public_->tree.is_member(*leaf))
    return fail(errc::kInvalidSender, "RFC 9420 §6.3.2: the sender's leaf is blank");

  // Look; the key is spent below, once the message has proved genuine.
  DMLS_TRY(auto key, own_.message_keys.look(*leaf, ratchet_for(message.content_type), sender.generation));
  const SecretBytes nonce = guarded_nonce(key.nonce(), sender.reuse_guard);
  const Bytes aad = tls_codec::encode(
      PrivateContentAad{message.group_id, message.epoch, message.content_type, message.authenticated_data});
  DMLS_TRY(const auto plaintext, crypto::aead_open(suite, key.key(), nonce.expose(), aad, message.ciphertext));
  DMLS_TRY(auto parsed, parse_private_message_content(plaintext.expose(), message.content_type));

  AuthenticatedContent content{WireFormat::mls_private_message,
                               {message.group_id, message.epoch, MemberSender{leaf->value()},
                                message.authenticated_data, std::move(parsed.content)},
                               std::move(parsed.auth)};
  DMLS_CHECK(verify_signature(content));
  DMLS_CHECK(own_.message_keys.spend(std::move(key)));
  return VerifiedContent(std::move(content), *leaf);
}

Result<void> Epoch::check_group_and_epoch(BytesView group_id, std::uint64_t epoch) const {
  if (!std::equal(group_id.begin(), group_id.end(), public_->context.group_id.begin(), public_->context.group_id.end()))
    return fail(errc::kWrongGroup, "RFC 9420 §6: the message belongs to another group");
  if (epoch != public_->context.epoch)
    return fail(errc::kWrongEpoch, "RFC 9420 §12.4.2: the message belongs to another epoch");
  return {};
}

Result<crypto::SignaturePublicKey> Epoch::signature_key_of(const FramedContent& content) const {
  const auto* proposal = std::get_if<ProposalContent>(&content.content);
  switch (tls_codec::tag_of(content.sender)) {
    case SenderType::member: {
      const auto leaf = LeafIndex::from(std::get_if<MemberSender>(&content.sender)->leaf_index);
      const auto sender = leaf ? public_->tree.leaf(*leaf) : std::nullopt;
      if (!sender) return fail(errc::kInvalidSender, "RFC 9420 §6.1: the sender's leaf is blank");
      return sender->signature_key();
    }
    case SenderType::external: {
      const std::uint32_t index = std::get_if<ExternalSender>(&content.sender)->sender_index;
      DMLS_TRY(const auto senders, treekem::get_extension<treekem::ExternalSenders>(public_->extensions));
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

Result<void> Epoch::verify_signature(const AuthenticatedContent& content) const {
  DMLS_TRY(const auto key, signature_key_of(content.content));
  const Bytes tbs = framed_content_tbs(content.wire_format, content.content, public_->encoded_context);
  return crypto::verify_with_label(public_->suite, key, kFramedContentLabel, tbs, content.auth.signature);
}

}  // namespace dmls::group
