#include <dmls/keyschedule/secret_tree.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "counting_provider.h"
#include "support.h"

namespace dmls::keyschedule {
namespace {

using tree_math::LeafCount;
using tree_math::LeafIndex;
constexpr RatchetKind kHandshake = RatchetKind::handshake;
constexpr RatchetKind kApplication = RatchetKind::application;
constexpr LeafIndex kAlice{0};
constexpr LeafIndex kBob{5};

Errc code(const auto& result) { return result ? Errc{} : result.error().code; }

// Looks, and spends at once.
Errc use(SecretTree& tree, LeafIndex leaf, RatchetKind kind, std::uint32_t generation) {
  auto key = tree.look(leaf, kind, generation);
  return key ? code(tree.spend(std::move(*key))) : code(key);
}

void expect_key(const RatchetKey& key, const KeyAndNonce& expected) {
  EXPECT_EQ(test::hex(key.key()), test::hex(expected.key.expose()));
  EXPECT_EQ(test::hex(key.nonce()), test::hex(expected.nonce.expose()));
}

// ---- the tree ------------------------------------------------------------------------------------------------------

TEST(SecretTree, GivesEveryLeafOfEveryTreeTheKeysOfTheRfc) {
  for (const auto& suite : suites()) {
    for (const std::uint32_t leaves : {1u, 2u, 8u}) {
      SecretTree tree = tree_of(suite, leaves);
      for (std::uint32_t i = 0; i < leaves; ++i) {
        for (const RatchetKind kind : {kApplication, kHandshake}) {
          const auto expected = naive_ratchet(suite, LeafCount(leaves), LeafIndex(i), kind, 3);
          for (const std::uint32_t g : {2u, 0u, 1u}) {
            auto key = tree.look(LeafIndex(i), kind, g);
            ASSERT_TRUE(key);
            expect_key(*key, expected[g]);
            ASSERT_TRUE(tree.spend(std::move(*key)));
          }
        }
      }
      EXPECT_EQ(tree.node_secrets(), 0u);
    }
  }
}

TEST(SecretTree, IsOneSecretUntilItIsTouched) {
  EXPECT_EQ(tree_of(suite_1(), 16384).node_secrets(), 1u);
  EXPECT_EQ(tree_of(suite_1(), 1).node_secrets(), 1u);
}

TEST(SecretTree, TheFirstKeyOfALeafLeavesItsCopath) {
  SecretTree tree = tree_of(suite_1(), 16384);
  ASSERT_EQ(use(tree, LeafIndex(4711), kApplication, 0), Errc{});
  EXPECT_EQ(tree.node_secrets(), 14u);
  EXPECT_EQ(tree.started_leaves(), 1u);
  // A neighbour shares all of the path but its end.
  ASSERT_EQ(use(tree, LeafIndex(4710), kApplication, 0), Errc{});
  EXPECT_EQ(tree.node_secrets(), 13u);
  ASSERT_EQ(use(tree, LeafIndex(4710), kHandshake, 0), Errc{});
  EXPECT_EQ(tree.node_secrets(), 13u);
  EXPECT_EQ(tree.started_leaves(), 2u);
}

TEST(SecretTree, WorksAtTheLargestSize) {
  SecretTree tree = tree_of(suite_1(), tree_math::kMaxLeaves);
  ASSERT_EQ(use(tree, LeafIndex(tree_math::kMaxLeaves - 1), kApplication, 0), Errc{});
  EXPECT_EQ(tree.node_secrets(), 31u);
}

TEST(SecretTree, RefusesALeafOutsideTheTree) {
  SecretTree tree = tree_of(suite_1(), 8);
  for (const std::uint32_t leaf : {8u, 9u, tree_math::kMaxLeaves - 1}) {
    EXPECT_EQ(code(tree.look(LeafIndex(leaf), kApplication, 0)), errc::kNoSuchLeaf);
    EXPECT_EQ(code(tree.next(LeafIndex(leaf), kApplication)), errc::kNoSuchLeaf);
    EXPECT_EQ(code(tree.next_generation(LeafIndex(leaf), kApplication)), errc::kNoSuchLeaf);
  }
  EXPECT_EQ(tree.node_secrets(), 1u);
}

TEST(SecretTree, RefusesAnEncryptionSecretOfAnotherSize) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{31}, std::size_t{33}, std::size_t{64}}) {
    EXPECT_EQ(code(SecretTree::create(suite_1(), LeafCount(8), EncryptionSecret(octets(size, 1)))), errc::kWrongLength);
  }
}

