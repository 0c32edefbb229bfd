#pragma once
// A DeMLS client that is kept in a store, and whatever a store can do to it.

#include <dmls/storage/memory_store.h>

#include <map>

#include "support.h"

namespace dmls::fork {

// A store that fails when it is told to, and counts.
class Unreliable final : public storage::Store {
 public:
  Result<void> write(const storage::Batch& batch) override {
    ++writes;
    if (fails) return fail(storage::errc::kWriteFailed, "told to fail");
    octets += batch.octets();
    return store.write(batch);
  }
  Result<std::optional<SecretBytes>> read(BytesView key) override { return store.read(key); }
  Result<void> for_each(BytesView prefix, const Visitor& visit) override { return store.for_each(prefix, visit); }

  storage::MemoryStore store;
  bool fails = false;
  int writes = 0;
  std::size_t octets = 0;
};

inline std::map<Bytes, Bytes> content(storage::Store& store) {
  std::map<Bytes, Bytes> out;
  EXPECT_TRUE(store.for_each({}, [&out](BytesView key, BytesView value) -> Result<void> {
    out[to_bytes(key)] = to_bytes(value);
    return {};
  }));
  return out;
}

// What two sessions that agree on everything have in common, and what cannot be told apart from outside.
inline void expect_same_state(const Session& a, const Session& b) {
  EXPECT_EQ(a.head(), b.head());
  ASSERT_EQ(a.history().nodes().size(), b.history().nodes().size());
  for (const auto& [id, node] : a.history().nodes()) {
    const HistoryNode* other = b.history().find(id);
    ASSERT_NE(other, nullptr);
    EXPECT_EQ(node.held, other->held);
    EXPECT_EQ(node.parent, other->parent);
    EXPECT_EQ(node.children, other->children);
    ASSERT_EQ(node.edge.has_value(), other->edge.has_value());
    if (node.edge) {
      EXPECT_EQ(node.edge->commit, other->edge->commit);
    }
    if (!node.held) continue;
    expect_same_epoch(a, b, id);
    EXPECT_EQ(*a.may_send(id), *b.may_send(id));
    EXPECT_EQ((*a.epoch(id))->tree.tree_hash().size(), (*b.epoch(id))->tree.tree_hash().size());
  }
  EXPECT_EQ(a.history().roots(), b.history().roots());
  EXPECT_EQ(a.pending_commits(), b.pending_commits());
  EXPECT_EQ(a.journal().entries().size(), b.journal().entries().size());
  const auto ours = a.inventory(), theirs = b.inventory();
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_EQ(ours[i].kind, theirs[i].kind);
    EXPECT_EQ(ours[i].node, theirs[i].node);
    EXPECT_EQ(ours[i].count, theirs[i].count) << name_of(ours[i].kind);
  }
}

}  // namespace dmls::fork
