#pragma once
// How much a PrivateMessage is padded, so that its size tells less. RFC 9420 §6.3.1, §15.1

#include <dmls/group/framed_content.h>

#include <cstddef>

namespace dmls::group {

// Padding is asked once for every PrivateMessage that is sent. Receivers need not know which one it was.
class Padding {
 public:
  virtual ~Padding() = default;
  // Zero octets to add to a plaintext of `length` octets.
  [[nodiscard]] virtual std::size_t octets(ContentType, std::size_t length) const = 0;
};

// NoPadding shows the length of everything that is said.
class NoPadding final : public Padding {
 public:
  // 0.
  [[nodiscard]] std::size_t octets(ContentType, std::size_t) const override { return 0; }
};

// Up to the next multiple of `block` octets; 0 and 1 do not pad.
class PadToMultiple final : public Padding {
 public:
  // `block` in octets.
  explicit PadToMultiple(std::size_t block) : block_(block) {}
  // Less than `block`.
  [[nodiscard]] std::size_t octets(ContentType, std::size_t length) const override;

 private:
  std::size_t block_;
};

// Up to a length whose binary form ends in zeros: a length of n octets reveals O(log log n) bits, at most 12 % are
// added. Known as Padme (Nikitin et al., PoPETs 2019).
class PadLogarithmically final : public Padding {
 public:
  // 0 for a length of up to 8, and some above it.
  [[nodiscard]] std::size_t octets(ContentType, std::size_t length) const override;
};

}  // namespace dmls::group
