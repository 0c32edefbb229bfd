#pragma once
// Death at every call by which a story changes its disk. A story is told in steps, each of them one call that changes
// what is stored (support/stored_story.h, send_group_story.h, fork_session_story.h).

#include <dmls/crypto_testing/cheap_provider.h>
#include <dmls/storage_sqlite/sqlite_store.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include "crash_disk.h"
#include "secret_recorder.h"
#include "support/populated_tree.h"
#include "support/vectors.h"

namespace dmls::test {

using Content = std::map<Bytes, Bytes>;

inline Content content(storage::Store& store) {
  Content out;
  EXPECT_TRUE(store.for_each({}, [&out](BytesView key, BytesView value) -> Result<void> {
    out[to_bytes(key)] = to_bytes(value);
    return {};
  }));
  return out;
}

inline Bytes flat(const Content& content) {
  Bytes all;
  for (const auto& [key, value] : content) {
    all.insert(all.end(), key.begin(), key.end());
    all.insert(all.end(), value.begin(), value.end());
    all.push_back(0);
  }
  return all;
}

// Notes what is stored after every batch.
class Watched final : public storage::Store {
 public:
  explicit Watched(std::shared_ptr<storage::Store> store) : store_(std::move(store)) {}
  Result<void> write(const storage::Batch& batch) override {
    DMLS_CHECK(store_->write(batch));
    if (watch) seen.push_back(content(*store_));
    return {};
  }
  Result<std::optional<SecretBytes>> read(BytesView key) override { return store_->read(key); }
  Result<void> for_each(BytesView prefix, const Visitor& visit) override { return store_->for_each(prefix, visit); }
  bool watch = false;
  std::vector<Content> seen;

 private:
  std::shared_ptr<storage::Store> store_;
};

// A story on a disk.
template <class Story>
struct Machine {
  SecretRecorder recorder{crypto_testing::cheap_provider()};
  crypto::CipherSuite suite =
      must(crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519, recorder));
  CrashDisk disk{"crash"};
  Story story{suite, 5};
  std::shared_ptr<Watched> store;

  Result<void> start() {
    DMLS_CHECK(open_store());
    return story.open(store);
  }
  Result<void> open_store() {
    story.close();
    store = nullptr;
    DMLS_TRY(auto opened, storage::SqliteStore::open({"/store.db", "crash"}));
    store = std::make_shared<Watched>(std::move(opened));
    return {};
  }
  Result<void> step(std::size_t i) {
    DMLS_CHECK(story.run(i));
    return story.settle(i);
  }
  // Whether those who are in the same epoch agree on it, for stories that can tell.
  [[nodiscard]] bool agrees() const {
    if constexpr (requires { story.agrees(); }) return story.agrees();
    return true;
  }
  [[nodiscard]] std::size_t dead_secrets() { return recorder.dead_in(disk.octets(), flat(content(*store))); }
};

#define ASSERT_OK(expression)                                         \
  do {                                                                \
    const auto outcome_ = (expression);                               \
    ASSERT_TRUE(outcome_) << (outcome_ ? "" : outcome_.error().rule); \
  } while (false)

// What each step of the undisturbed story does to the store: a message that releases others is several batches.
struct Reference {
  std::vector<long> calls;
  std::vector<std::vector<Content>> states;  // before, and after each batch
  std::size_t batches = 0;
};
template <class Story>
Reference reference() {
  Reference out;
  Machine<Story> machine;
  must(machine.start());
  for (std::size_t i = 0; i < machine.story.size(); ++i) {
    out.states.push_back({content(*machine.store)});
    machine.store->watch = true;
    machine.disk.count_from_zero();
    must(machine.story.run(i));
    out.calls.push_back(machine.disk.calls());
    machine.store->watch = false;
    EXPECT_FALSE(machine.store->seen.empty()) << machine.story.name(i);
    out.batches += machine.store->seen.size();
    for (Content& state : std::exchange(machine.store->seen, {})) out.states.back().push_back(std::move(state));
    EXPECT_EQ(machine.dead_secrets(), 0u) << machine.story.name(i);
    must(machine.story.settle(i));
    EXPECT_TRUE(machine.agrees()) << machine.story.name(i);
  }
  return out;
}

