// Random histories of small groups, on the real tree and on the naive one at once.
#include <dmls/crypto_testing/cheap_provider.h>
#include <dmls/treekem/path.h>
#include <dmls/treekem/ratchet_tree.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>

#include "naive_tree.h"
#include "support/populated_tree.h"
#include "support/vectors.h"

namespace dmls::treekem {
namespace {

using test::must;

constexpr std::uint32_t kMostMembers = 20;

struct Member {
  std::shared_ptr<const crypto::KeyPairSigner> signer;
  TreeSecrets secrets;
};

// One version of a group: copies are forks.
struct Version {
  RatchetTree tree;
  NaiveTree naive;
  std::map<LeafIndex, Member> members;
};

struct NewLeaf {
  LeafNode leaf;
  crypto::HpkeKeyPair pair;
  std::shared_ptr<const crypto::KeyPairSigner> signer;
};

class Histories {
 public:
  Histories(const crypto::CipherSuite& suite, std::uint64_t seed)
      : suite_(suite), random_(seed), dice_(seed), now_{RatchetTree(suite), NaiveTree{suite, {std::nullopt}}, {}} {
    NewLeaf first = key_package_leaf();
    const LeafIndex index = must(now_.tree.add(first.leaf));
    now_.naive.add(first.leaf);
    now_.members.emplace(index, Member{first.signer, TreeSecrets(index, std::move(first.pair))});
  }

  [[nodiscard]] int operations() const { return operations_; }

  // One Commit, or a change to another version.
  void step() {
    if (below(12) == 0) kept_.push_back(now_);
    if (kept_.size() > 5) kept_.erase(kept_.begin() + below(5));
    if (!kept_.empty() && below(15) == 0) {
      std::swap(now_, kept_[static_cast<std::size_t>(below(static_cast<int>(kept_.size())))]);
      compare();
    }
    if (below(7) == 0) {
      external_commit();
    } else {
      commit();
    }
    compare();
  }

 private:
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(dice_); }
  LeafIndex any_member() {
    auto at = now_.members.begin();
    std::advance(at, below(static_cast<int>(now_.members.size())));
    return at->first;
  }

  LeafNode unsigned_leaf(const crypto::Signer& signer, crypto::HpkePublicKey key) {
    Capabilities capabilities = default_capabilities();
    if (below(3) == 0) capabilities.extensions.push_back(static_cast<ExtensionType>(0xF000 + below(4)));
    if (below(3) == 0) capabilities.proposals.push_back(static_cast<ProposalType>(0xF000 + below(4)));
    if (below(9) == 0) capabilities.credentials.push_back(capabilities.credentials.front());
    Credential credential = BasicCredential{Bytes(static_cast<std::size_t>(below(20)), 'x')};
    if (below(5) == 0) credential = X509Credential{{Certificate{{1, 2, 3}}}};
    return {.encryption_key = std::move(key),
            .signature_key = signer.public_key(),
            .credential = std::move(credential),
            .capabilities = std::move(capabilities),
            .leaf_node_source = LeafFromKeyPackage{{0, 100}},
            .extensions = {},
            .signature = {}};
  }
  NewLeaf key_package_leaf() {
    auto signer = std::make_shared<const crypto::KeyPairSigner>(
        suite_, must(crypto::generate_signature_key_pair(suite_, random_)));
    auto pair = must(crypto::generate_hpke_key_pair(suite_, random_));
    LeafNode leaf = unsigned_leaf(*signer, pair.public_key);
    must(sign_leaf_node(leaf, *signer, std::nullopt));
    return {std::move(leaf), std::move(pair), std::move(signer)};
  }
  NewLeaf update_leaf(LeafIndex index) {
    auto signer = now_.members.at(index).signer;
    if (below(2) == 0)
      signer = std::make_shared<const crypto::KeyPairSigner>(
          suite_, must(crypto::generate_signature_key_pair(suite_, random_)));
    auto pair = must(crypto::generate_hpke_key_pair(suite_, random_));
    LeafNode leaf = unsigned_leaf(*signer, pair.public_key);
    leaf.leaf_node_source = LeafFromUpdate{};
    must(sign_leaf_node(leaf, *signer, LeafPosition{kGroupId, index}));
    return {std::move(leaf), std::move(pair), std::move(signer)};
  }

