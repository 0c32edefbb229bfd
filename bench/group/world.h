#pragma once
// The groups that are measured, and how a row comes about: time, the least that its public-key operations take in the
// same run, and what was counted.

#include <dmls/crypto_testing/counting_provider.h>
#include <dmls/group/client.h>
#include <dmls/group/group.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/heap.h"
#include "harness/measure.h"
#include "harness/members.h"
#include "harness/primitives.h"
#include "harness/threads.h"
#include "support/large_group.h"

namespace dmls::bench {

using crypto::CipherSuiteId;
using crypto_testing::PrimitiveCounts;
using group::CommitRequest;
using group::LeafIndex;
using group::Transition;
using test::LargeGroup;
using test::LargeGroupMember;
using test::must;
using test::TreeShape;

inline crypto_testing::CountingProvider& counting() {
  static auto& provider = *new crypto_testing::CountingProvider;
  return provider;
}
inline crypto::CipherSuite counted_suite(CipherSuiteId id) { return must(crypto::CipherSuite::find(id, counting())); }

// What group a row is about.
struct Setting {
  CipherSuiteId suite = CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;
  std::uint32_t members = 10;
  TreeShape shape = TreeShape::populated;
  auto operator<=>(const Setting&) const = default;

  [[nodiscard]] std::string name(const std::string& operation) const {
    return operation + "/suite:" + std::to_string(static_cast<unsigned>(suite)) + "/" +
           (shape == TreeShape::populated ? "populated" : "fresh") + "/members:" + std::to_string(members);
  }
  // Few rounds where one takes long: P-384 takes about eight times as long as the others.
  [[nodiscard]] int rounds(std::uint32_t work) const {
    if (suite == CipherSuiteId::MLS_256_DHKEMP384_AES256GCM_SHA384_P384) work *= 8;
    const std::uint32_t wanted = 200'000 / (work + 2'000);
    return static_cast<int>(std::min(101u, std::max(3u, wanted)));
  }
};

// The transition that a received commit leads to.
inline Transition staged(group::Group& group, const Bytes& commit) {
  auto event = must(group.process(commit));
  auto* transition = std::get_if<Transition>(&event);
  if (transition == nullptr) {
    std::fputs("bench: a commit was not staged\n", stderr);
    std::abort();
  }
  return std::move(*transition);
}

// World is one group with three of its members: near is the second leaf, next is two leaves further, far is the last,
// in the other half of the tree. In a populated tree, far and next have committed: all three hold every key above them.
class World {
 public:
  explicit World(const Setting& setting)
      : large(counted_suite(setting.suite), setting.members, setting.shape),
        primitives(setting.suite),
        near(large.join(LeafIndex(1))),
        next(large.join(LeafIndex(3))),
        far(large.join(large.last_joiner())) {
    if (setting.shape == TreeShape::fresh) return;
    for (auto* committer : {&far, &next}) {
      auto made = must(committer->group.commit(CommitRequest()));
      for (auto* member : {&near, &next, &far})
        if (member != committer) must(member->group.merge(staged(member->group, made.message())));
      must(committer->group.merge(std::move(made)));
    }
  }

  LargeGroup large;
  Primitives primitives;
  LargeGroupMember near, next, far;

  // The world of a setting. Only the latest is kept: large ones are large.
  static World& of(const Setting& setting) {
    static std::optional<Setting> present;
    static std::unique_ptr<World> world;
    if (present != setting) {
      world.reset();
      world = std::make_unique<World>(setting);
      present = setting;
    }
    return *world;
  }
};

// What one run of an operation costs, in numbers that no machine changes.
struct Cost {
  PrimitiveCounts counts;
  std::uint64_t allocations;
};
inline Cost cost_of(const Candidate& operation) {
  operation.prepare();
  const PrimitiveCounts before = counting().counts();
  const std::uint64_t allocated = allocations();
  operation.run();
  const std::uint64_t now = allocations();
  return {counting().counts() - before, now - allocated};
}

// Reports a row: microseconds, and as counters the limit, the ratio to it, and the counts.
inline void report(benchmark::State& state, double microseconds, double limit, const Cost& cost) {
  report(state, microseconds);
  const auto show = [&state](const char* name, std::uint64_t n) { state.counters[name] = static_cast<double>(n); };
  state.counters["limit_us"] = limit;
  if (limit > 0) state.counters["x_limit"] = microseconds / limit;
  show("sign", cost.counts.sign);
  show("verify", cost.counts.verify);
  show("base", cost.counts.base);
  show("dh", cost.counts.dh);
  show("seal", cost.counts.seal);
  show("open", cost.counts.open);
  show("compressions", cost.counts.compressions);
  show("allocations", cost.allocations);
}

// Measures an operation against the sum of its public-key operations.
inline void against_primitives(benchmark::State& state, World& world, const Candidate& operation, int rounds) {
  const Cost cost = cost_of(operation);
  const Measured measured = measure(operation, world.primitives, rounds);
  report(state, measured.microseconds, measured.primitives.of(cost.counts), cost);
}

// The settings of the scale series: suite 1 up to `most`, suites 2 and 7 to 1,000; populated, then fresh.
inline std::vector<Setting> settings(std::uint32_t most) {
  std::vector<Setting> out;
  for (const auto shape : {TreeShape::populated, TreeShape::fresh}) {
    for (const unsigned suite : {1u, 2u, 7u})
      for (const std::uint32_t n : group_sizes(suite == 1 ? most : std::min(most, 1000u)))
        out.push_back({static_cast<CipherSuiteId>(suite), n, shape});
  }
  return out;
}

}  // namespace dmls::bench
