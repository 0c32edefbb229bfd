// Any order of delivery that respects the order of each sender, with duplicates, and with losses that are repaired by
// serving again, ends with everybody in agreement about every Send Group, and reading everybody.

#include <deque>
#include <random>

#include "support.h"
#include "support/vectors.h"

namespace dmls::sendgroup {
namespace {

struct Weather {
  double loss = 0;       // of a delivery
  double duplicate = 0;  // of a delivery
  bool talk = true;      // application messages in between
};

class Schedule {
 public:
  Schedule(std::uint64_t seed, std::size_t count, const MemberOptions& options, Weather weather)
      : dice_(seed), weather_(weather), queues_(count, std::vector<std::deque<Bytes>>(count)) {
    for (std::size_t i = 0; i < count; ++i)
      mesh_.members.push_back(Member::create(Mesh::name_of(i), seed * 1000 + i, options));
  }

  void run(std::size_t actions, const UniverseParameters& parameters) {
    std::vector<Bytes> packages;
    for (std::size_t i = 1; i < size(); ++i) packages.push_back(*mesh_[i].session.new_key_package());
    send(0, mesh_[0].session.open_universe(packages, parameters));
    while (actions > 0) {
      const std::size_t who = below(size());
      if (!is_open(who) || below(3) != 0) {
        deliver(who, below(size()));
        continue;
      }
      --actions;
      act(who);
    }
    drain();
    repair();
    open_the_rest();
  }

  void expect_the_best() {
    mesh_.expect_agreement();
    for (std::size_t i = 0; i < size(); ++i) mesh_.expect_heard(i, "at last " + std::to_string(i));
    for (const Member& member : mesh_.members) {
      EXPECT_TRUE(member.session.missing().empty());
      EXPECT_TRUE(member.session.lost().empty());
      EXPECT_EQ(member.session.statistics().blocked_commits, 0u);
      EXPECT_EQ(member.session.statistics().postponed_messages, 0u);
      EXPECT_TRUE(member.all<Equivocation>().empty());
      EXPECT_TRUE(member.all<Rejected>().empty());
      EXPECT_LE(member.session.statistics().deferrals, edges_ + proposals_);
    }
  }

 private:
  [[nodiscard]] std::size_t size() const { return mesh_.members.size(); }
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(dice_); }
  bool chance(double p) { return std::uniform_real_distribution<>(0, 1)(dice_) < p; }
  [[nodiscard]] bool is_open(std::size_t i) { return !mesh_[i].group().empty(); }

  void send(std::size_t from, const std::vector<Bytes>& messages) {
    for (std::size_t to = 0; to < size(); ++to)
      if (to != from)
        for (const Bytes& message : messages) queues_[from][to].push_back(message);
  }
  void send(std::size_t from, Result<Outgoing> made) {
    if (!made && made.error().code == errc::kNothingToCommit) return;
    ASSERT_TRUE(made) << made.error().rule;
    proposals_ += made->proposals.size();
    send(from, made->messages());
  }

  void act(std::size_t who) {
    auto& session = mesh_[who].session;
    edges_ += session.pending().imports.size();
    switch (below(weather_.talk ? 4 : 3)) {
      case 0: return send(who, session.update());
      case 1: return send(who, session.commit(CommitKind::partial));
      case 2: return send(who, session.commit(CommitKind::full));
      default: send(who, *session.protect(as_bytes("words")));
    }
  }

  void take(std::size_t to, const Bytes& message) {
    mesh_[to].take(message);
    open(to);
  }
  void open(std::size_t who) {
    if (is_open(who) || mesh_[who].session.universe_id().empty()) return;
    auto own = mesh_[who].session.open_send_group();
    ASSERT_TRUE(own) << own.error().rule;
    send(who, own->messages());
  }

  void deliver(std::size_t to, std::size_t from) {
    auto& queue = queues_[from][to];
    if (queue.empty()) return;
    const Bytes message = queue.front();
    queue.pop_front();
    if (chance(weather_.loss)) return;
    take(to, message);
    if (chance(weather_.duplicate)) take(to, message);
  }
  void drain() {
    for (bool some = true; some;) {
      some = false;
      for (std::size_t to = 0; to < size(); ++to) {
        for (std::size_t from = 0; from < size(); ++from) {
          some = some || !queues_[from][to].empty();
          while (!queues_[from][to].empty()) deliver(to, from);
        }
      }
    }
  }
  // Everybody compares heads with everybody, and asks for what is lacking.
  void repair() {
    for (bool some = true; some;) {
      some = false;
      for (std::size_t to = 0; to < size(); ++to) {
        for (std::size_t from = 0; from < size(); ++from) {
          if (to == from || !is_open(from)) continue;
          auto wanted = mesh_[to].session.lacking(mesh_[from].session.heads());
          if (mesh_[to].session.universe_id().empty()) wanted.push_back({mesh_[0].group(), 0});
          for (const auto& one : wanted) {
            for (const Bytes& message : mesh_[from].session.serve(one)) {
              take(to, message);
              some = true;
            }
          }
        }
      }
    }
    drain();
  }
  // Send Groups that were opened during the repair may have been lost in turn.
  void open_the_rest() {
    repair();
    for (std::size_t i = 0; i < size(); ++i) ASSERT_TRUE(is_open(i));
  }

  std::mt19937_64 dice_;
  Weather weather_;
  Mesh mesh_;
  std::vector<std::vector<std::deque<Bytes>>> queues_;
  std::size_t edges_ = 0;  // imports ever made: what commits can have waited for
  std::size_t proposals_ = 0;
};

// Mostly few members, now and then up to twenty.
std::size_t some_size(std::mt19937_64& dice) {
  const std::size_t most = std::discrete_distribution<std::size_t>{60, 30, 10}(dice) == 0 ? 5
                           : dice() % 4 == 0                                              ? 20
                                                                                          : 9;
  return 2 + dice() % (most - 1);
}

void run_schedules(int count, const MemberOptions& options, std::uint64_t first_seed,
                   const UniverseParameters& parameters = {}) {
  for (int i = 0; i < count; ++i) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
    std::mt19937_64 dice(seed);
    const std::size_t size = some_size(dice);
    const double levels[] = {0, 0.05, 0.3};
    const Weather weather{levels[dice() % 3], levels[dice() % 3], dice() % 2 == 0};
    SCOPED_TRACE("seed " + std::to_string(seed) + ", " + std::to_string(size) + " members");
    Schedule schedule(seed, size, options, weather);
    schedule.run(2 * size + dice() % 10, parameters);
    schedule.expect_the_best();
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Schedules, EndInAgreement) { run_schedules(test::property_runs(4250, 20), {}, 1); }

TEST(Schedules, EndInAgreementWithProposedLeafKeys) {
  run_schedules(test::property_runs(500, 10), {}, 200'000, {.leaf_keys = LeafKeys::update_proposal});
}

TEST(Schedules, EndInAgreementWithDetachedLeaves) {
  run_schedules(test::property_runs(500, 10), {.detached_leaves = true}, 300'000,
                {.leaf_keys = LeafKeys::detached_leaf});
}

TEST(Schedules, EndInAgreementWithRealSuites) {
  const CipherSuiteId ids[] = {CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
                               CipherSuiteId::MLS_128_DHKEMP256_AES128GCM_SHA256_P256,
                               CipherSuiteId::MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519};
  std::uint64_t seed = 100'000;
  for (const auto id : ids) {
    run_schedules(test::property_runs(92, 1), {.suites = {real_suite(id)}}, seed);
    seed += 1000;
  }
}

}  // namespace
}  // namespace dmls::sendgroup
