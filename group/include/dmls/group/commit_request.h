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
enum class HandshakeFormat : std::uint8_t { private_message, public_message };
// When a commit brings fresh keys. RFC 9420 §12.4 demands a path for some proposals and for none at all.
enum class PathChoice : std::uint8_t { always, when_required };
// Where a new member finds the ratchet tree. RFC 9420 §12.4.3.3
enum class TreeDelivery : std::uint8_t { inside, aside };
// Whether a commit takes up the proposals that wait in this epoch.
enum class PendingProposals : std::uint8_t { include, leave };
// One Welcome for all who are added, or one for each. RFC 9420 §12.4.3.1
enum class WelcomeSplit : std::uint8_t { one_for_all, one_each };

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
  CommitRequest& remove(tree_math::LeafIndex member);
  // An external pre-shared key that all members hold; a fresh nonce is drawn.
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

  CommitRequest& pending(PendingProposals choice);
  // Of the proposals that wait, exactly these, instead of what pending() says: the commit fails if one is unknown or
  // cannot be taken. RFC 9420 §12.4 wants all that are valid; for those who know why not.
  CommitRequest& references(std::vector<ProposalRef> proposals);
  CommitRequest& path(PathChoice choice);
  CommitRequest& tree(TreeDelivery delivery);
  CommitRequest& welcomes(WelcomeSplit split);
  CommitRequest& handshake(HandshakeFormat format);
  // Sent along in the clear, covered by signature and AEAD.
  CommitRequest& authenticated_data(BytesView data);

  using PskId = std::variant<keyschedule::ExternalPskId, keyschedule::ResumptionPskId>;
  [[nodiscard]] const std::vector<Bytes>& adds() const { return adds_; }
  [[nodiscard]] const std::vector<tree_math::LeafIndex>& removes() const { return removes_; }
  [[nodiscard]] const std::vector<PskId>& psks() const { return psks_; }
  [[nodiscard]] const std::optional<treekem::ExtensionList>& group_context_extensions() const { return extensions_; }
  [[nodiscard]] const std::optional<ReInit>& reinit() const { return reinit_; }
  [[nodiscard]] const std::vector<CustomProposal>& custom() const { return custom_; }
  [[nodiscard]] const std::optional<SigningIdentity>& identity() const { return identity_; }
  [[nodiscard]] PendingProposals pending() const { return pending_; }
  [[nodiscard]] const std::optional<std::vector<ProposalRef>>& references() const { return references_; }
  [[nodiscard]] PathChoice path() const { return path_; }
  [[nodiscard]] TreeDelivery tree() const { return tree_; }
  [[nodiscard]] WelcomeSplit welcomes() const { return welcomes_; }
  [[nodiscard]] HandshakeFormat handshake() const { return handshake_; }
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
