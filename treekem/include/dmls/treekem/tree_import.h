#pragma once
// A tree from outside, checked before it is used. RFC 9420 §12.4.3.1, §12.4.3.3

#include <dmls/base/bytes.h>
#include <dmls/base/executor.h>
#include <dmls/base/result.h>
#include <dmls/treekem/credential_validator.h>
#include <dmls/treekem/extension_type.h>
#include <dmls/treekem/lifetime.h>
#include <dmls/treekem/ratchet_tree.h>
#include <dmls/treekem/required_capabilities.h>

#include <span>

namespace dmls::treekem {

// The group that the tree is said to be of. Everything is borrowed for the length of a call.
struct TreeExpectations {
  // GroupContext.group_id, which the signatures of leaves bind.
  BytesView group_id = {};
  // GroupContext.tree_hash.
  BytesView tree_hash = {};
  // The group's required_capabilities; nullptr if it has none.
  const RequiredCapabilities* required = nullptr;
  // The types of the GroupContext's extensions. RFC 9420 §13.4
  std::span<const ExtensionType> group_extensions = {};
  // Judged for key_package leaves only.
  LifetimePolicy lifetime = {};
};

// Everything that RFC 9420 asks of a ratchet tree: RatchetTree::decode(), the tree hash, parent hashes, every leaf as
// of §7.3 (capabilities, lifetime, credential types of all by all, signature, credential), and that all keys are
// usable. Cheapest first; signatures are spread by `executor`, the validator is only called from this thread.
// kInvalidTree for another tree hash or a tree without members; else the code of the rule that is broken.
Result<RatchetTree> import_ratchet_tree(const crypto::CipherSuite&, BytesView encoded, const TreeExpectations&,
                                        const CredentialValidator&, Executor* executor = nullptr);

}  // namespace dmls::treekem
