// Every kernel against HKDF-Expand.

#include <gtest/gtest.h>

#include "crypto/kernel_support.h"
#include "support/vectors.h"

namespace dmls::test {
namespace {

std::string what(HashId hash, const crypto::TreeKdf& kdf) {
  return "Nh = " + std::to_string(crypto::hash_length(hash)) + ", " + std::string(kdf.name());
}

TEST(Kernels, AgreeWithHkdfExpandFromEveryStartDepth) {
  SeededRandom random(1);
  for (const HashId hash : kHashes) {
    const auto suite = suite_with(hash);
    const std::size_t nh = suite.hash_length(), depth = 8 * nh;
    const Bytes path = *random.bytes(nh);
    const Descent expected = descend(suite, *random.bytes(nh), path, depth);
    for (const auto* kdf : kernels_of(hash)) {
      for (std::size_t from = 0; from <= depth; ++from) {
        WalkBuffers walk(expected.nodes[from], path, from, depth);
        const crypto::TreeWalk view = walk.view();
        kdf->walk(std::span(&view, 1));
        expect_walked(walk, expected, what(hash, *kdf) + ", from " + std::to_string(from));
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(Kernels, AgreeWithHkdfExpandForEdgesAndRandomInputs) {
  SeededRandom random(2);
  for (const HashId hash : kHashes) {
    const auto suite = suite_with(hash);
    const std::size_t nh = suite.hash_length(), depth = 8 * nh;
    std::vector<std::pair<Bytes, Bytes>> cases;
    for (const unsigned a : {0x00u, 0xffu, 0x80u, 0x01u})
      for (const unsigned b : {0x00u, 0xffu, 0xaau, 0x55u})
        cases.emplace_back(Bytes(nh, static_cast<std::uint8_t>(a)), Bytes(nh, static_cast<std::uint8_t>(b)));
    for (int i = property_runs(2000, 5); i > 0; --i) cases.emplace_back(*random.bytes(nh), *random.bytes(nh));
    for (const auto& [root, path] : cases) {
      const Descent expected = descend(suite, root, path, depth);
      for (const auto* kdf : kernels_of(hash)) {
        WalkBuffers walk(root, path, 0, depth);
        const crypto::TreeWalk view = walk.view();
        kdf->walk(std::span(&view, 1));
        expect_walked(walk, expected, what(hash, *kdf));
        if (HasFatalFailure()) return;
      }
    }
  }
}

// Batches of every size, walks of a batch starting and ending where they like.
TEST(Kernels, AgreeWithHkdfExpandInBatchesOfEverySize) {
  SeededRandom random(3);
  constexpr std::size_t kDepth = 24, kMost = 35;
  for (const HashId hash : kHashes) {
    const auto suite = suite_with(hash);
    const std::size_t nh = suite.hash_length();
    std::vector<Descent> expected;
    std::vector<Bytes> paths;
    for (std::size_t i = 0; i < kMost; ++i) {
      paths.push_back(*random.bytes(nh));
      expected.push_back(descend(suite, *random.bytes(nh), paths.back(), kDepth));
    }
    for (const auto* kdf : kernels_of(hash)) {
      for (std::size_t size = 1; size <= kMost; ++size) {
        for (const bool common_end : {true, false}) {
          std::vector<WalkBuffers> walks;
          std::vector<crypto::TreeWalk> views;
          for (std::size_t i = 0; i < size; ++i) {
            const std::size_t to = common_end ? kDepth : kDepth - (i * 5 + size) % 11;
            const std::size_t from = std::min(to, (i * 7 + size) % (kDepth + 1));
            walks.emplace_back(expected[i].nodes[from], paths[i], from, to);
          }
          for (auto& walk : walks) views.push_back(walk.view());
          kdf->walk(views);
          for (std::size_t i = 0; i < size; ++i) {
            expect_walked(walks[i], expected[i],
                          what(hash, *kdf) + ", walk " + std::to_string(i) + " of " + std::to_string(size));
            if (HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

TEST(Kernels, MayWriteTheEndOverTheStart) {
  SeededRandom random(4);
  for (const HashId hash : kHashes) {
    const auto suite = suite_with(hash);
    const std::size_t nh = suite.hash_length();
    const Bytes path = *random.bytes(nh);
    const Descent expected = descend(suite, *random.bytes(nh), path, 16);
    for (const auto* kdf : kernels_of(hash)) {
      for (const std::size_t copies : {1u, 2u, 16u}) {
        std::vector<Bytes> nodes(copies, expected.nodes[0]), copaths(copies, Bytes(16 * nh));
        std::vector<crypto::TreeWalk> views;
        for (std::size_t i = 0; i < copies; ++i) views.push_back({nodes[i], path, 0, 16, copaths[i], nodes[i]});
        kdf->walk(views);
        for (const Bytes& node : nodes) EXPECT_EQ(node, expected.nodes[16]) << what(hash, *kdf);
      }
    }
  }
}

TEST(Kernels, PerformSixCompressionsPerLevel) {
  for (const HashId hash : kHashes) {
    const std::size_t nh = crypto::hash_length(hash);
    for (const auto* kdf : kernels_of(hash)) {
      for (const std::size_t copies : {1u, 2u, 7u, 16u}) {
        std::vector<WalkBuffers> walks(copies, WalkBuffers(Bytes(nh, 7), Bytes(nh, 3), 5, 8 * nh));
        std::vector<crypto::TreeWalk> views;
        for (auto& walk : walks) views.push_back(walk.view());
        const std::uint64_t before = crypto::walk_compressions_for_testing();
        kdf->walk(views);
        EXPECT_EQ(crypto::walk_compressions_for_testing() - before, copies * 6 * (8 * nh - 5)) << what(hash, *kdf);
      }
    }
  }
}

TEST(DeriveChildren, AreTheExpansionsOfTheRfcForEveryKernel) {
  SeededRandom random(5);
  for (const HashId hash : kHashes) {
    const auto suite = suite_with(hash);
    const std::size_t nh = suite.hash_length();
    const Bytes node = *random.bytes(nh);
    const auto left = crypto::expand_with_label(suite, node, "tree", as_bytes("left"), nh);
    const auto right = crypto::expand_with_label(suite, node, "tree", as_bytes("right"), nh);
    for (const auto name : crypto::kKernelNames) {
      if (!crypto::use_tree_kdf_for_testing(hash, name)) continue;
      Bytes l(nh), r = node;  // the right child replaces its parent
      crypto::derive_children(suite, r, l, r);
      EXPECT_EQ(l, to_bytes(left.expose())) << name;
      EXPECT_EQ(r, to_bytes(right.expose())) << name;
    }
    ASSERT_TRUE(crypto::use_tree_kdf_for_testing(hash, "auto"));
  }
}

}  // namespace
}  // namespace dmls::test