  void commit() {
    const LeafIndex committer = any_member();
    std::map<LeafIndex, NewLeaf> updates;
    std::vector<LeafIndex> removes;
    std::vector<NewLeaf> adds;
    for (int i = below(3); i > 0; --i)
      if (const LeafIndex who = any_member(); who != committer) updates.emplace(who, update_leaf(who));
    const bool crowded = now_.members.size() >= kMostMembers;
    for (int i = crowded ? 6 : below(3); i > 0; --i) {
      const LeafIndex who = any_member();
      if (who != committer && !updates.contains(who) && std::find(removes.begin(), removes.end(), who) == removes.end())
        removes.push_back(who);
    }
    for (int i = below(4); i > 0; --i) adds.push_back(key_package_leaf());

    TreeChanges changes;
    for (const auto& [who, update] : updates) changes.updates.push_back({who, &update.leaf});
    changes.removes = removes;
    for (const auto& add : adds) changes.adds.push_back(&add.leaf);
    const bool path = !updates.empty() || !removes.empty() || adds.empty() || below(2) == 0;

    Version next = now_;
    for (auto& [who, update] : updates) {
      next.naive.update(who, update.leaf);
      Member& member = next.members.at(who);
      member = {update.signer, member.secrets.with_leaf(std::move(update.pair))};
    }
    for (const LeafIndex who : removes) {
      next.naive.remove(who);
      next.members.erase(who);
    }
    std::vector<LeafIndex> added;
    for (const auto& add : adds) added.push_back(next.naive.add(add.leaf));
    ASSERT_EQ(must(next.tree.apply(changes)), added);
    operations_ += static_cast<int>(updates.size() + removes.size() + adds.size());
    ASSERT_EQ(next.tree.encode(), next.naive.encode());

    std::optional<PathDraft> draft;
    if (path) {
      draft = path_by(next, Committer::member, committer, *next.members.at(committer).signer, added);
    } else {
      for (auto& [who, member] : next.members) member.secrets = must(member.secrets.pruned(next.tree));
    }
    for (std::size_t i = 0; i < adds.size(); ++i) {
      std::optional<PathSecret> secret;
      if (draft) secret = must(draft->path_secret_for(added[i]));
      next.members.emplace(
          added[i], Member{adds[i].signer,
                           must(TreeSecrets::join(next.tree, added[i], std::move(adds[i].pair), committer, secret))});
    }
    now_ = std::move(next);
  }

  void external_commit() {
    Version next = now_;
    std::shared_ptr<const crypto::KeyPairSigner> signer;
    if (below(2) == 0 || now_.members.size() >= kMostMembers) {  // resync: the member comes back with its own key
      const LeafIndex old = any_member();
      signer = next.members.at(old).signer;
      must(next.tree.remove(old));
      next.naive.remove(old);
      next.members.erase(old);
      ++operations_;
    } else {
      signer = key_package_leaf().signer;
    }
    const LeafIndex index = must(next.tree.first_blank_leaf());
    NaiveTree probe = next.naive;
    ASSERT_EQ(index, probe.add(LeafNode{}));
    path_by(next, Committer::external, index, *signer, {});
    auto& secrets = next.members.at(index);
    secrets.signer = signer;
    now_ = std::move(next);
  }

  // The committer makes a path and everybody follows.
  PathDraft path_by(Version& next, Committer kind, LeafIndex committer, const crypto::Signer& signer,
                    const std::vector<LeafIndex>& added) {
    ++operations_;
    const PathParameters parameters{.committer = kind,
                                    .index = committer,
                                    .leaf = unsigned_leaf(signer, {}),
                                    .group_id = kGroupId,
                                    .signer = &signer};
    const Bytes before = next.tree.encode();
    PathDraft draft = must(PathDraft::make(next.tree, parameters, random_));
    const Bytes context = to_bytes(draft.tree().tree_hash());
    const UpdatePath sent = must(draft.seal(context, added, random_));
    const auto path = must(tls_codec::decode<UpdatePath>(tls_codec::encode(sent)));
    const auto received = must(ReceivedPath::apply(next.tree, kind, committer, path, added));
    EXPECT_EQ(next.tree.encode(), before);
    EXPECT_EQ(received.tree().encode(), draft.tree().encode());

    const Bytes leaf_hash = next.naive.merge_path(committer, path);
    EXPECT_EQ(std::get<LeafFromCommit>(path.leaf_node.leaf_node_source).parent_hash, leaf_hash);
    for (auto& [who, member] : next.members) {
      if (who == committer) continue;
      auto opened = must(received.open(member.secrets, context));
      EXPECT_EQ(opened.commit_secret, draft.commit_secret());
      EXPECT_EQ(opened.path_secret, draft.path_secret());
      member.secrets = std::move(opened.secrets);
    }
    next.members.insert_or_assign(committer, Member{nullptr, draft.secrets()});
    if (kind == Committer::member) next.members.at(committer).signer = now_.members.at(committer).signer;
    next.tree = received.tree();
    return draft;
  }

