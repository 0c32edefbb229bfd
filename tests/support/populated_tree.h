#pragma once
// A large tree without the history that would have made it: every parent node has a key, no leaf is unmerged, and
// everything that a joiner checks holds. Made bottom-up in one pass, with one signature for each member.

#include <dmls/crypto/hash.h>
#include <dmls/crypto/kdf.h>
#include <dmls/crypto/signature.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/path.h>
#include <dmls/treekem/ratchet_tree.h>
#include <dmls/treekem/tree_secrets.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dmls::test {

// The value of a Result that cannot fail in a test; ends the program if it does.
template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "test support: %s\n", result.error().rule);
    std::abort();
  }
  return *std::move(result);
}
inline void must(const Result<void>& result) {
  if (!result) {
    std::fprintf(stderr, "test support: %s\n", result.error().rule);
    std::abort();
  }
}

// populated: every parent node above two members has a key. fresh: all have just been added, no parent node has one.
enum class TreeShape : std::uint8_t { populated, fresh };

// PopulatedTree is a tree of `n` members, leaves 0 to n - 1, as if in every subtree the leftmost member had committed
// last; leaves that never committed come from key packages, and in a fresh tree nobody has. All keys follow from
// `seed`.
class PopulatedTree {
 public:
  PopulatedTree(const crypto::CipherSuite& suite, std::uint32_t n, Bytes group_id, std::uint64_t seed = 1,
                TreeShape shape = TreeShape::populated,
                treekem::Capabilities capabilities = treekem::default_capabilities())
      : suite_(suite),
        members_(n),
        group_id_(std::move(group_id)),
        seed_(seed),
        shape_(shape),
        capabilities_(std::move(capabilities)),
        tree_(build()) {}

  [[nodiscard]] const treekem::RatchetTree& tree() const { return tree_; }
  [[nodiscard]] const Bytes& group_id() const { return group_id_; }
  // The private keys that member `index` holds.
  [[nodiscard]] treekem::TreeSecrets secrets(treekem::LeafIndex index) const {
    std::vector<Stored> pairs;
    pairs.push_back({index.node().value(), key_pair(index.node()).private_key});
    for (const auto step : tree_math::DirectPath(index, tree_.leaf_count()))
      if (tree_.encryption_key(step.node)) pairs.push_back({step.node.value(), key_pair(step.node).private_key});
    const SecretBytes encoded = tls_codec::encode_secret(StoredSecrets{index.value(), std::move(pairs)});
    return must(treekem::TreeSecrets::decode(suite_, encoded.expose()));
  }
  // The private key of a leaf.
  [[nodiscard]] crypto::HpkeKeyPair leaf_key_pair(treekem::LeafIndex index) const { return key_pair(index.node()); }
  // path_secret of a parent node that has a key: on the path of the leftmost member below it. RFC 9420 §7.4
  [[nodiscard]] SecretBytes path_secret(treekem::NodeIndex node) const {
    SeededRandom random = stream("path", first_leaf(node).value());
    SecretBytes secret = must(random.secret(suite_.hash_length()));
    for (unsigned level = 1; level < node.level(); ++level)
      secret = crypto::derive_secret(suite_, secret.expose(), "path");
    return secret;
  }
  [[nodiscard]] crypto::KeyPairSigner signer(treekem::LeafIndex index) const {
    SeededRandom random = stream("signature", index.value());
    return {suite_, must(crypto::generate_signature_key_pair(suite_, random))};
  }
  // A leaf from a key package, of somebody who is not in the tree yet; `number` tells several of them apart.
  [[nodiscard]] treekem::LeafNode newcomer(std::uint32_t number) const {
    SeededRandom random = stream("newcomer", number);
    const crypto::KeyPairSigner owner(suite_, must(crypto::generate_signature_key_pair(suite_, random)));
    treekem::LeafNode leaf = leaf_for("newcomer-" + std::to_string(number), owner,
                                      must(crypto::generate_hpke_key_pair(suite_, random)).public_key);
    must(treekem::sign_leaf_node(leaf, owner, std::nullopt));
    return leaf;
  }

 private:
  struct Stored {
    std::uint32_t node = 0;
    crypto::HpkePrivateKey private_key;
    static constexpr auto fields(auto& s) { return std::tie(s.node, s.private_key); }
  };
  struct StoredSecrets {
    std::uint32_t leaf_index = 0;
    std::vector<Stored> pairs;
    static constexpr auto fields(auto& s) { return std::tie(s.leaf_index, s.pairs); }
  };

