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

// GroupInfoNotes is what a variant of MLS says in the extensions of a GroupInfo about the epoch that it describes. Both
// are asked after the epoch's EpochSuccession has derived what it takes.
class GroupInfoNotes {
 public:
  virtual ~GroupInfoNotes() = default;
  // Extensions for the GroupInfo inside a Welcome, which is about to be signed.
  virtual void write(treekem::ExtensionList&) const = 0;
  // Judges the extensions of a verified GroupInfo whose epoch was just joined; a failure makes joining fail.
  virtual Result<void> check(const treekem::ExtensionList&) const = 0;
};

// The two ends of the init secret, RFC 9420 §8: where that of the parent epoch comes from, and what the new epoch
// leaves to its own successors. `notes`, if any, go into the Welcome of a commit.
struct InitSeam {
  keyschedule::InitSecretSource& source;     // asked at most once, and not for an external commit
  keyschedule::EpochSuccession& succession;  // called at most once, with the new epoch secret
  const GroupInfoNotes* notes = nullptr;     // borrowed, as the others, for the call
};

// An epoch that would follow, complete and verified.
struct StagedEpoch {
  Epoch next;                                    // as this member will hold it
  Changes changes;                               // accepted by the policy
  std::optional<SigningIdentity> identity = {};  // this client's in that epoch, if the commit changes it
};

// A genuine commit that removes this member: it cannot follow, nor check the confirmation tag. RFC 9420 §12.4.2
struct RemovedByCommit {
  Changes changes;  // accepted by the policy
};

// A genuine commit that names what this client does not have. Keep the VerifiedContent and stage it again when it has:
// its key is spent, so the message itself cannot be read a second time.
struct Waiting {
  std::vector<ProposalRef> proposals;             // in the order of the commit
  std::vector<keyschedule::PreSharedKeyID> psks;  // looked for only when no proposal is missing
};

// What comes of a commit that is no error.
using Staging = std::variant<StagedEpoch, RemovedByCommit, Waiting>;

// What a member needs to know besides its epoch to make or read a commit. `proposals` are those of the same epoch.
struct CommitInputs {
  const ProposalStore& proposals;  // with what is behind own Updates
  const PskSource& psks;           // external ones, and resumption PSKs as far as they are kept
  const ClientConfig& config;      // with the identity that this client has in the epoch
};

// A Welcome, and whom it is for.
struct WelcomeMessage {
  MlsMessage message;                 // with a Welcome
  std::vector<LeafIndex> recipients;  // in the epoch that begins
};

// A commit of one's own, with what has to be sent.
struct OwnCommit {
  StagedEpoch staged;                    // where it leads
  MlsMessage commit;                     // for the members; the message key of a PrivateMessage is spent
  std::vector<WelcomeMessage> welcomes;  // none if nobody was added
};

// Creates a commit in `parent`. RFC 9420 §12.4.1. On failure nothing is spent.
Result<OwnCommit> create_commit(Epoch& parent, const CommitRequest&, const CommitInputs&, InitSeam);

// Stages a received commit: of another member, or of somebody who joins with it (`seam.source` is not asked then).
// RFC 9420 §12.4.2. kStale if `commit` was not verified in `parent`; kInvalidCommit, kInvalidProposal,
// kInvalidProposalList, kConfirmationMismatch, whatever the policy refuses with, and the errors of the layers below.
Result<Staging> stage_commit(const Epoch& parent, const VerifiedContent& commit, const CommitInputs&, InitSeam);

// Is this proposal valid by itself, RFC 9420 §12.1, and acceptable to the policy? It may still not go with others.
Result<void> check_proposal(const PublicEpoch&, const StoredProposal&, const ClientConfig&);

// Whether a joiner takes the place of a member with its own identity, which it was before. RFC 9420 §12.4.3.2
enum class Resync : std::uint8_t {
  no,                // a new member
  replace_own_leaf,  // the first member with our identity is removed by the same commit
};

// What an external commit does besides joining.
struct ExternalCommitRequest {
  Resync resync = Resync::no;             // kNotAMember if it is asked for and no leaf has our identity
  std::vector<Bytes> external_psks = {};  // psk_ids; the members have to hold them too
  Bytes authenticated_data = {};          // sent along in the clear
};

// Joins by a commit of one's own, with a GroupInfo that has an external_pub. RFC 9420 §12.4.3.2. `ratchet_tree`: the
// encoded tree if it comes aside, else empty.
Result<OwnCommit> create_external_commit(const GroupInfo&, BytesView ratchet_tree, const ExternalCommitRequest&,
                                         const PskSource&, const ClientConfig&, keyschedule::EpochSuccession&);

// Whether a GroupInfo lets its reader join by an external commit.
enum class ExternalJoins : std::uint8_t {
  allowed,  // with an external_pub extension
  refused,  // without
};

// A signed GroupInfo of this epoch. RFC 9420 §12.4.3. `further`: extensions besides ratchet_tree and external_pub.
Result<GroupInfo> make_group_info(const Epoch&, TreeDelivery, ExternalJoins, const SigningIdentity&,
                                  treekem::ExtensionList further = {});

// Checks a GroupInfo and its tree, and gives the public half of its epoch. `entered_at`: now, in seconds.
Result<PublicEpoch> import_group_info(const GroupInfo&, BytesView ratchet_tree, const crypto::CipherSuite&,
                                      const Policy&, std::uint64_t entered_at, Executor* executor = nullptr);

// Epoch 0 of a new group whose only member is this client. RFC 9420 §11. kUnsupportedCapability (treekem) if
// ClientConfig::capabilities lack a type of these extensions, or what required_capabilities names.
Result<Epoch> create_epoch(BytesView group_id, treekem::ExtensionList extensions, const ClientConfig&,
                           keyschedule::EpochSuccession&);

// The group that a re-initialised or branched one descends from, as a joiner has to know it. RFC 9420 §11.2, §11.3
struct Ancestor {
  std::shared_ptr<const PublicEpoch> epoch;  // never nullptr
  std::optional<ReInit> reinit;              // of the commit that started the epoch
};
// AncestorSource finds the epochs that a new group may descend from.
class AncestorSource {
 public:
  virtual ~AncestorSource() = default;
  // That epoch of that group; nothing if it is not known.
  [[nodiscard]] virtual std::optional<Ancestor> find(BytesView group_id, std::uint64_t epoch) const = 0;
};

// The epoch that a Welcome leads to. RFC 9420 §12.4.3.1. `ratchet_tree`: the encoded tree if it comes aside, else
// empty. `ancestors`: nullptr to join a group that descends from no other; otherwise it has to (kInvalidWelcome).
// The changes: `committer` is whoever signed the GroupInfo, `added` this client alone.
Result<StagedEpoch> join_epoch(const Welcome&, const treekem::KeyPackageBundle&, BytesView ratchet_tree,
                               const AncestorSource* ancestors, const PskSource&, const ClientConfig&,
                               keyschedule::EpochSuccession&, const GroupInfoNotes* = nullptr);

}  // namespace dmls::group
