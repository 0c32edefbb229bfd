#pragma once
// What a commit does, in the words of an application that has to judge it.

#include <dmls/base/bytes.h>
#include <dmls/group/proposal.h>
#include <dmls/keyschedule/psk.h>
#include <dmls/tree_math/tree_math.h>
#include <dmls/treekem/credential.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace dmls::group {

// A member as it stands in the tree.
struct Member {
  tree_math::LeafIndex leaf;
  treekem::Credential credential;
  Bytes signature_key;  // SignaturePublicKey octets
};

// Changes summarises a staged transition. Lists are in the order of the leaves they name.
struct Changes {
  std::uint64_t epoch = 0;  // the epoch that begins
  Member committer;         // as it stands in the new epoch
  std::vector<Member> added;
  std::vector<Member> removed;                    // as they stood before
  std::vector<Member> updated;                    // new leaf content, the committer's own excepted
  std::vector<keyschedule::PreSharedKeyID> psks;  // in the order of the commit
  std::optional<ReInit> reinit;                   // the group ends with this epoch, and starts again like this
  bool context_extensions_changed = false;        // see Group for the new ones
  bool has_path = false;                          // the commit brings fresh keys: it heals what leaked before
  bool external = false;                          // the committer was not a member before, or joined anew
};

}  // namespace dmls::group
