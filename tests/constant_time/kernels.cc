// The kernels under clang's MemorySanitizer with their secrets poisoned: a branch or an address that depends on one is
// reported. MemorySanitizer wants everything instrumented, so this program is the kernels and nothing else.

#include <sanitizer/msan_interface.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "kernel.h"
#include "kernel_dispatch.h"

namespace {

using namespace dmls::crypto::kernel;

constexpr size_t kWalks = 17;
uint8_t node[kWalks][64], path[kWalks][64], copath[kWalks][64 * 64], end[kWalks][64];

// Walks 48 levels with everything secret; true if the outcome is still poisoned, that is if the shadow came through.
bool check(const char* name, WalkFunction walk, size_t nh, size_t count) {
  Walk walks[kWalks];
  for (size_t i = 0; i < count; ++i) {
    memset(node[i], static_cast<int>(i + 1), nh);
    memset(path[i], static_cast<int>(0x5a + i), nh);
    __msan_poison(node[i], nh);
    __msan_poison(path[i], nh);
    walks[i] = {node[i], path[i], copath[i], end[i], 0, 48};
  }
  walk(walks, count);
  bool poisoned = true;
  for (size_t i = 0; i < count; ++i)
    poisoned = poisoned && __msan_test_shadow(end[i], nh) == 0 && __msan_test_shadow(copath[i], nh) == 0;
  if (!poisoned) printf("%s: the marks were lost\n", name);
  return poisoned;
}

}  // namespace

int main(int argc, char**) {
  if (argc > 1) {  // a branch on a secret bit, to see that it would be found
    __msan_poison(path[0], 1);
    return path_bit(path[0], 0) != 0 ? 3 : 4;
  }
  bool good = true;
  int run = 0;
#if defined(__x86_64__)
  const Features& f = features();
  const size_t counts[] = {1, 2, kWalks};
  for (const size_t count : counts) {
    if (f.shani) good = check("shani", walk_shani_sha256, 32, count) && good, ++run;
    if (!f.avx512) continue;
    good = check("lanes, SHA-256", walk_lanes_sha256, 32, count) && good, ++run;
    good = check("lanes, SHA-384", walk_lanes_sha384, 48, count) && good;
    good = check("lanes, SHA-512", walk_lanes_sha512, 64, count) && good;
    good = check("pair, SHA-384", walk_pair_sha384, 48, count) && good;
    good = check("pair, SHA-512", walk_pair_sha512, 64, count) && good;
  }
#endif
  if (run == 0) {
    puts("not run: this processor has none of the instructions");
    return 77;
  }
  if (good) puts("no branch and no address depends on a secret");
  return good ? 0 : 2;
}
