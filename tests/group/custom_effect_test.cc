// Leaves that a custom proposal replaces. RFC 9420 §12.2, §13.2

#include <dmls/group/client.h>
#include <dmls/group/custom_proposal_rules.h>
#include <dmls/group/group.h>
#include <dmls/group/proposal_store.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>

namespace dmls::group {
namespace {

constexpr ProposalType kReplaceLeaf{0xf00d};  // payload: the new leaf of leaf 1

// `own`: what is behind it, for the member at leaf 1.
class ReplaceLeafOne final : public CustomProposalRules {
 public:
  Result<CustomEffect> apply(const PublicEpoch&, const CustomProposal& proposal, const Sender&) const override {
    CustomEffect out;
    out.path_required = true;
    DMLS_TRY(auto leaf, tls_codec::decode<treekem::LeafNode>(proposal.payload));
    out.leaves.push_back({LeafIndex(1), std::move(leaf), own ? &*own : nullptr});
    return out;
  }
  std::optional<OwnUpdate> own;
};

class CustomLeaf : public testing::Test {
 protected:
  CustomLeaf() {
    auto created = *clients_[0].create_group();
    auto made =
        *created.commit(CommitRequest().add(*clients_[1].new_key_package()).add(*clients_[2].new_key_package()));
    const Bytes welcome = made.welcome();
    EXPECT_TRUE(created.merge(std::move(made)));
    groups_.push_back(std::move(created));
    for (std::size_t i = 1; i < 3; ++i) groups_.push_back(*clients_[i].enter(*clients_[i].join(welcome)));
  }

  Client client(std::string_view name, std::uint64_t seed) {
    auto random = std::make_shared<SeededRandom>(seed);
    const auto suite = *crypto::CipherSuite::find(crypto::registered_suites().front().id);
    signers_.push_back(
        std::make_shared<crypto::KeyPairSigner>(suite, *crypto::generate_signature_key_pair(suite, *random)));
    ClientConfig config{suite, treekem::BasicCredential{to_bytes(as_bytes(name))}, signers_.back(),
                        std::make_shared<AcceptEverything>()};
    config.random = std::move(random);
    config.capabilities.proposals.push_back(kReplaceLeaf);
    rules_.push_back(std::make_shared<ReplaceLeafOne>());
    config.custom_proposals = rules_.back();
    return *Client::create(std::move(config));
  }

  // A leaf for member 1 with a key of its own, valid wherever it stands.
  OwnUpdate renewed(treekem::LeafNode& leaf) {
    leaf = groups_[1].public_epoch()->tree.leaf(LeafIndex(1))->node();
    SeededRandom random(99);
    auto pair = *crypto::generate_hpke_key_pair(groups_[1].public_epoch()->suite, random);
    leaf.encryption_key = pair.public_key;
    EXPECT_TRUE(treekem::sign_leaf_node(leaf, *signers_[1], std::nullopt));
    return {std::move(pair), std::nullopt};
  }
  Result<void> follow(std::size_t i, const Bytes& message) {
    DMLS_TRY(auto event, groups_[i].process(message));
    return groups_[i].merge(std::get<Transition>(std::move(event)));
  }

  std::vector<std::shared_ptr<const crypto::Signer>> signers_;
  std::vector<std::shared_ptr<ReplaceLeafOne>> rules_;
  Client clients_[3] = {client("alice", 1), client("bob", 2), client("carol", 3)};
  std::vector<Group> groups_;
};

TEST_F(CustomLeaf, WhoseItIsGoesOnWithItsKey) {
  treekem::LeafNode leaf;
  rules_[1]->own.emplace(renewed(leaf));
  auto replacing = *groups_[0].commit(CommitRequest().custom({kReplaceLeaf, tls_codec::encode(leaf)}));
  const Bytes first = replacing.message();
  ASSERT_TRUE(groups_[0].merge(std::move(replacing)));
  auto after = *groups_[0].commit({});
  const Bytes second = after.message();
  ASSERT_TRUE(groups_[0].merge(std::move(after)));
  for (std::size_t i = 1; i < 3; ++i) {
    ASSERT_TRUE(follow(i, first));
    EXPECT_EQ(groups_[i].public_epoch()->tree.leaf(LeafIndex(1))->node(), leaf);
    ASSERT_TRUE(follow(i, second));
    EXPECT_TRUE(groups_[i].public_epoch()->tree == groups_[0].public_epoch()->tree);
  }
}

TEST_F(CustomLeaf, WithoutTheKeyItCannotBeFollowedByWhoseItIs) {
  treekem::LeafNode leaf;
  (void)renewed(leaf);
  auto replacing = *groups_[0].commit(CommitRequest().custom({kReplaceLeaf, tls_codec::encode(leaf)}));
  const Bytes message = replacing.message();
  EXPECT_FALSE(follow(1, message));
  EXPECT_EQ(groups_[1].epoch(), 1u);
  EXPECT_TRUE(follow(2, message));
}

}  // namespace
}  // namespace dmls::group
