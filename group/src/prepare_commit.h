#pragma once
// What own commits of members and of external joiners share. RFC 9420 §12.4.1

#include <dmls/group/transition.h>
#include <dmls/treekem/path.h>

#include <optional>

#include "next_epoch.h"
#include "proposals.h"

namespace dmls::group {

// A commit up to its signature.
struct PreparedCommit {
  NextEpoch next;  // all of `context` but the confirmed transcript hash
  Commit commit;
  std::optional<treekem::PathDraft> path;
  keyschedule::CommitSecret commit_secret;
  SecretBytes last_path_secret;  // zero without a path, see InitSecretSource
  std::vector<LeafIndex> added;
  std::vector<treekem::KeyPackage> added_packages;  // theirs, in the same order
  std::vector<keyschedule::PreSharedKeyID> psks;
  Changes changes;
};

// `leaf`: signature key, credential, capabilities and extensions of the committer's new leaf. `present`: the
// committer's private keys before; nothing for somebody who joins.
Result<PreparedCommit> prepare_commit(const PublicEpoch& before, const CommitterRole&, treekem::LeafNode leaf,
                                      const treekem::TreeSecrets* present, std::vector<ProposalOrRef>, ProposedState,
                                      PathChoice, const ClientConfig&);

// The key schedule of a signed commit, and everything behind it.
struct FinishedCommit {
  StagedEpoch staged;
  Bytes confirmation_tag;
  std::optional<Welcome> welcome;
};
Result<FinishedCommit> finish_commit(const PublicEpoch& before, PreparedCommit,
                                     const AuthenticatedContent& signed_commit, TreeDelivery, const PskSource&,
                                     const ClientConfig&, InitSeam);

}  // namespace dmls::group