TEST(SecretTree, SurvivesAMoveWithKeysLookedAt) {
  SecretTree tree = tree_of(suite_1(), 8);
  auto key = tree.look(kBob, kApplication, 1);
  SecretTree moved = std::move(tree);
  EXPECT_TRUE(moved.spend(std::move(*key)));
  EXPECT_EQ(use(moved, kBob, kApplication, 1), errc::kGenerationSpent);
}

// ---- look, then spend ----------------------------------------------------------------------------------------------

TEST(SecretTree, LookingChangesNothing) {
  SecretTree tree = tree_of(suite_1(), 8);
  const auto expected = naive_ratchet(suite_1(), LeafCount(8), kBob, kApplication, 901);
  for (int forgery = 0; forgery < 3; ++forgery) {
    const auto key = tree.look(kBob, kApplication, 900);
    ASSERT_TRUE(key);
    expect_key(*key, expected[900]);
  }
  EXPECT_EQ(tree.node_secrets(), 1u);
  EXPECT_EQ(tree.started_leaves(), 0u);
  EXPECT_EQ(tree.skipped_keys(), 0u);
  EXPECT_EQ(*tree.next_generation(kBob, kApplication), 0u);
}

TEST(SecretTree, AForgeryFarAheadCostsNoGenuineKey) {
  SecretTree tree = tree_of(suite_1(), 8);
  ASSERT_EQ(use(tree, kBob, kApplication, 0), Errc{});
  for (int forgery = 0; forgery < 3; ++forgery) ASSERT_TRUE(tree.look(kBob, kApplication, 1000));
  const auto expected = naive_ratchet(suite_1(), LeafCount(8), kBob, kApplication, 3);
  for (const std::uint32_t g : {1u, 2u}) {
    auto key = tree.look(kBob, kApplication, g);
    ASSERT_TRUE(key);
    expect_key(*key, expected[g]);
    ASSERT_TRUE(tree.spend(std::move(*key)));
  }
  EXPECT_EQ(tree.skipped_keys(), 0u);
}

TEST(SecretTree, NoKeyIsGivenTwice) {
  SecretTree tree = tree_of(suite_1(), 8);
  ASSERT_EQ(use(tree, kBob, kApplication, 3), Errc{});
  EXPECT_EQ(use(tree, kBob, kApplication, 3), errc::kGenerationSpent);
  ASSERT_EQ(use(tree, kBob, kApplication, 1), Errc{});
  EXPECT_EQ(use(tree, kBob, kApplication, 1), errc::kGenerationSpent);
  // The neighbours of a spent key are not touched.
  for (const std::uint32_t g : {0u, 2u, 4u}) EXPECT_EQ(use(tree, kBob, kApplication, g), Errc{}) << g;
}

TEST(SecretTree, OfTwoLooksAtOneGenerationOnlyOneIsSpent) {
  SecretTree tree = tree_of(suite_1(), 8);
  for (const std::uint32_t g : {4u, 2u}) {  // ahead, and from the window
    auto one = tree.look(kBob, kApplication, g);
    auto two = tree.look(kBob, kApplication, g);
    EXPECT_TRUE(tree.spend(std::move(*one)));
    EXPECT_EQ(code(tree.spend(std::move(*two))), errc::kGenerationSpent);
  }
  EXPECT_EQ(tree.skipped_keys(), 3u);
}