struct Figures {
  int points = 0, to_old = 0, to_new = 0, between = 0, torn = 0, dead_secrets = 0, keys_twice = 0, disagreements = 0;
};

template <class Story>
void die_once(const Reference& expected, std::size_t step, long call, Death death, Figures& figures) {
  Machine<Story> machine;
  ASSERT_OK(machine.start());
  for (std::size_t i = 0; i < step; ++i) ASSERT_OK(machine.step(i));
  machine.disk.arm(call, death, static_cast<unsigned>(call) * 31 + static_cast<unsigned>(step));
  machine.recorder.attempt();
  (void)machine.story.run(step);
  ASSERT_TRUE(machine.disk.is_dead());
  machine.story.close();
  machine.store = nullptr;
  machine.disk.reboot();
  ++figures.points;

  ASSERT_OK(machine.open_store());
  const Content found = content(*machine.store);
  const auto& states = expected.states[step];
  const bool is_old = found == states.front(), is_new = !is_old && found == states.back();
  const bool is_between = !is_old && !is_new && std::ranges::find(states, found) != states.end();
  figures.to_old += is_old ? 1 : 0;
  figures.to_new += is_new ? 1 : 0;
  figures.between += is_between ? 1 : 0;
  figures.torn += is_old || is_new || is_between ? 0 : 1;
  ASSERT_TRUE(is_old || is_new || is_between);
  figures.dead_secrets += static_cast<int>(machine.dead_secrets());
  ASSERT_OK(machine.story.open(machine.store));

  // Life goes on. What was sealed for a message that never left does not count as a use of its key, if nothing of it
  // was stored either.
  machine.recorder.settle(!is_old);
  if (is_old) ASSERT_OK(machine.story.run(step));
  ASSERT_OK(machine.story.settle(step));
  for (std::size_t i = step + 1; i < std::min(step + 3, machine.story.size()); ++i) ASSERT_OK(machine.step(i));
  figures.dead_secrets += static_cast<int>(machine.dead_secrets());
  figures.keys_twice += machine.recorder.keys_sealed_twice;
  figures.disagreements += machine.agrees() ? 0 : 1;
}

// Everywhere, or at one of every so many places (DMLS_PROPERTY_SCALE), at least `least` of them.
template <class Story>
void expect_a_state_between_batches(int least) {
  const Reference expected = reference<Story>();
  if (testing::Test::HasFailure()) return;
  long all = 0;
  for (const long calls : expected.calls) all += calls;
  const int stride = std::max(1, static_cast<int>(all) * 3 / property_runs(static_cast<int>(all) * 3, least));
  Figures figures;
  int number = 0;
  for (const Death death : {Death::clean, Death::torn, Death::power_loss}) {
    for (std::size_t step = 0; step < expected.calls.size(); ++step) {
      for (long call = 1; call <= expected.calls[step]; ++call) {
        if (number++ % stride != 0) continue;
        SCOPED_TRACE(testing::Message() << "step " << step << ", call " << call << ", death "
                                        << static_cast<int>(death));
        die_once<Story>(expected, step, call, death, figures);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
  std::printf(
      "%zu transitions, %zu batches, %ld calls in all; deaths %d, recovered to the state before %d, after %d, after an "
      "earlier batch %d, torn %d, dead secrets found %d, keys used twice %d, disagreements %d\n",
      expected.calls.size(), expected.batches, all, figures.points, figures.to_old, figures.to_new, figures.between,
      figures.torn, figures.dead_secrets, figures.keys_twice, figures.disagreements);
  EXPECT_EQ(figures.torn, 0);
  EXPECT_EQ(figures.dead_secrets, 0);
  EXPECT_EQ(figures.keys_twice, 0);
  EXPECT_EQ(figures.disagreements, 0);
  EXPECT_EQ(figures.points, figures.to_old + figures.to_new + figures.between);
}

}  // namespace dmls::test
