// The derivation kernels alone: one walk from the root to a leaf, copath included.

#include <openssl/crypto.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "measure.h"

namespace dmls::bench {
namespace {

constexpr int kRounds = 101;

void one_walk(benchmark::State& state, HashId hash, std::string_view kernel) {
  const auto suite = suite_with(hash);
  Walks naive(hash, 1), ours(hash, 1);
  const auto* kdf = crypto::tree_kdf_for_testing(hash, kernel);
  if (kdf == nullptr && kernel != "portable") return state.SkipWithError("this processor lacks the instructions");
  crypto::use_tree_kdf_for_testing(hash, kernel);
  const auto t = take_turns(
      {[&] { naive_walk(hash, naive.views[0]); }, [&] { crypto::walk_tree(suite, ours.views[0]); }}, kRounds);
  crypto::use_tree_kdf_for_testing(hash, "auto");
  if (!naive.same(ours)) return state.SkipWithError("the results differ");
  report(state, t[1]);
  state.counters["naive_us"] = t[0];
  state.counters["x_naive"] = t[0] / t[1];
}

// The walk on the SHA extensions against what they can do: the latency of three compressions per level, and the
// throughput of four streams for all compressions of one evaluation (1,026 with a message, 514 constant).
void against_the_limits(benchmark::State& state) {
  const auto* kdf = crypto::tree_kdf_for_testing(HashId::sha256, "shani");
  if (kdf == nullptr) return state.SkipWithError("this processor lacks the SHA extensions");
  Walks walks(HashId::sha256, 1);
  constexpr std::size_t kBlocks = 1000;
  const auto t =
      take_turns({[&] { kdf->walk(walks.views); }, [&] { crypto::run_sha256_streams_for_testing(4, kBlocks, false); },
                  [&] { crypto::run_sha256_streams_for_testing(4, kBlocks, true); },
                  [&] { crypto::run_sha256_streams_for_testing(1, 4 * kBlocks, false); },
                  [&] { crypto::run_sha256_streams_for_testing(1, 4 * kBlocks, true); }},
                 kRounds);
  const double message = t[1] / (4 * kBlocks), constant = t[2] / (4 * kBlocks);
  const double message_alone = t[3] / (4 * kBlocks), constant_alone = t[4] / (4 * kBlocks);
  const double throughput = 1026 * message + 514 * constant;
  const double chain = 256 * (2 * message_alone + constant_alone);
  report(state, t[0]);
  state.counters["ns_message_4"] = 1000 * message;
  state.counters["ns_constant_4"] = 1000 * constant;
  state.counters["ns_message_1"] = 1000 * message_alone;
  state.counters["throughput_us"] = throughput;
  state.counters["chain_us"] = chain;
  state.counters["x_throughput"] = t[0] / throughput;
  state.counters["x_chain"] = t[0] / chain;
}

void batch(benchmark::State& state, HashId hash, std::string_view kernel, std::size_t size) {
  const auto* kdf = crypto::tree_kdf_for_testing(hash, kernel);
  if (kdf == nullptr) return state.SkipWithError("this processor lacks the instructions");
  Walks together(hash, size), alone(hash, size);
  const auto t = take_turns({[&] {
                               for (const auto& walk : alone.views) kdf->walk(std::span(&walk, 1));
                             },
                             [&] { kdf->walk(together.views); }},
                            31);
  if (!together.same(alone)) return state.SkipWithError("the results differ");
  report(state, t[1] / static_cast<double>(size));
  state.counters["alone_us"] = t[0] / static_cast<double>(size);
  state.counters["x_alone"] = t[0] / t[1];
}

// Both sides without the SHA extensions. BoringSSL reads its mask at start-up, so a second process measures.
constexpr const char* kChild = "DMLS_BENCH_MASKED_CHILD";

void masked(benchmark::State& state) {
  char self[4096];
  const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  if (n <= 0) return state.SkipWithError("this system does not say which program runs");
  self[n] = 0;
  const std::string command = std::string(kChild) + "=1 OPENSSL_ia32cap=':~0x20000000' '" + self + "'";
  std::FILE* child = popen(command.c_str(), "r");  // NOLINT(cert-env33-c): our own path
  double naive = 0, shared = 0;
  int same = 0;
  const int read = child == nullptr ? 0 : std::fscanf(child, "%lf %lf %d", &naive, &shared, &same);
  if (child != nullptr) pclose(child);
  if (read != 3 || same != 1) return state.SkipWithError("the second process failed");
  report(state, shared);
  state.counters["naive_us"] = naive;
  state.counters["x_naive"] = naive / shared;
}

const bool masked_child = [] {
  if (std::getenv(kChild) == nullptr) return false;
  CRYPTO_library_init();
  Walks naive(HashId::sha256, 1), ours(HashId::sha256, 1);
  const auto* kdf = crypto::tree_kdf_for_testing(HashId::sha256, "shared");
  const auto t = take_turns({[&] { naive_walk(HashId::sha256, naive.views[0]); }, [&] { kdf->walk(ours.views); }}, 51);
  std::printf("%f %f %d\n", t[0], t[1], naive.same(ours) ? 1 : 0);
  std::fflush(stdout);
  std::_Exit(0);
}();

const bool registered = [] {
  const std::vector<std::pair<HashId, std::string>> hashes{
      {HashId::sha256, "sha256"}, {HashId::sha384, "sha384"}, {HashId::sha512, "sha512"}};
  for (const auto& entry : hashes) {  // no structured binding: clang 14 cannot capture one
    const HashId hash = entry.first;
    const std::string& name = entry.second;
    for (const std::string kernel : {"portable", "shared", "shani", "avx512"}) {
      if (kernel == "shani" && hash != HashId::sha256) continue;
      row("kernel/" + name + "/" + kernel, [=](benchmark::State& state) { one_walk(state, hash, kernel); });
    }
    if (hash == HashId::sha256) {
      row("kernel/sha256/shani/limits", against_the_limits);
      row("kernel/sha256/shared/masked", masked);
      for (const std::size_t size : {2u, 16u})
        row("kernel/sha256/shani/batch:" + std::to_string(size),
            [=](benchmark::State& state) { batch(state, HashId::sha256, "shani", size); });
    }
    row("kernel/" + name + "/avx512/batch:16", [=](benchmark::State& state) { batch(state, hash, "avx512", 16); });
  }
  return true;
}();

}  // namespace
}  // namespace dmls::bench