TEST(SecretTree, KeysMayBeSpentInAnotherOrderThanTheyWereLookedAt) {
  const auto expected = naive_ratchet(suite_1(), LeafCount(8), kBob, kApplication, 13);
  std::vector<std::vector<std::uint32_t>> orders{{9, 5, 12}, {12, 9, 5}, {5, 9, 12},
                                                 {5, 12, 9}, {9, 12, 5}, {12, 5, 9}};
  for (const auto& order : orders) {
    SecretTree tree = tree_of(suite_1(), 8);
    std::vector<RatchetKey> keys;
    for (const std::uint32_t g : {5u, 9u, 12u}) keys.push_back(*tree.look(kBob, kApplication, g));
    for (const std::uint32_t g : order) {
      const auto key = std::find_if(keys.begin(), keys.end(), [g](const auto& k) { return k.generation() == g; });
      EXPECT_TRUE(tree.spend(std::move(*key)));
    }
    EXPECT_EQ(tree.skipped_keys(), 10u);
    EXPECT_EQ(*tree.next_generation(kBob, kApplication), 13u);
    for (std::uint32_t g = 0; g < 13; ++g) {
      const auto key = tree.look(kBob, kApplication, g);
      ASSERT_EQ(static_cast<bool>(key), g != 5 && g != 9 && g != 12) << g;
      if (key) expect_key(*key, expected[g]);
    }
  }
}

TEST(SecretTree, AKeyFromBeforeTheTreeGrewIsSpentAllTheSame) {
  SecretTree tree = tree_of(suite_1(), 8);
  auto alice = tree.look(kAlice, kApplication, 2);
  auto bob = tree.look(kBob, kHandshake, 2);
  ASSERT_EQ(use(tree, LeafIndex(1), kApplication, 0), Errc{});  // expands most of Alice's path
  ASSERT_EQ(use(tree, kBob, kApplication, 0), Errc{});          // starts Bob's ratchets
  EXPECT_TRUE(tree.spend(std::move(*alice)));
  EXPECT_TRUE(tree.spend(std::move(*bob)));
  EXPECT_EQ(use(tree, kAlice, kApplication, 2), errc::kGenerationSpent);
  EXPECT_EQ(use(tree, kAlice, kApplication, 1), Errc{});
  EXPECT_EQ(use(tree, kBob, kHandshake, 2), errc::kGenerationSpent);
  EXPECT_EQ(use(tree, kBob, kHandshake, 0), Errc{});
}

TEST(SecretTree, AKeyOfAnotherTreeOrMovedFromIsNotSpent) {
  SecretTree one = tree_of(suite_1(), 8);
  SecretTree two = tree_of(suite_1(), 8);
  auto key = one.look(kBob, kApplication, 0);
  RatchetKey moved = std::move(*key);
  EXPECT_EQ(code(one.spend(std::move(*key))), dmls::errc::kMisuse);
  EXPECT_EQ(code(two.spend(std::move(moved))), dmls::errc::kMisuse);
  EXPECT_EQ(code(one.spend(std::move(moved))), dmls::errc::kMisuse);  // it was wiped
  EXPECT_TRUE(moved.key().empty());
  EXPECT_EQ(one.started_leaves() + two.started_leaves(), 0u);
}

TEST(SecretTree, TheTwoRatchetsOfALeafAreIndependent) {
  SecretTree tree = tree_of(suite_1(), 8);
  ASSERT_EQ(use(tree, kBob, kApplication, 7), Errc{});
  EXPECT_EQ(*tree.next_generation(kBob, kHandshake), 0u);
  EXPECT_EQ(use(tree, kBob, kHandshake, 0), Errc{});
  EXPECT_EQ(*tree.next_generation(kBob, kApplication), 8u);
}

// ---- limits --------------------------------------------------------------------------------------------------------

