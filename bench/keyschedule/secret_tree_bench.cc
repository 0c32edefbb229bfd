// Message keys: what a ratchet step costs, beside the bare derivations that it is made of. RFC 9420 §9
#include <benchmark/benchmark.h>
#include <dmls/crypto/kdf.h>
#include <dmls/keyschedule/secret_tree.h>

namespace dmls::keyschedule {
namespace {

using tree_math::LeafCount;
using tree_math::LeafIndex;
constexpr RatchetKind kApplication = RatchetKind::application;

crypto::CipherSuite suite_of(const benchmark::State& state) {
  return *crypto::CipherSuite::find(static_cast<crypto::CipherSuiteId>(state.range(0)));
}

SecretTree tree_of(const crypto::CipherSuite& suite, std::uint32_t leaves) {
  return *SecretTree::create(suite, LeafCount(leaves), EncryptionSecret(SecretBytes(suite.hash_length())));
}

// The floor: 1000 times key, nonce and next secret, and nothing else.
void BM_SecretTree_Raw1000Steps(benchmark::State& state) {
  const auto suite = suite_of(state);
  SecretBytes secret(suite.hash_length());
  for (auto _ : state) {
    for (std::uint32_t j = 0; j < 1000; ++j) {
      const crypto::Expander expander(suite, secret.expose());
      benchmark::DoNotOptimize(expander.derive_tree_secret("key", j, suite.key_length()));
      benchmark::DoNotOptimize(expander.derive_tree_secret("nonce", j, suite.nonce_length()));
      secret = expander.derive_tree_secret("secret", j, suite.hash_length());
    }
  }
}
BENCHMARK(BM_SecretTree_Raw1000Steps)->Arg(1)->Arg(2)->Arg(5)->Unit(benchmark::kMicrosecond);

void BM_SecretTree_Send1000(benchmark::State& state) {
  SecretTree tree = tree_of(suite_of(state), 1024);
  for (auto _ : state) {
    for (int i = 0; i < 1000; ++i) {
      auto sent = tree.next(LeafIndex(1), kApplication);
      if (!sent) return state.SkipWithError(sent.error().rule);
      benchmark::DoNotOptimize(sent);
    }
  }
}
BENCHMARK(BM_SecretTree_Send1000)->Arg(1)->Arg(2)->Arg(5)->Unit(benchmark::kMicrosecond);

void BM_SecretTree_Receive1000InOrder(benchmark::State& state) {
  SecretTree tree = tree_of(suite_of(state), 1024);
  std::uint32_t generation = 0;
  for (auto _ : state) {
    for (int i = 0; i < 1000; ++i) {
      auto key = tree.look(LeafIndex(1), kApplication, generation++);
      if (!key || !tree.spend(std::move(*key))) return state.SkipWithError("a key was refused");
    }
  }
}
BENCHMARK(BM_SecretTree_Receive1000InOrder)->Arg(1)->Arg(2)->Arg(5)->Unit(benchmark::kMicrosecond);

// One message that is 1000 generations ahead: looked at, and spent.
void BM_SecretTree_Jump1000(benchmark::State& state) {
  SecretTree tree = tree_of(suite_of(state), 1024);
  std::uint32_t generation = 0;
  for (auto _ : state) {
    auto key = tree.look(LeafIndex(1), kApplication, generation += 1000);
    if (!key || !tree.spend(std::move(*key))) return state.SkipWithError("a key was refused");
    ++generation;
  }
  state.counters["kept"] = static_cast<double>(tree.skipped_keys());
}
BENCHMARK(BM_SecretTree_Jump1000)->Arg(1)->Arg(2)->Arg(5)->Unit(benchmark::kMicrosecond);

// 1000 messages that arrive in reverse order: one jump, then keys from the window, oldest last.
void BM_SecretTree_Receive1000Reversed(benchmark::State& state) {
  SecretTree tree = tree_of(suite_of(state), 1024);
  std::uint32_t base = 0;
  for (auto _ : state) {
    for (std::uint32_t i = 1000; i-- > 0;) {
      auto key = tree.look(LeafIndex(1), kApplication, base + i);
      if (!key || !tree.spend(std::move(*key))) return state.SkipWithError("a key was refused");
    }
    base += 1000;
  }
}
BENCHMARK(BM_SecretTree_Receive1000Reversed)->Arg(1)->Unit(benchmark::kMicrosecond);

// The first key of a leaf; the second argument is the number of leaves.
void BM_SecretTree_FirstKeyOfALeaf(benchmark::State& state) {
  const auto suite = suite_of(state);
  for (auto _ : state) {
    state.PauseTiming();
    SecretTree tree = tree_of(suite, static_cast<std::uint32_t>(state.range(1)));
    state.ResumeTiming();
    auto key = tree.look(LeafIndex(0), kApplication, 0);
    if (!key || !tree.spend(std::move(*key))) return state.SkipWithError("a key was refused");
    benchmark::DoNotOptimize(tree);
  }
}
BENCHMARK(BM_SecretTree_FirstKeyOfALeaf)
    ->Args({1, 1024})
    ->Args({1, 16384})
    ->Args({1, 1 << 20})
    ->Unit(benchmark::kMicrosecond);

void BM_SecretTree_FirstKeyOfEveryLeaf(benchmark::State& state) {
  const auto suite = suite_of(state);
  const auto leaves = static_cast<std::uint32_t>(state.range(1));
  for (auto _ : state) {
    SecretTree tree = tree_of(suite, leaves);
    for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) {
      auto key = tree.look(LeafIndex(leaf), kApplication, 0);
      if (!key || !tree.spend(std::move(*key))) return state.SkipWithError("a key was refused");
    }
    if (tree.node_secrets() != 0) return state.SkipWithError("a node is left");
  }
}
BENCHMARK(BM_SecretTree_FirstKeyOfEveryLeaf)->Args({1, 16384})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dmls::keyschedule
