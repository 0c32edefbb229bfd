#include <dmls/keyschedule/secret_tree.h>

#include <utility>

#include "secret_tree_state.h"

namespace dmls::keyschedule {

using tree_math::LeafIndex;

RatchetKey::RatchetKey(RatchetKey&& other) noexcept { *this = std::move(other); }
RatchetKey& RatchetKey::operator=(RatchetKey&& other) noexcept {
  tree_ = std::exchange(other.tree_, 0);
  leaf_ = other.leaf_;
  kind_ = other.kind_;
  generation_ = other.generation_;
  material_ = std::move(other.material_);
  skipped_ = std::move(other.skipped_);
  next_secret_ = std::move(other.next_secret_);
  return *this;
}

SecretTree::SecretTree(std::unique_ptr<State> state) : state_(std::move(state)) {}
SecretTree::SecretTree(SecretTree&&) noexcept = default;
SecretTree& SecretTree::operator=(SecretTree&&) noexcept = default;
SecretTree::~SecretTree() = default;

Result<SecretTree> SecretTree::create(const crypto::CipherSuite& suite, tree_math::LeafCount size,
                                      EncryptionSecret encryption_secret, RatchetLimits limits) {
  if (encryption_secret.size() != suite.hash_length())
    return fail(errc::kWrongLength, "RFC 9420 §9: encryption_secret has KDF.Nh octets");
  NodeSecrets nodes(size, std::move(encryption_secret).into_bytes());
  return SecretTree(std::make_unique<State>(suite, size, limits, std::move(nodes)));
}

Result<RatchetKey> SecretTree::look(LeafIndex leaf, RatchetKind kind, std::uint32_t generation) const {
  DMLS_CHECK(state_->check(leaf));
  RatchetKey key;
  key.tree_ = state_->number;
  key.leaf_ = leaf;
  key.kind_ = kind;
  key.generation_ = generation;
  if (const LeafRatchets* const ratchets = state_->find(leaf)) {
    DMLS_CHECK(ratchets->of(kind).look(state_->suite, state_->limits, key));
    return key;
  }
  DMLS_CHECK(Ratchet::check_ahead(0, generation, state_->limits));
  const SecretBytes secret = state_->nodes.look(state_->suite, leaf);
  const Ratchet fresh(LeafRatchets::root(state_->suite, crypto::Expander(state_->suite, secret.expose()), kind));
  DMLS_CHECK(fresh.look(state_->suite, state_->limits, key));
  return key;
}

Result<void> SecretTree::spend(RatchetKey key) {
  if (key.tree_ != state_->number) return fail(dmls::errc::kMisuse, "this RatchetKey comes from another SecretTree");
  const LeafIndex leaf = key.leaf_;
  const RatchetKind kind = key.kind_;
  return state_->start(leaf).of(kind).spend(state_->suite, state_->limits, std::move(key), state_->log_of(leaf, kind));
}

Result<SentKey> SecretTree::next(LeafIndex own, RatchetKind kind) {
  DMLS_CHECK(state_->check(own));
  return state_->start(own).of(kind).send(state_->suite, state_->log_of(own, kind));
}

Result<std::uint64_t> SecretTree::next_generation(LeafIndex leaf, RatchetKind kind) const {
  DMLS_CHECK(state_->check(leaf));
  const LeafRatchets* const ratchets = state_->find(leaf);
  return ratchets == nullptr ? std::uint64_t{0} : ratchets->of(kind).next();
}

const crypto::CipherSuite& SecretTree::suite() const { return state_->suite; }
tree_math::LeafCount SecretTree::leaf_count() const { return state_->size; }
const RatchetLimits& SecretTree::limits() const { return state_->limits; }

std::size_t SecretTree::node_secrets() const { return state_->nodes.size(); }
std::size_t SecretTree::started_leaves() const { return state_->leaves.size(); }
std::size_t SecretTree::skipped_keys() const {
  std::size_t count = 0;
  for (const auto& [leaf, ratchets] : state_->leaves) {
    for (const RatchetKind kind : kRatchetKinds) {
      const SkippedKeys* const skipped = ratchets.of(kind).skipped();
      count += skipped == nullptr ? 0 : skipped->size();
    }
  }
  return count;
}

}  // namespace dmls::keyschedule
