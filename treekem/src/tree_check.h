#pragma once
// What a tree made of given nodes has to be asked before it is used.

#include <dmls/base/result.h>

#include "tree_state.h"

namespace dmls::treekem {

// RFC 9420 §7.1, §12.4.3.1: the unmerged leaves of every parent node, and that no parent node stands above blank leaves
// only. kInvalidTree.
Result<void> check_unmerged(const TreeAccess::State&);

}  // namespace dmls::treekem
