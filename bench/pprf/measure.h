#pragma once
// Comparisons that survive a busy machine: all candidates take turns in one process, the processor time of the thread
// is what counts, and medians are compared.

#include <benchmark/benchmark.h>
#include <dmls/base/random.h>
#include <dmls/crypto/kdf.h>
#include <dmls/crypto/tree_kdf.h>
#include <dmls/crypto/tree_kdf_testing.h>
#include <dmls/pprf/pprf.h>
#include <openssl/digest.h>
#include <openssl/hkdf.h>

#include <time.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace dmls::bench {

using crypto::HashId;

inline double thread_microseconds() {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) * 1e-3;
}

// Median times of the candidates, in microseconds, over `rounds` turns.
inline std::vector<double> take_turns(const std::vector<std::function<void()>>& candidates, int rounds) {
  std::vector<std::vector<double>> times(candidates.size());
  for (const auto& candidate : candidates) candidate();  // warm
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const double begin = thread_microseconds();
      candidates[i]();
      times[i].push_back(thread_microseconds() - begin);
    }
  }
  std::vector<double> medians;
  for (auto& t : times) {
    std::nth_element(t.begin(), t.begin() + static_cast<std::ptrdiff_t>(t.size() / 2), t.end());
    medians.push_back(t[t.size() / 2]);
  }
  return medians;
}

inline crypto::CipherSuite suite_with(HashId hash) {
  using enum crypto::CipherSuiteId;
  const auto id = hash == HashId::sha256   ? MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519
                  : hash == HashId::sha384 ? MLS_256_DHKEMP384_AES256GCM_SHA384_P384
                                           : MLS_256_DHKEMP521_AES256GCM_SHA512_P521;
  return *crypto::CipherSuite::find(id);
}

// Walks from a root to a leaf, each with memory of its own.
class Walks {
 public:
  Walks(HashId hash, std::size_t count)
      : nh(crypto::hash_length(hash)), copath(count, Bytes(8 * nh * nh)), end(count, Bytes(nh)) {
    SeededRandom random(1);
    for (std::size_t i = 0; i < count; ++i) {
      node.push_back(*random.bytes(nh));
      path.push_back(*random.bytes(nh));
    }
    for (std::size_t i = 0; i < count; ++i) views.push_back({node[i], path[i], 0, 8 * nh, copath[i], end[i]});
  }
  [[nodiscard]] bool same(const Walks& other) const { return copath == other.copath && end == other.end; }

  std::size_t nh;
  std::vector<Bytes> node, path, copath, end;
  std::vector<crypto::TreeWalk> views;
};

// What everybody does: one HKDF call of BoringSSL for each child.
inline void naive_walk(HashId hash, const crypto::TreeWalk& walk) {
  const EVP_MD* md = hash == HashId::sha256 ? EVP_sha256() : hash == HashId::sha384 ? EVP_sha384() : EVP_sha512();
  const std::size_t nh = crypto::hash_length(hash);
  const auto label = [&](const char* side) {
    return std::string("\0", 1) + static_cast<char>(nh) + "\x0cMLS 1.0 tree" + static_cast<char>(std::strlen(side)) +
           side;
  };
  static thread_local std::string left, right;
  left = label("left");
  right = label("right");
  std::uint8_t l[64], r[64];
  std::copy(walk.node.begin(), walk.node.end(), walk.end.begin());
  std::uint8_t* sibling = walk.copath.data();
  for (std::size_t d = walk.from; d < walk.to; ++d, sibling += nh) {
    HKDF_expand(l, nh, md, walk.end.data(), nh, reinterpret_cast<const std::uint8_t*>(left.data()), left.size());
    HKDF_expand(r, nh, md, walk.end.data(), nh, reinterpret_cast<const std::uint8_t*>(right.data()), right.size());
    const bool turn = (walk.path[d / 8] >> (7 - d % 8)) & 1;
    std::memcpy(walk.end.data(), turn ? r : l, nh);
    std::memcpy(sibling, turn ? l : r, nh);
  }
}

// A row of the table: its time is what Google Benchmark reports, everything else is a counter.
inline void report(benchmark::State& state, double microseconds) { state.SetIterationTime(microseconds * 1e-6); }

inline void row(const std::string& name, const std::function<void(benchmark::State&)>& run) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [run](benchmark::State& state) {
                                 for (auto _ : state) run(state);
                               })
      ->UseManualTime()
      ->Iterations(1)
      ->Unit(benchmark::kMicrosecond);
}

}  // namespace dmls::bench
