#pragma once
#include <dmls/base/bytes.h>
#include <dmls/group/client_config.h>
#include <dmls/group/framed_content.h>
#include <dmls/tree_math/tree_math.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace dmls::group {

// How proposals and commits travel. RFC 9420 §6
enum class HandshakeFormat : std::uint8_t {
  private_message,  // signed and encrypted
  public_message,   // signed: delivery services and observers can read it
};
// When a commit brings fresh keys. RFC 9420 §12.4 demands a path for some proposals and for none at all.
enum class PathChoice : std::uint8_t {
  always,         // the committer heals
  when_required,  // only if a proposal needs one, or there is no proposal
};
// Where a new member finds the ratchet tree. RFC 9420 §12.4.3.3
enum class TreeDelivery : std::uint8_t {
  inside,  // in the GroupInfo, as its ratchet_tree extension
  aside,   // the application hands it over: Transition::ratchet_tree(), Group::ratchet_tree()
};
// Whether a commit takes up the proposals that wait in this epoch.
enum class PendingProposals : std::uint8_t {
  include,  // as many as are valid, acceptable and go together
  leave,    // none; with the epoch they are gone
};
// One Welcome for all who are added, or one for each. RFC 9420 §12.4.3.1
enum class WelcomeSplit : std::uint8_t {
  one_for_all,  // the smallest in sum
  one_each,     // each with the same encrypted GroupInfo, and the secrets of one recipient
};

// The wire format of that choice.
[[nodiscard]] constexpr WireFormat wire_format_of(HandshakeFormat format) {
  return format == HandshakeFormat::public_message ? WireFormat::mls_public_message : WireFormat::mls_private_message;
}

// CommitRequest says what a commit shall do: the proposals that wait in this epoch, and what is asked for here. With
// neither, it renews the committer's keys. Of waiting proposals, those are left out that are invalid, that the policy
// does not accept, or that do not go with the rest (RFC 9420 §12.2); what is asked for here is taken or the commit
// fails.
//
//   group.commit(CommitRequest().add(key_package).remove(leaf).handshake(HandshakeFormat::public_message))
class CommitRequest {
 public:
  // The owner of an encoded KeyPackage, or MLSMessage with one, joins. What is wrong with it is reported by commit().
  CommitRequest& add(BytesView key_package);
  // The member at that leaf leaves. commit() reports kInvalidProposal for a blank leaf, kInvalidProposalList for one's
  // own.
  CommitRequest& remove(tree_math::LeafIndex member);
  // An external pre-shared key that all members hold; a fresh nonce is drawn. commit() reports kUnknownPsk if this
  // client does not hold it.
  CommitRequest& external_psk(BytesView psk_id);
  // The resumption PSK of an epoch of a group that all members were in. RFC 9420 §8.6
  CommitRequest& resumption_psk(BytesView group_id, std::uint64_t epoch);
  // Replaces all extensions of the GroupContext. RFC 9420 §12.1.7
  CommitRequest& group_context_extensions(treekem::ExtensionList extensions);
  // The group ends, and starts again with these parameters: see Client::reinitialize(). RFC 9420 §11.2
  CommitRequest& reinit(ReInit parameters);
  // A proposal of a type of one's own, which all members list in their capabilities.
  CommitRequest& custom(CustomProposal proposal);
  // The committer's leaf gets another credential and signature key; implies a path. From the new epoch on the group
  // signs with it.
  CommitRequest& identity(SigningIdentity identity);

  // Whether the proposals that wait are committed. Default: include.
  CommitRequest& pending(PendingProposals choice);
  // Of the proposals that wait, exactly these, instead of what pending() says: the commit fails if one is unknown or
  // cannot be taken. RFC 9420 §12.4 wants all that are valid; for those who know why not.
  CommitRequest& references(std::vector<ProposalRef> proposals);
  // Default: always.
  CommitRequest& path(PathChoice choice);
  // For those who are added. Default: inside.
  CommitRequest& tree(TreeDelivery delivery);
  // Default: one_for_all.
  CommitRequest& welcomes(WelcomeSplit split);
  // How the commit itself travels. Default: private_message.
  CommitRequest& handshake(HandshakeFormat format);
  // Sent along in the clear, covered by signature and AEAD.
  CommitRequest& authenticated_data(BytesView data);

  // ---- what was asked for

  // A PSK without its nonce, which is drawn when the commit is made.
  using PskId = std::variant<keyschedule::ExternalPskId, keyschedule::ResumptionPskId>;
  // Key packages as they were given, not decoded; in the order of the calls.
  [[nodiscard]] const std::vector<Bytes>& adds() const { return adds_; }
  // In the order of the calls.
  [[nodiscard]] const std::vector<tree_math::LeafIndex>& removes() const { return removes_; }
  // Of both kinds, in the order of the calls.
  [[nodiscard]] const std::vector<PskId>& psks() const { return psks_; }
  // Nothing if the extensions stay.
  [[nodiscard]] const std::optional<treekem::ExtensionList>& group_context_extensions() const { return extensions_; }
  // Nothing if the group goes on.
  [[nodiscard]] const std::optional<ReInit>& reinit() const { return reinit_; }
  // In the order of the calls.
  [[nodiscard]] const std::vector<CustomProposal>& custom() const { return custom_; }
  // Nothing if the committer keeps its own.
  [[nodiscard]] const std::optional<SigningIdentity>& identity() const { return identity_; }
  // Without effect once there are references().
  [[nodiscard]] PendingProposals pending() const { return pending_; }
  // Nothing if pending() decides.
  [[nodiscard]] const std::optional<std::vector<ProposalRef>>& references() const { return references_; }
  // Without effect once there is an identity().
  [[nodiscard]] PathChoice path() const { return path_; }
  // Of the Welcomes.
  [[nodiscard]] TreeDelivery tree() const { return tree_; }
  // Without effect if nobody is added.
  [[nodiscard]] WelcomeSplit welcomes() const { return welcomes_; }
  // Of the commit.
  [[nodiscard]] HandshakeFormat handshake() const { return handshake_; }
  // Empty by default.
  [[nodiscard]] const Bytes& authenticated_data() const { return authenticated_data_; }

 private:
  friend struct DescentRequest;  // the first commit of a re-initialised or branched group
  std::vector<Bytes> adds_;
  std::vector<tree_math::LeafIndex> removes_;
  std::vector<PskId> psks_;
  std::optional<treekem::ExtensionList> extensions_;
  std::optional<ReInit> reinit_;
  std::vector<CustomProposal> custom_;
  std::optional<SigningIdentity> identity_;
  PendingProposals pending_ = PendingProposals::include;
  std::optional<std::vector<ProposalRef>> references_;
  PathChoice path_ = PathChoice::always;
  TreeDelivery tree_ = TreeDelivery::inside;
  WelcomeSplit welcomes_ = WelcomeSplit::one_for_all;
  HandshakeFormat handshake_ = HandshakeFormat::private_message;
  Bytes authenticated_data_;
};

}  // namespace dmls::group
