#include "index_trie.h"

#include <dmls/base/error.h>

#include <algorithm>
#include <array>
#include <new>
#include <numeric>
#include <optional>
#include <vector>

#include "counters.h"

namespace dmls::treekem::detail {
namespace {

constexpr unsigned kBits = 4;  // of the key that one branch looks at
constexpr unsigned kFanOut = 1u << kBits;
constexpr unsigned kDepth = 32 / kBits;
constexpr std::uint32_t kBucket = 16;  // pairs before a bucket becomes a branch
constexpr std::uint32_t kMerge = 6;    // pairs at which a branch becomes a bucket again

std::size_t slot_of(std::uint32_t key, unsigned depth) { return (key >> (32 - kBits * (depth + 1))) % kFanOut; }

}  // namespace

// A bucket (pairs in any order) or a branch (a child for each value of the next four bits), in one allocation.
struct IndexNode {
  RefCount refs;
  std::uint32_t count;     // pairs in it or below it
  std::uint32_t capacity;  // of a bucket; 0 marks a branch

  [[nodiscard]] bool is_branch() const { return capacity == 0; }
  IndexTrie::Pair* pairs() { return reinterpret_cast<IndexTrie::Pair*>(this + 1); }
  Ref<IndexNode>* children() {
    return std::launder(reinterpret_cast<Ref<IndexNode>*>(reinterpret_cast<char*>(this) + 16));
  }

  [[nodiscard]] std::size_t octets() const {
    return is_branch() ? 16 + kFanOut * sizeof(Ref<IndexNode>) : sizeof(IndexNode) + capacity * sizeof(IndexTrie::Pair);
  }

