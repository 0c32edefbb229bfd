// A SecretTree as records, and back.

#include <dmls/keyschedule/tree_record.h>
#include <dmls/tls_codec/codec.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "secret_tree_state.h"

namespace dmls::keyschedule {
namespace {

using tree_math::LeafCount;
using tree_math::LeafIndex;
using tree_math::NodeIndex;

constexpr std::uint16_t kVersion = 1;

// The value of the `tree` record.
struct TreeValue {
  std::uint16_t version = kVersion;
  crypto::CipherSuiteId cipher_suite{};
  std::uint32_t leaf_count = 0;
  std::uint32_t max_ahead = 0;
  std::uint32_t max_kept = 0;
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.cipher_suite, s.leaf_count, s.max_ahead, s.max_kept);
  }
};

// The value of a `ratchet` record. The values of `node` and `skipped` are the secret itself, and key followed by nonce.
struct RatchetValue {
  std::uint64_t next = 0;
  SecretBytes secret;
  static constexpr auto fields(auto& s) { return std::tie(s.next, s.secret); }
};

constexpr RecordKey kTreeKey{};
RecordKey node_key(std::uint32_t index) { return {.type = RecordType::node, .index = index}; }
RecordKey ratchet_key(std::uint32_t leaf, RatchetKind kind) {
  return {.type = RecordType::ratchet, .index = leaf, .kind = kind};
}
RecordKey skipped_key(std::uint32_t leaf, RatchetKind kind, std::uint32_t generation) {
  return {.type = RecordType::skipped, .index = leaf, .kind = kind, .generation = generation};
}

SecretBytes value_of(const Ratchet& ratchet) {
  return tls_codec::encode_secret(RatchetValue{ratchet.next(), ratchet.secret().clone()});
}

Unexpected invalid(const char* rule) { return fail(errc::kInvalidState, rule); }

Result<TreeValue> read_tree(const crypto::CipherSuite& suite, const Record& record) {
  if (record.key != kTreeKey) return invalid("saved secret tree: the record of the tree itself is missing");
  auto tree = tls_codec::decode<TreeValue>(record.value.expose());
  if (!tree) return invalid("saved secret tree: the record of the tree itself cannot be read");
  if (tree->version != kVersion) return invalid("saved secret tree: unknown version");
  if (tree->cipher_suite != suite.id()) return invalid("saved secret tree: another cipher suite");
  return tree;
}

Result<Ratchet> read_ratchet(const crypto::CipherSuite& suite, const Record& record) {
  auto value = tls_codec::decode<RatchetValue>(record.value.expose());
  if (!value || value->next > Ratchet::kEnd) return invalid("saved secret tree: a ratchet cannot be read");
  const bool at_end = value->next == Ratchet::kEnd;
  if (value->secret.size() != (at_end ? 0 : suite.hash_length()))
    return invalid("saved secret tree: a ratchet secret has KDF.Nh octets");
  return Ratchet(std::move(value->secret), value->next);
}

// Every leaf is covered once: by its own ratchets, or by one node at or above it. `covered`: first and last leaf of
// each.
bool is_partition(std::vector<std::pair<std::uint32_t, std::uint32_t>> covered, LeafCount size) {
  std::sort(covered.begin(), covered.end());
  std::uint64_t expected = 0;
  for (const auto& [first, last] : covered) {
    if (first != expected) return false;
    expected = std::uint64_t{last} + 1;
  }
  return expected == size.value();
}

}  // namespace

std::vector<Record> SecretTree::records() const {
  std::vector<Record> all;
  all.push_back({kTreeKey, tls_codec::encode_secret(TreeValue{kVersion, state_->suite.id(), state_->size.value(),
                                                              state_->limits.max_ahead, state_->limits.max_kept})});
  for (const auto& [index, secret] : state_->nodes.all()) all.push_back({node_key(index), secret.clone()});
  for (const auto& [leaf, ratchets] : state_->leaves) {
    for (const RatchetKind kind : kRatchetKinds) {
      const Ratchet& ratchet = ratchets.of(kind);
      all.push_back({ratchet_key(leaf, kind), value_of(ratchet)});
      for (std::size_t i = 0; ratchet.skipped() != nullptr && i < ratchet.skipped()->size(); ++i) {
        const SkippedKeys& skipped = *ratchet.skipped();
        all.push_back({skipped_key(leaf, kind, skipped.generation(i)), SecretBytes(skipped.material(i))});
      }
    }
  }
  std::sort(all.begin(), all.end(), [](const Record& a, const Record& b) { return a.key < b.key; });
  return all;
}

void SecretTree::track_changes() { state_->log.start(); }

std::vector<RecordChange> SecretTree::take_changes() { return state_->take_changes(); }

void SecretTree::changes_not_stored(std::span<const RecordChange> changes) {
  for (const RecordChange& change : changes) state_->log.touch(change.key);
}

