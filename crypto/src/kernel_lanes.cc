// Many walks at once on AVX-512: one walk per lane, 16 lanes of 32-bit words (SHA-256) or 8 of 64-bit words (SHA-384,
// SHA-512). Compiled with -mavx512f -mavx512bw -mavx512vl, and called only where processor and system have them.
//
// Two streams of lanes are interleaved: inner and outer pad, then both inner blocks, then both outer blocks. One child
// of every node stays in the lanes, the other is transposed and stored.
#include "kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel_tables.h"
#include "kernel_ternary.h"
#include "kernel_wipe.h"

#define DMLS_INLINE __attribute__((always_inline)) inline

namespace dmls::crypto::kernel {
namespace {

using V = __m512i;

// The vector operations of one word size.
struct Lanes32 {
  static constexpr size_t kLanes = 16;
  using Mask = __mmask16;
  DMLS_INLINE static V add(V a, V b) { return _mm512_add_epi32(a, b); }
  template <int n>
  DMLS_INLINE static V rotate(V a) {
    return _mm512_ror_epi32(a, n);
  }
  template <int n>
  DMLS_INLINE static V shift(V a) {
    return _mm512_srli_epi32(a, n);
  }
  DMLS_INLINE static V all(uint32_t w) { return _mm512_set1_epi32(static_cast<int>(w)); }
  DMLS_INLINE static V blend(Mask k, V a, V b) { return _mm512_mask_blend_epi32(k, a, b); }
};
struct Lanes64 {
  static constexpr size_t kLanes = 8;
  using Mask = __mmask8;
  DMLS_INLINE static V add(V a, V b) { return _mm512_add_epi64(a, b); }
  template <int n>
  DMLS_INLINE static V rotate(V a) {
    return _mm512_ror_epi64(a, n);
  }
  template <int n>
  DMLS_INLINE static V shift(V a) {
    return _mm512_srli_epi64(a, n);
  }
  DMLS_INLINE static V all(uint64_t w) { return _mm512_set1_epi64(static_cast<long long>(w)); }
  DMLS_INLINE static V blend(Mask k, V a, V b) { return _mm512_mask_blend_epi64(k, a, b); }
};
template <size_t word>
struct LanesOf {
  using Type = Lanes32;
};
template <>
struct LanesOf<8> {
  using Type = Lanes64;
};
template <class H>
using Lanes = typename LanesOf<sizeof(typename H::Word)>::Type;

DMLS_INLINE V xor3(V a, V b, V c) { return DMLS_TERNARY(_mm512_ternarylogic_epi64, a, b, c, 0x96, a ^ b ^ c); }
DMLS_INLINE V choose(V e, V f, V g) {
  return DMLS_TERNARY(_mm512_ternarylogic_epi64, e, f, g, 0xca, (e & f) ^ (~e & g));
}
DMLS_INLINE V majority(V a, V b, V c) {
  return DMLS_TERNARY(_mm512_ternarylogic_epi64, a, b, c, 0xe8, (a & b) ^ (a & c) ^ (b & c));
}

// Round t (modulo 16) with `wk` = W[t] + K[t]. FIPS 180-4 §6.2.2 step 3, with the variables renamed instead of moved.
template <class H, int t>
DMLS_INLINE void round(V (&s)[8], V wk) {
  using L = Lanes<H>;
  const V a = s[(16 - t) % 8], b = s[(17 - t) % 8], c = s[(18 - t) % 8];
  const V e = s[(20 - t) % 8], f = s[(21 - t) % 8], g = s[(22 - t) % 8];
  V& d = s[(19 - t) % 8];
  V& h = s[(23 - t) % 8];
  const V big1 =
      xor3(L::template rotate<H::kBig1[0]>(e), L::template rotate<H::kBig1[1]>(e), L::template rotate<H::kBig1[2]>(e));
  const V big0 =
      xor3(L::template rotate<H::kBig0[0]>(a), L::template rotate<H::kBig0[1]>(a), L::template rotate<H::kBig0[2]>(a));
  const V t1 = L::add(L::add(L::add(h, wk), choose(e, f, g)), big1);
  d = L::add(d, t1);
  h = L::add(L::add(big0, majority(a, b, c)), t1);
}

// W[t + 16] in the place of W[t].
template <class H, int t>
DMLS_INLINE void schedule(V (&w)[16]) {
  using L = Lanes<H>;
  const V x = w[(t + 1) % 16], y = w[(t + 14) % 16];
  const V small0 = xor3(L::template rotate<H::kSmall0[0]>(x), L::template rotate<H::kSmall0[1]>(x),
                        L::template shift<H::kSmall0[2]>(x));
  const V small1 = xor3(L::template rotate<H::kSmall1[0]>(y), L::template rotate<H::kSmall1[1]>(y),
                        L::template shift<H::kSmall1[2]>(y));
  w[t] = L::add(L::add(w[t], small0), L::add(w[(t + 9) % 16], small1));
}

#define DMLS_SIXTEEN(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10) F(11) F(12) F(13) F(14) F(15)

// A chaining value, or a message block, of every lane.
struct State {
  V v[8];
};
struct Message {
  V v[16];
};

// Compresses one block of each stream, without the final addition. Out of line: three uses would not fit the
// instruction cache.
template <class H>
[[gnu::noinline]] void compress_messages(State& sa, State& sb, Message& ma, Message& mb) {
  using L = Lanes<H>;
  V a[8], b[8];
  for (int i = 0; i < 8; ++i) a[i] = sa.v[i], b[i] = sb.v[i];
  V(&wa)[16] = ma.v;
  V(&wb)[16] = mb.v;
  size_t i = 0;
  for (; i < H::kRounds - 16; i += 16) {
    const typename H::Word* k = kRoundConstants<H>.v + i;
#define DMLS_ROUND(t)                  \
  {                                    \
    const V kt = L::all(k[t]);         \
    round<H, t>(a, L::add(wa[t], kt)); \
    round<H, t>(b, L::add(wb[t], kt)); \
    schedule<H, t>(wa);                \
    schedule<H, t>(wb);                \
  }
    DMLS_SIXTEEN(DMLS_ROUND)
#undef DMLS_ROUND
  }
  const typename H::Word* k = kRoundConstants<H>.v + i;
#define DMLS_ROUND(t)                  \
  {                                    \
    const V kt = L::all(k[t]);         \
    round<H, t>(a, L::add(wa[t], kt)); \
    round<H, t>(b, L::add(wb[t], kt)); \
  }
  DMLS_SIXTEEN(DMLS_ROUND)
#undef DMLS_ROUND
  for (int j = 0; j < 8; ++j) sa.v[j] = a[j], sb.v[j] = b[j];
}

// The blocks "left" in stream a and "right" in stream b, from one common state; with the final addition.
template <class H>
[[gnu::noinline]] void compress_labels(const State& from, State& left, State& right) {
  using L = Lanes<H>;
  V a[8], b[8];
  for (int i = 0; i < 8; ++i) a[i] = b[i] = from.v[i];
  for (size_t i = 0; i < H::kRounds; i += 16) {
    const typename H::Word* l = kLeftRounds<H>.v + i;
    const typename H::Word* r = kRightRounds<H>.v + i;
#define DMLS_ROUND(t)           \
  round<H, t>(a, L::all(l[t])); \
  round<H, t>(b, L::all(r[t]));
    DMLS_SIXTEEN(DMLS_ROUND)
#undef DMLS_ROUND
  }
  for (int j = 0; j < 8; ++j) {
    left.v[j] = L::add(a[j], from.v[j]);
    right.v[j] = L::add(b[j], from.v[j]);
  }
}

template <class H>
DMLS_INLINE void set_iv(State& s) {
  for (int i = 0; i < 8; ++i) s.v[i] = Lanes<H>::all(H::kIv[i]);
}

template <class H>
DMLS_INLINE void key_block(const State& node, typename H::Word pad, Message& m) {
  const V p = Lanes<H>::all(pad);
  for (size_t i = 0; i < 16; ++i) m.v[i] = i < H::kWords ? _mm512_xor_si512(node.v[i], p) : p;
}

template <class H>
DMLS_INLINE void outer_block(const State& digest, Message& m) {
  for (size_t i = 0; i < 16; ++i) m.v[i] = i < H::kWords ? digest.v[i] : Lanes<H>::all(outer_padding<H>(i));
}

// Where each lane's next sibling goes. Lanes that have not started write to a place of their own.
template <class H>
struct Sink {
  static constexpr size_t kLanes = Lanes<H>::kLanes;
  uint8_t* at[kLanes];
  size_t step[kLanes];
};

// Byte order of words of the size of H.
template <class H>
DMLS_INLINE V byte_order(V x) {
  const __m128i by4 = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
  const __m128i by8 = _mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
  return _mm512_shuffle_epi8(x, _mm512_broadcast_i32x4(sizeof(typename H::Word) == 4 ? by4 : by8));
}

template <class H, int quarter>
DMLS_INLINE void store_quarter(V x, const Sink<H>& sink, size_t lane, size_t offset) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(sink.at[lane] + offset), _mm512_extracti32x4_epi32(x, quarter));
}
template <class H>
DMLS_INLINE void store_quarters(V x, const Sink<H>& sink, size_t lane, size_t stride, size_t offset) {
  store_quarter<H, 0>(x, sink, lane, offset);
  store_quarter<H, 1>(x, sink, lane + stride, offset);
  store_quarter<H, 2>(x, sink, lane + 2 * stride, offset);
  store_quarter<H, 3>(x, sink, lane + 3 * stride, offset);
}

