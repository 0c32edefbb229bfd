// SHA-256 on the SHA extensions. Compiled with -msha -mssse3 -msse4.1, and called only where the processor has them.
//
// One level of the tree is six compressions: the two key pads, and for each child its inner and its outer block. The
// way down is a chain of three of them (inner pad, inner block of the child on the path, its outer block), so three
// rows of two interleaved streams do a level:
//     inner pad                    | outer pad
//     inner block, path            | outer block of the sibling one level up
//     outer block, path            | inner block, sibling
// Both inner blocks are constant: their message schedules are tables (kernel_tables.h).
#include "kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel_tables.h"
#include "kernel_wipe.h"

#define DMLS_INLINE __attribute__((always_inline)) inline

namespace dmls::crypto::kernel {
namespace {

using V = __m128i;
using H = Sha256;

constexpr Table<uint32_t, 64> difference() {
  Table<uint32_t, 64> d = {};
  for (size_t t = 0; t < 64; ++t) d.v[t] = kLeftRounds<H>.v[t] ^ kRightRounds<H>.v[t];
  return d;
}
// Left rounds xor right rounds: choosing between them costs a mask, and no index depends on the path.
constexpr Table<uint32_t, 64> kDifference = difference();

DMLS_INLINE V load(const uint32_t* p) { return _mm_load_si128(reinterpret_cast<const V*>(p)); }

// Eight words in order, as message words or a digest.
struct Words {
  V lo, hi;
};

// The order sha256rnds2 wants.
struct State {
  V abef, cdgh;
};

// Lanes from low to high: F E B A and H G D C.
constexpr uint32_t kIvAbef[4] = {H::kIv[5], H::kIv[4], H::kIv[1], H::kIv[0]};
constexpr uint32_t kIvCdgh[4] = {H::kIv[7], H::kIv[6], H::kIv[3], H::kIv[2]};
DMLS_INLINE State iv() {
  return {_mm_loadu_si128(reinterpret_cast<const V*>(kIvAbef)), _mm_loadu_si128(reinterpret_cast<const V*>(kIvCdgh))};
}

DMLS_INLINE State operator+(State a, State b) { return {_mm_add_epi32(a.abef, b.abef), _mm_add_epi32(a.cdgh, b.cdgh)}; }

DMLS_INLINE Words words(State s) {
  const V abef = _mm_shuffle_epi32(s.abef, 0x1b);
  const V ghcd = _mm_shuffle_epi32(s.cdgh, 0xb1);
  return {_mm_blend_epi16(abef, ghcd, 0xf0), _mm_alignr_epi8(ghcd, abef, 8)};
}

DMLS_INLINE void four_rounds(State& s, V wk) {
  s.cdgh = _mm_sha256rnds2_epu32(s.cdgh, s.abef, wk);
  s.abef = _mm_sha256rnds2_epu32(s.abef, s.cdgh, _mm_shuffle_epi32(wk, 0x0e));
}

// A compression of a block that varies; `w` becomes its schedule on the way.
struct Message {
  State s;
  V w[4];

  template <int t>  // rounds 4t to 4t + 3
  DMLS_INLINE void step() {
    four_rounds(s, _mm_add_epi32(w[t % 4], load(kRoundConstants<H>.v + 4 * t)));
    if constexpr (t >= 3 && t < 15) {
      V& next = w[(t + 1) % 4];
      next = _mm_add_epi32(next, _mm_alignr_epi8(w[t % 4], w[(t + 3) % 4], 4));
      next = _mm_sha256msg2_epu32(next, w[t % 4]);
    }
    if constexpr (t >= 1 && t < 13) w[(t + 3) % 4] = _mm_sha256msg1_epu32(w[(t + 3) % 4], w[t % 4]);
  }
};

// A compression of the inner block "left" (mask zero) or "right" (mask all ones).
struct Constant {
  State s;
  V mask;

