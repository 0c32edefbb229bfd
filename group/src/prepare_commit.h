#pragma once
// What own commits of members and of external joiners share. RFC 9420 §12.4.1

#include <dmls/group/transition.h>
#include <dmls/treekem/path.h>

#include <optional>

#include "next_epoch.h"
#include "proposals.h"

namespace dmls::group {

// Who commits, and how.
struct Committing {
  CommitterRole role;
  SigningIdentity identity;             // of the new leaf, and of the Welcome
  treekem::LeafNode leaf;               // capabilities and extensions of the new leaf; the rest is filled in
  const treekem::TreeSecrets* present;  // the private keys before; nullptr for somebody who joins
  PathChoice path = PathChoice::always;
};

// A commit up to its signature.
struct PreparedCommit {
  NextEpoch next;  // all of `context` but the confirmed transcript hash
  Commit commit;
  std::optional<treekem::PathDraft> path;
  std::vector<LeafIndex> added;
  std::vector<treekem::KeyPackage> added_packages;  // theirs, in the same order
  Changes changes;
};

Result<PreparedCommit> prepare_commit(const PublicEpoch& before, const Committing&, std::vector<ProposalOrRef>,
                                      ProposedState, const ClientConfig&);

// How new members are told.
struct WelcomeStyle {
  TreeDelivery tree = TreeDelivery::inside;
  WelcomeSplit split = WelcomeSplit::one_for_all;
};

// The key schedule of a signed commit, and everything behind it.
struct FinishedCommit {
  StagedEpoch staged;
  Bytes confirmation_tag;
  std::vector<WelcomeMessage> welcomes;
};
Result<FinishedCommit> finish_commit(const PublicEpoch& before, PreparedCommit,
                                     const AuthenticatedContent& signed_commit, const SigningIdentity&, WelcomeStyle,
                                     const PskSource&, const ClientConfig&, InitSeam);

}  // namespace dmls::group