// Four words of 16 lanes: quarter q of x[i] becomes those of lane 4q + i.
template <class H>
DMLS_INLINE void store_words(const State& digest, Sink<H>& sink) {
  if constexpr (sizeof(typename H::Word) == 4) {
    for (size_t j = 0; j < 8; j += 4) {
      const V a = digest.v[j], b = digest.v[j + 1], c = digest.v[j + 2], d = digest.v[j + 3];
      const V ab0 = _mm512_unpacklo_epi32(a, b), ab1 = _mm512_unpackhi_epi32(a, b);
      const V cd0 = _mm512_unpacklo_epi32(c, d), cd1 = _mm512_unpackhi_epi32(c, d);
      store_quarters<H>(byte_order<H>(_mm512_unpacklo_epi64(ab0, cd0)), sink, 0, 4, 4 * j);
      store_quarters<H>(byte_order<H>(_mm512_unpackhi_epi64(ab0, cd0)), sink, 1, 4, 4 * j);
      store_quarters<H>(byte_order<H>(_mm512_unpacklo_epi64(ab1, cd1)), sink, 2, 4, 4 * j);
      store_quarters<H>(byte_order<H>(_mm512_unpackhi_epi64(ab1, cd1)), sink, 3, 4, 4 * j);
    }
  } else {
    for (size_t j = 0; j < H::kWords; j += 2) {
      const V a = digest.v[j], b = digest.v[j + 1];
      store_quarters<H>(byte_order<H>(_mm512_unpacklo_epi64(a, b)), sink, 0, 2, 8 * j);
      store_quarters<H>(byte_order<H>(_mm512_unpackhi_epi64(a, b)), sink, 1, 2, 8 * j);
    }
  }
  for (size_t i = 0; i < Sink<H>::kLanes; ++i) sink.at[i] += sink.step[i];
}

