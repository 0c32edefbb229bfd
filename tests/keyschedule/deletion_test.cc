// RFC 9420 §9.2: what was consumed is in no memory any more, neither in a block that is in use nor in one that was
// given back. This file replaces operator new and operator delete, and so sees every block of the heap.
#include <dmls/crypto/kdf.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/secret_tree.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <new>

#include "support.h"
#include "support/escape.h"

namespace {

// Blocks in use, without using the heap for it. Single-threaded, as these tests are.
struct Block {
  std::uint8_t* start;
  std::size_t size;
};
constexpr std::size_t kMaxBlocks = std::size_t{1} << 16;
std::array<Block, kMaxBlocks> blocks;
std::size_t block_count = 0;
std::size_t allocations = 0;
bool watching = false;

// What must not be in a block that is given back.
constexpr std::size_t kMaxPatterns = 64;
std::array<std::array<std::uint8_t, 16>, kMaxPatterns> patterns;
std::size_t pattern_count = 0;
std::size_t released_with_pattern = 0;

bool holds_pattern(const std::uint8_t* start, std::size_t size) {
  for (std::size_t i = 0; i < pattern_count; ++i)
    if (std::search(start, start + size, patterns[i].begin(), patterns[i].end()) != start + size) return true;
  return false;
}

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t n) {
  auto* p = static_cast<std::uint8_t*>(std::malloc(n == 0 ? 1 : n));
  if (p == nullptr) std::abort();
  if (watching) {
    ++allocations;
    if (block_count == kMaxBlocks) std::abort();
    blocks[block_count++] = {p, n};
  }
  return p;
}
[[gnu::noinline]] void operator delete(void* p) noexcept {
  if (p != nullptr && watching) {
    for (std::size_t i = block_count; i-- > 0;) {
      if (blocks[i].start != p) continue;
      if (holds_pattern(blocks[i].start, blocks[i].size)) ++released_with_pattern;
      blocks[i] = blocks[--block_count];
      break;
    }
  }
  std::free(p);
}
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { operator delete(p); }
// A sanitizer brings array forms of its own, which would pass these by.
[[gnu::noinline]] void* operator new[](std::size_t n) { return operator new(n); }
[[gnu::noinline]] void operator delete[](void* p) noexcept { operator delete(p); }
[[gnu::noinline]] void operator delete[](void* p, std::size_t) noexcept { operator delete(p); }

