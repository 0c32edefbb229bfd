#pragma once
// What a commit does, in the words of an application that has to judge it.

#include <dmls/base/bytes.h>
#include <dmls/group/framed_content.h>
#include <dmls/group/proposal.h>
#include <dmls/keyschedule/psk.h>
#include <dmls/tree_math/tree_math.h>
#include <dmls/treekem/credential.h>
#include <dmls/treekem/credential_validator.h>
#include <dmls/treekem/ratchet_tree.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace dmls::group {

// A member as it stands in the tree.
struct Member {
  tree_math::LeafIndex leaf;       // its place, blank leaves counted
  treekem::Credential credential;  // as its leaf presents it
  Bytes signature_key;             // SignaturePublicKey octets
};

// All members of a tree, from left to right. O(n), with a copy of each credential.
[[nodiscard]] std::vector<Member> members_of(const treekem::RatchetTree&);

// The first leaf whose credential presents the same identity, see CredentialValidator::identity().
[[nodiscard]] std::optional<tree_math::LeafIndex> find_identity(const treekem::RatchetTree&, const treekem::Credential&,
                                                                const treekem::CredentialValidator&);

// Somebody joins. As with all changes, who proposed it need not be who committed it. What a commit contains by value
// was proposed by its committer.
struct Addition {
  Member member;    // as it stands in the new epoch
  Sender proposer;  // may be no member, RFC 9420 §12.1.8
};
// Somebody leaves.
struct Removal {
  Member member;    // as it stood before
  Sender proposer;  // may be no member, RFC 9420 §12.1.8
};
// A member's leaf is replaced, by its own Update or by the effect of a custom proposal.
struct Replacement {
  Member before;    // as it stood
  Member after;     // as it stands, at the same leaf
  Sender proposer;  // of an Update, the member itself
};

// Who commits: a member; or somebody from outside, who joins by it, alone or in the place of an own old leaf (resync).
// RFC 9420 §12.4.3.2
enum class CommitOrigin : std::uint8_t {
  member,    // somebody who was in the parent epoch
  joiner,    // somebody new
  rejoiner,  // somebody whose old leaf the commit removes
};

// Changes summarises a transition.
struct Changes {
  Bytes group_id;                              // of the epoch that begins
  std::uint64_t epoch = 0;                     // the epoch that begins
  CommitOrigin origin = CommitOrigin::member;  // of a Welcome: member
  Member committer;                            // as it stands in the new epoch; of a Welcome: who signed its GroupInfo
  // As it stood; the leaf that a rejoiner gave up; nothing for a joiner, or a Welcome.
  std::optional<Member> committer_before;
  std::vector<Addition> added;                       // in the order of the proposals; of a Welcome: this client alone
  std::vector<Removal> removed;                      // without the old leaf of a rejoiner
  std::vector<Replacement> updated;                  // by Updates and custom proposals; not the committer's own leaf
  std::vector<keyschedule::PreSharedKeyID> psks;     // in the order of the commit
  std::optional<ReInit> reinit;                      // the group ends with this epoch, and starts again like this
  std::optional<treekem::ExtensionList> extensions;  // what replaces the extensions of the GroupContext
  std::vector<CustomProposal> custom;                // of types that RFC 9420 does not define
  bool has_path = false;                             // the commit brings fresh keys: it heals what leaked before
};

}  // namespace dmls::group