std::vector<RecordChange> SecretTree::State::take_changes() {
  std::vector<RecordKey> keys = log.take();
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());

  std::vector<RecordChange> changes;
  changes.reserve(keys.size());
  for (const RecordKey& key : keys) {
    if (key.type == RecordType::node) {
      RecordChange& change = changes.emplace_back(RecordChange{key, std::nullopt});
      const auto found = nodes.all().find(key.index);
      if (found != nodes.all().end()) change.value = found->second.clone();
      continue;
    }
    // Ratchets never go away: a key without one, or of another type, is none that this tree has noted.
    const auto leaf = leaves.find(key.index);
    if (leaf == leaves.end() || (key.type != RecordType::ratchet && key.type != RecordType::skipped)) continue;
    const Ratchet& ratchet = leaf->second.of(key.kind);
    RecordChange& change = changes.emplace_back(RecordChange{key, std::nullopt});
    if (key.type == RecordType::ratchet) {
      change.value = value_of(ratchet);
    } else if (const SkippedKeys* const skipped = ratchet.skipped()) {
      if (const auto position = skipped->find(key.generation)) change.value = SecretBytes(skipped->material(*position));
    }
  }
  return changes;
}

Result<SecretTree> SecretTree::restore(const crypto::CipherSuite& suite, std::span<const Record> records) {
  std::vector<const Record*> sorted;
  sorted.reserve(records.size());
  for (const Record& record : records) sorted.push_back(&record);
  std::sort(sorted.begin(), sorted.end(), [](const Record* a, const Record* b) { return a->key < b->key; });
  const auto same_key = [](const Record* a, const Record* b) { return a->key == b->key; };
  if (std::adjacent_find(sorted.begin(), sorted.end(), same_key) != sorted.end())
    return invalid("saved secret tree: two records with one key");

  if (sorted.empty()) return invalid("saved secret tree: the record of the tree itself is missing");
  DMLS_TRY(const TreeValue tree, read_tree(suite, *sorted[0]));
  const auto size = LeafCount::from(tree.leaf_count);
  if (!size) return invalid("saved secret tree: the number of leaves is no power of two");
  const RatchetLimits limits{.max_ahead = tree.max_ahead, .max_kept = tree.max_kept};
  auto state = std::make_unique<State>(suite, *size, limits, NodeSecrets(*size));
  std::vector<std::pair<std::uint32_t, std::uint32_t>> covered;

  // In order of keys: nodes, then pairs of ratchets, then skipped keys with rising generations.
  std::size_t at = 1;
  for (; at < sorted.size() && sorted[at]->key.type == RecordType::node; ++at) {
    const auto& [key, value] = *sorted[at];
    const auto node = NodeIndex::from(key.index);
    if (key != node_key(key.index) || !node || !size->contains(*node) || value.size() != suite.hash_length())
      return invalid("saved secret tree: the secret of a node that this tree does not have");
    state->nodes.put(*node, value.clone());
    covered.emplace_back(tree_math::first_leaf(*node).value(), tree_math::last_leaf(*node).value());
  }
  for (; at < sorted.size() && sorted[at]->key.type == RecordType::ratchet; at += 2) {
    const std::uint32_t leaf = sorted[at]->key.index;
    if (leaf >= size->value() || at + 1 == sorted.size() ||
        sorted[at]->key != ratchet_key(leaf, RatchetKind::handshake) ||
        sorted[at + 1]->key != ratchet_key(leaf, RatchetKind::application))
      return invalid("saved secret tree: a leaf without both of its ratchets");
    DMLS_TRY(Ratchet handshake, read_ratchet(suite, *sorted[at]));
    DMLS_TRY(Ratchet application, read_ratchet(suite, *sorted[at + 1]));
    state->leaves.try_emplace(leaf, std::move(handshake), std::move(application));
    covered.emplace_back(leaf, leaf);
  }
  if (!is_partition(std::move(covered), *size))
    return invalid("saved secret tree: a leaf that is covered by no secret, or by two");

  const std::size_t material_size = suite.key_length() + suite.nonce_length();
  for (; at < sorted.size(); ++at) {
    const auto& [key, value] = *sorted[at];
    const auto leaf = state->leaves.find(key.index);
    if (key.type != RecordType::skipped || key.kind > RatchetKind::application || leaf == state->leaves.end() ||
        key.generation >= leaf->second.of(key.kind).next() || value.size() != material_size)
      return invalid("saved secret tree: a skipped key that fits no ratchet");
    Ratchet& ratchet = leaf->second.of(key.kind);
    if ((ratchet.skipped() == nullptr ? 0 : ratchet.skipped()->size()) >= limits.max_kept)
      return invalid("saved secret tree: more skipped keys than the limit allows");
    SecretBytes slot(SkippedKeys::kGenerationSize + material_size);
    SkippedKeys::write_generation(slot.expose_mut(), key.generation);
    std::copy(value.expose().begin(), value.expose().end(), slot.expose_mut().begin() + SkippedKeys::kGenerationSize);
    ratchet.keep(suite, limits, slot.expose(), {state->log, key.index, key.kind});
  }
  return SecretTree(std::move(state));
}

}  // namespace dmls::keyschedule
