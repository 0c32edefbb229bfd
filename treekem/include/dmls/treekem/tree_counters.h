#pragma once
#include <cstdint>

namespace dmls::treekem {

// TreeCounters says what trees cost, in numbers that do not depend on the machine. Counted per thread; read the
// difference between two moments.
struct TreeCounters {
  std::uint64_t tree_nodes = 0;     // nodes of ratchet trees that were allocated
  std::uint64_t index_nodes = 0;    // nodes of key and capability indexes that were allocated
  std::uint64_t tree_hashes = 0;    // TreeHashInput values hashed
  std::uint64_t parent_hashes = 0;  // ParentHashInput values hashed
  std::int64_t live_octets = 0;     // octets of both kinds of nodes: allocated less freed
};

// The counters of the calling thread.
[[nodiscard]] TreeCounters tree_counters();

}  // namespace dmls::treekem
