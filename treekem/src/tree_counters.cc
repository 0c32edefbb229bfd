#include "counters.h"

namespace dmls::treekem {
namespace detail {

TreeCounters& counters() {
  static thread_local TreeCounters counters;
  return counters;
}

}  // namespace detail

TreeCounters tree_counters() { return detail::counters(); }

}  // namespace dmls::treekem
