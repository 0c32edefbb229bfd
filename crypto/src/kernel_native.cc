// The kernels as TreeKdf objects, the choice between them, and the seams of tree_kdf_testing.h.

#include <dmls/crypto/tree_kdf.h>
#include <dmls/crypto/tree_kdf_testing.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>

#include "kernel.h"
#include "kernel_blocks.h"
#include "kernel_dispatch.h"

namespace dmls::crypto {
namespace {

thread_local std::uint64_t walk_compressions = 0;

// HMAC from the chaining values behind the key pads.
template <class H>
class PaddedHmac {
 public:
  static void set_key(BytesView key, HmacKey& out) {
    Pads pads;
    std::uint8_t pad[kBlock];
    std::uint8_t digest[H::kNh];
    if (key.size() > kBlock) {
      kernel::Chaining<H> s = kernel::initial<H>();
      finish(s, 0, Parts(&key, 1), digest);
      key = BytesView(digest, H::kNh);
      secure_wipe(&s, sizeof s);
    }
    kernel::key_pads(key.data(), key.size(), pad, pads.inner, pads.outer);
    std::memcpy(out.words.data(), &pads, sizeof pads);
    secure_wipe(&pads, sizeof pads);
    secure_wipe(pad, sizeof pad);
    secure_wipe(digest, sizeof digest);
  }

  static void hmac(const HmacKey& key, Parts message, MutableBytes out) {
    Pads pads;
    std::uint8_t digest[H::kNh];
    std::memcpy(&pads, key.words.data(), sizeof pads);
    finish(pads.inner, kBlock, message, digest);
    const BytesView inner(digest, H::kNh);
    finish(pads.outer, kBlock, Parts(&inner, 1), out.data());
    secure_wipe(&pads, sizeof pads);
    secure_wipe(digest, sizeof digest);
  }

 private:
  static constexpr std::size_t kBlock = kernel::kBlockOctets<H>;
  struct Pads {
    kernel::Chaining<H> inner, outer;
  };
  static_assert(sizeof(Pads) <= sizeof(HmacKey::words));

  // The digest of what went into `s` (`length` octets, whole blocks) and the parts. FIPS 180-4 §5.1
  static void finish(kernel::Chaining<H>& s, std::uint64_t length, Parts message, std::uint8_t* out) {
    std::uint8_t block[2 * kBlock];
    std::size_t used = 0;
    for (BytesView part : message) {
      length += part.size();
      while (used + part.size() >= kBlock) {
        if (used == 0) {
          const std::size_t whole = part.size() / kBlock;
          kernel::compress(s, part.data(), whole);
          part = part.subspan(whole * kBlock);
        } else {
          const std::size_t n = kBlock - used;
          std::memcpy(block + used, part.data(), n);
          kernel::compress(s, block, 1);
          part = part.subspan(n);
          used = 0;
        }
      }
      if (!part.empty()) std::memcpy(block + used, part.data(), part.size());
      used += part.size();
    }
    // The length field has two words; the upper one stays zero.
    const std::size_t padded = used + 1 + 2 * sizeof(typename H::Word) > kBlock ? 2 * kBlock : kBlock;
    std::memset(block + used, 0, padded - used);
    block[used] = 0x80;
    kernel::store_word(length * 8, block + padded - 8);
    kernel::compress(s, block, padded / kBlock);
    kernel::store_digest(s, out);
    secure_wipe(block, sizeof block);
  }
};

// A kernel for single walks, and one that takes over from a number of walks on.
template <class H>
class Native final : public TreeKdf {
 public:
  Native(std::string_view name, kernel::WalkFunction few, kernel::WalkFunction many, std::size_t many_from)
      : name_(name), few_(few), many_(many), many_from_(many_from) {}

  [[nodiscard]] std::string_view name() const override { return name_; }

  void walk(std::span<const TreeWalk> walks) const override {
    std::array<kernel::Walk, kMost> batch;
    while (!walks.empty()) {
      const std::size_t n = std::min(walks.size(), kMost);
      bool even = true;  // lanes end together
      for (std::size_t i = 0; i < n; ++i) {
        const TreeWalk& w = walks[i];
        batch[i] = {w.node.data(),
                    w.path.data(),
                    w.copath.data(),
                    w.end.data(),
                    static_cast<std::uint32_t>(w.from),
                    static_cast<std::uint32_t>(w.to)};
        even = even && w.to == walks[0].to;
      }
      walk_compressions += (n >= many_from_ && even ? many_ : few_)(batch.data(), n);
      walks = walks.subspan(n);
    }
    // What is left names public memory only: lengths and addresses.
  }

  void set_key(BytesView key, HmacKey& out) const override { PaddedHmac<H>::set_key(key, out); }
  void hmac(const HmacKey& key, Parts message, MutableBytes out) const override {
    PaddedHmac<H>::hmac(key, message, out);
  }

