#include <dmls/group/padding.h>

#include <bit>

namespace dmls::group {

std::size_t PadToMultiple::octets(ContentType, std::size_t length) const {
  if (block_ < 2 || length % block_ == 0) return 0;
  return block_ - length % block_;
}

std::size_t PadLogarithmically::octets(ContentType, std::size_t length) const {
  if (length < 2) return 0;
  const auto exponent = static_cast<unsigned>(std::bit_width(length) - 1);
  const auto kept_bits = static_cast<unsigned>(std::bit_width(exponent));
  if (exponent <= kept_bits) return 0;
  const std::size_t mask = (std::size_t{1} << (exponent - kept_bits)) - 1;
  return ((length + mask) & ~mask) - length;
}

}  // namespace dmls::group
