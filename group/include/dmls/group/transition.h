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
#include <dmls/keyschedule/succession.h>
#include <dmls/treekem/key_package.h>

#include <optional>

namespace dmls::group {

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

// A commit of one's own, with what has to be sent.
struct OwnCommit {
  StagedEpoch staged;
  MlsMessage commit;
  std::optional<MlsMessage> welcome;  // if members were added
};

// Creates a commit in `parent`. RFC 9420 §12.4.1. On failure nothing is spent.
Result<OwnCommit> create_commit(Epoch& parent, const CommitRequest&, const ClientConfig&, InitSeam);

// Stages a received commit of another member. RFC 9420 §12.4.2. kInvalidCommit, kInvalidProposal, kInvalidProposalList,
// kUnknownProposal, kConfirmationMismatch, kRemoved if the commit removes this member, whatever the policy refuses
// with, and the errors of the layers below.
Result<StagedEpoch> stage_commit(const Epoch& parent, const VerifiedContent& commit, const ClientConfig&, InitSeam);

// Epoch 0 of a new group whose only member is this client. RFC 9420 §11
Result<Epoch> create_epoch(BytesView group_id, treekem::ExtensionList extensions, const ClientConfig&,
                           keyschedule::EpochSuccession&);

// The epoch that a Welcome leads to. RFC 9420 §12.4.3.1. `ratchet_tree`: the encoded tree if it comes aside, else
// empty.
Result<StagedEpoch> join_epoch(const Welcome&, const treekem::KeyPackageBundle&, BytesView ratchet_tree,
                               const ClientConfig&, keyschedule::EpochSuccession&);

}  // namespace dmls::group
