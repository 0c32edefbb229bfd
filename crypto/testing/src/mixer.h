#pragma once
// A fast checksum and keystream. It notices accidents, not attackers.

#include <dmls/base/bytes.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace dmls::crypto_testing {

// Mixer absorbs octet strings (each with its length, so that their borders count) and then yields octets.
class Mixer {
 public:
  explicit Mixer(std::uint64_t purpose) { word(purpose); }

  Mixer& absorb(BytesView octets) {
    word(octets.size());
    while (octets.size() >= 8) {
      std::uint64_t w;
      std::memcpy(&w, octets.data(), 8);
      word(w);
      octets = octets.subspan(8);
    }
    std::uint64_t w = 0;
    if (!octets.empty()) std::memcpy(&w, octets.data(), octets.size());
    word(w);
    return *this;
  }

  std::uint64_t next() {
    word(0x9e3779b97f4a7c15);
    return b_ ^ std::rotr(a_, 29);
  }
  void fill(std::span<std::uint8_t> out) {
    while (!out.empty()) {
      const std::uint64_t w = next();
      const std::size_t n = out.size() < 8 ? out.size() : 8;
      std::memcpy(out.data(), &w, n);
      out = out.subspan(n);
    }
  }

 private:
  void word(std::uint64_t w) {
    a_ = (a_ ^ w) * 0xd6e8feb86659fd93;
    a_ ^= a_ >> 32;
    b_ = std::rotl(b_ + a_, 23) * 0xff51afd7ed558ccd;
    b_ ^= b_ >> 29;
    a_ += b_;
  }

  std::uint64_t a_ = 0x243f6a8885a308d3;
  std::uint64_t b_ = 0x13198a2e03707344;
};

}  // namespace dmls::crypto_testing
