#pragma once
// Randomness is always passed in: a run can be replayed from its seed.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/base/secret.h>

#include <cstdint>

namespace dmls {

// Random is a source of octets. A failure aborts the operation that asked, and that operation changes nothing.
class Random {
 public:
  virtual ~Random() = default;
  // Fills `out` completely, or fails with kRandomFailed (then the content of `out` must not be used).
  virtual Result<void> fill(std::span<std::uint8_t> out) = 0;

  // `n` fresh secret octets.
  Result<SecretBytes> secret(std::size_t n);
  // `n` fresh octets that will be public (identifiers, nonces).
  Result<Bytes> bytes(std::size_t n);
};

// SystemRandom asks the operating system (getrandom). Stateless; may be shared between threads.
class SystemRandom final : public Random {
 public:
  // kRandomFailed if getrandom() fails; waits until the system has gathered enough after it was started.
  Result<void> fill(std::span<std::uint8_t> out) override;
};

// SeededRandom is a reproducible stream for tests, simulations and vector generation: ChaCha20 keyed by the seed. Never
// for real keys. Not thread-safe.
class SeededRandom final : public Random {
 public:
  // Equal seeds give equal octets to equal sequences of calls.
  explicit SeededRandom(std::uint64_t seed);
  // Never fails.
  Result<void> fill(std::span<std::uint8_t> out) override;

 private:
  SecretBytes key_;
  std::uint64_t calls_ = 0;
};

}  // namespace dmls
