#pragma once
// Comparisons that survive a busy machine: all candidates take turns in one process, the processor time of the thread
// is what counts, and medians are compared.

#include <benchmark/benchmark.h>

#include <time.h>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace dmls::bench {

inline double microseconds_of(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) * 1e-3;
}
inline double thread_microseconds() { return microseconds_of(CLOCK_THREAD_CPUTIME_ID); }
inline double wall_microseconds() { return microseconds_of(CLOCK_MONOTONIC); }

inline double median_of(std::vector<double> times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

// One thing to be measured: prepare() makes what run() uses up, and is not measured.
struct Candidate {
  template <std::invocable<> Run>
  Candidate(Run r) : run(std::move(r)) {}  // NOLINT: a function is a candidate
  Candidate(std::function<void()> p, std::function<void()> r) : prepare(std::move(p)), run(std::move(r)) {}
  std::function<void()> prepare = [] {};
  std::function<void()> run;
};

// Median times of the candidates, in microseconds, over `rounds` turns. One turn before them warms up.
inline std::vector<double> take_turns(const std::vector<Candidate>& candidates, int rounds,
                                      double (*clock)() = thread_microseconds) {
  std::vector<std::vector<double>> times(candidates.size());
  for (int round = -1; round < rounds; ++round) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      candidates[i].prepare();
      const double begin = clock();
      candidates[i].run();
      const double end = clock();
      if (round >= 0) times[i].push_back(end - begin);
    }
  }
  std::vector<double> medians;
  for (const auto& t : times) medians.push_back(median_of(t));
  return medians;
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