  static IndexNode* allocate(std::size_t octets, std::uint32_t capacity) {
    auto* node = new (::operator new(octets)) IndexNode{{}, 0, capacity};
    ++counters().index_nodes;
    counters().live_octets += static_cast<std::int64_t>(octets);
    return node;
  }
  static Ref<IndexNode> bucket(std::uint32_t capacity) {
    capacity = (capacity + 1) & ~std::uint32_t{1};
    return Ref(allocate(sizeof(IndexNode) + capacity * sizeof(IndexTrie::Pair), capacity));
  }
  static Ref<IndexNode> branch() {
    IndexNode* node = allocate(16 + kFanOut * sizeof(Ref<IndexNode>), 0);
    for (unsigned i = 0; i < kFanOut; ++i)
      new (reinterpret_cast<char*>(node) + 16 + i * sizeof(Ref<IndexNode>)) Ref<IndexNode>();
    return Ref(node);
  }
  static void destroy(IndexNode* node) {
    counters().live_octets -= static_cast<std::int64_t>(node->octets());
    if (node->is_branch()) std::destroy_n(node->children(), kFanOut);
    ::operator delete(node);
  }
};
static_assert(sizeof(IndexNode) <= 16 && alignof(Ref<IndexNode>) <= 16);

namespace {

void insert_at(Ref<IndexNode>& node, unsigned depth, IndexTrie::Pair pair);

// The same branch, owned by nobody else.
void own_branch(Ref<IndexNode>& node) {
  if (node.unique()) return;
  Ref<IndexNode> copy = IndexNode::branch();
  copy->count = node->count;
  std::copy_n(node->children(), kFanOut, copy->children());
  node = std::move(copy);
}

// A branch with the pairs of a bucket.
Ref<IndexNode> split(IndexNode& bucket, unsigned depth) {
  Ref<IndexNode> branch = IndexNode::branch();
  for (std::uint32_t i = 0; i < bucket.count; ++i) {
    const IndexTrie::Pair pair = bucket.pairs()[i];
    insert_at(branch->children()[slot_of(pair.key, depth)], depth + 1, pair);
  }
  branch->count = bucket.count;
  return branch;
}

void insert_at(Ref<IndexNode>& node, unsigned depth, IndexTrie::Pair pair) {
  if (node && !node->is_branch() && node->count >= kBucket && depth < kDepth) node = split(*node, depth);
  if (node && node->is_branch()) {
    own_branch(node);
    ++node->count;
    insert_at(node->children()[slot_of(pair.key, depth)], depth + 1, pair);
    return;
  }
  if (!node || !node.unique() || node->count == node->capacity) {
    // Beyond the last bit buckets have no bound, and grow by half.
    const std::uint32_t count = node ? node->count : 0;
    Ref<IndexNode> copy = IndexNode::bucket(count + 1 + (count > kBucket ? count / 2 : 0));
    if (node) std::copy_n(node->pairs(), count, copy->pairs());
    copy->count = count;
    node = std::move(copy);
  }
  node->pairs()[node->count++] = pair;
}

// Whether two of the pairs have one key and are the same; those of a bucket.
bool any_same(std::span<const IndexTrie::Pair> pairs, const std::function<bool(std::uint32_t, std::uint32_t)>& same) {
  for (std::size_t i = 1; i < pairs.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (pairs[i].key == pairs[j].key && same(pairs[i].value, pairs[j].value)) return true;
  return false;
}

// What a node at `depth` becomes when these pairs are inserted; nothing if two are the same. `spare` has as much room.
std::optional<Ref<IndexNode>> node_of(std::span<IndexTrie::Pair> pairs, std::span<IndexTrie::Pair> spare,
                                      unsigned depth, const std::function<bool(std::uint32_t, std::uint32_t)>& same) {
  const auto count = static_cast<std::uint32_t>(pairs.size());
  if (count == 0) return Ref<IndexNode>();
  if (count <= kBucket || depth == kDepth) {
    if (any_same(pairs, same)) return std::nullopt;
    Ref<IndexNode> bucket = IndexNode::bucket(count);
    std::copy(pairs.begin(), pairs.end(), bucket->pairs());
    bucket->count = count;
    return bucket;
  }
  // Sorted by slot, into the other half; the halves change places below.
  std::array<std::size_t, kFanOut + 1> begin{};
  for (const auto& pair : pairs) ++begin[slot_of(pair.key, depth) + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  auto next = begin;
  for (const auto& pair : pairs) spare[next[slot_of(pair.key, depth)]++] = pair;
  Ref<IndexNode> branch = IndexNode::branch();
  branch->count = count;
  for (unsigned i = 0; i < kFanOut; ++i) {
    const std::size_t size = begin[i + 1] - begin[i];
    auto child = node_of(spare.subspan(begin[i], size), pairs.subspan(begin[i], size), depth + 1, same);
    if (!child) return std::nullopt;
    branch->children()[i] = *std::move(child);
  }
  return branch;
}

void collect(IndexNode& node, IndexNode& into) {
  if (node.is_branch()) {
    for (unsigned i = 0; i < kFanOut; ++i)
      if (node.children()[i]) collect(*node.children()[i], into);
    return;
  }
  std::copy_n(node.pairs(), node.count, into.pairs() + into.count);
  into.count += node.count;
}

// The pair is known to be there.
void erase_at(Ref<IndexNode>& node, unsigned depth, IndexTrie::Pair pair) {
  if (node->count == 1) {
    node = {};
    return;
  }
  if (node->is_branch()) {
    own_branch(node);
    --node->count;
    erase_at(node->children()[slot_of(pair.key, depth)], depth + 1, pair);
    if (node->count <= kMerge) {
      Ref<IndexNode> merged = IndexNode::bucket(node->count);
      collect(*node, *merged);
      node = std::move(merged);
    }
    return;
  }
  if (!node.unique()) {
    Ref<IndexNode> copy = IndexNode::bucket(node->count);
    std::copy_n(node->pairs(), node->count, copy->pairs());
    copy->count = node->count;
    node = std::move(copy);
  }
  for (std::uint32_t i = 0; i < node->count; ++i) {
    IndexTrie::Pair& candidate = node->pairs()[i];
    if (candidate.key != pair.key || candidate.value != pair.value) continue;
    candidate = node->pairs()[--node->count];
    return;
  }
  panic("treekem: an index lost an entry");
}

}  // namespace

IndexTrie::IndexTrie() = default;
IndexTrie::IndexTrie(const IndexTrie&) noexcept = default;
IndexTrie::IndexTrie(IndexTrie&&) noexcept = default;
IndexTrie& IndexTrie::operator=(IndexTrie other) noexcept {
  std::swap(root_, other.root_);
  return *this;
}
IndexTrie::~IndexTrie() = default;

void IndexTrie::insert(std::uint32_t key, std::uint32_t value) { insert_at(root_, 0, {key, value}); }

bool IndexTrie::fill(std::span<Pair> pairs, const std::function<bool(std::uint32_t, std::uint32_t)>& same) {
  if (root_) panic("treekem: an index that is not empty is filled");
  std::vector<Pair> spare(pairs.size());
  auto root = node_of(pairs, spare, 0, same);
  if (!root) return false;
  root_ = *std::move(root);
  return true;
}

bool IndexTrie::erase(std::uint32_t key, std::uint32_t value) {
  if (!find(key, [value](std::uint32_t v) { return v == value; })) return false;
  erase_at(root_, 0, {key, value});
  return true;
}

IndexTrie::Bucket IndexTrie::bucket_of(std::uint32_t key) const {
  IndexNode* node = root_.get();
  for (unsigned depth = 0; node != nullptr && node->is_branch(); ++depth)
    node = node->children()[slot_of(key, depth)].get();
  if (node == nullptr) return {nullptr, 0};
  return {node->pairs(), node->count};
}

}  // namespace dmls::treekem::detail
