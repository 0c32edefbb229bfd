// What universes of Send Groups cost: opening one, importing from many, and a round in which every member renews its
// keys and imports those of all others. Single steps, beside their primitives: step_bench.cc. Times are of this
// thread's processor, the median of the repetitions; each step is checked before it counts.

#include "universe.h"

namespace dmls::bench {
namespace {

constexpr int kRounds = 11;

template <class F>
double timed(const F& f) {
  const double begin = thread_microseconds();
  f();
  return thread_microseconds() - begin;
}

// INIT: the universe is opened, and an invited member joins and opens its own Send Group.
void init(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  std::vector<double> opened, joined, own;
  std::size_t octets = 0;
  for (auto _ : state) {
    for (int round = 0; round < 5; ++round) {
      Universe universe(count);
      auto creator = make_session(0);
      sendgroup::Outgoing out;
      opened.push_back(timed([&] { out = test::must(creator.open_universe(universe.packages())); }));
      if (creator.members(creator.group_id()).size() != count) return state.SkipWithError("somebody is missing");
      octets = out.welcome.size() + out.announcement.size();
      joined.push_back(timed([&] { universe.invite(1); }));
      own.push_back(timed([&] { out = test::must(universe[1].open_send_group()); }));
      universe.give(0, out.messages());
      if (!universe.agree(0, 1, universe.group(0)) || !universe.agree(0, 1, universe.group(1)))
        return state.SkipWithError("creator and member disagree");
    }
    report(state, median_of(opened));
  }
  state.counters["joined_us"] = median_of(joined);
  state.counters["own_group_us"] = median_of(own);
  state.counters["octets"] = static_cast<double>(octets);
}

// COMMIT: k PSKs are imported at once, without fresh keys and with them. 32 members.
void commit(benchmark::State& state) {
  const auto imports = static_cast<std::size_t>(state.range(0));
  Universe universe(32);
  universe.open_all();
  std::vector<double> partial, full, followed;
  std::size_t octets = 0;
  for (auto _ : state) {
    for (int round = 0; round < 2 * kRounds; ++round) {
      for (std::size_t i = 1; i <= imports; ++i) universe.broadcast(i, test::must(universe[i].update()).messages());
      if (universe[0].pending().imports.size() != imports) return state.SkipWithError("other imports than asked for");
      const bool is_full = round % 2 == 1;
      const auto kind = is_full ? sendgroup::CommitKind::full : sendgroup::CommitKind::partial;
      sendgroup::Outgoing out;
      (is_full ? full : partial).push_back(timed([&] { out = test::must(universe[0].commit(kind)); }));
      const double reading = timed([&] { universe.give(1, out.messages()); });
      for (std::size_t i = 2; i < universe.size(); ++i) universe.give(i, out.messages());
      if (!universe.agree(0, 1, universe.group(0)) || !universe[0].pending().imports.empty())
        return state.SkipWithError("the commit was not followed");
      if (!is_full) followed.push_back(reading);
      if (!is_full) octets = out.commit.size();
    }
    report(state, median_of(partial));
  }
  state.counters["full_us"] = median_of(full);
  state.counters["followed_us"] = median_of(followed);
  state.counters["octets"] = static_cast<double>(octets);
}

// Every member updates once, and everybody imports everything. In `overtaking` rounds each member hears the updates as
// late as it can, so that the imports of those before it wait.
void round_of_all(benchmark::State& state, bool overtaking) {
  Universe universe(static_cast<std::size_t>(state.range(0)));
  universe.open_all();
  const std::size_t n = universe.size();
  std::size_t broadcasts = 0, sent = 0, edges = 0;
  for (auto _ : state) {
    const double time = timed([&] {
      std::vector<std::vector<Bytes>> updates;
      const auto make = [&](const sendgroup::Outgoing& out) {
        auto messages = out.messages();
        broadcasts += messages.size();
        for (const Bytes& message : messages) sent += message.size();
        return messages;
      };
      for (std::size_t i = 0; i < n; ++i) updates.push_back(make(test::must(universe[i].update())));
      if (!overtaking)
        for (std::size_t i = 0; i < n; ++i) universe.broadcast(i, updates[i]);
      for (std::size_t i = 0; i < n; ++i) {
        // Those before this one have been heard, each with the commit that followed its update.
        for (std::size_t from = i + 1; overtaking && from < n; ++from) universe.give(i, updates[from]);
        edges += universe[i].pending().imports.size();
        const auto messages = make(test::must(universe[i].commit(sendgroup::CommitKind::partial)));
        for (std::size_t to = 0; to < n; ++to) {
          if (to == i) continue;
          if (overtaking && to > i) universe.give(to, updates[i]);
          universe.give(to, messages);
        }
      }
    });
    report(state, time);
  }
  std::uint64_t deferrals = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto numbers = universe[i].statistics();
    deferrals += numbers.deferrals;
    if (numbers.deferrals > edges) return state.SkipWithError("more deferrals than edges");
    if (numbers.blocked_commits != 0 || numbers.ledger != 0) return state.SkipWithError("something still waits");
  }
  if (!universe.all_agree()) return state.SkipWithError("they do not agree");
  if (broadcasts != 2 * n || edges != n * (n - 1)) return state.SkipWithError("more commits or fewer imports");
  state.counters["broadcasts"] = static_cast<double>(broadcasts);
  state.counters["octets_sent"] = static_cast<double>(sent);
  state.counters["octets_delivered"] = static_cast<double>(sent * (n - 1));
  state.counters["imports"] = static_cast<double>(edges);
  state.counters["deferrals"] = static_cast<double>(deferrals);
  state.counters["deferrals_per_reader"] = static_cast<double>(deferrals) / static_cast<double>(n);
}

void sizes(benchmark::internal::Benchmark* rows) {
  for (const int n : {8, 16, 32, 64}) rows->Arg(n);
  rows->Iterations(1)->UseManualTime()->Unit(benchmark::kMicrosecond);
}

BENCHMARK(init)->Apply(sizes);
BENCHMARK(commit)->Arg(1)->Arg(8)->Arg(31)->Iterations(1)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(round_of_all, in_order, false)->Apply(sizes);
BENCHMARK_CAPTURE(round_of_all, overtaking, true)->Apply(sizes);

}  // namespace
}  // namespace dmls::bench
