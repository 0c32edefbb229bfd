#pragma once
// Counts what the program allocates. Include it in exactly one file of a test program: it replaces operator new.

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace dmls::test {

inline std::atomic<std::size_t> allocated_octets{0};

// Allocations watches from its birth on.
class Allocations {
 public:
  // Octets allocated since, freed ones included.
  [[nodiscard]] std::size_t octets() const { return allocated_octets.load() - before_; }

 private:
  std::size_t before_ = allocated_octets.load();
};

}  // namespace dmls::test

// Not inline: replacements must not be, and g++ warns about free() where it sees through them.
[[gnu::noinline]] void* operator new(std::size_t n) {
  dmls::test::allocated_octets += n;
  void* p = std::malloc(n == 0 ? 1 : n);
  if (p == nullptr) std::abort();
  return p;
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