 private:
  static constexpr std::size_t kMost = 64 / sizeof(typename H::Word);  // lanes of a 512-bit vector
  std::string_view name_;
  kernel::WalkFunction few_, many_;
  std::size_t many_from_;
};

constexpr std::size_t kNever = static_cast<std::size_t>(-1);

const TreeKdf* sha256_kernel(std::string_view name) {
  static const Native<kernel::Sha256> shared("shared", kernel::walk_shared_sha256, nullptr, kNever);
  if (name == "shared") return &shared;
#if defined(__x86_64__)
  const kernel::Features& f = kernel::features();
  static const Native<kernel::Sha256> shani("shani", kernel::walk_shani_sha256, nullptr, kNever);
  if (name == "shani") return f.shani ? &shani : nullptr;
  // Sixteen lanes cost what eight walks cost on the SHA extensions, and what four cost without them.
  static const Native<kernel::Sha256> lanes("avx512", f.shani ? kernel::walk_shani_sha256 : kernel::walk_shared_sha256,
                                            kernel::walk_lanes_sha256, f.shani ? 9 : 5);
  if (name == "avx512") return f.avx512 ? &lanes : nullptr;
#endif
  return nullptr;
}

const TreeKdf* sha384_kernel(std::string_view name) {
  static const Native<kernel::Sha384> shared("shared", kernel::walk_shared_sha384, nullptr, kNever);
  if (name == "shared") return &shared;
#if defined(__x86_64__)
  static const Native<kernel::Sha384> wide("avx512", kernel::walk_pair_sha384, kernel::walk_lanes_sha384, 4);
  if (name == "avx512") return kernel::features().avx512 ? &wide : nullptr;
#endif
  return nullptr;
}

const TreeKdf* sha512_kernel(std::string_view name) {
  static const Native<kernel::Sha512> shared("shared", kernel::walk_shared_sha512, nullptr, kNever);
  if (name == "shared") return &shared;
#if defined(__x86_64__)
  static const Native<kernel::Sha512> wide("avx512", kernel::walk_pair_sha512, kernel::walk_lanes_sha512, 4);
  if (name == "avx512") return kernel::features().avx512 ? &wide : nullptr;
#endif
  return nullptr;
}

// The best kernel that the environment allows.
const TreeKdf* choose(HashId hash) {
  const char* wish = std::getenv("DMLS_KERNELS");
  std::size_t highest = kKernelNames.size() - 1;
  for (std::size_t i = 0; wish != nullptr && i < kKernelNames.size(); ++i)
    if (kKernelNames[i] == wish) highest = i;
  for (std::size_t i = highest; i > 0; --i) {
    if (wish == nullptr && hash == HashId::sha256 && kKernelNames[i] == "avx512" && !kernel::features().wide_lanes)
      continue;
    if (const TreeKdf* found = tree_kdf_for_testing(hash, kKernelNames[i])) return found;
  }
  return nullptr;
}

std::size_t index_of(HashId hash) { return static_cast<std::size_t>(hash) % 3; }

const TreeKdf* chosen(HashId hash) {
  static const std::array<const TreeKdf*, 3> found{choose(HashId::sha256), choose(HashId::sha384),
                                                   choose(HashId::sha512)};
  return found[index_of(hash)];
}

// Set by tests only. Portable is a null pointer of its own, so the wish needs a second word.
std::array<std::atomic<const TreeKdf*>, 3> replacement{};
std::array<std::atomic<bool>, 3> replaced{};

}  // namespace

const TreeKdf* native_tree_kdf(HashId hash) {
  const std::size_t i = index_of(hash);
  if (replaced[i].load(std::memory_order_relaxed)) return replacement[i].load(std::memory_order_relaxed);
  return chosen(hash);
}

const TreeKdf* tree_kdf_for_testing(HashId hash, std::string_view name) {
  switch (hash) {
    case HashId::sha256: return sha256_kernel(name);
    case HashId::sha384: return sha384_kernel(name);
    case HashId::sha512: return sha512_kernel(name);
  }
  return nullptr;
}

bool use_tree_kdf_for_testing(HashId hash, std::string_view name) {
  const TreeKdf* kdf = tree_kdf_for_testing(hash, name);
  if (kdf == nullptr && name != "portable" && name != "auto") return false;
  replacement[index_of(hash)] = kdf;
  replaced[index_of(hash)] = name != "auto";
  return true;
}

std::uint64_t walk_compressions_for_testing() { return walk_compressions; }

bool run_sha256_streams_for_testing(std::size_t streams, std::size_t blocks, bool constant) {
#if defined(__x86_64__)
  if (!kernel::features().shani) return false;
  std::uint32_t state[32] = {1, 2, 3, 4};
  kernel::shani_streams(streams, state, blocks, constant);
  return true;
#else
  (void)streams, (void)blocks, (void)constant;
  return false;
#endif
}

}  // namespace dmls::crypto
