#pragma once
// The unit of storage: the nodes that one puncture adds, side by side in one allocation, without a prefix for each.

#include <dmls/base/bytes.h>
#include <dmls/pprf/pprf.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace dmls::pprf {

// Sizes of a tree, in octets and levels.
struct Shape {
  std::size_t nh;
  std::size_t depth;
  [[nodiscard]] std::size_t input_length() const { return depth / 8; }
};

// Bits two leaf indices of `octets` octets have in common, from the front.
inline std::size_t common_bits(const std::uint8_t* a, const std::uint8_t* b, std::size_t octets) {
  for (std::size_t i = 0; i < octets; ++i)
    if (const unsigned difference = a[i] ^ b[i])
      return 8 * i + static_cast<std::size_t>(__builtin_clz(difference)) - 24;
  return 8 * octets;
}

inline bool bit_at(const std::uint8_t* path, std::size_t depth) { return (path[depth / 8] >> (7 - depth % 8)) & 1; }

// Chain runs along the path to its input, from depth `from`. Place i < count is for the sibling at depth from + i + 1
// of that path; with has_end, one more place is for the node at depth from + count on the path itself. A place either
// holds a secret, or leads to the chain that was made of it, or is empty for good.
//
// In memory: this header, the input, one bit per place (held or not), and Nh octets per place: the secret, or the
// address of the next chain.
class Chain {
 public:
  // A chain whose places count as held; their secrets are written by the caller.
  static ChainPtr make(const Shape& shape, std::size_t from, std::size_t count, bool has_end, BytesView input);

  [[nodiscard]] std::size_t from() const { return from_; }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] bool has_end() const { return has_end_; }
  [[nodiscard]] std::size_t places() const { return count_ + (has_end_ ? 1u : 0u); }
  [[nodiscard]] BytesView input() const { return {octets(), input_length_}; }
  [[nodiscard]] std::size_t allocated() const;

  // The depth of the node of a place.
  [[nodiscard]] std::size_t depth_of(std::size_t place) const { return from_ + place + (place < count_ ? 1u : 0u); }
  // The leftmost input below it: the prefix, followed by zero bits. `out`: input_length octets.
  void prefix_of(std::size_t place, std::uint8_t* out) const;

  [[nodiscard]] bool held(std::size_t place) const { return (held_bits()[place / 8] >> (place % 8)) & 1; }
  [[nodiscard]] std::uint8_t* secret(std::size_t place) { return secrets() + place * nh_; }
  [[nodiscard]] const std::uint8_t* secret(std::size_t place) const { return secrets() + place * nh_; }
  // The secrets of all places, one behind the other.
  [[nodiscard]] std::span<std::uint8_t> all_secrets() { return {secrets(), places() * nh_}; }
  // The chain that a place which is not held leads to, or null.
  [[nodiscard]] Chain* next(std::size_t place) const {
    Chain* chain = nullptr;
    if (!held(place)) std::memcpy(&chain, secret(place), sizeof chain);
    return chain;
  }
  // Wipes the secret of a held place and lets it lead to `chain`, or nowhere.
  void spend(std::size_t place, ChainPtr chain);

  std::uint32_t record = 0;  // number in the saved state

 private:
  friend struct ChainDeleter;
  Chain() = default;
  [[nodiscard]] const std::uint8_t* octets() const { return reinterpret_cast<const std::uint8_t*>(this + 1); }
  [[nodiscard]] std::uint8_t* octets() { return reinterpret_cast<std::uint8_t*>(this + 1); }
  [[nodiscard]] const std::uint8_t* held_bits() const { return octets() + input_length_; }
  [[nodiscard]] std::uint8_t* held_bits() { return octets() + input_length_; }
  [[nodiscard]] const std::uint8_t* secrets() const { return held_bits() + (places() + 7) / 8; }
  [[nodiscard]] std::uint8_t* secrets() { return held_bits() + (places() + 7) / 8; }

  std::uint32_t size_ = 0;  // of everything
  std::uint16_t from_ = 0;
  std::uint16_t count_ = 0;
  std::uint8_t input_length_ = 0;
  std::uint8_t nh_ = 0;
  bool has_end_ = false;
};

}  // namespace dmls::pprf
