// Ratchet trees: hashing, paths, import, changes. Trees are populated (every parent node has a key) or fresh (none
// has).
#include <benchmark/benchmark.h>
#include <dmls/treekem/path.h>
#include <dmls/treekem/ratchet_tree.h>
#include <dmls/treekem/tree_counters.h>
#include <dmls/treekem/tree_import.h>

#include <map>
#include <memory>
#include <optional>

#include "support/populated_tree.h"

namespace dmls::treekem {
namespace {

using test::must;
using test::PopulatedTree;

crypto::CipherSuite suite() {
  return *crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519);
}

// One tree for each size, made when it is first asked for.
const PopulatedTree& populated(std::int64_t n) {
  static std::map<std::int64_t, std::unique_ptr<PopulatedTree>> trees;
  auto& tree = trees[n];
  if (!tree) tree = std::make_unique<PopulatedTree>(suite(), static_cast<std::uint32_t>(n), Bytes{7});
  return *tree;
}

// The same members, as if they had just been added: no parent node has a key.
RatchetTree fresh(std::int64_t n) {
  RatchetTree tree(suite());
  populated(n).tree().for_each_leaf([&tree](const TreeLeaf& leaf) { (void)must(tree.add(leaf.view())); });
  return tree;
}

struct Commit {
  RatchetTree tree;
  LeafIndex committer;
  crypto::KeyPairSigner signer;
  PathParameters parameters;

