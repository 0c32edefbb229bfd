#pragma once
// An epoch whose secrets are held. The public half is shared with whoever else points to it; the secret half only ever
// shrinks.

#include <dmls/fork/key_schedule.h>
#include <dmls/fork/session.h>
#include <dmls/group/proposal_store.h>
#include <dmls/group/psk_source.h>
#include <dmls/group/transition.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace dmls::fork {

// The resumption PSK of an epoch, for commits further down its branch. May outlive the epoch. RFC 9420 §8.6
struct PastPsk {
  NodeId id;
  std::uint64_t epoch;
  keyschedule::ResumptionPsk psk;
};

struct LiveEpoch;

// An own commit that was not accepted yet. Its evaluation belongs to the parent's living PPRF: nothing is copied.
struct PendingCommit {
  OwnCommit shown;
  std::unique_ptr<LiveEpoch> child;
  std::optional<pprf::Evaluation> evaluation;
  Bytes inner_hash;
  std::vector<Welcome> welcomes;
};

// A genuine commit that names a proposal or a pre-shared key that is not here. Its message key is spent: this is the
// only copy.
struct BlockedCommit {
  std::uint64_t number;  // of its record
  group::VerifiedContent content;
  CommitHash commit;
  Bytes inner_hash;
};

struct LiveEpoch {
  LiveEpoch(NodeId name, group::Epoch e, pprf::Pprf p, group::SigningIdentity who)
      : id(std::move(name)), epoch(std::move(e)), pprf(std::move(p)), identity(std::move(who)) {}

  NodeId id;
  group::Epoch epoch;
  pprf::Pprf pprf;
  group::SigningIdentity identity;       // this client's on this branch
  std::optional<std::uint64_t> left_at;  // when the first commit left it, or another branch was preferred
  bool closed = false;                   // started by a ReInit
  bool punctured = false;
  group::ProposalStore proposals;  // kept as long as siblings may name them
  std::set<CommitHash> entered;    // commits that lead to children, deleted ones too
  std::map<CommitHash, PendingCommit> pending;
  std::vector<BlockedCommit> blocked;
  std::optional<group::Changes> removed_here;  // a commit removes this client
  std::shared_ptr<const PastPsk> own_psk;
  std::vector<std::shared_ptr<const PastPsk>> past_psks;  // of its ancestors, the latest last

  [[nodiscard]] bool may_send() const { return !closed && !removed_here; }
};

// The commit hash of genuine content: the confirmed_transcript_hash of the epoch it starts.
[[nodiscard]] CommitHash commit_hash(const group::PublicEpoch& parent, const group::AuthenticatedContent& commit);

// Where a member of one branch is in the tree of another: the same client at whatever leaf; or at the same leaf the
// same identity, which stays when keys and credentials change. RFC 9420 §5.3.1, §12.2
[[nodiscard]] std::optional<tree_math::LeafIndex> find_member(const treekem::RatchetTree&, const group::Member&,
                                                              const treekem::CredentialValidator&);

// Resumption PSKs along the ancestry of one epoch, then whatever the application holds.
class BranchPsks final : public group::PskSource {
 public:
  BranchPsks(const LiveEpoch& live, const group::ClientConfig& config) : live_(live), application_(config.psks.get()) {}
  // kForeignResumption for a resumption PSK of another group.
  Result<keyschedule::Psk> find(const keyschedule::PreSharedKeyID&) const override;

 private:
  const LiveEpoch& live_;
  const group::PskSource* application_;
};

// An epoch from what a transition staged and its succession took. `parent`: nullptr for somebody who founds or joins.
Result<std::unique_ptr<LiveEpoch>> enter_epoch(group::Epoch, DemlsSuccession, const LiveEpoch* parent,
                                               group::SigningIdentity, std::size_t kept_psks);

}  // namespace dmls::fork
