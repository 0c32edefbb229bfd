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
  treekem::TreeSecrets tree_secrets;            // private keys of the own leaf and of its direct path, as far as known
  keyschedule::SecretTree message_keys;         // of all members, as far as they are not spent. RFC 9420 §9
  keyschedule::SenderDataKeys sender_data;      // RFC 9420 §6.3.2
  keyschedule::ExporterSecret exporter_secret;  // RFC 9420 §8.5; empty once the epoch was left
  keyschedule::ExternalSecret external_secret;  // RFC 9420 §8.3; empty once forgotten, or the epoch was left
  keyschedule::MembershipKey membership_key;    // RFC 9420 §6.2
  keyschedule::ResumptionPsk resumption_psk;    // RFC 9420 §8.6; empty once the epoch was left
  keyschedule::EpochAuthenticator epoch_authenticator;  // RFC 9420 §8.7; empty once the epoch was left
};

// A message that was opened, whose key is not spent yet.
struct OpenedMessage {
  VerifiedContent content;                     // verified in the epoch that opened it
  std::optional<keyschedule::RatchetKey> key;  // of a PrivateMessage
};

// Epoch holds both halves, and does what takes no other epoch: sign, protect, open.
class Epoch {
 public:
  // The halves of one and the same epoch, which is not checked.
  Epoch(std::shared_ptr<const PublicEpoch> shared, MemberSecrets own)
      : public_(std::move(shared)), own_(std::move(own)) {}
  Epoch(Epoch&&) noexcept = default;
  Epoch& operator=(Epoch&&) noexcept = default;

  // The public half, lent.
  [[nodiscard]] const PublicEpoch& shared() const { return *public_; }
  // The same, to be held for longer; never nullptr. Which epoch a message or commit belongs to is told by this pointer.
  [[nodiscard]] const std::shared_ptr<const PublicEpoch>& shared_pointer() const { return public_; }
  // The secret half, lent.
  [[nodiscard]] const MemberSecrets& own() const { return own_; }
  // Where this member stands in the tree; also after retire().
  [[nodiscard]] LeafIndex own_leaf() const { return own_.tree_secrets.leaf_index(); }
  // Of the group.
  [[nodiscard]] const crypto::CipherSuite& suite() const { return public_->suite; }
  // GroupContext.epoch; not a name: epochs of two forks have the same.
  [[nodiscard]] std::uint64_t number() const { return public_->context.epoch; }

  // Frames `content` as this member: group, epoch and sender are filled in, the FramedContent is signed. A commit still
  // lacks its confirmation tag. RFC 9420 §6.1. kInvalidMessage for application data as a PublicMessage; errors of the
  // signer.
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

  // A message that open() verified in this epoch and that was stored since, whose key is spent: nothing is verified
  // again. For whoever keeps epochs, with what comes from his own store alone.
  [[nodiscard]] VerifiedContent verified_before(AuthenticatedContent) const;

  // For whoever stores what changes in them, or spends the key of a message that open() read.
  [[nodiscard]] keyschedule::SecretTree& message_keys() { return own_.message_keys; }

  // This epoch was left: it still reads messages that come late, and nothing else. Private keys, exporter and the other
  // secrets of the key schedule are wiped, the membership key excepted.
  void retire();

 private:
  friend class Group;
  Result<OpenedMessage> open(const PublicMessage&) const;
  Result<OpenedMessage> open(const PrivateMessage&) const;

  std::shared_ptr<const PublicEpoch> public_;
  MemberSecrets own_;
};

}  // namespace dmls::group