  void compare() {
    const RatchetTree& tree = now_.tree;
    const NaiveTree& naive = now_.naive;
    const Bytes encoded = naive.encode();
    ASSERT_EQ(tree.encode(), encoded);
    ASSERT_EQ(tree.leaf_count(), naive.size());
    ASSERT_EQ(tree.member_count(), naive.members().size());
    for (const NodeIndex x : naive.all()) {
      ASSERT_EQ(tree.tree_hash(x), naive.tree_hash(x));
      ASSERT_EQ(tree.resolution(x), naive.resolution(x));
      const auto key = tree.encryption_key(x);
      ASSERT_EQ(key.has_value(), !naive.blank(x));
      if (key) {
        ASSERT_EQ(to_bytes(*key), naive.key(x));
        ASSERT_EQ(tree.find_encryption_key(*key), x);
      }
      if (const auto leaf = LeafIndex::from(x)) {
        std::vector<NodeIndex> filtered;
        for (const auto& step : must(tree.filtered_direct_path(*leaf))) filtered.push_back(step.node);
        ASSERT_EQ(filtered, naive.filtered_direct_path(*leaf));
      }
    }
    compare_support();
    ASSERT_TRUE(naive.parent_hashes_valid());
    ASSERT_TRUE(naive.well_formed());
    must(tree.verify_parent_hashes());
    if (below(4) == 0) {
      const auto again = must(RatchetTree::decode(suite_, encoded));
      ASSERT_EQ(again.encode(), encoded);
      must(again.verify_parent_hashes());
      must(again.verify_leaf_signatures(kGroupId));
    }
    // RFC 9420 §4.2: a member knows the keys of the nodes above it, except where it is unmerged.
    for (const auto& [who, member] : now_.members) {
      ASSERT_NE(naive.leaf(who.node()), nullptr);
      for (const NodeIndex x : naive.direct_path(who)) {
        const ParentNode* node = naive.parent_at(x);
        const auto* pair = member.secrets.find(x);
        const bool known = node != nullptr && std::find(node->unmerged_leaves.begin(), node->unmerged_leaves.end(),
                                                        who.value()) == node->unmerged_leaves.end();
        ASSERT_EQ(pair != nullptr, known);
        if (known) {
          ASSERT_EQ(pair->public_key, node->encryption_key);
        }
      }
    }
  }

  void compare_support() {
    const NaiveTree& naive = now_.naive;
    std::map<CredentialType, std::uint32_t> in_use;
    for (const LeafIndex l : naive.members()) ++in_use[credential_type(naive.leaf(l.node())->credential)];
    std::vector<CredentialType> types;
    for (const auto& [type, users] : in_use) types.push_back(type);
    ASSERT_EQ(now_.tree.credential_types_in_use(), types);
    for (int i = 0; i < 4; ++i) {
      std::uint32_t extensions = 0, proposals = 0;
      for (const LeafIndex l : naive.members()) {
        const Capabilities& c = naive.leaf(l.node())->capabilities;
        extensions += c.supports(static_cast<ExtensionType>(0xF000 + i)) ? 1 : 0;
        proposals += c.supports(static_cast<ProposalType>(0xF000 + i)) ? 1 : 0;
      }
      ASSERT_EQ(now_.tree.members_supporting(static_cast<ExtensionType>(0xF000 + i)), extensions);
      ASSERT_EQ(now_.tree.members_supporting(static_cast<ProposalType>(0xF000 + i)), proposals);
    }
    ASSERT_TRUE(now_.tree.supported_by_all(CredentialType::basic));
    for (const auto& [who, member] : now_.members) {
      ASSERT_EQ(now_.tree.find_signature_key(naive.leaf(who.node())->signature_key.octets), who);
      ASSERT_EQ(now_.tree.leaf(who)->node(), *naive.leaf(who.node()));
    }
  }

  static inline const Bytes kGroupId{1, 2, 3};
  crypto::CipherSuite suite_;
  SeededRandom random_;
  std::mt19937_64 dice_;
  int operations_ = 0;
  Version now_;
  std::vector<Version> kept_;
};

void run(const crypto::CipherSuite& suite, int operations) {
  int done = 0;
  for (std::uint64_t seed = 1; done < operations; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Histories histories(suite, seed);
    for (int i = 0; i < 150 && histories.operations() < operations - done; ++i) {
      histories.step();
      if (::testing::Test::HasFailure()) return;
    }
    done += histories.operations();
  }
}

TEST(TreeDifferential, RandomHistoriesAgreeWithTheNaiveTree) {
  run(*crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
                                 crypto_testing::cheap_provider()),
      test::property_runs(100'000, 500));
}

TEST(TreeDifferential, RandomHistoriesAgreeWithTheNaiveTreeOnRealSuites) {
  const int each = test::property_runs(5'000, 50) / 3 + 1;
  for (const auto id : {crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
                        crypto::CipherSuiteId::MLS_128_DHKEMP256_AES128GCM_SHA256_P256,
                        crypto::CipherSuiteId::MLS_256_DHKEMP384_AES256GCM_SHA384_P384})
    run(*crypto::CipherSuite::find(id), each);
}

}  // namespace
}  // namespace dmls::treekem
