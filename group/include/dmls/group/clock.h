#pragma once
// Time is passed in, so that a run can be replayed and a late message judged by the time it belongs to.

#include <cstdint>

namespace dmls::group {

// Clock tells the time in seconds since 1970-01-01T00:00:00Z.
class Clock {
 public:
  virtual ~Clock() = default;
  // Asked anew in each step. Used from every thread that uses the client or one of its groups.
  [[nodiscard]] virtual std::uint64_t now() const = 0;
};

// SystemClock is the operating system's.
class SystemClock final : public Clock {
 public:
  // std::time().
  [[nodiscard]] std::uint64_t now() const override;
};

// FixedClock stands still until it is told otherwise: tests and simulations.
class FixedClock final : public Clock {
 public:
  // Stands at `seconds`.
  explicit FixedClock(std::uint64_t seconds) : seconds_(seconds) {}
  // What it was told last.
  [[nodiscard]] std::uint64_t now() const override { return seconds_; }
  // Forwards or back; not while another thread asks.
  void set(std::uint64_t seconds) { seconds_ = seconds; }

 private:
  std::uint64_t seconds_;
};

}  // namespace dmls::group