  [[nodiscard]] SeededRandom stream(std::string_view what, std::uint32_t number) const {
    const std::string name = std::string(what) + std::to_string(seed_) + "/" + std::to_string(number);
    const Bytes h = crypto::hash(suite_, as_bytes(name));
    std::uint64_t seed = 0;
    for (std::size_t i = 0; i < 8; ++i) seed = seed << 8 | h[i];
    return SeededRandom(seed);
  }
  [[nodiscard]] crypto::HpkeKeyPair key_pair(treekem::NodeIndex node) const {
    if (!node.is_leaf())
      return must(crypto::derive_hpke_key_pair(
          suite_, crypto::derive_secret(suite_, path_secret(node).expose(), "node").expose()));
    SeededRandom random = stream("node", node.value());
    return must(crypto::generate_hpke_key_pair(suite_, random));
  }
  [[nodiscard]] treekem::LeafNode leaf_for(const std::string& name, const crypto::Signer& owner,
                                           crypto::HpkePublicKey key) const {
    return {.encryption_key = std::move(key),
            .signature_key = owner.public_key(),
            .credential = treekem::BasicCredential{to_bytes(as_bytes(name))},
            .capabilities = capabilities_,
            .leaf_node_source = treekem::LeafFromKeyPackage{{0, std::numeric_limits<std::uint64_t>::max()}},
            .extensions = {},
            .signature = {}};
  }

  template <class... T>
  static void append(Bytes& to, const T&... values) {
    (
        [&] {
          const Bytes encoded = tls_codec::encode(values);
          to.insert(to.end(), encoded.begin(), encoded.end());
        }(),
        ...);
  }

  // Puts the encoded nodes of a subtree into `nodes_` and returns its tree hash (RFC 9420 §7.8). A subtree is the end
  // of the chain that comes from above if `parent_hash` is given: its top node holds it.
  Bytes build(treekem::NodeIndex top, const std::optional<Bytes>& parent_hash) {
    if (const auto leaf = treekem::LeafIndex::from(top)) return build_leaf(*leaf, parent_hash);
    const auto left = tree_math::left(top), right = tree_math::right(top);
    // With nobody on the right the node stays blank.
    const bool kept = shape_ == TreeShape::populated && first_leaf(right).value() < members_;
    // An own subtree ended its last path here; that path was overwritten above. Any parent hash does then.
    const bool ends_here = shape_ == TreeShape::populated && !right.is_leaf();
    const Bytes right_hash = build(right, ends_here ? std::optional(Bytes(suite_.hash_length())) : std::nullopt);
    treekem::ParentNode node;
    std::optional<Bytes> below = parent_hash;
    if (kept) {
      node = {key_pair(top).public_key, parent_hash.value_or(Bytes()), {}};
      Bytes input;
      append(input, node.encryption_key, node.parent_hash, right_hash);
      below = crypto::hash(suite_, input);
    }
    const Bytes left_hash = build(left, below);
    Bytes input{2, static_cast<std::uint8_t>(kept)};
    if (kept) {
      Bytes& out = nodes_[top.value()];
      out = {1, 2};
      append(out, node);
      append(input, node);
    }
    append(input, left_hash, right_hash);
    return crypto::hash(suite_, input);
  }
  Bytes build_leaf(treekem::LeafIndex index, const std::optional<Bytes>& parent_hash) {
    Bytes input{1};
    append(input, index.value());
    if (index.value() >= members_) {
      input.push_back(0);
      return crypto::hash(suite_, input);
    }
    const auto owner = signer(index);
    treekem::LeafNode leaf =
        leaf_for("user-" + std::to_string(100'000'000 + index.value()), owner, key_pair(index.node()).public_key);
    if (parent_hash) leaf.leaf_node_source = treekem::LeafFromCommit{*parent_hash};
    must(treekem::sign_leaf_node(leaf, owner, treekem::LeafPosition{group_id_, index}));
    Bytes& out = nodes_[index.node().value()];
    out = {1, 1};
    append(out, leaf);
    input.insert(input.end(), 1, 1);
    append(input, leaf);
    return crypto::hash(suite_, input);
  }
  treekem::RatchetTree build() {
    const auto size = *treekem::LeafCount::enough_for(members_);
    nodes_.assign(size.node_count(), Bytes{0});
    (void)build(size.root(), shape_ == TreeShape::populated ? std::optional(Bytes()) : std::nullopt);
    nodes_.resize(2 * std::size_t{members_} - 1);
    Bytes all;
    for (const Bytes& node : nodes_) all.insert(all.end(), node.begin(), node.end());
    nodes_ = {};
    return must(treekem::RatchetTree::decode(suite_, tls_codec::encode(all)));
  }

  crypto::CipherSuite suite_;
  std::uint32_t members_;
  Bytes group_id_;
  std::uint64_t seed_;
  TreeShape shape_;
  treekem::Capabilities capabilities_;
  std::vector<Bytes> nodes_;
  treekem::RatchetTree tree_;
};

}  // namespace dmls::test
