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
  key_size_ = std::exchange(other.key_size_, 0);
  material_ = std::move(other.material_);
  skipped_ = std::move(other.skipped_);
  next_secret_ = std::move(other.next_secret_);
  return *this;
}

void RatchetKey::wipe() {
  tree_ = 0;
  key_size_ = 0;
  material_.wipe();
  skipped_.wipe();
  next_secret_.wipe();
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

// The key is filled in where it is returned: a secret that does not move need not be wiped on the way.
Result<RatchetKey> SecretTree::look(LeafIndex leaf, RatchetKind kind, std::uint32_t generation) const {
  Result<RatchetKey> looked{RatchetKey()};
  looked->tree_ = state_->number;
  looked->leaf_ = leaf;
  looked->kind_ = kind;
  looked->generation_ = generation;
  if (const auto outcome = look_into(*looked); !outcome) looked = fail(outcome.error());
  return looked;
}

Result<void> SecretTree::look_into(RatchetKey& key) const {
  const crypto::CipherSuite& suite = state_->suite;
  const RatchetLimits& limits = state_->limits;
  DMLS_CHECK(state_->check(key.leaf_));
  if (const LeafRatchets* const ratchets = state_->find(key.leaf_))
    return ratchets->of(key.kind_).look(suite, limits, key);
  DMLS_CHECK(Ratchet::check_ahead(0, key.generation_, limits));
  const SecretBytes leaf_secret = state_->nodes.look(suite, key.leaf_);
  const crypto::Expander expander(suite, leaf_secret.expose());
  return Ratchet(LeafRatchets::root(suite, expander, key.kind_)).look(suite, limits, key);
}

Result<void> SecretTree::spend(RatchetKey&& key) {
  Result<void> outcome = fail(dmls::errc::kMisuse, "this RatchetKey comes from another SecretTree");
  if (key.tree_ == state_->number) {
    outcome = state_->start(key.leaf_).of(key.kind_).spend(state_->suite, state_->limits, key,
                                                           state_->log_of(key.leaf_, key.kind_));
    if (outcome) ++state_->moves;  // a leaf that was not started cannot have spent the key
  }
  key.wipe();
  return outcome;
}

// A tree with the one leaf that the key is of, or with the node above it, spends the key in the place of the real one.
struct PreparedSpend::Scratch {
  std::uint64_t tree;  // number and moves of the real one
  std::uint64_t moves;
  LeafIndex leaf;
  bool started;
  SecretTree::State state;
};

PreparedSpend::PreparedSpend(std::unique_ptr<Scratch> scratch) : scratch_(std::move(scratch)) {}
PreparedSpend::PreparedSpend(PreparedSpend&&) noexcept = default;
PreparedSpend& PreparedSpend::operator=(PreparedSpend&&) noexcept = default;
PreparedSpend::~PreparedSpend() = default;

Result<PreparedSpend> SecretTree::prepare(RatchetKey&& given) const {
  RatchetKey key = std::move(given);
  if (key.tree_ != state_->number) return fail(dmls::errc::kMisuse, "this RatchetKey comes from another SecretTree");
  const LeafIndex leaf = key.leaf_;
  const LeafRatchets* const present = state_->find(leaf);
  PreparedSpend prepared(std::unique_ptr<PreparedSpend::Scratch>(
      new PreparedSpend::Scratch{state_->number, state_->moves, leaf, present != nullptr,
                                 State(state_->suite, state_->size, state_->limits, NodeSecrets(state_->size))}));
  State& state = prepared.scratch_->state;
  state.log.start();
  if (present != nullptr) {
    state.leaves.try_emplace(leaf.value(), present->clone());
  } else {
    const auto node = state_->nodes.nearest(leaf);
    state.nodes.put(node, state_->nodes.all().at(node.value()).clone());
  }
  DMLS_CHECK(state.start(leaf).of(key.kind_).spend(state.suite, state.limits, key, state.log_of(leaf, key.kind_)));
  prepared.changes_ = state.take_changes();
  return prepared;
}

Result<void> SecretTree::finish(PreparedSpend&& given) {
  const auto scratch = std::move(given.scratch_);
  if (!scratch || scratch->tree != state_->number || scratch->moves != state_->moves)
    return fail(dmls::errc::kMisuse, "the SecretTree is not the one the spend was prepared on, or has changed since");
  ++state_->moves;
  if (!scratch->started) state_->nodes.replace(state_->nodes.nearest(scratch->leaf), std::move(scratch->state.nodes));
  state_->leaves.insert_or_assign(scratch->leaf.value(), std::move(scratch->state.leaves.at(scratch->leaf.value())));
  return {};
}

Result<SentKey> SecretTree::next(LeafIndex own, RatchetKind kind) {
  DMLS_CHECK(state_->check(own));
  Ratchet& ratchet = state_->start(own).of(kind);
  auto sent = ratchet.send(state_->suite, state_->log_of(own, kind));
  if (sent) ++state_->moves;  // a leaf that was not started has generations left
  return sent;
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
