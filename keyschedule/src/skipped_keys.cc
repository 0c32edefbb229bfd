#include "skipped_keys.h"

#include <algorithm>
#include <cstring>

namespace dmls::keyschedule {

void SkippedKeys::write_generation(std::span<std::uint8_t> slot, std::uint32_t generation) {
  for (std::size_t i = 0; i < kGenerationSize; ++i) slot[i] = static_cast<std::uint8_t>(generation >> (24 - 8 * i));
}

std::uint32_t SkippedKeys::read_generation(BytesView slot) {
  std::uint32_t generation = 0;
  for (const auto octet : slot.first(kGenerationSize)) generation = (generation << 8) | octet;
  return generation;
}

std::uint32_t SkippedKeys::generation(std::size_t position) const { return read_generation(slot(position)); }

BytesView SkippedKeys::material(std::size_t position) const { return slot(position).subspan(kGenerationSize); }

std::optional<std::size_t> SkippedKeys::find(std::uint64_t wanted) const {
  std::size_t low = 0;
  std::size_t high = size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (generation(middle) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == size() || generation(low) != wanted) return std::nullopt;
  return low;
}

void SkippedKeys::append(BytesView slots) {
  if (slots.empty()) return;
  reserve(slots.size() / slot_size_);
  std::memcpy(slots_.expose_mut().data() + end_ * slot_size_, slots.data(), slots.size());
  end_ += slots.size() / slot_size_;
}

// Closes the gap from the shorter side, so that messages that come in order, first or last, cost nothing.
void SkippedKeys::erase(std::size_t position) {
  std::uint8_t* const first = slots_.expose_mut().data() + begin_ * slot_size_;
  const std::size_t after = size() - position - 1;
  if (position < after) {
    std::memmove(first + slot_size_, first, position * slot_size_);
    secure_wipe(first, slot_size_);
    ++begin_;
  } else {
    std::memmove(first + position * slot_size_, first + (position + 1) * slot_size_, after * slot_size_);
    secure_wipe(first + (size() - 1) * slot_size_, slot_size_);
    --end_;
  }
}

void SkippedKeys::drop_oldest(std::size_t count) {
  count = std::min(count, size());
  secure_wipe(slots_.expose_mut().data() + begin_ * slot_size_, count * slot_size_);
  begin_ += count;
}

// Room for `more` slots at the end: by moving to the front if half of the memory is unused, else in a larger piece.
void SkippedKeys::reserve(std::size_t more) {
  const std::size_t capacity = slots_.size() / slot_size_;
  const std::size_t needed = size() + more;
  if (end_ + more <= capacity) return;
  const std::size_t used = size() * slot_size_;
  if (needed <= capacity / 2) {
    std::uint8_t* const base = slots_.expose_mut().data();
    std::memmove(base, base + begin_ * slot_size_, used);
    secure_wipe(base + used, end_ * slot_size_ - used);
  } else {
    SecretBytes larger(std::max(needed, 2 * capacity) * slot_size_);
    if (used != 0) std::memcpy(larger.expose_mut().data(), slots_.expose().data() + begin_ * slot_size_, used);
    slots_ = std::move(larger);
  }
  end_ = size();
  begin_ = 0;
}

}  // namespace dmls::keyschedule
