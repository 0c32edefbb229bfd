// What forks cost a member of a large group, and what DeMLS costs against ordinary MLS. Times are of this thread's
// processor, the median of the repetitions; each step is checked before it counts.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <ctime>

#include "populated_session.h"

namespace dmls::bench {
namespace {

constexpr std::uint32_t kMembers = 10'000;

crypto::CipherSuite suite1() {
  return *crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
                                    crypto::default_provider());
}

const PopulatedGroup& large_group() {
  static const PopulatedGroup group(suite1(), kMembers);
  return group;
}

double microseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) * 1e-3;
}

template <class F>
double timed(const F& f) {
  const double begin = microseconds();
  f();
  return microseconds() - begin;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

std::size_t secret_octets(const fork::Session& session) {
  std::size_t out = 0;
  for (const auto& held : session.inventory()) out += held.octets;
  return out;
}

// One more sibling, when so many are there already. The octets are whatever the process allocated and kept for it.
void receive_a_sibling(benchmark::State& state) {
  const auto forks = static_cast<std::size_t>(state.range(0));
  constexpr std::size_t kMore = 15;
  fork::Session sender = large_group().session(5000), receiver = large_group().session(17);
  const fork::NodeId root = sender.head();
  std::vector<fork::OwnCommit> commits;
  for (std::size_t i = 0; i < forks + kMore; ++i) commits.push_back(*sender.commit_in(root, {}));
  for (std::size_t i = 0; i < forks; ++i) (void)receiver.process(commits[i].message);
  std::vector<double> times, octets, secrets;
  for (auto _ : state) {
    for (std::size_t i = forks; i < commits.size(); ++i) {
      const std::size_t before = mallinfo2().uordblks, secret_before = secret_octets(receiver);
      times.push_back(timed([&] { (void)receiver.process(commits[i].message); }));
      octets.push_back(static_cast<double>(mallinfo2().uordblks) - static_cast<double>(before));
      secrets.push_back(static_cast<double>(secret_octets(receiver) - secret_before));
    }
    state.SetIterationTime(median(times) * 1e-6);
  }
  for (const auto& commit : commits)
    if (!receiver.holds(commit.node)) return state.SkipWithError("a sibling was not entered");
  if (!(*sender.accept(commits.back().commit)).welcomes.empty() ||
      !(**sender.epoch_authenticator(commits.back().node) == **receiver.epoch_authenticator(commits.back().node)))
    return state.SkipWithError("sender and receiver disagree");
  state.counters["octets"] = median(octets);
  state.counters["secret_octets"] = median(secrets);
}

// The same commit by the same member, with and without DeMLS, in turns.
void against_plain_commits(benchmark::State& state) {
  constexpr int kRounds = 31;
  const PopulatedGroup& group = large_group();
  fork::Session sender = group.session(5000), receiver = group.session(17);
  keyschedule::OrdinarySuccession left_of_sender, left_of_receiver;
  auto plain_sender = group.epoch(treekem::LeafIndex(5000), left_of_sender);
  auto plain_receiver = group.epoch(treekem::LeafIndex(17), left_of_receiver);
  const auto config = group.config_of(treekem::LeafIndex(5000)), reader = group.config_of(treekem::LeafIndex(17));
  const group::ProposalStore none;
  const group::ExternalPsks no_psks;
  const fork::NodeId root = sender.head();
  std::vector<double> plain_made, made, plain_read, read;
  for (auto _ : state) {
    for (int round = 0; round < kRounds; ++round) {
      std::optional<group::OwnCommit> plain;
      plain_made.push_back(timed([&] {
        keyschedule::OrdinaryInitSource source(left_of_sender.init_secret());
        keyschedule::OrdinarySuccession next;
        plain.emplace(*group::create_commit(plain_sender, {}, {none, no_psks, config}, {source, next}));
      }));
      std::optional<fork::OwnCommit> forked;
      made.push_back(timed([&] { forked.emplace(*sender.commit_in(root, {})); }));
      Bytes expected;
      plain_read.push_back(timed([&] {
        // From octets, as the other side reads them.
        const auto message = *tls_codec::decode<group::MlsMessage>(tls_codec::encode(plain->commit));
        const auto content = *plain_receiver.unprotect(message);
        keyschedule::OrdinaryInitSource source(left_of_receiver.init_secret());
        keyschedule::OrdinarySuccession next;
        auto staged = *group::stage_commit(plain_receiver, content, {none, no_psks, reader}, {source, next});
        expected = to_bytes(std::get<group::StagedEpoch>(staged).next.own().epoch_authenticator.expose());
      }));
      read.push_back(timed([&] { (void)receiver.process(forked->message); }));
      if (expected != to_bytes(plain->staged.next.own().epoch_authenticator.expose()) || !receiver.holds(forked->node))
        return state.SkipWithError("a commit was not followed");
    }
    state.SetIterationTime((median(made) + median(read)) * 1e-6);
  }
  state.counters["plain_made_us"] = median(plain_made);
  state.counters["made_us"] = median(made);
  state.counters["x_made"] = median(made) / median(plain_made);
  state.counters["plain_read_us"] = median(plain_read);
  state.counters["read_us"] = median(read);
  state.counters["x_read"] = median(read) / median(plain_read);
}

// What one retained epoch holds after so many of its children were punctured.
void retained_epoch(benchmark::State& state) {
  const auto children = static_cast<std::size_t>(state.range(0));
  fork::Session sender = large_group().session(5000), receiver = large_group().session(17);
  const fork::NodeId root = sender.head();
  const std::size_t before = receiver.secret_octets(root);
  double time = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < children; ++i) {
      const auto commit = *sender.commit_in(root, {});
      time += timed([&] { (void)receiver.process(commit.message); });
      if (!receiver.holds(commit.node)) return state.SkipWithError("a child was not entered");
    }
    state.SetIterationTime(std::max(time, 0.001) * 1e-6);
  }
  const std::size_t after = receiver.secret_octets(root);
  state.counters["secret_octets"] = static_cast<double>(after);
  state.counters["per_child"] = children == 0 ? 0 : static_cast<double>(after - before) / static_cast<double>(children);
}

BENCHMARK(receive_a_sibling)->Arg(1)->Arg(10)->Arg(100)->Iterations(1)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(against_plain_commits)->Iterations(1)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(retained_epoch)
    ->Arg(0)
    ->Arg(1)
    ->Arg(10)
    ->Arg(100)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace dmls::bench
