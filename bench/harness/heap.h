#pragma once
// What a program allocates. Needs heap.cc, which replaces operator new.

#include <malloc.h>

#include <cstdint>

namespace dmls::bench {

// Calls of operator new by this thread, ever.
[[nodiscard]] std::uint64_t allocations();

// Octets in use, of the whole process and everything that it is linked to.
[[nodiscard]] inline std::int64_t heap_octets() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}

}  // namespace dmls::bench