  template <int t>
  DMLS_INLINE void step() {
    const V choice = _mm_and_si128(load(kDifference.v + 4 * t), mask);
    four_rounds(s, _mm_xor_si128(load(kLeftRounds<H>.v + 4 * t), choice));
  }
};

// Runs streams side by side.
template <class... Streams>
DMLS_INLINE void row(Streams&... s) {
#define DMLS_STEP(t) (s.template step<t>(), ...)
  DMLS_STEP(0), DMLS_STEP(1), DMLS_STEP(2), DMLS_STEP(3), DMLS_STEP(4), DMLS_STEP(5), DMLS_STEP(6), DMLS_STEP(7);
  DMLS_STEP(8), DMLS_STEP(9), DMLS_STEP(10), DMLS_STEP(11), DMLS_STEP(12), DMLS_STEP(13), DMLS_STEP(14), DMLS_STEP(15);
#undef DMLS_STEP
}

DMLS_INLINE Message pad_block(Words key, uint32_t pad) {
  const V p = _mm_set1_epi32(static_cast<int>(pad));
  return {iv(), {_mm_xor_si128(key.lo, p), _mm_xor_si128(key.hi, p), p, p}};
}

DMLS_INLINE Message outer_block(State outer, Words digest) {
  return {outer,
          {digest.lo, digest.hi, _mm_setr_epi32(static_cast<int>(outer_padding<H>(8)), 0, 0, 0),
           _mm_setr_epi32(0, 0, 0, static_cast<int>(outer_padding<H>(15)))}};
}

DMLS_INLINE V byte_order(V x) {
  return _mm_shuffle_epi8(x, _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
}
DMLS_INLINE Words load_words(const uint8_t* p) {
  return {byte_order(_mm_loadu_si128(reinterpret_cast<const V*>(p))),
          byte_order(_mm_loadu_si128(reinterpret_cast<const V*>(p + 16)))};
}
DMLS_INLINE void store_words(uint8_t* p, Words w) {
  _mm_storeu_si128(reinterpret_cast<V*>(p), byte_order(w.lo));
  _mm_storeu_si128(reinterpret_cast<V*>(p + 16), byte_order(w.hi));
}

DMLS_INLINE V path_mask(const Walk& walk, uint32_t depth) {
  return _mm_set1_epi32(-static_cast<int>(path_bit(walk.path, depth)));
}

// What one walk carries from level to level.
struct Descent {
  Words node;
  State inner, outer;    // the pads of this node
  State sibling_outer;   // the sibling one level up waits for its outer block,
  Words sibling_digest;  // with this inner digest
};

DMLS_INLINE Constant inner_block(const Descent& d, V mask) { return {d.inner, mask}; }

DMLS_INLINE void after_pads(Descent& d, const Message& inner, const Message& outer) {
  d.inner = inner.s + iv();
  d.outer = outer.s + iv();
}
DMLS_INLINE void after_sibling(const Descent& d, const Message& m, uint8_t* out) {
  store_words(out, words(m.s + d.sibling_outer));
}
DMLS_INLINE void after_level(Descent& d, const Message& path, const Constant& sibling) {
  d.node = words(path.s + d.outer);
  d.sibling_outer = d.outer;
  d.sibling_digest = words(sibling.s + d.inner);
}

[[gnu::noinline]] uint64_t walk_one(const Walk& walk) {
  Descent d = {};
  d.node = load_words(walk.node);
  uint8_t* out = walk.copath;
  const V ones = _mm_set1_epi32(-1);
  uint64_t compressions = 0;
  for (uint32_t depth = walk.from; depth < walk.to; ++depth) {
    const V mask = path_mask(walk, depth);
    Message ipad = pad_block(d.node, kIpad<uint32_t>), opad = pad_block(d.node, kOpad<uint32_t>);
    row(ipad, opad);
    after_pads(d, ipad, opad);
    Constant path_inner = inner_block(d, mask);
    if (depth == walk.from) {
      row(path_inner);
      compressions += 5;
    } else {
      Message sibling_outer = outer_block(d.sibling_outer, d.sibling_digest);
      row(path_inner, sibling_outer);
      after_sibling(d, sibling_outer, out);
      out += H::kNh;
      compressions += 6;
    }
    Message path_outer = outer_block(d.outer, words(path_inner.s + d.inner));
    Constant sibling_inner = inner_block(d, _mm_xor_si128(mask, ones));
    row(path_outer, sibling_inner);
    after_level(d, path_outer, sibling_inner);
  }
  if (walk.from < walk.to) {
    Message sibling_outer = outer_block(d.sibling_outer, d.sibling_digest);
    row(sibling_outer);
    after_sibling(d, sibling_outer, out);
    ++compressions;
  }
  store_words(walk.end, d.node);
  return compressions;
}

// Two walks over the same depths: the same rows, four streams wide.
[[gnu::noinline]] uint64_t walk_two(const Walk& a, const Walk& b) {
  Descent d = {}, e = {};
  d.node = load_words(a.node);
  e.node = load_words(b.node);
  uint8_t *out_a = a.copath, *out_b = b.copath;
  const V ones = _mm_set1_epi32(-1);
  uint64_t compressions = 0;
  for (uint32_t depth = a.from; depth < a.to; ++depth) {
    const V mask_a = path_mask(a, depth), mask_b = path_mask(b, depth);
    {
      Message ia = pad_block(d.node, kIpad<uint32_t>), oa = pad_block(d.node, kOpad<uint32_t>);
      Message ib = pad_block(e.node, kIpad<uint32_t>), ob = pad_block(e.node, kOpad<uint32_t>);
      row(ia, oa, ib, ob);
      after_pads(d, ia, oa);
      after_pads(e, ib, ob);
    }
    Constant pa = inner_block(d, mask_a), pb = inner_block(e, mask_b);
    if (depth == a.from) {
      row(pa, pb);
      compressions += 10;
    } else {
      Message sa = outer_block(d.sibling_outer, d.sibling_digest);
      Message sb = outer_block(e.sibling_outer, e.sibling_digest);
      row(pa, sa, pb, sb);
      after_sibling(d, sa, out_a);
      after_sibling(e, sb, out_b);
      out_a += H::kNh;
      out_b += H::kNh;
      compressions += 12;
    }
    Message oa = outer_block(d.outer, words(pa.s + d.inner)), ob = outer_block(e.outer, words(pb.s + e.inner));
    Constant sa = inner_block(d, _mm_xor_si128(mask_a, ones)), sb = inner_block(e, _mm_xor_si128(mask_b, ones));
    row(oa, sa, ob, sb);
    after_level(d, oa, sa);
    after_level(e, ob, sb);
  }
  if (a.from < a.to) {
    Message sa = outer_block(d.sibling_outer, d.sibling_digest), sb = outer_block(e.sibling_outer, e.sibling_digest);
    row(sa, sb);
    after_sibling(d, sa, out_a);
    after_sibling(e, sb, out_b);
    compressions += 2;
  }
  store_words(a.end, d.node);
  store_words(b.end, e.node);
  return compressions;
}

// Down to the depth where the other one of a pair starts.
DMLS_INLINE Walk upper_part(const Walk& walk, uint32_t to) {
  return {walk.node, walk.path, walk.copath, walk.end, walk.from, to};
}
DMLS_INLINE Walk lower_part(const Walk& walk, uint32_t from) {
  return {walk.end, walk.path, walk.copath + H::kNh * (from - walk.from), walk.end, from, walk.to};
}

}  // namespace

uint64_t walk_shani_sha256(const Walk* walks, size_t count) {
  uint64_t compressions = 0;
  size_t i = 0;
  for (; i + 1 < count; i += 2) {
    Walk a = walks[i], b = walks[i + 1];
    if (a.from != b.from) {
      Walk& early = a.from < b.from ? a : b;
      const uint32_t from = a.from < b.from ? b.from : a.from;
      const uint32_t meet = from < early.to ? from : early.to;
      compressions += walk_one(upper_part(early, meet));
      early = lower_part(early, meet);
    }
    if (a.from == b.from && a.to == b.to) {
      compressions += walk_two(a, b);
    } else {
      compressions += walk_one(a) + walk_one(b);
    }
  }
  if (i < count) compressions += walk_one(walks[i]);
  wipe_stack<2048>();
  wipe_xmm();
  return compressions;
}

namespace {

DMLS_INLINE Message chained(State s, Message*) {
  const V zero = _mm_setzero_si128();
  return {s, {s.abef, s.cdgh, zero, zero}};
}
DMLS_INLINE Constant chained(State s, Constant*) { return {s, s.abef}; }

template <class Stream>
DMLS_INLINE void one_block(State& s) {
  Stream m = chained(s, static_cast<Stream*>(nullptr));
  row(m);
  s = m.s + s;
}
template <class Stream>
DMLS_INLINE void four_blocks(State (&s)[4]) {
  Stream* const tag = nullptr;
  Stream m0 = chained(s[0], tag), m1 = chained(s[1], tag), m2 = chained(s[2], tag), m3 = chained(s[3], tag);
  row(m0, m1, m2, m3);
  s[0] = m0.s + s[0], s[1] = m1.s + s[1], s[2] = m2.s + s[2], s[3] = m3.s + s[3];
}

}  // namespace

void shani_streams(size_t streams, uint32_t* state, size_t blocks, bool constant) {
  State s[4];
  for (int i = 0; i < 4; ++i) {
    s[i].abef = _mm_loadu_si128(reinterpret_cast<const V*>(state + 8 * i));
    s[i].cdgh = _mm_loadu_si128(reinterpret_cast<const V*>(state + 8 * i + 4));
  }
  for (size_t n = 0; n < blocks; ++n) {
    if (streams == 1) {
      constant ? one_block<Constant>(s[0]) : one_block<Message>(s[0]);
    } else {
      constant ? four_blocks<Constant>(s) : four_blocks<Message>(s);
    }
  }
  for (int i = 0; i < 4; ++i) {
    _mm_storeu_si128(reinterpret_cast<V*>(state + 8 * i), s[i].abef);
    _mm_storeu_si128(reinterpret_cast<V*>(state + 8 * i + 4), s[i].cdgh);
  }
}

}  // namespace dmls::crypto::kernel
#endif
