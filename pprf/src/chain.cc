#include "chain.h"

#include <new>

namespace dmls::pprf {

ChainPtr Chain::make(const Shape& shape, std::size_t from, std::size_t count, bool has_end, BytesView input) {
  const std::size_t places = count + (has_end ? 1u : 0u);
  const std::size_t size = sizeof(Chain) + shape.input_length() + (places + 7) / 8 + places * shape.nh;
  auto* chain = new (::operator new(size)) Chain;
  chain->size_ = static_cast<std::uint32_t>(size);
  chain->from_ = static_cast<std::uint16_t>(from);
  chain->count_ = static_cast<std::uint16_t>(count);
  chain->input_length_ = static_cast<std::uint8_t>(shape.input_length());
  chain->nh_ = static_cast<std::uint8_t>(shape.nh);
  chain->has_end_ = has_end;
  std::memcpy(chain->octets(), input.data(), shape.input_length());
  std::memset(chain->held_bits(), 0xff, (places + 7) / 8);
  return ChainPtr(chain);
}

std::size_t Chain::allocated() const {
  // What common allocators make of it: their header, and multiples of 16.
  return (size_ + sizeof(std::size_t) + 15) / 16 * 16;
}

void Chain::prefix_of(std::size_t place, std::uint8_t* out) const {
  const std::size_t depth = depth_of(place);
  const std::size_t whole = depth / 8;
  std::memset(out, 0, input_length_);
  std::memcpy(out, octets(), whole);
  if (depth % 8 != 0) out[whole] = static_cast<std::uint8_t>(octets()[whole] & (0xff00u >> (depth % 8)));
  if (place < count_) out[(depth - 1) / 8] ^= static_cast<std::uint8_t>(0x80u >> ((depth - 1) % 8));
}

void Chain::spend(std::size_t place, ChainPtr chain) {
  secure_wipe(secret(place), nh_);
  held_bits()[place / 8] &= static_cast<std::uint8_t>(~(1u << (place % 8)));
  Chain* const next = chain.release();
  std::memcpy(secret(place), &next, sizeof next);
}

void ChainDeleter::operator()(Chain* chain) const noexcept {
  // Every chain begins deeper than the one that leads to it: the recursion ends after at most 512 steps.
  for (std::size_t i = 0; i < chain->places(); ++i)
    if (Chain* next = chain->next(i)) (*this)(next);
  const std::size_t size = chain->size_;
  secure_wipe(chain, size);
  ::operator delete(chain);
}

}  // namespace dmls::pprf
