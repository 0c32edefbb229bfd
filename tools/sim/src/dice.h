#pragma once
// Chance, reproducibly.

#include <dmls/base/random.h>

#include <cstdint>
#include <vector>

namespace dmls::sim {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  // 0 ... below - 1
  std::uint32_t roll(std::size_t below) {
    std::uint8_t octets[4];
    (void)random_.fill(octets);
    const std::uint32_t drawn =
        std::uint32_t{octets[0]} << 24 | std::uint32_t{octets[1]} << 16 | std::uint32_t{octets[2]} << 8 | octets[3];
    return static_cast<std::uint32_t>(drawn % below);
  }
  bool chance(double probability) { return roll(1'000'000) < probability * 1'000'000; }

 private:
  SeededRandom random_;
};

}  // namespace dmls::sim
