// Which kernel is used, and who decides.

#include <gtest/gtest.h>

#include <cstdlib>

#include "crypto/kernel_support.h"
#include "support/foreign_provider.h"

namespace dmls::test {
namespace {

// What a fresh process chooses with DMLS_KERNELS set so, as an exit status.
[[noreturn]] void choose_with(const char* value, HashId hash) {
  setenv("DMLS_KERNELS", value, 1);
  const auto* kdf = crypto::native_tree_kdf(hash);
  const std::string_view name = kdf == nullptr ? "portable" : kdf->name();
  for (std::size_t i = 0; i < crypto::kKernelNames.size(); ++i)
    if (crypto::kKernelNames[i] == name) std::_Exit(static_cast<int>(10 + i));
  std::_Exit(1);
}

class KernelChoice : public ::testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(KernelChoice, TheEnvironmentCanSwitchThemOff) {
  for (const HashId hash : kHashes) EXPECT_EXIT(choose_with("portable", hash), ::testing::ExitedWithCode(10), "");
}

TEST_F(KernelChoice, TheEnvironmentCanAskForTheSharedOne) {
  for (const HashId hash : kHashes) EXPECT_EXIT(choose_with("shared", hash), ::testing::ExitedWithCode(11), "");
}

TEST_F(KernelChoice, AWishBeyondTheProcessorFallsBackToTheNextBest) {
  const bool shani = crypto::tree_kdf_for_testing(HashId::sha256, "shani") != nullptr;
  EXPECT_EXIT(choose_with("shani", HashId::sha256), ::testing::ExitedWithCode(shani ? 12 : 11), "");
  EXPECT_EXIT(choose_with("shani", HashId::sha512), ::testing::ExitedWithCode(11), "");  // SHA-256 only
}

TEST_F(KernelChoice, ATestCanReplaceItAndPutItBack) {
  const auto* before = crypto::native_tree_kdf(HashId::sha256);
  ASSERT_TRUE(crypto::use_tree_kdf_for_testing(HashId::sha256, "portable"));
  EXPECT_EQ(crypto::native_tree_kdf(HashId::sha256), nullptr);
  ASSERT_TRUE(crypto::use_tree_kdf_for_testing(HashId::sha256, "shared"));
  EXPECT_EQ(crypto::native_tree_kdf(HashId::sha256)->name(), "shared");
  EXPECT_FALSE(crypto::use_tree_kdf_for_testing(HashId::sha256, "no such kernel"));
  ASSERT_TRUE(crypto::use_tree_kdf_for_testing(HashId::sha256, "auto"));
  EXPECT_EQ(crypto::native_tree_kdf(HashId::sha256), before);
}

TEST(ForeignProvider, IsWalkedThroughItsOwnHmac) {
  const ForeignProvider foreign;
  const auto suite = suite_with(HashId::sha256, foreign);
  const Bytes path(32, 0x5a);
  WalkBuffers walk(Bytes(32, 1), path, 0, 40);
  crypto::walk_tree(suite, walk.view());
  EXPECT_EQ(foreign.hmac_calls(), 2u * 40);
  expect_walked(walk, descend(suite, Bytes(32, 1), path, 40), "foreign");

  WalkBuffers native(Bytes(32, 1), path, 0, 40);
  crypto::walk_tree(suite_with(HashId::sha256), native.view());
  EXPECT_NE(native.end, walk.end) << "the double computes another function";
}

TEST(ForeignProvider, IsUsedByExpanderAndChildren) {
  const ForeignProvider foreign;
  const auto suite = suite_with(HashId::sha256, foreign);
  const crypto::Expander expander(suite, Bytes(32, 1));
  EXPECT_EQ(foreign.hmac_calls(), 0u);
  EXPECT_EQ(expander.derive_secret("x"), crypto::derive_secret(suite, Bytes(32, 1), "x"));
  EXPECT_EQ(foreign.hmac_calls(), 2u);
  Bytes left(32), right(32);
  crypto::derive_children(suite, Bytes(32, 1), left, right);
  EXPECT_EQ(foreign.hmac_calls(), 4u);
}

TEST(WalkTree, RefusesSizesThatDoNotFit) {
  const auto suite = suite_with(HashId::sha256);
  WalkBuffers walk(Bytes(32, 1), Bytes(1, 0), 0, 9);  // nine levels need nine bits
  EXPECT_DEATH(crypto::walk_tree(suite, walk.view()), "TreeWalk");
}

}  // namespace
}  // namespace dmls::test
