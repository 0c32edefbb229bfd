// SHA-384 and SHA-512 for one walk, on AVX-512VL: left and right in the two lanes of 128-bit vectors. Compiled with
// -mavx512f -mavx512bw -mavx512vl, and called only where processor and system have them.
#include "kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel_tables.h"
#include "kernel_ternary.h"
#include "kernel_wipe.h"

#define DMLS_INLINE __attribute__((always_inline)) inline

namespace dmls::crypto::kernel {
namespace {

using V = __m128i;

DMLS_INLINE V xor3(V a, V b, V c) { return DMLS_TERNARY(_mm_ternarylogic_epi64, a, b, c, 0x96, a ^ b ^ c); }
DMLS_INLINE V choose(V e, V f, V g) { return DMLS_TERNARY(_mm_ternarylogic_epi64, e, f, g, 0xca, (e & f) ^ (~e & g)); }
DMLS_INLINE V majority(V a, V b, V c) {
  return DMLS_TERNARY(_mm_ternarylogic_epi64, a, b, c, 0xe8, (a & b) ^ (a & c) ^ (b & c));
}
DMLS_INLINE V both(uint64_t w) { return _mm_set1_epi64x(static_cast<long long>(w)); }

// Round constants of the pair of inner blocks, "left" in the low lane.
template <class H>
constexpr Table<uint64_t, 2 * H::kRounds> pair_rounds() {
  Table<uint64_t, 2 * H::kRounds> r = {};
  for (size_t t = 0; t < H::kRounds; ++t) {
    r.v[2 * t] = kLeftRounds<H>.v[t];
    r.v[2 * t + 1] = kRightRounds<H>.v[t];
  }
  return r;
}
template <class H>
constexpr Table<uint64_t, 2 * H::kRounds> kPairRounds = pair_rounds<H>();

// The same constants in both lanes.
constexpr Table<uint64_t, 160> doubled() {
  Table<uint64_t, 160> r = {};
  for (size_t t = 0; t < 80; ++t) r.v[2 * t] = r.v[2 * t + 1] = kRound512.v[t];
  return r;
}
constexpr Table<uint64_t, 160> kDoubledRounds = doubled();

DMLS_INLINE V load_pair(const uint64_t* p) { return _mm_load_si128(reinterpret_cast<const V*>(p)); }

// Round t (modulo 16) with `wk` = W[t] + K[t]. FIPS 180-4 §6.4.2 step 3, with the variables renamed instead of moved.
template <int t>
DMLS_INLINE void round(V (&s)[8], V wk) {
  const V a = s[(16 - t) % 8], b = s[(17 - t) % 8], c = s[(18 - t) % 8];
  const V e = s[(20 - t) % 8], f = s[(21 - t) % 8], g = s[(22 - t) % 8];
  V& d = s[(19 - t) % 8];
  V& h = s[(23 - t) % 8];
  const V big1 = xor3(_mm_ror_epi64(e, 14), _mm_ror_epi64(e, 18), _mm_ror_epi64(e, 41));
  const V big0 = xor3(_mm_ror_epi64(a, 28), _mm_ror_epi64(a, 34), _mm_ror_epi64(a, 39));
  const V t0 = _mm_add_epi64(_mm_add_epi64(h, wk), choose(e, f, g));
  d = _mm_add_epi64(_mm_add_epi64(d, t0), big1);
  h = _mm_add_epi64(_mm_add_epi64(t0, big1), _mm_add_epi64(big0, majority(a, b, c)));
}

template <int t>
DMLS_INLINE void schedule(V (&w)[16]) {
  const V x = w[(t + 1) % 16], y = w[(t + 14) % 16];
  const V small0 = xor3(_mm_ror_epi64(x, 1), _mm_ror_epi64(x, 8), _mm_srli_epi64(x, 7));
  const V small1 = xor3(_mm_ror_epi64(y, 19), _mm_ror_epi64(y, 61), _mm_srli_epi64(y, 6));
  w[t] = _mm_add_epi64(_mm_add_epi64(w[t], small0), _mm_add_epi64(w[(t + 9) % 16], small1));
}

#define DMLS_SIXTEEN(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10) F(11) F(12) F(13) F(14) F(15)

// One block in each lane, with the final addition.
DMLS_INLINE void compress_message(V (&state)[8], V (&w)[16]) {
  V s[8];
  for (int i = 0; i < 8; ++i) s[i] = state[i];
  const uint64_t* k = kDoubledRounds.v;
  for (int i = 0; i < 4; ++i, k += 32) {
#define DMLS_ROUND(t)                                     \
  round<t>(s, _mm_add_epi64(w[t], load_pair(k + 2 * t))); \
  schedule<t>(w);
    DMLS_SIXTEEN(DMLS_ROUND)
#undef DMLS_ROUND
  }
#define DMLS_ROUND(t) round<t>(s, _mm_add_epi64(w[t], load_pair(k + 2 * t)));
  DMLS_SIXTEEN(DMLS_ROUND)
#undef DMLS_ROUND
  for (int i = 0; i < 8; ++i) state[i] = _mm_add_epi64(state[i], s[i]);
}

template <class H>
DMLS_INLINE void compress_labels(V (&state)[8]) {
  V s[8];
  for (int i = 0; i < 8; ++i) s[i] = state[i];
  const uint64_t* k = kPairRounds<H>.v;
  for (int i = 0; i < 5; ++i, k += 32) {
#define DMLS_ROUND(t) round<t>(s, load_pair(k + 2 * t));
    DMLS_SIXTEEN(DMLS_ROUND)
#undef DMLS_ROUND
  }
  for (int i = 0; i < 8; ++i) state[i] = _mm_add_epi64(state[i], s[i]);
}

DMLS_INLINE V byte_order(V x) {
  return _mm_shuffle_epi8(x, _mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
}

template <class H>
[[gnu::noinline]] uint64_t walk_one(const Walk& walk) {
  V node[8], state[8], outer[8], w[16];  // node: the same secret in both lanes
  for (size_t j = 0; j < H::kWords; ++j) {
    uint64_t word;
    __builtin_memcpy(&word, walk.node + 8 * j, 8);
    node[j] = both(__builtin_bswap64(word));
  }
  const V pads = _mm_set_epi64x(static_cast<long long>(kOpad<uint64_t>), static_cast<long long>(kIpad<uint64_t>));
  uint8_t* out = walk.copath;
  uint64_t compressions = 0;
  for (uint32_t depth = walk.from; depth < walk.to; ++depth) {
    for (size_t j = 0; j < 8; ++j) state[j] = both(H::kIv[j]);
    for (size_t j = 0; j < 16; ++j) w[j] = j < H::kWords ? _mm_xor_si128(node[j], pads) : pads;
    compress_message(state, w);
    for (size_t j = 0; j < 8; ++j) {
      outer[j] = _mm_unpackhi_epi64(state[j], state[j]);
      state[j] = _mm_unpacklo_epi64(state[j], state[j]);
    }
    compress_labels<H>(state);
    for (size_t j = 0; j < 16; ++j) w[j] = j < H::kWords ? state[j] : both(outer_padding<H>(j));
    compress_message(outer, w);
    const __mmask8 right = static_cast<__mmask8>(-path_bit(walk.path, depth));
    for (size_t j = 0; j < H::kWords; j += 2) {
      const V a = outer[j], b = outer[j + 1];
      const V l = _mm_unpacklo_epi64(a, b), r = _mm_unpackhi_epi64(a, b);
      _mm_storeu_si128(reinterpret_cast<V*>(out + 8 * j), byte_order(_mm_mask_blend_epi64(right, r, l)));
      const V on = _mm_mask_blend_epi64(right, l, r);
      node[j] = _mm_unpacklo_epi64(on, on);
      node[j + 1] = _mm_unpackhi_epi64(on, on);
    }
    out += H::kNh;
    compressions += 6;
  }
  for (size_t j = 0; j < H::kWords; j += 2)
    _mm_storeu_si128(reinterpret_cast<V*>(walk.end + 8 * j), byte_order(_mm_unpacklo_epi64(node[j], node[j + 1])));
  return compressions;
}

template <class H>
uint64_t walk_each(const Walk* walks, size_t count) {
  uint64_t compressions = 0;
  for (size_t i = 0; i < count; ++i) compressions += walk_one<H>(walks[i]);
  wipe_stack<4096>();
  wipe_zmm();
  return compressions;
}

}  // namespace

uint64_t walk_pair_sha384(const Walk* walks, size_t count) { return walk_each<Sha384>(walks, count); }
uint64_t walk_pair_sha512(const Walk* walks, size_t count) { return walk_each<Sha512>(walks, count); }

}  // namespace dmls::crypto::kernel
#endif
