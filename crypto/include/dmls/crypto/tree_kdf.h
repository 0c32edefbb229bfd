#pragma once
// The tree derivations of RFC 9420 §9, many levels at a time, and HMAC with its key set up once. This is where a
// provider may offer kernels of its own; without them everything below runs over Provider::hmac.

#include <dmls/base/bytes.h>
#include <dmls/base/secret.h>
#include <dmls/crypto/suite.h>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace dmls::crypto {

// TreeWalk describes one descent from a node to a node below it. On the way both children of every node are derived
// (RFC 9420 §9); the one off the path is kept. It only borrows; the outputs overlap nothing but `end` and `node`.
struct TreeWalk {
  BytesView node;  // secret of the node at depth `from`; Nh octets
  // The leaf index: bit d, counted from the most significant bit of octet 0, leaves depth d to the left (0) or to the
  // right (1); at least `to` bits.
  BytesView path;
  std::size_t from = 0;  // depth where it begins, 0 at the root; at most `to`
  std::size_t to = 0;    // depth where it ends
  MutableBytes copath;   // (to - from) * Nh octets: the siblings of the nodes entered, from top to bottom
  MutableBytes end;      // secret of the node at depth `to`; Nh octets; may be `node` itself
};

// walk_tree performs one walk. Sizes that do not fit are a bug of the caller (panic). No branch and no memory index
// depends on the secrets or on the path.
void walk_tree(const CipherSuite&, const TreeWalk&);
// walk_trees performs independent walks: several cost less together than one by one.
void walk_trees(const CipherSuite&, std::span<const TreeWalk>);

// HmacKey is what HMAC computes from its key alone (RFC 2104 §4): two chaining values. Wiped when it dies.
class HmacKey {
 public:
  HmacKey() = default;
  // `other` is wiped.
  HmacKey(HmacKey&& other) noexcept : words(other.words) { other.wipe(); }
  HmacKey& operator=(HmacKey&& other) noexcept {
    words = other.words;
    if (this != &other) other.wipe();
    return *this;
  }
  HmacKey(const HmacKey&) = delete;
  HmacKey& operator=(const HmacKey&) = delete;
  ~HmacKey() { wipe(); }
  // Makes all words zero.
  void wipe() noexcept { secure_wipe(words.data(), sizeof words); }

  // For the kernel that made it: the inner chaining value, then the outer one.
  std::array<std::uint64_t, 16> words{};
};

// TreeKdf is a provider's own implementation, for one hash. Immutable; may be shared between threads.
class TreeKdf {
 public:
  virtual ~TreeKdf() = default;
  // The instructions it uses: "shared", "shani", ...
  [[nodiscard]] virtual std::string_view name() const = 0;
  // Performs the walks, whose sizes have been checked.
  virtual void walk(std::span<const TreeWalk>) const = 0;
  // Sets up `out` for keys of any length.
  virtual void set_key(BytesView key, HmacKey& out) const = 0;
  // HMAC(key, message); out: Nh octets.
  virtual void hmac(const HmacKey& key, Parts message, MutableBytes out) const = 0;
};

// The kernel that the default provider uses for a hash, or nullptr for Provider::hmac. Chosen once, at first use, from
// what the processor and the system offer. The environment variable DMLS_KERNELS may lower it: `portable` (none of
// these kernels), `shared` (BoringSSL's block functions), `shani` (SHA extensions), `avx512` (wide vectors too).
const TreeKdf* native_tree_kdf(HashId);

}  // namespace dmls::crypto
