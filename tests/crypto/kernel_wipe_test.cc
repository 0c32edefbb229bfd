// What kernels leave behind: nothing on the stack below their caller, nothing in vector registers.

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <unordered_set>

#include "crypto/kernel_support.h"

#if defined(__SANITIZE_ADDRESS__)
#define DMLS_STACK_IS_OURS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define DMLS_STACK_IS_OURS 0
#endif
#endif
#if !defined(DMLS_STACK_IS_OURS) && defined(__linux__)
#define DMLS_STACK_IS_OURS 1
#include <ucontext.h>
#endif

namespace dmls::test {
namespace {

#if DMLS_STACK_IS_OURS

constexpr std::size_t kStack = 256 * 1024;
constexpr std::uint8_t kFill = 0xa5;

ucontext_t outside, inside;
const std::function<void()>* job;

void run_job() {
  (*job)();
  swapcontext(&inside, &outside);
}

// Runs `f` on a stack of its own and returns that stack as it was left.
Bytes stack_after(const std::function<void()>& f) {
  Bytes stack(kStack, kFill);
  job = &f;
  getcontext(&inside);
  inside.uc_stack.ss_sp = stack.data();
  inside.uc_stack.ss_size = stack.size();
  inside.uc_link = nullptr;
  makecontext(&inside, run_job, 0);
  swapcontext(&outside, &inside);
  return stack;
}

// The words of all secrets of a descent, in both byte orders: lanes and rounds tear secrets into words.
std::unordered_set<std::uint32_t> words_of(const Descent& d) {
  std::unordered_set<std::uint32_t> words;
  const auto add = [&](const Bytes& secret) {
    for (std::size_t i = 0; i + 4 <= secret.size(); i += 4) {
      std::uint32_t w;
      std::memcpy(&w, secret.data() + i, 4);
      words.insert(w);
      words.insert(__builtin_bswap32(w));
    }
  };
  for (const Bytes& node : d.nodes) add(node);
  for (const Bytes& sibling : d.siblings) add(sibling);
  return words;
}

std::size_t found_in(BytesView memory, const std::unordered_set<std::uint32_t>& words) {
  std::size_t found = 0;
  for (std::size_t i = 0; i + 4 <= memory.size(); i += 4) {
    std::uint32_t w;
    std::memcpy(&w, memory.data() + i, 4);
    found += words.count(w);
  }
  return found;
}

struct Case {
  Bytes root, path;
  Descent expected;
  std::unordered_set<std::uint32_t> words;
};

Case a_case(HashId hash) {
  SeededRandom random(7);
  const auto suite = suite_with(hash);
  Case c;
  c.root = *random.bytes(suite.hash_length());
  c.path = *random.bytes(suite.hash_length());
  c.expected = descend(suite, c.root, c.path, 40);
  c.words = words_of(c.expected);
  return c;
}

TEST(KernelWipe, TheScanFindsWhatIsLeftBehind) {
  const Case c = a_case(HashId::sha256);
  const Bytes stack = stack_after([&] {
    std::uint8_t copy[32];
    std::memcpy(copy, c.expected.nodes[20].data(), sizeof copy);
    __asm__ volatile("" : : "r"(copy) : "memory");
  });
  EXPECT_EQ(found_in(stack, c.words), 8u);
}

TEST(KernelWipe, NoSecretIsLeftOnTheStack) {
  for (const HashId hash : kHashes) {
    const Case c = a_case(hash);
    for (const auto* kdf : kernels_of(hash)) {
      for (const std::size_t copies : {1u, 2u, 16u}) {
        std::vector<WalkBuffers> walks(copies, WalkBuffers(c.root, c.path, 0, 40));
        std::vector<crypto::TreeWalk> views;
        for (auto& walk : walks) views.push_back(walk.view());
        const Bytes stack = stack_after([&] { kdf->walk(views); });
        EXPECT_EQ(walks[0].end, c.expected.nodes[40]);
        EXPECT_EQ(found_in(stack, c.words), 0u) << kdf->name() << ", " << copies;
      }
    }
  }
}

TEST(KernelWipe, NoSecretIsLeftOnTheStackByThePortableWalk) {
  for (const HashId hash : kHashes) {
    const Case c = a_case(hash);
    ASSERT_TRUE(crypto::use_tree_kdf_for_testing(hash, "portable"));
    WalkBuffers walk(c.root, c.path, 0, 40);
    const auto suite = suite_with(hash);
    const Bytes stack = stack_after([&] { crypto::walk_tree(suite, walk.view()); });
    ASSERT_TRUE(crypto::use_tree_kdf_for_testing(hash, "auto"));
    EXPECT_EQ(walk.end, c.expected.nodes[40]);
    EXPECT_EQ(found_in(stack, c.words), 0u);
  }
}

#if defined(__x86_64__)
TEST(KernelWipe, NoSecretIsLeftInTheLowerVectorRegisters) {
  for (const HashId hash : kHashes) {
    const Case c = a_case(hash);
    for (const auto* kdf : kernels_of(hash)) {
      WalkBuffers walk(c.root, c.path, 0, 40);
      const crypto::TreeWalk view = walk.view();
      alignas(16) std::array<std::uint8_t, 256> registers;
      kdf->walk(std::span(&view, 1));
      __asm__ volatile(
          "movdqa %%xmm0, (%0)\n\tmovdqa %%xmm1, 16(%0)\n\tmovdqa %%xmm2, 32(%0)\n\tmovdqa %%xmm3, 48(%0)\n\t"
          "movdqa %%xmm4, 64(%0)\n\tmovdqa %%xmm5, 80(%0)\n\tmovdqa %%xmm6, 96(%0)\n\tmovdqa %%xmm7, 112(%0)\n\t"
          "movdqa %%xmm8, 128(%0)\n\tmovdqa %%xmm9, 144(%0)\n\tmovdqa %%xmm10, 160(%0)\n\tmovdqa %%xmm11, 176(%0)\n\t"
          "movdqa %%xmm12, 192(%0)\n\tmovdqa %%xmm13, 208(%0)\n\tmovdqa %%xmm14, 224(%0)\n\tmovdqa %%xmm15, 240(%0)"
          :
          : "r"(registers.data())
          : "memory");
      EXPECT_EQ(found_in(registers, c.words), 0u) << kdf->name();
    }
  }
}
#endif

#else
TEST(KernelWipe, NoSecretIsLeftOnTheStack) { GTEST_SKIP() << "not run: sanitizers keep their own view of the stack"; }
#endif

}  // namespace
}  // namespace dmls::test