  Commit(std::int64_t n, bool is_populated)
      : tree(is_populated ? populated(n).tree() : fresh(n)),
        committer(static_cast<std::uint32_t>(n / 2)),
        signer(populated(n).signer(committer)),
        parameters{.index = committer,
                   .leaf = tree.leaf(committer)->node(),
                   .group_id = populated(n).group_id(),
                   .signer = &signer} {
    (void)tree.tree_hash();
  }
  Commit(const Commit&) = delete;
};

Bytes context(const RatchetTree& tree) { return to_bytes(tree.tree_hash()); }

void BM_TreeHash_FromScratch(benchmark::State& state) {
  const Bytes encoded = populated(state.range(0)).tree().encode();
  for (auto _ : state) {
    state.PauseTiming();
    const RatchetTree tree = must(RatchetTree::decode(suite(), encoded));
    state.ResumeTiming();
    const BytesView hash = tree.tree_hash();
    benchmark::DoNotOptimize(hash.data());
  }
  const auto same = must(RatchetTree::decode(suite(), encoded));
  if (same != populated(state.range(0)).tree()) state.SkipWithError("the tree hash is wrong");
}

void BM_Path_Create(benchmark::State& state, bool is_populated) {
  const Commit commit(state.range(0), is_populated);
  SystemRandom random;
  std::size_t seals = 0;
  for (auto _ : state) {
    const auto draft = PathDraft::make(commit.tree, commit.parameters, random);
    if (!draft) return state.SkipWithError(draft.error().rule);
    const auto path = draft->seal(context(draft->tree()), {}, random);
    if (!path) return state.SkipWithError(path.error().rule);
    seals = 0;
    for (const auto& node : path->nodes) seals += node.encrypted_path_secret.size();
    benchmark::DoNotOptimize(path);
  }
  state.counters["seals"] = static_cast<double>(seals);
}

void BM_Path_Process(benchmark::State& state, bool is_populated) {
  const Commit commit(state.range(0), is_populated);
  SystemRandom random;
  const auto draft = must(PathDraft::make(commit.tree, commit.parameters, random));
  const Bytes group_context = context(draft.tree());
  const UpdatePath path = must(draft.seal(group_context, {}, random));
  // The neighbour decrypts at the bottom and derives every key of the path: the most work there is.
  const LeafIndex neighbour(commit.committer.value() ^ 1);
  const TreeSecrets mine = must(populated(state.range(0)).secrets(neighbour).pruned(commit.tree));
  for (auto _ : state) {
    const auto received = ReceivedPath::apply(commit.tree, Committer::member, commit.committer, path, {});
    if (!received) return state.SkipWithError(received.error().rule);
    const auto opened = received->open(mine, context(received->tree()));
    if (!opened) return state.SkipWithError(opened.error().rule);
    if (opened->commit_secret != draft.commit_secret()) return state.SkipWithError("another commit secret");
  }
}

// The public half alone: what everybody pays besides opening.
void BM_Path_Merge(benchmark::State& state) {
  const Commit commit(state.range(0), true);
  SystemRandom random;
  const auto draft = must(PathDraft::make(commit.tree, commit.parameters, random));
  const UpdatePath path = must(draft.seal(context(draft.tree()), {}, random));
  TreeCounters before = tree_counters();
  for (auto _ : state) {
    before = tree_counters();
    const auto received = ReceivedPath::apply(commit.tree, Committer::member, commit.committer, path, {});
    if (!received) return state.SkipWithError(received.error().rule);
    benchmark::DoNotOptimize(received->tree().tree_hash().data());
  }
  const TreeCounters after = tree_counters();
  state.counters["nodes"] = static_cast<double>(after.tree_nodes - before.tree_nodes);
  state.counters["hashes"] = static_cast<double>(after.tree_hashes - before.tree_hashes);
}

void BM_Tree_AddRemove(benchmark::State& state) {
  const RatchetTree before = populated(state.range(0)).tree();
  const LeafNode leaf = populated(state.range(0)).newcomer(1);
  (void)before.tree_hash();
  for (auto _ : state) {
    RatchetTree tree = before;
    const auto index = tree.add(leaf);
    if (!index) return state.SkipWithError(index.error().rule);
    if (const auto removed = tree.remove(*index); !removed) return state.SkipWithError(removed.error().rule);
    benchmark::DoNotOptimize(tree.tree_hash().data());
  }
}

void BM_Tree_AddAll(benchmark::State& state) {
  (void)populated(state.range(0));
  for (auto _ : state) {
    const RatchetTree tree = fresh(state.range(0));
    benchmark::DoNotOptimize(tree.tree_hash().data());
  }
}

void BM_Tree_Encode(benchmark::State& state) {
  const RatchetTree& tree = populated(state.range(0)).tree();
  for (auto _ : state) {
    const Bytes encoded = tree.encode();
    benchmark::DoNotOptimize(encoded.data());
  }
}

void BM_Tree_Decode(benchmark::State& state) {
  const Bytes encoded = populated(state.range(0)).tree().encode();
  for (auto _ : state) {
    const auto tree = RatchetTree::decode(suite(), encoded);
    if (!tree) return state.SkipWithError(tree.error().rule);
    benchmark::DoNotOptimize(tree);
  }
  const TreeCounters before = tree_counters();
  const auto tree = must(RatchetTree::decode(suite(), encoded));
  state.counters["octets/member"] =
      static_cast<double>(tree_counters().live_octets - before.live_octets) / static_cast<double>(state.range(0));
}

void BM_Tree_VerifyParentHashes(benchmark::State& state) {
  const RatchetTree& tree = populated(state.range(0)).tree();
  (void)tree.tree_hash();
  for (auto _ : state)
    if (const auto valid = tree.verify_parent_hashes(); !valid) return state.SkipWithError(valid.error().rule);
}

void BM_Tree_Import(benchmark::State& state) {
  const PopulatedTree& group = populated(state.range(0));
  const Bytes encoded = group.tree().encode(), hash = context(group.tree());
  for (auto _ : state) {
    const auto tree =
        import_ratchet_tree(suite(), encoded, {.group_id = group.group_id(), .tree_hash = hash}, AcceptAnyCredential());
    if (!tree) return state.SkipWithError(tree.error().rule);
  }
}

void BM_Tree_Copy(benchmark::State& state) {
  const RatchetTree& tree = populated(state.range(0)).tree();
  for (auto _ : state) {
    const RatchetTree copy = tree;
    benchmark::DoNotOptimize(copy);
  }
}

BENCHMARK(BM_TreeHash_FromScratch)->Arg(1000)->Arg(10000)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Path_Create, populated, true)
    ->RangeMultiplier(10)
    ->Range(10, 10000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Path_Create, fresh, false)->RangeMultiplier(10)->Range(10, 1000)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Path_Process, populated, true)
    ->RangeMultiplier(10)
    ->Range(10, 10000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Path_Process, fresh, false)->RangeMultiplier(10)->Range(10, 1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_Path_Merge)->RangeMultiplier(10)->Range(10, 10000)->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_Tree_AddRemove)->Arg(1000)->Arg(10000)->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_Tree_AddAll)->Arg(1000)->Arg(10000)->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_Tree_Encode)->Arg(1000)->Arg(10000)->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_Tree_Decode)->Arg(1000)->Arg(10000)->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_Tree_VerifyParentHashes)->Arg(1000)->Arg(10000)->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_Tree_Import)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_Tree_Copy)->Arg(10000);

}  // namespace
}  // namespace dmls::treekem