// Puts the secrets of the walks that start at `depth` into their lanes.
template <class H>
DMLS_INLINE void start_lanes(const Walk* walks, size_t count, uint32_t depth, State& node, Sink<H>& sink) {
  using Word = typename H::Word;
  alignas(64) Word words[8][Lanes<H>::kLanes];
  for (size_t j = 0; j < 8; ++j) _mm512_store_si512(words[j], node.v[j]);
  for (size_t i = 0; i < count; ++i) {
    if (walks[i].from != depth) continue;
    sink.at[i] = walks[i].copath;
    sink.step[i] = H::kNh;
    for (size_t j = 0; j < H::kWords; ++j) {
      Word w;
      __builtin_memcpy(&w, walks[i].node + j * sizeof w, sizeof w);
      words[j][i] = sizeof w == 4 ? static_cast<Word>(__builtin_bswap32(static_cast<uint32_t>(w)))
                                  : static_cast<Word>(__builtin_bswap64(w));
    }
  }
  for (size_t j = 0; j < 8; ++j) node.v[j] = _mm512_load_si512(words[j]);
}

// The bits of all lanes at one depth, lane 0 lowest: 1 goes right.
template <class H>
DMLS_INLINE typename Lanes<H>::Mask turns(const Walk* walks, size_t count, uint32_t depth) {
  uint32_t bits = 0;
  for (size_t i = 0; i < count; ++i) bits |= path_bit(walks[i].path, depth) << i;
  return static_cast<typename Lanes<H>::Mask>(bits);
}

