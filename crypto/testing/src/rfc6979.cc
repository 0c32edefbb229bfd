#include "rfc6979.h"

#include <dmls/base/error.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace dmls::crypto_testing {
namespace {

void must(bool ok) {
  if (!ok) panic("RFC 6979: BoringSSL's integers failed");
}

// bits2int(octets): the leftmost qlen bits as a number, RFC 6979 §2.3.2. Not yet reduced.
bssl::UniquePtr<BIGNUM> bits_to_int(BytesView octets, const BIGNUM* order) {
  bssl::UniquePtr<BIGNUM> n(BN_bin2bn(octets.data(), octets.size(), nullptr));
  must(n != nullptr);
  // The length that counts is that of the string, leading zeros included, and not that of the number.
  const std::size_t bits = 8 * octets.size();
  const std::size_t qlen = BN_num_bits(order);
  if (bits > qlen) must(BN_rshift(n.get(), n.get(), static_cast<int>(bits - qlen)) == 1);
  return n;
}

// int2octets(n), RFC 6979 §2.3.3: always rlen / 8 octets.
SecretBytes int_to_octets(const BIGNUM* n, const BIGNUM* order) {
  SecretBytes out(BN_num_bytes(order));
  must(BN_bn2bin_padded(out.expose_mut().data(), out.size(), n) == 1);
  return out;
}

// bits2octets(digest), RFC 6979 §2.3.4: reduced with at most one subtraction, because 2^qlen < 2q.
SecretBytes bits_to_octets(BytesView digest, const BIGNUM* order) {
  const auto n = bits_to_int(digest, order);
  if (BN_cmp(n.get(), order) >= 0) must(BN_sub(n.get(), n.get(), order) == 1);
  return int_to_octets(n.get(), order);
}

}  // namespace

Rfc6979::Rfc6979(const crypto::Provider& provider, crypto::HashId hash, const BIGNUM* order, BytesView private_key,
                 BytesView digest)
    : provider_(provider),
      hash_(hash),
      order_(order),
      k_(crypto::hash_length(hash)),  // step c: all 0x00
      v_(SecretBytes(crypto::hash_length(hash))) {
  const auto v = v_.expose_mut();
  std::fill(v.begin(), v.end(), std::uint8_t{0x01});  // step b
  const SecretBytes reduced = bits_to_octets(digest, order);
  const std::array<BytesView, 2> seed{private_key, reduced.expose()};
  update(seed);  // steps d to g
}

// K = HMAC_K(V || 0x00 || seed), V = HMAC_K(V), and with a seed the same once more with 0x01.
void Rfc6979::update(crypto::Parts seed) {
  for (const std::uint8_t separator : {std::uint8_t{0x00}, std::uint8_t{0x01}}) {
    std::vector<BytesView> message{v_.expose(), BytesView(&separator, 1)};
    message.insert(message.end(), seed.begin(), seed.end());
    SecretBytes k(k_.size());
    provider_.hmac(hash_, k_.expose(), message, k.expose_mut());
    k_ = std::move(k);
    refresh_v();
    if (seed.empty()) return;
  }
}

void Rfc6979::refresh_v() {
  const BytesView message = v_.expose();
  SecretBytes v(v_.size());
  provider_.hmac(hash_, k_.expose(), crypto::Parts(&message, 1), v.expose_mut());
  v_ = std::move(v);
}

SecretBytes Rfc6979::next() {
  for (;;) {
    if (!first_) update({});  // step h.3, after a candidate that could not be used
    first_ = false;
    // Step h.2: T is the concatenation of as many V as it takes to have qlen bits.
    SecretBytes t(BN_num_bytes(order_));
    for (auto rest = t.expose_mut(); !rest.empty();) {
      refresh_v();
      const std::size_t n = std::min(rest.size(), v_.size());
      std::memcpy(rest.data(), v_.expose().data(), n);
      rest = rest.subspan(n);
    }
    const auto k = bits_to_int(t.expose(), order_);
    if (!BN_is_zero(k.get()) && BN_cmp(k.get(), order_) < 0) return int_to_octets(k.get(), order_);
  }
}

}  // namespace dmls::crypto_testing
