#include "hkdf.h"

#include <dmls/base/error.h>

#include <algorithm>
#include <cstring>

namespace dmls::crypto {
namespace {

constexpr std::string_view kHpkeVersion = "HPKE-v1";

constexpr std::uint8_t high(std::uint16_t v) { return static_cast<std::uint8_t>(v >> 8); }
constexpr std::uint8_t low(std::uint16_t v) { return static_cast<std::uint8_t>(v); }

}  // namespace

void hkdf_extract(const Provider& provider, HashId hash, BytesView salt, Parts ikm, MutableBytes prk) {
  // An absent salt is Nh zero octets, which as an HMAC key is the same as an empty one.
  provider.hmac(hash, salt, ikm, prk);
}

void hkdf_expand(const Provider& provider, HashId hash, BytesView prk, Parts info, MutableBytes out) {
  const std::size_t nh = hash_length(hash);
  if (out.size() > 255 * nh) panic("RFC 5869 §2.3: one expansion yields at most 255 * Nh octets");
  if (info.size() > kMaxInfoParts) panic("hkdf_expand: too many parts");

  // T(i) = HMAC(PRK, T(i-1) | info | i)
  std::array<std::uint8_t, kMaxHashLength> t;
  std::uint8_t counter = 0;
  std::array<BytesView, kMaxInfoParts + 2> message;
  std::copy(info.begin(), info.end(), message.begin() + 1);
  message[info.size() + 1] = BytesView(&counter, 1);
  const Parts parts(message.data(), info.size() + 2);
  while (!out.empty()) {
    ++counter;
    provider.hmac(hash, prk, parts, MutableBytes(t).first(nh));
    const std::size_t n = std::min(nh, out.size());
    std::memcpy(out.data(), t.data(), n);
    out = out.subspan(n);
    message[0] = BytesView(t).first(nh);
  }
  secure_wipe(t.data(), t.size());
}

std::array<std::uint8_t, 5> kem_suite_id(KemId kem) {
  const auto k = static_cast<std::uint16_t>(kem);
  return {'K', 'E', 'M', high(k), low(k)};
}

std::array<std::uint8_t, 10> hpke_suite_id(KemId kem, KdfId kdf, AeadId aead) {
  const auto k = static_cast<std::uint16_t>(kem);
  const auto d = static_cast<std::uint16_t>(kdf);
  const auto a = static_cast<std::uint16_t>(aead);
  return {'H', 'P', 'K', 'E', high(k), low(k), high(d), low(d), high(a), low(a)};
}

void labeled_extract(const Provider& provider, HashId hash, BytesView suite_id, BytesView salt, std::string_view label,
                     BytesView ikm, MutableBytes prk) {
  const std::array<BytesView, 4> labeled_ikm{as_bytes(kHpkeVersion), suite_id, as_bytes(label), ikm};
  hkdf_extract(provider, hash, salt, labeled_ikm, prk);
}

void labeled_expand(const Provider& provider, HashId hash, BytesView suite_id, BytesView prk, std::string_view label,
                    BytesView first, BytesView second, MutableBytes out) {
  const auto n = static_cast<std::uint16_t>(out.size());
  const std::array<std::uint8_t, 2> length{high(n), low(n)};
  const std::array<BytesView, 6> labeled_info{length, as_bytes(kHpkeVersion), suite_id, as_bytes(label), first, second};
  hkdf_expand(provider, hash, prk, labeled_info, out);
}

}  // namespace dmls::crypto
