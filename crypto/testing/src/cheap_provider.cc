#include <dmls/crypto/error.h>
#include <dmls/crypto_testing/cheap_provider.h>

#include <algorithm>
#include <array>

#include "mixer.h"

namespace dmls::crypto_testing {
namespace {

using crypto::AeadId;
using crypto::KemId;
using crypto::MutableBytes;
using crypto::SignatureScheme;
namespace errc = crypto::errc;

// What a Mixer is used for, so that equal inputs give different outputs.
enum Purpose : std::uint64_t { kExponent = 1, kElement, kShared, kPrivate, kVerifier, kSignature, kStream, kTag };

constexpr std::uint64_t kPrime = (std::uint64_t{1} << 61) - 1;
constexpr std::uint64_t kGenerator = 37;  // of the whole multiplicative group modulo kPrime

constexpr std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  std::uint64_t high = 0, low = 0;
  // a * b = high * 2^64 + low, from 32-bit halves; a, b < 2^61.
  const std::uint64_t a1 = a >> 32, a0 = a & 0xffffffff, b1 = b >> 32, b0 = b & 0xffffffff;
  const std::uint64_t middle = a1 * b0 + ((a0 * b0) >> 32);
  const std::uint64_t middle2 = a0 * b1 + (middle & 0xffffffff);
  high = a1 * b1 + (middle >> 32) + (middle2 >> 32);
  low = (middle2 << 32) | ((a0 * b0) & 0xffffffff);
  // 2^61 = 1 modulo kPrime.
  std::uint64_t r = (low & kPrime) + ((low >> 61) | (high << 3));
  r = (r & kPrime) + (r >> 61);
  return r >= kPrime ? r - kPrime : r;
}

constexpr std::uint64_t power(std::uint64_t base, std::uint64_t exponent) {
  std::uint64_t r = 1;
  for (; exponent != 0; exponent >>= 1, base = times(base, base))
    if (exponent & 1) r = times(r, base);
  return r;
}
static_assert(power(kGenerator, kPrime - 1) == 1 && power(kGenerator, (kPrime - 1) / 2) != 1);

// The exponent is odd and not small, so that no key is the identity.
std::uint64_t exponent(KemId kem, BytesView private_key) {
  return (Mixer(kExponent).absorb(private_key).next() ^ static_cast<std::uint64_t>(kem)) % (kPrime - 3) | 1;
}

// An element followed by a checksum of it, up to the size of a public key.
void write_element(KemId kem, std::uint64_t element, MutableBytes out) {
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(element >> (8 * (7 - i)));
  Mixer(kElement + (static_cast<std::uint64_t>(kem) << 8)).absorb(out.first(8)).fill(out.subspan(8));
}

Result<std::uint64_t> read_element(KemId kem, BytesView public_key) {
  std::array<std::uint8_t, 133> again{};
  const auto expected = MutableBytes(again).first(crypto::kem_sizes(kem).public_key);
  if (public_key.size() != expected.size())
    return fail(errc::kInvalidPublicKey, "cheap DH: a public key has Npk octets");
  std::uint64_t element = 0;
  for (std::size_t i = 0; i < 8; ++i) element = (element << 8) | public_key[i];
  write_element(kem, element, expected);
  if (element < 2 || element > kPrime - 2 || !std::equal(expected.begin(), expected.end(), public_key.begin()))
    return fail(errc::kInvalidPublicKey, "cheap DH: the octets are no public key");
  return element;
}

Result<void> check_private_key(BytesView private_key, std::size_t size) {
  if (private_key.size() != size) return fail(errc::kInvalidPrivateKey, "a private key of the wrong size");
  return {};
}

// The first half of a signature's public key determines the rest.
void write_verifier(SignatureScheme scheme, BytesView core, MutableBytes out) {
  std::copy(core.begin(), core.end(), out.begin());
  Mixer(kVerifier + (static_cast<std::uint64_t>(scheme) << 8)).absorb(core).fill(out.subspan(core.size()));
}
constexpr std::size_t kCore = 16;

void write_verifier_of(SignatureScheme scheme, BytesView private_key, MutableBytes out) {
  std::array<std::uint8_t, kCore> core;
  Mixer(kVerifier).absorb(private_key).fill(core);
  write_verifier(scheme, core, out);
}

void write_signature(SignatureScheme scheme, BytesView public_key, BytesView message, MutableBytes out) {
  Mixer(kSignature + (static_cast<std::uint64_t>(scheme) << 8)).absorb(public_key).absorb(message).fill(out);
}

void write_tag(AeadId id, BytesView key, BytesView nonce, BytesView aad, BytesView ciphertext, MutableBytes out) {
  Mixer(kTag + (static_cast<std::uint64_t>(id) << 8))
      .absorb(key)
      .absorb(nonce)
      .absorb(aad)
      .absorb(ciphertext)
      .fill(out);
}

void apply_stream(AeadId id, BytesView key, BytesView nonce, BytesView in, MutableBytes out) {
  Mixer stream(kStream + (static_cast<std::uint64_t>(id) << 8));
  stream.absorb(key).absorb(nonce);
  std::array<std::uint8_t, 8> octets{};
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (i % 8 == 0) stream.fill(octets);
    out[i] = in[i] ^ octets[i % 8];
  }
}

}  // namespace