template <class H>
[[gnu::noinline]] uint64_t walk_lanes(const Walk* walks, size_t count) {
  using L = Lanes<H>;
  using Word = typename H::Word;
  State node, inner, outer, left, right;
  Message ma, mb;
  Sink<H> sink;
  uint8_t nowhere[L::kLanes][H::kNh];
  const uint32_t to = walks[0].to;
  uint32_t first = to;
  uint64_t compressions = 0;
  for (size_t i = 0; i < L::kLanes; ++i) {
    sink.at[i] = nowhere[i];
    sink.step[i] = 0;
    if (i < count && walks[i].from < first) first = walks[i].from;
  }
  for (int j = 0; j < 8; ++j) node.v[j] = _mm512_setzero_si512();
  for (uint32_t depth = first; depth < to; ++depth) {
    uint32_t starting = 0;
    for (size_t i = 0; i < count; ++i) starting += walks[i].from == depth;
    if (starting != 0) start_lanes<H>(walks, count, depth, node, sink);
    key_block<H>(node, kIpad<Word>, ma);
    key_block<H>(node, kOpad<Word>, mb);
    set_iv<H>(inner);
    set_iv<H>(outer);
    compress_messages<H>(inner, outer, ma, mb);
    for (int j = 0; j < 8; ++j) {
      inner.v[j] = L::add(inner.v[j], L::all(H::kIv[j]));
      outer.v[j] = L::add(outer.v[j], L::all(H::kIv[j]));
    }
    compress_labels<H>(inner, left, right);
    outer_block<H>(left, ma);
    outer_block<H>(right, mb);
    left = right = outer;
    compress_messages<H>(left, right, ma, mb);
    const auto turn = turns<H>(walks, count, depth);
    for (int j = 0; j < 8; ++j) {
      const V l = L::add(left.v[j], outer.v[j]), r = L::add(right.v[j], outer.v[j]);
      node.v[j] = L::blend(turn, l, r);
      left.v[j] = L::blend(turn, r, l);
    }
    store_words<H>(left, sink);
    compressions += 6;
  }
  for (size_t i = 0; i < L::kLanes; ++i) {
    sink.at[i] = i < count && walks[i].from < to ? walks[i].end : nowhere[i];
    sink.step[i] = 0;
    if (i < count && walks[i].from >= to) __builtin_memmove(walks[i].end, walks[i].node, H::kNh);
  }
  store_words<H>(node, sink);
  uint64_t levels = 0;
  for (size_t i = 0; i < count; ++i) levels += to - walks[i].from;
  return to == first ? 0 : compressions / (to - first) * levels;
}

template <class H>
uint64_t walk_all(const Walk* walks, size_t count) {
  uint64_t compressions = 0;
  while (count > 0) {
    const size_t n = count < Lanes<H>::kLanes ? count : Lanes<H>::kLanes;
    compressions += walk_lanes<H>(walks, n);
    walks += n;
    count -= n;
  }
  wipe_stack<12288>();
  wipe_zmm();
  return compressions;
}

}  // namespace

uint64_t walk_lanes_sha256(const Walk* walks, size_t count) { return walk_all<Sha256>(walks, count); }
uint64_t walk_lanes_sha384(const Walk* walks, size_t count) { return walk_all<Sha384>(walks, count); }
uint64_t walk_lanes_sha512(const Walk* walks, size_t count) { return walk_all<Sha512>(walks, count); }

}  // namespace dmls::crypto::kernel
#endif
