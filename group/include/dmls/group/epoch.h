#pragma once
// An epoch of a group, as one of its members holds it.
//
// The public half is what all members agree on: immutable, shared between versions and forks, cheap to keep. The secret
// half belongs to this member; it is move-only and only ever shrinks: message keys are spent, nothing comes back. An
// epoch is not copied for that reason: two copies would use the same message keys twice.
// Transitions to the next epoch are in <dmls/group/transition.h>.

#include <dmls/base/bytes.h>
#include <dmls/base/random.h>
#include <dmls/crypto/signature.h>
#include <dmls/group/error.h>
#include <dmls/group/mls_message.h>
#include <dmls/group/padding.h>
#include <dmls/group/public_epoch.h>
#include <dmls/group/verified_content.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/secret_tree.h>
#include <dmls/keyschedule/sender_data.h>
#include <dmls/treekem/tree_secrets.h>

#include <memory>

namespace dmls::group {

// What one member holds besides the public half.
struct MemberSecrets {
  treekem::TreeSecrets tree_secrets;  // private keys of the own leaf and of its direct path, as far as known
  keyschedule::SecretTree message_keys;
  keyschedule::SenderDataKeys sender_data;
  keyschedule::ExporterSecret exporter_secret;
  keyschedule::ExternalSecret external_secret;
  keyschedule::MembershipKey membership_key;
  keyschedule::ResumptionPsk resumption_psk;
  keyschedule::EpochAuthenticator epoch_authenticator;
};

// A message that was opened, whose key is not spent yet.
struct OpenedMessage {
  VerifiedContent content;
  std::optional<keyschedule::RatchetKey> key;  // of a PrivateMessage
};

class Epoch {
 public:
  Epoch(std::shared_ptr<const PublicEpoch> shared, MemberSecrets own)
      : public_(std::move(shared)), own_(std::move(own)) {}
  Epoch(Epoch&&) noexcept = default;
  Epoch& operator=(Epoch&&) noexcept = default;

  [[nodiscard]] const PublicEpoch& shared() const { return *public_; }
  [[nodiscard]] const std::shared_ptr<const PublicEpoch>& shared_pointer() const { return public_; }
  [[nodiscard]] const MemberSecrets& own() const { return own_; }
  [[nodiscard]] LeafIndex own_leaf() const { return own_.tree_secrets.leaf_index(); }
  [[nodiscard]] const crypto::CipherSuite& suite() const { return public_->suite; }
  [[nodiscard]] std::uint64_t number() const { return public_->context.epoch; }

  // Frames `content` as this member: group, epoch and sender are filled in, the FramedContent is signed. A commit still
  // lacks its confirmation tag. RFC 9420 §6.1
  Result<AuthenticatedContent> sign(WireFormat, Content content, BytesView authenticated_data,
                                    const crypto::Signer&) const;

  // Deletes external_secret: nobody can join this epoch by an external commit any more, and such commits can no longer
  // be staged on it.
  void forget_external_secret() { own_.external_secret.wipe(); }

  // Adds the outer protection for the wire: a membership tag, or encryption with this member's next message key, which
  // is spent by that. RFC 9420 §6.2, §6.3
  Result<MlsMessage> protect(const AuthenticatedContent&, const Padding&, Random&);

  // Removes the outer protection and verifies the signature. A message that is not genuine changes nothing; the key of
  // one that is, is spent. kWrongGroup, kWrongEpoch, kInvalidSender, kInvalidMessage, kOwnMessage (a PrivateMessage of
  // this member, whose key is gone), and the errors of the crypto and keyschedule layers (kOpenFailed, kBadSignature,
  // kBadTag, kGenerationSpent, kGenerationTooFarAhead).
  Result<VerifiedContent> unprotect(const MlsMessage&);
  // The same without spending: whoever has to store first what changes spends the key itself, see message_keys().
  Result<OpenedMessage> open(const MlsMessage&) const;

  [[nodiscard]] keyschedule::SecretTree& message_keys() { return own_.message_keys; }

  // What open() verified in this very epoch, and was kept in a store since: its key is spent, so the message cannot be
  // opened again. For keepers of epochs; the store is trusted as it is with the epoch's secrets.
  [[nodiscard]] VerifiedContent verified_before(AuthenticatedContent) const;

  // This epoch was left: it still reads messages that come late, and nothing else. Private keys, exporter and the other
  // secrets of the key schedule are wiped, the membership key excepted.
  void retire();

 private:
  Result<OpenedMessage> open(const PublicMessage&) const;
  Result<OpenedMessage> open(const PrivateMessage&) const;

  std::shared_ptr<const PublicEpoch> public_;
  MemberSecrets own_;
};

}  // namespace dmls::group
