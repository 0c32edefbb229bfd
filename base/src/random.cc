#include <dmls/base/random.h>
#include <sodium.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace dmls {

Result<SecretBytes> Random::secret(std::size_t n) {
  SecretBytes out(n);
  DMLS_CHECK(fill(out.expose_mut()));
  return out;
}

Result<Bytes> Random::bytes(std::size_t n) {
  Bytes out(n);
  DMLS_CHECK(fill(out));
  return out;
}

Result<void> SystemRandom::fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(errc::kRandomFailed, "the operating system's random source failed");
    out = out.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

SeededRandom::SeededRandom(std::uint64_t seed) : key_(crypto_stream_chacha20_KEYBYTES) {
  for (std::size_t i = 0; i < 8; ++i) key_.expose_mut()[i] = static_cast<std::uint8_t>(seed >> (8 * i));
}

Result<void> SeededRandom::fill(std::span<std::uint8_t> out) {
  // Every call is a stream of its own, so the octets of one call do not depend on how long earlier ones were.
  std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> nonce{};
  for (std::size_t i = 0; i < nonce.size(); ++i) nonce[i] = static_cast<std::uint8_t>(calls_ >> (8 * i));
  ++calls_;
  if (!out.empty()) crypto_stream_chacha20(out.data(), out.size(), nonce.data(), key_.expose().data());
  return {};
}

}  // namespace dmls