std::string_view CheapProvider::description() const { return "cheap test double: real hashes, and no security"; }
bool CheapProvider::supports(KemId id) const { return crypto::kem_sizes(id).public_key != 0; }
bool CheapProvider::supports(AeadId id) const {
  return id == AeadId::aes_128_gcm || id == AeadId::aes_256_gcm || id == AeadId::chacha20_poly1305;
}
bool CheapProvider::supports(SignatureScheme id) const { return crypto::signature_sizes(id).public_key != 0; }

Result<void> CheapProvider::aead_seal(AeadId id, BytesView key, BytesView nonce, BytesView aad, BytesView plaintext,
                                      MutableBytes out) const {
  const auto body = out.first(plaintext.size());
  apply_stream(id, key, nonce, plaintext, body);
  write_tag(id, key, nonce, aad, body, out.subspan(body.size()));
  return {};
}

Result<void> CheapProvider::aead_open(AeadId id, BytesView key, BytesView nonce, BytesView aad, BytesView ciphertext,
                                      MutableBytes out) const {
  const BytesView body = ciphertext.first(out.size());
  const BytesView tag = ciphertext.subspan(out.size());
  std::array<std::uint8_t, 16> expected;
  write_tag(id, key, nonce, aad, body, expected);
  if (!std::equal(tag.begin(), tag.end(), expected.begin(), expected.end()))
    return fail(errc::kOpenFailed, "cheap AEAD: the ciphertext is not authentic");
  apply_stream(id, key, nonce, body, out);
  return {};
}

Result<void> CheapProvider::kem_derive_private_key(KemId id, BytesView ikm, MutableBytes private_key) const {
  Mixer(kPrivate + (static_cast<std::uint64_t>(id) << 8)).absorb(ikm).fill(private_key);
  return {};
}

Result<void> CheapProvider::kem_public_key(KemId id, BytesView private_key, MutableBytes public_key) const {
  DMLS_CHECK(check_private_key(private_key, crypto::kem_sizes(id).private_key));
  write_element(id, power(kGenerator, exponent(id, private_key)), public_key);
  return {};
}

Result<void> CheapProvider::kem_check_public_key(KemId id, BytesView public_key) const {
  DMLS_CHECK(read_element(id, public_key));
  return {};
}

Result<void> CheapProvider::dh(KemId id, BytesView private_key, BytesView public_key, MutableBytes out) const {
  DMLS_CHECK(check_private_key(private_key, crypto::kem_sizes(id).private_key));
  DMLS_TRY(const std::uint64_t element, read_element(id, public_key));
  std::array<std::uint8_t, 8> shared;
  const std::uint64_t s = power(element, exponent(id, private_key));
  for (std::size_t i = 0; i < 8; ++i) shared[i] = static_cast<std::uint8_t>(s >> (8 * i));
  Mixer(kShared).absorb(shared).fill(out);
  return {};
}

Result<void> CheapProvider::signature_derive_private_key(SignatureScheme id, BytesView seed,
                                                         MutableBytes private_key) const {
  Mixer(kPrivate + (static_cast<std::uint64_t>(id) << 8)).absorb(seed).fill(private_key);
  return {};
}

Result<void> CheapProvider::signature_public_key(SignatureScheme id, BytesView private_key,
                                                 MutableBytes public_key) const {
  DMLS_CHECK(check_private_key(private_key, crypto::signature_sizes(id).private_key));
  write_verifier_of(id, private_key, public_key);
  return {};
}

Result<void> CheapProvider::signature_check_public_key(SignatureScheme id, BytesView public_key) const {
  Bytes expected(crypto::signature_sizes(id).public_key);
  if (public_key.size() == expected.size()) {
    write_verifier(id, public_key.first(kCore), expected);
    if (std::equal(expected.begin(), expected.end(), public_key.begin())) return {};
  }
  return fail(errc::kInvalidPublicKey, "cheap signature: the octets are no public key");
}

Result<Bytes> CheapProvider::sign(SignatureScheme id, BytesView private_key, BytesView, BytesView message) const {
  DMLS_CHECK(check_private_key(private_key, crypto::signature_sizes(id).private_key));
  Bytes public_key(crypto::signature_sizes(id).public_key);
  write_verifier_of(id, private_key, public_key);
  Bytes signature(crypto::signature_sizes(id).signature);
  write_signature(id, public_key, message, signature);
  return signature;
}

Result<void> CheapProvider::verify(SignatureScheme id, BytesView public_key, BytesView message,
                                   BytesView signature) const {
  DMLS_CHECK(signature_check_public_key(id, public_key));
  Bytes expected(crypto::signature_sizes(id).signature);
  write_signature(id, public_key, message, expected);
  if (!std::equal(expected.begin(), expected.end(), signature.begin(), signature.end()))
    return fail(errc::kBadSignature, "cheap signature: it does not verify");
  return {};
}

const crypto::Provider& cheap_provider() {
  static const CheapProvider& provider = *new CheapProvider;
  return provider;
}

}  // namespace dmls::crypto_testing
