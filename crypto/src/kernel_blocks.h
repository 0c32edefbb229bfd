#pragma once
// Compressions one at a time, through BoringSSL's public block functions, which keep no state and allocate nothing.

// BoringSSL's header nests anonymous types, which -Wpedantic (g++) and clang refuse in C++.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <openssl/sha.h>
#pragma GCC diagnostic pop

#include <bit>
#include <cstdint>
#include <cstring>

#include "kernel_tables.h"

namespace dmls::crypto::kernel {

// A chaining value, in words.
template <class H>
struct Chaining {
  typename H::Word h[8];
};

template <class H>
constexpr Chaining<H> initial() {
  Chaining<H> s = {};
  for (std::size_t i = 0; i < 8; ++i) s.h[i] = H::kIv[i];
  return s;
}

inline void compress(Chaining<Sha256>& s, const std::uint8_t* blocks, std::size_t count) {
  SHA256_TransformBlocks(s.h, blocks, count);
}
// SHA-384 and SHA-512 differ in their initial value only. The caller wipes the stack.
template <class H>
void compress(Chaining<H>& s, const std::uint8_t* blocks, std::size_t count) {
  SHA512_CTX context;
  std::memcpy(context.h, s.h, sizeof s.h);
  for (std::size_t i = 0; i < count; ++i) SHA512_Transform(&context, blocks + i * kBlockOctets<H>);
  std::memcpy(s.h, context.h, sizeof s.h);
}

// One word in network order.
template <class Word>
inline void store_word(Word w, std::uint8_t* out) {
  if constexpr (std::endian::native == std::endian::little) {
    if constexpr (sizeof w == 4) {
      w = __builtin_bswap32(w);
    } else {
      w = __builtin_bswap64(w);
    }
  }
  std::memcpy(out, &w, sizeof w);
}

// The digest that a chaining value is: Nh octets, big-endian words. FIPS 180-4 §6.2.2, §6.4.2, §6.5
template <class H>
inline void store_digest(const Chaining<H>& s, std::uint8_t* out) {
  for (std::size_t i = 0; i < H::kWords; ++i) store_word(s.h[i], out + i * sizeof s.h[0]);
}

// The chaining values behind the two key blocks of HMAC, RFC 2104 §2. `key`: at most one block. `pad`: one block of
// scratch space.
template <class H>
void key_pads(const std::uint8_t* key, std::size_t length, std::uint8_t* pad, Chaining<H>& inner, Chaining<H>& outer) {
  std::memset(pad, 0x36, kBlockOctets<H>);
  for (std::size_t i = 0; i < length; ++i) pad[i] = static_cast<std::uint8_t>(key[i] ^ 0x36);
  inner = initial<H>();
  compress(inner, pad, 1);
  for (std::size_t i = 0; i < kBlockOctets<H>; ++i) pad[i] ^= 0x36 ^ 0x5c;
  outer = initial<H>();
  compress(outer, pad, 1);
}

}  // namespace dmls::crypto::kernel
