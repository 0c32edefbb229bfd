#pragma once
// What a commit does, in the words of an application that has to judge it.

#include <dmls/base/bytes.h>
#include <dmls/tree_math/tree_math.h>
#include <dmls/treekem/credential.h>

#include <cstdint>
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
  std::vector<Member> removed;  // as they stood before
  std::vector<Member> updated;  // new leaf content, the committer's own excepted
  bool has_path = false;        // the commit brings fresh keys: it heals what leaked before
};

}  // namespace dmls::group
