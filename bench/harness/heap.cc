#include "heap.h"

#include <cstdlib>
#include <new>

namespace {
thread_local std::uint64_t calls = 0;
}

std::uint64_t dmls::bench::allocations() { return calls; }

// Not inline: replacements must not be, and g++ warns about free() where it sees through them.
[[gnu::noinline]] void* operator new(std::size_t n) {
  ++calls;
  void* p = std::malloc(n == 0 ? 1 : n);
  if (p == nullptr) std::abort();
  return p;
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
