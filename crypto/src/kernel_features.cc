#include "kernel_dispatch.h"

#if defined(__x86_64__)
#include <cpuid.h>

#include <cstdint>
#endif

namespace dmls::crypto::kernel {
namespace {

#if defined(__x86_64__)
std::uint64_t saved_registers() {
  std::uint32_t low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (std::uint64_t{high} << 32) | low;
}

Features detect() {
  Features f;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0) return f;
  const bool ssse3 = (c >> 9) & 1, sse41 = (c >> 19) & 1, xsave = (c >> 27) & 1;
  const unsigned family = ((a >> 8) & 15) + ((a >> 20) & 255);
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return f;
  f.shani = ssse3 && sse41 && ((b >> 29) & 1);
  // XCR0: SSE, AVX, and the three parts of the AVX-512 state.
  constexpr std::uint64_t kVectorState = 0xe6;
  f.avx512 = xsave && ((b >> 16) & 1) && ((b >> 30) & 1) && ((b >> 31) & 1) &&
             (saved_registers() & kVectorState) == kVectorState;
  // AMD's family 19h (Zen 4) executes 512-bit operations in two halves, and has the SHA rounds at twice the rate of its
  // neighbours: there, four streams of SHA rounds beat sixteen lanes.
  unsigned vendor = 0;
  const bool amd = __get_cpuid(0, &a, &vendor, &c, &d) != 0 && vendor == signature_AMD_ebx;
  f.wide_lanes = f.avx512 && !(f.shani && amd && family == 0x19);
  return f;
}
#else
Features detect() { return {}; }
#endif

}  // namespace

const Features& features() {
  static const Features found = detect();
  return found;
}

}  // namespace dmls::crypto::kernel
