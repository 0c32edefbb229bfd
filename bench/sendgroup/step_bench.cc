// DiMLS sessions, step by step: what each participant pays in a mesh of n, where everybody owns one Send Group, beside
// the primitives of the step. Each step changes the sessions, so a round measures every kind of step once, and medians
// are taken over the rounds.

#include <dmls/crypto_testing/counting_provider.h>

#include <memory>
#include <string>
#include <vector>

#include "harness/heap.h"
#include "harness/primitives.h"
#include "universe.h"

namespace dmls::bench {
namespace {

using sendgroup::CommitKind;
using test::must;

crypto_testing::CountingProvider& counting() {
  static auto& provider = *new crypto_testing::CountingProvider;
  return provider;
}
constexpr auto kSuite = crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;

// Times and counts of one kind of step.
struct Step {
  std::vector<double> times = {};
  crypto_testing::PrimitiveCounts counts = {};
  std::uint64_t allocated = 0;

  auto measure(auto&& run) {
    const auto before = counting().counts();
    const std::uint64_t earlier = allocations();
    const double begin = thread_microseconds();
    auto result = run();
    times.push_back(thread_microseconds() - begin);
    allocated = allocations() - earlier;
    counts = counting().counts() - before;
    return result;
  }
};

struct Steps {
  Step update, unprotect_update, commit, unprotect_commit, protect, unprotect;
  PrimitiveTimes primitives{};
  bool agreed = true;
};

Steps measured(std::size_t n) {
  constexpr int kRounds = 15;
  Universe mesh(n, must(crypto::CipherSuite::find(kSuite, counting())));
  mesh.open_all();
  Steps steps;
  const auto follow = [&](Step& step, const std::vector<Bytes>& messages, std::size_t from, std::size_t reader) {
    for (const Bytes& message : messages) (void)step.measure([&] { return must(mesh[reader].unprotect(message)); });
    mesh.broadcast(from, messages, reader);
  };
  Primitives primitives(kSuite);
  std::vector<double> sign, verify, base, dh;
  const auto one = [](std::vector<double>& into, auto&& call) {
    const double begin = thread_microseconds();
    call();
    into.push_back(thread_microseconds() - begin);
  };
  for (int round = 0; round < kRounds; ++round) {
    const auto update = steps.update.measure([&] { return must(mesh[0].update()); });
    follow(steps.unprotect_update, update.messages(), 0, 1);
    const auto commit = steps.commit.measure([&] { return must(mesh[1].commit(CommitKind::partial)); });
    follow(steps.unprotect_commit, commit.messages(), 1, 0);
    const auto sent = steps.protect.measure([&] { return must(mesh[0].protect(Bytes(100, 5))); });
    follow(steps.unprotect, sent, 0, 1);
    one(sign, [&] { primitives.sign(); });
    one(verify, [&] { primitives.verify(); });
    one(base, [&] { primitives.base(); });
    one(dh, [&] { primitives.dh(); });
  }
  steps.agreed = mesh.agree(0, 1, mesh.group(0)) && mesh.agree(0, 1, mesh.group(1));
  steps.primitives = {median_of(sign), median_of(verify), median_of(base), median_of(dh)};
  return steps;
}

const bool registered = [] {
  for (const std::size_t n : {2u, 10u, 50u}) {
    const auto steps = std::make_shared<std::unique_ptr<Steps>>();
    const auto at = [&](const std::string& name, Step Steps::*step) {
      row("dimls/" + name + "/participants:" + std::to_string(n), [=](benchmark::State& state) {
        if (!*steps) *steps = std::make_unique<Steps>(measured(n));
        const Step& measured = (**steps).*step;
        const double median = median_of(measured.times), limit = (*steps)->primitives.of(measured.counts);
        report(state, median);
        state.counters["limit_us"] = limit;
        state.counters["x_limit"] = limit > 0 ? median / limit : 0;
        state.counters["sign"] = static_cast<double>(measured.counts.sign);
        state.counters["verify"] = static_cast<double>(measured.counts.verify);
        state.counters["base"] = static_cast<double>(measured.counts.base);
        state.counters["dh"] = static_cast<double>(measured.counts.dh);
        state.counters["allocations"] = static_cast<double>(measured.allocated);
        if (!(*steps)->agreed) state.SkipWithError("the participants do not agree");
      });
    };
    at("update", &Steps::update);
    at("unprotect_update", &Steps::unprotect_update);
    at("commit_imports", &Steps::commit);
    at("unprotect_commit_imports", &Steps::unprotect_commit);
    at("protect", &Steps::protect);
    at("unprotect", &Steps::unprotect);
  }
  return true;
}();

}  // namespace
}  // namespace dmls::bench
