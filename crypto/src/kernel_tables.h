#pragma once
// The constants of SHA-2 (FIPS 180-4), and the message blocks of RFC 9420 §9 that are the same for every node.

#include <stddef.h>
#include <stdint.h>

namespace dmls::crypto::kernel {

template <class T, size_t n>
struct Table {
  alignas(64) T v[n];
};

// FIPS 180-4 §4.2.3. The constants of SHA-256 are the upper halves of the first 64 (§4.2.2).
inline constexpr Table<uint64_t, 80> kRound512 = {
    {0x428a2f98d728ae22ULL, 0x7137449123ef65cdULL, 0xb5c0fbcfec4d3b2fULL, 0xe9b5dba58189dbbcULL,
     0x3956c25bf348b538ULL, 0x59f111f1b605d019ULL, 0x923f82a4af194f9bULL, 0xab1c5ed5da6d8118ULL,
     0xd807aa98a3030242ULL, 0x12835b0145706fbeULL, 0x243185be4ee4b28cULL, 0x550c7dc3d5ffb4e2ULL,
     0x72be5d74f27b896fULL, 0x80deb1fe3b1696b1ULL, 0x9bdc06a725c71235ULL, 0xc19bf174cf692694ULL,
     0xe49b69c19ef14ad2ULL, 0xefbe4786384f25e3ULL, 0x0fc19dc68b8cd5b5ULL, 0x240ca1cc77ac9c65ULL,
     0x2de92c6f592b0275ULL, 0x4a7484aa6ea6e483ULL, 0x5cb0a9dcbd41fbd4ULL, 0x76f988da831153b5ULL,
     0x983e5152ee66dfabULL, 0xa831c66d2db43210ULL, 0xb00327c898fb213fULL, 0xbf597fc7beef0ee4ULL,
     0xc6e00bf33da88fc2ULL, 0xd5a79147930aa725ULL, 0x06ca6351e003826fULL, 0x142929670a0e6e70ULL,
     0x27b70a8546d22ffcULL, 0x2e1b21385c26c926ULL, 0x4d2c6dfc5ac42aedULL, 0x53380d139d95b3dfULL,
     0x650a73548baf63deULL, 0x766a0abb3c77b2a8ULL, 0x81c2c92e47edaee6ULL, 0x92722c851482353bULL,
     0xa2bfe8a14cf10364ULL, 0xa81a664bbc423001ULL, 0xc24b8b70d0f89791ULL, 0xc76c51a30654be30ULL,
     0xd192e819d6ef5218ULL, 0xd69906245565a910ULL, 0xf40e35855771202aULL, 0x106aa07032bbd1b8ULL,
     0x19a4c116b8d2d0c8ULL, 0x1e376c085141ab53ULL, 0x2748774cdf8eeb99ULL, 0x34b0bcb5e19b48a8ULL,
     0x391c0cb3c5c95a63ULL, 0x4ed8aa4ae3418acbULL, 0x5b9cca4f7763e373ULL, 0x682e6ff3d6b2b8a3ULL,
     0x748f82ee5defb2fcULL, 0x78a5636f43172f60ULL, 0x84c87814a1f0ab72ULL, 0x8cc702081a6439ecULL,
     0x90befffa23631e28ULL, 0xa4506cebde82bde9ULL, 0xbef9a3f7b2c67915ULL, 0xc67178f2e372532bULL,
     0xca273eceea26619cULL, 0xd186b8c721c0c207ULL, 0xeada7dd6cde0eb1eULL, 0xf57d4f7fee6ed178ULL,
     0x06f067aa72176fbaULL, 0x0a637dc5a2c898a6ULL, 0x113f9804bef90daeULL, 0x1b710b35131c471bULL,
     0x28db77f523047d84ULL, 0x32caab7b40c72493ULL, 0x3c9ebe0a15c9bebcULL, 0x431d67c49c100d4cULL,
     0x4cc5d4becb3e42b6ULL, 0x597f299cfc657e2aULL, 0x5fcb6fab3ad6faecULL, 0x6c44198c4a475817ULL}};

struct Sha256 {
  using Word = uint32_t;
  static constexpr size_t kRounds = 64, kNh = 32, kWords = 8;
  static constexpr int kBig0[3] = {2, 13, 22}, kBig1[3] = {6, 11, 25};
  static constexpr int kSmall0[3] = {7, 18, 3}, kSmall1[3] = {17, 19, 10};  // the third is a shift
  static constexpr Word kIv[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  static constexpr Word round(size_t t) { return static_cast<Word>(kRound512.v[t] >> 32); }
};

struct Sha512 {
  using Word = uint64_t;
  static constexpr size_t kRounds = 80, kNh = 64, kWords = 8;
  static constexpr int kBig0[3] = {28, 34, 39}, kBig1[3] = {14, 18, 41};
  static constexpr int kSmall0[3] = {1, 8, 7}, kSmall1[3] = {19, 61, 6};
  static constexpr Word kIv[8] = {0x6a09e667f3bcc908ULL, 0xbb67ae8584caa73bULL, 0x3c6ef372fe94f82bULL,
                                  0xa54ff53a5f1d36f1ULL, 0x510e527fade682d1ULL, 0x9b05688c2b3e6c1fULL,
                                  0x1f83d9abfb41bd6bULL, 0x5be0cd19137e2179ULL};
  static constexpr Word round(size_t t) { return kRound512.v[t]; }
};

struct Sha384 : Sha512 {
  static constexpr size_t kNh = 48, kWords = 6;  // words of a digest
  static constexpr Word kIv[8] = {0xcbbb9d5dc1059ed8ULL, 0x629a292a367cd507ULL, 0x9159015a3070dd17ULL,
                                  0x152fecd8f70e5939ULL, 0x67332667ffc00b31ULL, 0x8eb44a8768581511ULL,
                                  0xdb0c2e0d64f98fa7ULL, 0x47b5481dbefa4fa4ULL};
};

template <class H>
inline constexpr size_t kBlockOctets = 16 * sizeof(typename H::Word);

// ipad and opad of RFC 2104, as words.
template <class Word>
inline constexpr Word kIpad = static_cast<Word>(0x3636363636363636ULL);
template <class Word>
inline constexpr Word kOpad = static_cast<Word>(0x5c5c5c5c5c5c5c5cULL);

template <class H>
using Block = Table<typename H::Word, 16>;

// The one inner block of HMAC(node, KDFLabel || 0x01) for ExpandWithLabel(node, "tree", context, Nh): 22 octets at
// most, so that it fits one block after the key block. RFC 9420 §8, §9; RFC 5869 §2.3
template <class H>
constexpr Block<H> tree_block(const char* context) {
  using Word = typename H::Word;
  uint8_t octets[kBlockOctets<H>] = {};
  size_t n = 0;
  const auto put = [&](uint8_t octet) { octets[n++] = octet; };
  const char label[] = "MLS 1.0 tree";
  put(0);
  put(static_cast<uint8_t>(H::kNh));
  put(sizeof label - 1);
  for (size_t i = 0; i + 1 < sizeof label; ++i) put(static_cast<uint8_t>(label[i]));
  size_t length = 0;
  while (context[length] != 0) ++length;
  put(static_cast<uint8_t>(length));
  for (size_t i = 0; i < length; ++i) put(static_cast<uint8_t>(context[i]));
  put(1);  // the counter of HKDF-Expand
  const uint64_t bits = 8 * (kBlockOctets<H> + n);
  put(0x80);
  for (size_t i = 0; i < 8; ++i) octets[kBlockOctets<H> - 1 - i] = static_cast<uint8_t>(bits >> (8 * i));
  Block<H> block = {};
  for (size_t i = 0; i < kBlockOctets<H>; ++i) {
    Word& w = block.v[i / sizeof(Word)];
    w = static_cast<Word>((w << 8) | octets[i]);
  }
  return block;
}
template <class H>
inline constexpr Block<H> kLeftBlock = tree_block<H>("left");
template <class H>
inline constexpr Block<H> kRightBlock = tree_block<H>("right");

// Word `i` of the outer block behind the inner digest: padding for one key block and one digest.
template <class H>
constexpr typename H::Word outer_padding(size_t i) {
  if (i == H::kWords) return typename H::Word{1} << (8 * sizeof(typename H::Word) - 1);
  return i == 15 ? 8 * (kBlockOctets<H> + H::kNh) : 0;
}

// Round constants, alone or added to the whole message schedule of a constant block.
template <class H>
using Rounds = Table<typename H::Word, H::kRounds>;

template <class H>
constexpr Rounds<H> round_constants() {
  Rounds<H> k = {};
  for (size_t t = 0; t < H::kRounds; ++t) k.v[t] = H::round(t);
  return k;
}

template <class Word>
constexpr Word rotate(Word x, int n) {
  return static_cast<Word>((x >> n) | (x << (static_cast<int>(8 * sizeof(Word)) - n)));
}

template <class H>
constexpr Rounds<H> expanded(const Block<H>& block) {
  using Word = typename H::Word;
  Rounds<H> w = {};
  for (size_t t = 0; t < 16; ++t) w.v[t] = block.v[t];
  for (size_t t = 16; t < H::kRounds; ++t) {
    const Word a = w.v[t - 15], b = w.v[t - 2];
    const Word s0 = rotate(a, H::kSmall0[0]) ^ rotate(a, H::kSmall0[1]) ^ (a >> H::kSmall0[2]);
    const Word s1 = rotate(b, H::kSmall1[0]) ^ rotate(b, H::kSmall1[1]) ^ (b >> H::kSmall1[2]);
    w.v[t] = static_cast<Word>(w.v[t - 16] + s0 + w.v[t - 7] + s1);
  }
  for (size_t t = 0; t < H::kRounds; ++t) w.v[t] = static_cast<Word>(w.v[t] + H::round(t));
  return w;
}
template <class H>
inline constexpr Rounds<H> kRoundConstants = round_constants<H>();
template <class H>
inline constexpr Rounds<H> kLeftRounds = expanded<H>(kLeftBlock<H>);
template <class H>
inline constexpr Rounds<H> kRightRounds = expanded<H>(kRightBlock<H>);

}  // namespace dmls::crypto::kernel