namespace dmls::keyschedule {
namespace {

using tree_math::LeafCount;
using tree_math::LeafIndex;
constexpr RatchetKind kApplication = RatchetKind::application;

// Watch follows the heap while it lives, and knows which octets must be gone.
class Watch {
 public:
  Watch() {
    block_count = pattern_count = released_with_pattern = allocations = 0;
    watching = true;
  }
  ~Watch() { watching = false; }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // From now on these octets (the first 16) must not be found in blocks given back. Keeps them outside of the heap.
  static void forbid(BytesView octets) {
    const std::size_t n = std::min(octets.size(), patterns[0].size());
    if (pattern_count == kMaxPatterns || n < patterns[0].size()) std::abort();
    std::memcpy(patterns[pattern_count++].data(), octets.data(), n);
  }
  static bool given_back() { return released_with_pattern != 0; }
  // Whether a block in use holds these octets.
  static bool in_use(BytesView octets) {
    const BytesView sample = octets.first(std::min<std::size_t>(octets.size(), 16));
    for (std::size_t i = 0; i < block_count; ++i) {
      const Block& block = blocks[i];
      if (std::search(block.start, block.start + block.size, sample.begin(), sample.end()) != block.start + block.size)
        return true;
    }
    return false;
  }
  static std::size_t allocated() { return allocations; }
};

// The secrets of one leaf of an eight-member tree, on the stack.
struct Secrets {
  explicit Secrets(const crypto::CipherSuite& suite, LeafIndex leaf) {
    nodes[0] = secret<EncryptionSecret>(suite, 9).into_bytes();
    tree_math::NodeIndex node = LeafCount(8).root();
    for (std::size_t i = 1; i < nodes.size(); ++i) {
      const bool is_left = tree_math::in_subtree(leaf, tree_math::left(node));
      const char* step = is_left ? "left" : "right";
      nodes[i] = crypto::expand_with_label(suite, nodes[i - 1].expose(), "tree", as_bytes(step), suite.hash_length());
      node = is_left ? tree_math::left(node) : tree_math::right(node);
    }
    ratchet[0] = crypto::expand_with_label(suite, nodes[3].expose(), "application", {}, suite.hash_length());
    for (std::uint32_t j = 0; j < key.size(); ++j) {
      key[j] = crypto::derive_tree_secret(suite, ratchet[j].expose(), "key", j, suite.key_length());
      ratchet[j + 1] = crypto::derive_tree_secret(suite, ratchet[j].expose(), "secret", j, suite.hash_length());
    }
  }
  std::array<SecretBytes, 4> nodes;
  std::array<SecretBytes, 5> ratchet;
  std::array<SecretBytes, 4> key;
};

TEST(Deletion, AReceivedMessageConsumesWhatTheExampleOfTheRfcLists) {
  for (const auto& suite : suites()) {
    const LeafIndex sender(6);
    const Secrets secrets(suite, sender);
    const Watch watch;
    SecretTree tree = tree_of(suite, 8);
    ASSERT_TRUE(Watch::in_use(secrets.nodes[0].expose()));  // the search finds what is there

    {
      auto looked = tree.look(sender, kApplication, 1);
      ASSERT_TRUE(looked && tree.spend(std::move(*looked)));
    }
    for (const SecretBytes& node : secrets.nodes) EXPECT_FALSE(Watch::in_use(node.expose()));
    EXPECT_FALSE(Watch::in_use(secrets.ratchet[0].expose()));
    EXPECT_FALSE(Watch::in_use(secrets.ratchet[1].expose()));
    EXPECT_FALSE(Watch::in_use(secrets.key[1].expose()));
    EXPECT_TRUE(Watch::in_use(secrets.key[0].expose()));      // K0, for a message that comes late
    EXPECT_TRUE(Watch::in_use(secrets.ratchet[2].expose()));  // AR2

    {
      auto looked = tree.look(sender, kApplication, 0);
      ASSERT_TRUE(looked && tree.spend(std::move(*looked)));
    }
    EXPECT_FALSE(Watch::in_use(secrets.key[0].expose()));
  }
}

TEST(Deletion, ASentMessageLeavesNoKeyBehind) {
  const auto suite = suite_1();
  const LeafIndex own(6);
  const Secrets secrets(suite, own);
  const Watch watch;
  SecretTree tree = tree_of(suite, 8);
  for (std::size_t g = 0; g < 3; ++g) {
    ASSERT_TRUE(tree.next(own, kApplication));
    EXPECT_FALSE(Watch::in_use(secrets.ratchet[g].expose()));
    EXPECT_FALSE(Watch::in_use(secrets.key[g].expose()));
    EXPECT_TRUE(Watch::in_use(secrets.ratchet[g + 1].expose()));
  }
}

TEST(Deletion, NoBlockIsGivenBackWithASecretInIt) {
  const auto suite = suite_1();
  const Secrets secrets(suite, LeafIndex(6));
  const Watch watch;
  for (const auto& one : secrets.nodes) Watch::forbid(one.expose());
  for (const auto& one : secrets.ratchet) Watch::forbid(one.expose());
  for (const auto& one : secrets.key) Watch::forbid(one.expose());
  {
    SecretTree tree = tree_of(suite, 8, {.max_ahead = 100, .max_kept = 40});
    // Looks that are dropped, windows that grow, move and shrink, keys of every kind.
    for (const std::uint32_t g : {3u, 50u, 1u, 52u, 45u, 46u, 90u, 2u, 60u}) {
      auto dropped = tree.look(LeafIndex(6), kApplication, g);
      auto looked = tree.look(LeafIndex(6), kApplication, g);
      EXPECT_EQ(looked && tree.spend(std::move(*looked)), static_cast<bool>(looked));
    }
    ASSERT_TRUE(tree.next(LeafIndex(7), kApplication));
    auto records = tree.records();
    auto restored = SecretTree::restore(suite, records);
    ASSERT_TRUE(restored);
  }
  EXPECT_FALSE(Watch::given_back());
}

TEST(Deletion, TheWatcherSeesABlockThatIsGivenBackWithASecret) {
  const SecretBytes forbidden = octets(32, 1);
  const Watch watch;
  Watch::forbid(forbidden.expose());
  {
    const Bytes leak = to_bytes(forbidden.expose());
    dmls::test::escape(leak.data());
  }
  EXPECT_TRUE(Watch::given_back());
}

TEST(Deletion, AnEpochSecretDiesInItsEpoch) {
  // Secrets live inside their objects: look at the memory of the object that was given away.
  const auto suite = suite_1();
  const auto expected = octets(suite.hash_length(), 1);
  alignas(EpochSecret) std::array<std::uint8_t, sizeof(EpochSecret)> memory{};
  auto* epoch = new (memory.data()) EpochSecret(expected.clone());
  const auto holds = [&] {
    return std::search(memory.begin(), memory.end(), expected.expose().begin(), expected.expose().end()) !=
           memory.end();
  };
  ASSERT_TRUE(holds());
  OrdinarySuccession succession;
  ASSERT_TRUE(derive_epoch(suite, std::move(*epoch), succession));
  EXPECT_FALSE(holds());
  epoch->~Secret();
}

TEST(Deletion, AMessageInOrderAllocatesNothing) {
  SecretTree tree = tree_of(suite_1(), 8);
  ASSERT_TRUE(tree.spend(*tree.look(LeafIndex(1), kApplication, 0)));
  ASSERT_TRUE(tree.next(LeafIndex(2), kApplication));
  const Watch watch;
  for (std::uint32_t g = 1; g < 20; ++g) {
    auto key = tree.look(LeafIndex(1), kApplication, g);
    ASSERT_TRUE(key && tree.spend(std::move(*key)));
    ASSERT_TRUE(tree.next(LeafIndex(2), kApplication));
  }
  EXPECT_EQ(Watch::allocated(), 0u);
}

TEST(Deletion, AJumpAllocatesOnceHoweverFarItGoes) {
  SecretTree tree = tree_of(suite_1(), 8);
  ASSERT_TRUE(tree.spend(*tree.look(LeafIndex(1), kApplication, 0)));
  const Watch watch;
  ASSERT_TRUE(tree.look(LeafIndex(1), kApplication, 1000));
  EXPECT_EQ(Watch::allocated(), 1u);
}

}  // namespace
}  // namespace dmls::keyschedule
