#include <dmls/crypto/aead.h>
#include <dmls/crypto/error.h>
#include <dmls/crypto/signature.h>
#include <dmls/group/epoch.h>
#include <dmls/keyschedule/transcript.h>
#include <dmls/tls_codec/select.h>

#include "verify_content.h"

namespace dmls::group {
namespace {

using keyschedule::RatchetKind;

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
  DMLS_TRY(out.auth.signature, crypto::sign_with_label(signer, "FramedContentTBS", tbs));
  return out;
}

Result<MlsMessage> Epoch::protect(const AuthenticatedContent& authenticated, const Padding& padding, Random& random) {
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
  DMLS_TRY(auto opened, open(message));
  if (opened.key) DMLS_CHECK(own_.message_keys.spend(*std::move(opened.key)));
  return std::move(opened.content);
}

Result<OpenedMessage> Epoch::open(const MlsMessage& message) const {
  if (const auto* is_public = std::get_if<PublicMessage>(&message.body)) return open(*is_public);
  if (const auto* is_private = std::get_if<PrivateMessage>(&message.body)) return open(*is_private);
  return fail(errc::kInvalidMessage, "RFC 9420 §6: a Welcome, GroupInfo or KeyPackage is no message within a group");
}

void Epoch::retire() {
  own_.tree_secrets = treekem::TreeSecrets(own_leaf(), {});
  own_.exporter_secret.wipe();
  own_.external_secret.wipe();
  own_.resumption_psk.wipe();
  own_.epoch_authenticator.wipe();
}

Result<OpenedMessage> Epoch::open(const PublicMessage& message) const {
  DMLS_CHECK(check_framing(*public_, message.content));
  if (tls_codec::tag_of(message.content.sender) == SenderType::member) {
    const Bytes tbm = authenticated_content_tbm(message.content, message.auth, public_->encoded_context);
    DMLS_CHECK(keyschedule::verify_membership_tag(public_->suite, own_.membership_key, tbm, *message.membership_tag));
  }
  AuthenticatedContent content{WireFormat::mls_public_message, message.content, message.auth};
  DMLS_CHECK(verify_signature(*public_, content));
  const auto leaf = member_leaf(content.content.sender);
  return OpenedMessage{VerifiedContent(public_, std::move(content), leaf), std::nullopt};
}

Result<OpenedMessage> Epoch::open(const PrivateMessage& message) const {
  const auto& suite = public_->suite;
  DMLS_CHECK(check_group_and_epoch(*public_, message.group_id, message.epoch));

  const auto sender_key = own_.sender_data.key_and_nonce(message.ciphertext);
  const Bytes sender_aad = tls_codec::encode(SenderDataAad{message.group_id, message.epoch, message.content_type});
  DMLS_TRY(const auto sender_octets, crypto::aead_open(suite, sender_key.key.expose(), sender_key.nonce.expose(),
                                                       sender_aad, message.encrypted_sender_data));
  DMLS_TRY(const auto sender, tls_codec::decode<SenderData>(sender_octets.expose()));
  const auto leaf = LeafIndex::from(sender.leaf_index);
  if (!leaf || !public_->tree.is_member(*leaf))
    return fail(errc::kInvalidSender, "RFC 9420 §6.3.2: the sender's leaf is blank");
  if (*leaf == own_leaf())
    return fail(errc::kOwnMessage, "a message of this client's own: its key was spent by sending");

  // Look; the key is spent by the caller, once the message has proved genuine.
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
  DMLS_CHECK(verify_signature(*public_, content));
  return OpenedMessage{VerifiedContent(public_, std::move(content), *leaf), std::move(key)};
}

VerifiedContent Epoch::verified_before(AuthenticatedContent content) const {
  const auto leaf = member_leaf(content.content.sender);
  return VerifiedContent(public_, std::move(content), leaf);
}

}  // namespace dmls::group
