// What operations cost in primitives, as far as the protocol fixes it: one superfluous signature, verification or
// Diffie-Hellman operation fails here, whatever the machine.
#include <dmls/crypto_testing/counting_provider.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "support/backwards_executor.h"
#include "support/count_allocations.h"
#include "support/large_group.h"

namespace dmls::group {
namespace {

using crypto_testing::CountingProvider;
using crypto_testing::PrimitiveCounts;
using test::LargeGroup;
using test::must;
using test::TreeShape;

constexpr std::uint32_t kMembers = 64;  // a full tree
constexpr std::uint64_t kLevels = 6;    // above its leaves

// Two members of one group, in opposite halves of it.
struct Pair {
  CountingProvider provider;
  crypto::CipherSuite suite =
      must(crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519, provider));
  LargeGroup large;
  test::LargeGroupMember left, right;

  explicit Pair(TreeShape shape, std::uint32_t members = kMembers)
      : large(suite, members, shape), left(large.join(LeafIndex(1))), right(large.join(LeafIndex(members - 1))) {}

  PrimitiveCounts cost_of(const std::function<void()>& operation) const {
    const PrimitiveCounts before = provider.counts();
    operation();
    return provider.counts() - before;
  }
};

TEST(OperationCost, ACommitInAFullTreeMakesOneSealAndOneKeyPairForEachLevelAndTwoSignatures) {
  Pair pair(TreeShape::populated);
  const auto cost = pair.cost_of([&] { (void)must(pair.left.group.commit(CommitRequest())); });
  EXPECT_EQ(cost.sign, 2u);  // the leaf, the FramedContent; RFC 9420 §7.2, §6.1
  EXPECT_EQ(cost.verify, 0u);
  EXPECT_EQ(cost.dh, kLevels);
  // A key pair for the leaf and for each node (§7.4), an ephemeral one for each seal, and external_pub's (§8) is not
  // made before it is asked for.
  EXPECT_EQ(cost.base, 1 + 2 * kLevels);
  EXPECT_EQ(cost.seal, kLevels + 2);  // and the PrivateMessage with its sender data
  EXPECT_EQ(cost.open, 0u);
}

TEST(OperationCost, ACommitInAFreshTreeSealsToEveryOtherMember) {
  Pair pair(TreeShape::fresh);
  const auto cost = pair.cost_of([&] { (void)must(pair.left.group.commit(CommitRequest())); });
  EXPECT_EQ(cost.sign, 2u);
  EXPECT_EQ(cost.dh, kMembers - 1);
  EXPECT_EQ(cost.base, 1 + kLevels + (kMembers - 1));
}

TEST(OperationCost, AReceiverVerifiesTwiceOpensOnceAndDerivesTheKeysAboveTheCommonAncestor) {
  Pair pair(TreeShape::populated);
  const auto made = must(pair.right.group.commit(CommitRequest()));
  std::optional<Event> read;
  const auto cost = pair.cost_of([&] { read.emplace(must(pair.left.group.process(made.message()))); });
  ASSERT_TRUE(std::holds_alternative<Transition>(*read));
  EXPECT_EQ(cost.sign, 0u);
  EXPECT_EQ(cost.verify, 2u);  // the FramedContent and the new leaf
  EXPECT_EQ(cost.dh, 1u);
  EXPECT_EQ(cost.base, 1u);  // the root's
  EXPECT_EQ(cost.open, 3u);  // sender data, content, path secret
  EXPECT_EQ(cost.seal, 0u);
}

TEST(OperationCost, ANeighbourDerivesTheKeysOfTheWholePathAboveTheCommonAncestor) {
  Pair pair(TreeShape::populated);
  auto neighbour = pair.large.join(LeafIndex(3));  // two levels up, both are below one node
  const auto made = must(neighbour.group.commit(CommitRequest()));
  const auto cost = pair.cost_of([&] { (void)must(pair.left.group.process(made.message())); });
  EXPECT_EQ(cost.verify, 2u);
  EXPECT_EQ(cost.dh, 1u);
  EXPECT_EQ(cost.base, kLevels - 1);  // of levels 2 and up
  EXPECT_EQ(cost.open, 3u);
  EXPECT_EQ(cost.sign + cost.seal, 0u);
}

// Removing leaf 32 blanks its path: the right half of the tree resolves to leaf 33 and to the four nodes beside the
// path. RFC 9420 §12.1.3, §4.1.1
TEST(OperationCost, RemovingAMemberSealsToTheResolutionOfWhatItBlanked) {
  Pair pair(TreeShape::populated);
  std::optional<Transition> made;
  {  // whoever has committed has all keys of its path
    auto before = must(pair.right.group.commit(CommitRequest()));
    auto event = must(pair.left.group.process(before.message()));
    must(pair.left.group.merge(std::move(std::get<Transition>(event))));
    must(pair.right.group.merge(std::move(before)));
  }
  const auto cost = pair.cost_of(
      [&] { made.emplace(must(pair.left.group.commit(CommitRequest().remove(LeafIndex(kMembers / 2))))); });
  constexpr std::uint64_t kSeals = (kLevels - 1) + (kLevels - 1);
  EXPECT_EQ(cost.sign, 2u);
  EXPECT_EQ(cost.verify, 0u);
  EXPECT_EQ(cost.dh, kSeals);
  EXPECT_EQ(cost.base, 1 + kLevels + kSeals);
  EXPECT_EQ(cost.seal, kSeals + 2);
  const auto read = pair.cost_of([&] { (void)must(pair.right.group.process(made->message())); });
  EXPECT_EQ(read.verify, 2u);
  EXPECT_EQ(read.dh, 1u);
  EXPECT_EQ(read.base, 1u);
  EXPECT_EQ(read.open, 3u);
  EXPECT_EQ(read.sign + read.seal, 0u);
}

TEST(OperationCost, AJoinerVerifiesEveryLeafOnceAndTheGroupInfo) {
  Pair pair(TreeShape::populated);
  const auto invitation = pair.large.invite(LeafIndex(1));
  auto client = must(Client::create(pair.large.config(LeafIndex(1))));
  must(client.import_key_package(invitation.clone_key_package()));
  const auto cost = pair.cost_of([&] { (void)must(client.join(invitation.welcome)); });
  EXPECT_EQ(cost.verify, kMembers + 1);
  EXPECT_EQ(cost.dh, 1u);         // GroupSecrets
  EXPECT_EQ(cost.open, 2u);       // and the GroupInfo
  EXPECT_EQ(cost.base, kLevels);  // the path above the committer beside it
  EXPECT_EQ(cost.sign + cost.seal, 0u);
}

TEST(OperationCost, ShowingTheTreeTakesNoCryptography) {
  Pair pair(TreeShape::populated);
  Bytes tree;
  const test::Allocations allocations;
  const auto cost = pair.cost_of([&] { tree = pair.left.group.ratchet_tree(); });
  EXPECT_EQ(cost, PrimitiveCounts());
  EXPECT_EQ(allocations.octets(), tree.size());  // once, of the size that it has
}

// Nothing that every member pays for is copied: sixteen times as many members are four more levels.
TEST(OperationCost, WhatACommitAllocatesAndHashesGrowsWithTheLevelsOfTheTree) {
  struct Costs {
    std::uint64_t commit_octets, process_octets, commit_compressions, process_compressions;
  };
  const auto costs = [](std::uint32_t members) {
    Pair pair(TreeShape::populated, members);
    // Once before, for what is made once: the nodes of the secret tree, and what is cached.
    must(pair.left.group.discard(must(pair.left.group.commit(CommitRequest()))));
    (void)must(pair.left.group.process(must(pair.right.group.protect(Bytes(10)))));
    Costs out{};
    std::optional<Transition> made;
    test::Allocations at_commit;
    const auto commit = pair.cost_of([&] { made.emplace(must(pair.right.group.commit(CommitRequest()))); });
    out.commit_octets = at_commit.octets();
    test::Allocations at_process;
    const auto process = pair.cost_of([&] { (void)must(pair.left.group.process(made->message())); });
    out.process_octets = at_process.octets();
    out.commit_compressions = commit.compressions;
    out.process_compressions = process.compressions;
    return out;
  };
  const Costs small = costs(kMembers), large = costs(16 * kMembers);
  EXPECT_LE(large.commit_octets, 2 * small.commit_octets);
  EXPECT_LE(large.process_octets, 2 * small.process_octets);
  EXPECT_LE(large.commit_compressions, 2 * small.commit_compressions);
  EXPECT_LE(large.process_compressions, 2 * small.process_compressions);
}

TEST(OperationCost, AddingMembersVerifiesTwoSignaturesAndMakesOneSealForEach) {
  Pair pair(TreeShape::populated);
  CommitRequest request;
  constexpr std::uint64_t kNew = 5;
  for (std::uint64_t i = 0; i < kNew; ++i) {
    auto client = must(Client::create(pair.suite, "new-" + std::to_string(i), std::make_shared<AcceptEverything>()));
    request.add(must(client.new_key_package()));
  }
  const auto cost = pair.cost_of([&] { (void)must(pair.left.group.commit(request)); });
  EXPECT_EQ(cost.verify, 2 * kNew);
  EXPECT_EQ(cost.sign, 3u);            // and the GroupInfo
  EXPECT_EQ(cost.dh, kLevels + kNew);  // new members are told by the Welcome alone; the new half has nobody else
}

TEST(OperationCost, AMessageIsOneSignatureAndTwoSealsAndBackAgain) {
  Pair pair(TreeShape::fresh);
  (void)must(pair.left.group.process(must(pair.right.group.protect(Bytes(10)))));  // both ratchets stand now
  Bytes message;
  const auto sent = pair.cost_of([&] { message = must(pair.right.group.protect(Bytes(100))); });
  EXPECT_EQ(sent.sign, 1u);
  EXPECT_EQ(sent.seal, 2u);
  EXPECT_EQ(sent.verify + sent.open + sent.dh + sent.base, 0u);
  const auto read = pair.cost_of([&] { (void)must(pair.left.group.process(message)); });
  EXPECT_EQ(read.verify, 1u);
  EXPECT_EQ(read.open, 2u);
  EXPECT_EQ(read.sign + read.seal + read.dh + read.base, 0u);
  EXPECT_EQ(sent.compressions, read.compressions);
}

// Random order, and more threads than tasks are worth, change nothing.
TEST(OperationCost, TheExecutorChangesNothingOfWhatIsMade) {
  const auto suite =
      must(crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519));
  CommitRequest request;
  for (int i = 0; i < 5; ++i) {
    auto client = must(Client::create(suite, "new-" + std::to_string(i), std::make_shared<AcceptEverything>()));
    request.add(must(client.new_key_package()));
  }
  const auto made = [&](const std::shared_ptr<Executor>& executor) {
    const LargeGroup large(suite, kMembers, TreeShape::populated);
    auto config = large.config(LeafIndex(1));
    config.executor = executor;
    auto member = large.join(LeafIndex(1), std::move(config));
    const auto transition = must(member.group.commit(request));
    return std::pair(transition.message(), transition.welcome());
  };
  const auto backwards = std::make_shared<test::BackwardsExecutor>();
  const auto alone = made(nullptr);
  EXPECT_EQ(alone, made(backwards));
  EXPECT_GT(backwards->tasks, 0u);
}

}  // namespace
}  // namespace dmls::group