TEST(SecretTree, LooksAheadAsFarAsTheLimitAndNoFurther) {
  SecretTree tree = tree_of(suite_1(), 8);
  ASSERT_EQ(tree.limits().max_ahead, 1000u);
  EXPECT_TRUE(tree.look(kBob, kApplication, 1000));
  EXPECT_EQ(code(tree.look(kBob, kApplication, 1001)), errc::kGenerationTooFarAhead);
  ASSERT_EQ(use(tree, kBob, kApplication, 5), Errc{});
  EXPECT_TRUE(tree.look(kBob, kApplication, 1006));
  EXPECT_EQ(code(tree.look(kBob, kApplication, 1007)), errc::kGenerationTooFarAhead);
}

TEST(SecretTree, RefusesAJumpWithoutComputingAnything) {
  const CountingProvider provider;
  const auto suite = *crypto::CipherSuite::find(suite_1().id(), provider);
  SecretTree tree = tree_of(suite, 1024);
  for (const std::uint32_t round : {0u, 1u}) {  // before and after the ratchets are started
    provider.calls = 0;
    for (const std::uint32_t g : {1500u, 0x7fffffffu, 0x80000000u, 0xfffffffeu, 0xffffffffu})
      EXPECT_EQ(code(tree.look(kBob, kApplication, g)), errc::kGenerationTooFarAhead);
    EXPECT_EQ(provider.calls, 0u);
    ASSERT_EQ(use(tree, kBob, kApplication, round), Errc{});
    EXPECT_GT(provider.calls, 0u);
  }
}

TEST(SecretTree, RefusesASpentGenerationWithoutComputingAnything) {
  const CountingProvider provider;
  const auto suite = *crypto::CipherSuite::find(suite_1().id(), provider);
  SecretTree tree = tree_of(suite, 1024);
  ASSERT_EQ(use(tree, kBob, kApplication, 100), Errc{});
  provider.calls = 0;
  EXPECT_EQ(use(tree, kBob, kApplication, 100), errc::kGenerationSpent);
  EXPECT_EQ(use(tree, kBob, kApplication, 50), Errc{});  // kept
  EXPECT_EQ(use(tree, kBob, kApplication, 50), errc::kGenerationSpent);
  EXPECT_EQ(provider.calls, 0u);
}

TEST(SecretTree, KeepsTheNewestSkippedKeysAndForgetsTheOthers) {
  SecretTree tree = tree_of(suite_1(), 8, {.max_ahead = 100, .max_kept = 3});
  const auto expected = naive_ratchet(suite_1(), LeafCount(8), kBob, kApplication, 20);
  ASSERT_EQ(use(tree, kBob, kApplication, 10), Errc{});
  EXPECT_EQ(tree.skipped_keys(), 3u);
  EXPECT_EQ(code(tree.look(kBob, kApplication, 6)), errc::kGenerationSpent);
  ASSERT_EQ(use(tree, kBob, kApplication, 8), Errc{});
  ASSERT_EQ(use(tree, kBob, kApplication, 13), Errc{});  // 7, 9, 11, 12: one too many
  EXPECT_EQ(tree.skipped_keys(), 3u);
  EXPECT_EQ(code(tree.look(kBob, kApplication, 7)), errc::kGenerationSpent);
  for (const std::uint32_t g : {9u, 11u, 12u}) expect_key(*tree.look(kBob, kApplication, g), expected[g]);
  EXPECT_EQ(use(tree, kBob, kApplication, 14), Errc{});
}

TEST(SecretTree, MayKeepNothing) {
  SecretTree tree = tree_of(suite_1(), 8, {.max_ahead = 100, .max_kept = 0});
  ASSERT_EQ(use(tree, kBob, kApplication, 10), Errc{});
  EXPECT_EQ(tree.skipped_keys(), 0u);
  EXPECT_EQ(use(tree, kBob, kApplication, 9), errc::kGenerationSpent);
  EXPECT_EQ(use(tree, kBob, kApplication, 11), Errc{});
}

