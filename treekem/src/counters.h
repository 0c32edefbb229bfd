#pragma once
#include <dmls/treekem/tree_counters.h>

namespace dmls::treekem::detail {

TreeCounters& counters();

}  // namespace dmls::treekem::detail
