#pragma once
// From one epoch to the next. RFC 9420 §12.4
//
// These functions compute; they change nothing but the sender's message key that create_commit() spends. Whoever keeps
// epochs (Group for a linear history) decides whether the staged epoch becomes real.

#include <dmls/base/result.h>
#include <dmls/group/changes.h>
#include <dmls/group/client_config.h>
#include <dmls/group/commit_request.h>
#include <dmls/group/epoch.h>
#include <dmls/group/proposal_store.h>
#include <dmls/group/psk_source.h>
#include <dmls/keyschedule/succession.h>
#include <dmls/treekem/key_package.h>

#include <optional>
#include <variant>
#include <vector>

namespace dmls::group {

// Whether a GroupInfo lets its reader join by an external commit.
enum class ExternalJoins : std::uint8_t { allowed, refused };

// The two ends of the init secret, RFC 9420 §8: where that of the parent epoch comes from, and what the new epoch
// leaves to its own successors.
struct InitSeam {
  keyschedule::InitSecretSource& source;
  keyschedule::EpochSuccession& succession;
};

// An epoch that would follow, complete and verified.
struct StagedEpoch {
  Epoch next;
  Changes changes;
};

// A genuine commit that removes this member: it cannot follow, nor check the confirmation tag. RFC 9420 §12.4.2
struct RemovedByCommit {
  Changes changes;
};

// What a member needs to know besides its epoch to make or read a commit.
struct CommitInputs {
  const ProposalStore& proposals;
  const PskSource& psks;
  const ClientConfig& config;
};

// A commit of one's own, with what has to be sent.
struct OwnCommit {
  StagedEpoch staged;
  MlsMessage commit;
  std::optional<MlsMessage> welcome;  // if members were added
};

// Creates a commit in `parent`. RFC 9420 §12.4.1. On failure nothing is spent.
Result<OwnCommit> create_commit(Epoch& parent, const CommitRequest&, const CommitInputs&, InitSeam);

// Stages a received commit: of another member, or of somebody who joins with it (`seam.source` is not asked then).
// RFC 9420 §12.4.2. kInvalidCommit, kInvalidProposal, kInvalidProposalList, kUnknownProposal, kUnknownPsk,
// kConfirmationMismatch, whatever the policy refuses with, and the errors of the layers below.
Result<std::variant<StagedEpoch, RemovedByCommit>> stage_commit(const Epoch& parent, const VerifiedContent& commit,
                                                                const CommitInputs&, InitSeam);

// What an external commit may do besides joining.
struct ExternalCommitRequest {
  std::optional<LeafIndex> replaces = {};  // the joiner's own old leaf (resync). RFC 9420 §12.4.3.2
  std::vector<Bytes> external_psks = {};
  Bytes authenticated_data = {};
};

// Joins by a commit of one's own, with a GroupInfo that has an external_pub. RFC 9420 §12.4.3.2. `ratchet_tree`: the
// encoded tree if it comes aside, else empty.
Result<OwnCommit> create_external_commit(const GroupInfo&, BytesView ratchet_tree, const ExternalCommitRequest&,
                                         const PskSource&, const ClientConfig&, keyschedule::EpochSuccession&);

// A signed GroupInfo of this epoch. RFC 9420 §12.4.3
Result<GroupInfo> make_group_info(const Epoch&, TreeDelivery, ExternalJoins, const ClientConfig&);

// Epoch 0 of a new group whose only member is this client. RFC 9420 §11
Result<Epoch> create_epoch(BytesView group_id, treekem::ExtensionList extensions, const ClientConfig&,
                           keyschedule::EpochSuccession&);

// The epoch that a Welcome leads to. RFC 9420 §12.4.3.1. `ratchet_tree`: the encoded tree if it comes aside, else
// empty.
Result<StagedEpoch> join_epoch(const Welcome&, const treekem::KeyPackageBundle&, BytesView ratchet_tree,
                               const PskSource&, const ClientConfig&, keyschedule::EpochSuccession&);

}  // namespace dmls::group
