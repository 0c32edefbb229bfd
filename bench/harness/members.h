#pragma once
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace dmls::bench {

// The largest group that is measured: DMLS_BENCH_MEMBERS, or 100,000.
inline std::uint32_t most_members() {
  const char* wanted = std::getenv("DMLS_BENCH_MEMBERS");
  return wanted == nullptr ? 100'000 : static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10));
}

// 10, 100, ... up to `most` and most_members().
inline std::vector<std::uint32_t> group_sizes(std::uint32_t most) {
  std::vector<std::uint32_t> sizes;
  for (std::uint32_t n = 10; n <= most && n <= most_members(); n *= 10) sizes.push_back(n);
  return sizes;
}

}  // namespace dmls::bench
