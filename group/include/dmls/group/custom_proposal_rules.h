#pragma once
// What proposals of types that RFC 9420 does not define mean. RFC 9420 §12.2, §13.2

#include <dmls/base/result.h>
#include <dmls/group/framed_content.h>
#include <dmls/group/proposal.h>
#include <dmls/group/public_epoch.h>

#include <vector>

namespace dmls::group {

struct OwnUpdate;  // <dmls/group/proposal_store.h>

// What a custom proposal does to a group.
struct CustomEffect {
  // A leaf to be replaced.
  struct Leaf {
    LeafIndex index;         // of a member; kInvalidProposal if it is blank
    treekem::LeafNode leaf;  // valid there by RFC 9420 §7.3, whatever its leaf_node_source
    // What is behind it if it is a leaf of our own: without the key pair its commit cannot be followed. Borrowed until
    // the commit is staged.
    const OwnUpdate* own = nullptr;
  };
  bool path_required = false;     // a commit without a path is invalid then
  std::vector<Leaf> leaves = {};  // leaves to replace, judged and applied as Updates are; not the committer's
};

// CustomProposalRules judges them: asked whenever a commit with one is made or received. All members have to come to
// the same answer. Without rules a custom proposal changes nothing, needs no path, and shows up in Changes. In any case
// all members have to list the type in their capabilities.
class CustomProposalRules {
 public:
  virtual ~CustomProposalRules() = default;
  // A refusal makes the commit invalid; errc::kInvalidProposal is the usual one.
  virtual Result<CustomEffect> apply(const PublicEpoch& before, const CustomProposal&,
                                     const Sender& proposer) const = 0;
};

}  // namespace dmls::group
