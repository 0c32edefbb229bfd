#pragma once
// Octets that must not outlive their use.

#include <dmls/base/bytes.h>

#include <cstddef>
#include <iosfwd>
#include <utility>

namespace dmls {

// secure_wipe overwrites `n` octets in a way that the optimiser keeps.
void secure_wipe(void* p, std::size_t n) noexcept;

// constant_time_equal compares without branching on content. Lengths are public: unequal ones are simply unequal.
[[nodiscard]] bool constant_time_equal(BytesView a, BytesView b) noexcept;

// SecretBytes owns octets that must not outlive their use. Its size is fixed at birth (no reallocation can leave a copy
// behind), it moves but does not copy, it compares in constant time, cannot be printed, and wipes itself when it dies
// or is moved from. Up to kInline octets live inside the object, so the secrets of MLS (32 to 64 octets) never
// allocate.
class SecretBytes {
 public:
  static constexpr std::size_t kInline = 64;  // octets that need no allocation

  // A secret without octets.
  SecretBytes() noexcept : size_(0) {}
  // A secret of `n` octets, all zero, to be written through expose_mut().
  explicit SecretBytes(std::size_t n);
  // A secret that copies `octets`; wiping the original is up to its owner.
  explicit SecretBytes(BytesView octets);

  // Leaves `other` without octets.
  SecretBytes(SecretBytes&& other) noexcept : size_(0) { take(other); }
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
      wipe();
      take(other);
    }
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(); }

  // A second owner of the same octets. Say it out loud.
  [[nodiscard]] SecretBytes clone() const { return SecretBytes(expose()); }
  // The octets themselves, lent until this object is moved, wiped or dies. Say it out loud.
  [[nodiscard]] BytesView expose() const { return {size_ > kInline ? heap_ : inline_, size_}; }
  // The same, to be written.
  [[nodiscard]] std::span<std::uint8_t> expose_mut() { return {size_ > kInline ? heap_ : inline_, size_}; }

  // In octets. Not secret.
  [[nodiscard]] std::size_t size() const { return size_; }
  // There are no octets: none were given, or the secret was moved from or wiped.
  [[nodiscard]] bool empty() const { return size_ == 0; }
  // Wipes now, and leaves an empty secret.
  void wipe() noexcept;

  friend bool operator==(const SecretBytes& a, const SecretBytes& b) {
    return constant_time_equal(a.expose(), b.expose());
  }

 private:
  void take(SecretBytes& other) noexcept;

  std::size_t size_;
  union {
    std::uint8_t inline_[kInline];  // up to kInline octets
    std::uint8_t* heap_;            // more
  };
};
std::ostream& operator<<(std::ostream&, const SecretBytes&) = delete;

// Secret<Role> is a secret with one role in the protocol: a Secret<struct Joiner> is not a Secret<struct Init>, and the
// compiler knows.
template <class Role>
class Secret {
 public:
  Secret() = default;
  // Gives octets this role, whatever they were before.
  explicit Secret(SecretBytes octets) : octets_(std::move(octets)) {}

  // Lent as by SecretBytes::expose(). Say it out loud.
  [[nodiscard]] BytesView expose() const { return octets_.expose(); }
  // In octets; most roles have Nh of them.
  [[nodiscard]] std::size_t size() const { return octets_.size(); }
  // There are no octets: none were given, or the secret was moved from or wiped.
  [[nodiscard]] bool empty() const { return octets_.empty(); }
  // A second owner of the same octets, in the same role. Say it out loud.
  [[nodiscard]] Secret clone() const { return Secret(octets_.clone()); }
  // Gives up the role and hands over the octets.
  [[nodiscard]] SecretBytes into_bytes() && { return std::move(octets_); }
  // Wipes now, and leaves an empty secret.
  void wipe() noexcept { octets_.wipe(); }

  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  SecretBytes octets_;
};
template <class Role>
std::ostream& operator<<(std::ostream&, const Secret<Role>&) = delete;

}  // namespace dmls
