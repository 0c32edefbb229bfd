#pragma once
// What the tests of crypto share: suites to try, and sources of randomness that do as they are told.

#include <dmls/base/random.h>
#include <dmls/crypto/suite.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <vector>

namespace dmls::crypto::test {

// Every suite of this build.
inline std::vector<CipherSuite> suites(const Provider& provider = default_provider()) {
  std::vector<CipherSuite> all;
  for (const SuiteParameters& row : registered_suites()) {
    const auto suite = CipherSuite::find(row.id, provider);
    if (suite) all.push_back(*suite);
  }
  return all;
}

inline CipherSuite suite_one() { return *CipherSuite::find(registered_suites()[0].id); }

// FixedRandom hands out octets chosen by the test, such as the ikmE of a published vector.
class FixedRandom final : public Random {
 public:
  explicit FixedRandom(Bytes octets) : octets_(std::move(octets)) {}
  Result<void> fill(std::span<std::uint8_t> out) override {
    if (out.size() != octets_.size()) return fail(errc::kRandomFailed, "the test has another number of octets");
    std::copy(octets_.begin(), octets_.end(), out.begin());
    return {};
  }

 private:
  Bytes octets_;
};

// FailingRandom works until its call number `at` (from 0), which fails, as do all later ones.
class FailingRandom final : public Random {
 public:
  explicit FailingRandom(int at) : at_(at) {}
  Result<void> fill(std::span<std::uint8_t> out) override {
    if (calls_++ >= at_) return fail(errc::kRandomFailed, "the test wants it so");
    return source_.fill(out);
  }
  [[nodiscard]] int calls() const { return calls_; }

 private:
  SeededRandom source_{7};
  int at_;
  int calls_ = 0;
};

// Octets 0, 1, 2, ...
inline Bytes counting(std::size_t n) {
  Bytes out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::uint8_t>(i);
  return out;
}

// The concatenation of `parts`.
inline Bytes join(std::initializer_list<BytesView> parts) {
  std::size_t n = 0;
  for (const BytesView part : parts) n += part.size();
  Bytes out(n);
  auto at = out.begin();
  for (const BytesView part : parts) at = std::copy(part.begin(), part.end(), at);
  return out;
}

inline Bytes octets(const SecretBytes& s) { return to_bytes(s.expose()); }

}  // namespace dmls::crypto::test
