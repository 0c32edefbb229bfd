#pragma once
#include <dmls/base/secret.h>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace dmls::keyschedule {

// SkippedKeys keeps the keys of generations that a ratchet passed without using them, in order of their generations, in
// one piece of memory. A slot is { uint32 generation, key, nonce }. Whatever is removed is wiped.
class SkippedKeys {
 public:
  // `material_size`: octets of key and nonce together.
  explicit SkippedKeys(std::size_t material_size) : slot_size_(kGenerationSize + material_size) {}
  [[nodiscard]] SkippedKeys clone() const {
    SkippedKeys copy(slot_size_ - kGenerationSize);
    copy.slots_ = slots_.clone();
    copy.begin_ = begin_;
    copy.end_ = end_;
    return copy;
  }

  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  // The position of a generation, if it is kept.
  [[nodiscard]] std::optional<std::size_t> find(std::uint64_t generation) const;
  [[nodiscard]] std::uint32_t generation(std::size_t position) const;
  // Key and nonce, one after the other.
  [[nodiscard]] BytesView material(std::size_t position) const;

  // Adds slots at the end; their generations rise, and lie above those that are kept.
  void append(BytesView slots);
  void erase(std::size_t position);
  void drop_oldest(std::size_t count);

  static constexpr std::size_t kGenerationSize = 4;
  static void write_generation(std::span<std::uint8_t> slot, std::uint32_t generation);
  static std::uint32_t read_generation(BytesView slot);

 private:
  [[nodiscard]] BytesView slot(std::size_t position) const {
    return slots_.expose().subspan((begin_ + position) * slot_size_, slot_size_);
  }
  void reserve(std::size_t more);

  std::size_t slot_size_;
  SecretBytes slots_;  // capacity; those in use are begin_ ... end_ - 1
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace dmls::keyschedule