TEST(SecretTree, MayLookAheadNothing) {
  SecretTree tree = tree_of(suite_1(), 8, {.max_ahead = 0, .max_kept = 10});
  EXPECT_EQ(use(tree, kBob, kApplication, 1), errc::kGenerationTooFarAhead);
  EXPECT_EQ(use(tree, kBob, kApplication, 0), Errc{});
  EXPECT_EQ(use(tree, kBob, kApplication, 1), Errc{});
}

// ---- sending -------------------------------------------------------------------------------------------------------

TEST(SecretTree, SenderAndReceiverDeriveTheSameKeys) {
  for (const auto& suite : suites()) {
    SecretTree sender = tree_of(suite, 8);
    const SecretTree receiver = tree_of(suite, 8);
    for (std::uint32_t g = 0; g < 5; ++g) {
      const auto sent = sender.next(kBob, kHandshake);
      ASSERT_TRUE(sent);
      EXPECT_EQ(sent->generation, g);
      expect_key(*receiver.look(kBob, kHandshake, g), sent->material);
    }
  }
}

TEST(SecretTree, ASendersOwnKeysAreNotKept) {
  SecretTree tree = tree_of(suite_1(), 8);
  for (std::uint32_t g = 0; g < 10; ++g) {
    ASSERT_TRUE(tree.next(kBob, kApplication));
    EXPECT_EQ(code(tree.look(kBob, kApplication, g)), errc::kGenerationSpent);
  }
  EXPECT_EQ(tree.skipped_keys(), 0u);
  EXPECT_EQ(*tree.next_generation(kBob, kApplication), 10u);
}

// A tree whose one ratchet stands at `next`.
SecretTree tree_at(std::uint64_t next) {
  SecretTree tree = tree_of(suite_1(), 1);
  EXPECT_TRUE(tree.next(kAlice, kApplication));
  std::vector<Record> records = tree.records();
  for (Record& record : records) {
    if (record.key != RecordKey{RecordType::ratchet, 0, kApplication, 0}) continue;
    for (std::size_t i = 0; i < 8; ++i) record.value.expose_mut()[i] = static_cast<std::uint8_t>(next >> (56 - 8 * i));
  }
  return *SecretTree::restore(suite_1(), records);
}

TEST(SecretTree, TheLastGenerationIsSentAndNothingAfterIt) {
  SecretTree tree = tree_at(0xfffffffe);
  EXPECT_EQ(tree.next(kAlice, kApplication)->generation, 0xfffffffeu);
  EXPECT_EQ(tree.next(kAlice, kApplication)->generation, 0xffffffffu);
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(code(tree.next(kAlice, kApplication)), errc::kRatchetExhausted);
    EXPECT_EQ(*tree.next_generation(kAlice, kApplication), std::uint64_t{1} << 32);
  }
  EXPECT_EQ(tree.next(kAlice, kHandshake)->generation, 0u);
}

TEST(SecretTree, TheLastGenerationIsReceivedAndNeverWraps) {
  SecretTree tree = tree_at(0xfffffff0);
  EXPECT_EQ(use(tree, kAlice, kApplication, 0), errc::kGenerationSpent);
  ASSERT_EQ(use(tree, kAlice, kApplication, 0xffffffff), Errc{});
  EXPECT_EQ(use(tree, kAlice, kApplication, 0xffffffff), errc::kGenerationSpent);
  EXPECT_EQ(use(tree, kAlice, kApplication, 0), errc::kGenerationSpent);
  EXPECT_EQ(tree.skipped_keys(), 15u);
  for (std::uint32_t g = 0xfffffff0; g < 0xffffffff; ++g) EXPECT_EQ(use(tree, kAlice, kApplication, g), Errc{});
  EXPECT_EQ(code(tree.next(kAlice, kApplication)), errc::kRatchetExhausted);
}

}  // namespace
}  // namespace dmls::keyschedule
