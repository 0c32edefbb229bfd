// Any order in which causes come before effects gives the same epochs, the same secrets and the same choice; and so
// does any order at all, once everything has arrived.

#include <algorithm>
#include <cstdio>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "support.h"
#include "support/vectors.h"

namespace dmls::fork {
namespace {

using group::CommitRequest;
using group::HandshakeFormat;

constexpr int kFullHistories = 10'000;

struct Sent {
  Bytes message;
  NodeId parent;
  NodeId node;
};

// A group that forks at random: members that are spread over branches commit without telling each other.
class RandomHistory {
 public:
  RandomHistory(std::uint32_t seed, const crypto::CipherSuite& suite) : random_(seed) {
    cast_.suite = suite;
    cast_.random = std::make_shared<SeededRandom>(seed);
    if (random_() % 2 == 0) cast_.options.fork_choice = std::make_shared<Ticket>();
    const std::size_t members = random_() % 8 == 0 ? 2 + random_() % 29 : 2 + random_() % 5;
    found_group(members);
  }

  // Commits until `count` are sent. Nobody hears of anything but what the history demands.
  void grow(std::size_t count) {
    while (sent_.size() < count) {
      Session& sender = sessions_[random_() % writers_];
      // Where: an epoch that the sender knows, at most six commits below the first.
      std::vector<NodeId> places;
      for (const auto& entry : sender.history().nodes())
        if (sender.history().path_to(entry.first).size() <= 6 && *sender.may_send(entry.first))
          places.push_back(entry.first);
      const NodeId parent = places[random_() % places.size()];
      const auto made = sender.commit_in(parent, request(sender, parent));
      ASSERT_TRUE(made) << made.error().rule;
      ASSERT_TRUE(sender.accept(made->commit));
      sent_.push_back({made->message, parent, made->node});
      // Sometimes somebody hears of it, and builds on it.
      for (std::size_t i = 0; i < writers_; ++i)
        if (&sessions_[i] != &sender && random_() % 3 == 0) (void)sessions_[i].process(made->message);
    }
  }

  // Two silent members receive everything, each in an order of its own; the second in any order at all.
  void deliver_and_compare() {
    std::vector<std::size_t> causal = shuffled();
    std::stable_sort(causal.begin(), causal.end(),
                     [&](std::size_t x, std::size_t y) { return depth(sent_[x]) < depth(sent_[y]); });
    Session& one = sessions_[writers_];
    Session& other = sessions_[writers_ + 1];
    for (const std::size_t i : causal) (void)one.process(sent_[i].message);
    for (const std::size_t i : shuffled()) {
      (void)other.process(sent_[i].message);
      if (random_() % 4 == 0) (void)other.process(sent_[i].message);  // duplicates change nothing
    }
    // Writers hear of everything at last.
    for (std::size_t i = 0; i < writers_; ++i)
      for (const std::size_t k : shuffled()) (void)sessions_[i].process(sent_[k].message);
    for (Session& session : sessions_) compare(one, session);
  }

 private:
  void found_group(std::size_t members) {
    writers_ = members;
    for (std::size_t i = 0; i < members + 2; ++i) clients_.push_back(cast_.client("m" + std::to_string(i)));
    sessions_.push_back(*clients_[0].create_group(as_bytes("g")));
    CommitRequest all;
    for (std::size_t i = 1; i < clients_.size(); ++i) all.add(*clients_[i].new_key_package());
    const OwnCommit add = *sessions_[0].commit(all);
    const Bytes welcome = sessions_[0].accept(add.commit)->welcomes[0].message;
    for (std::size_t i = 1; i < clients_.size(); ++i) sessions_.push_back(*clients_[i].join(welcome));
    // The founder's epoch before nobody else has.
    ASSERT_TRUE(sessions_[0].forget(*sessions_[0].history().find(add.node)->parent));
    root_ = add.node;
  }

  CommitRequest request(Session& sender, const NodeId& parent) {
    CommitRequest out;
    const auto kind = random_() % 8;
    if (kind == 0) {
      out.add(*cast_.client("guest").new_key_package());
    } else if (kind == 1) {  // a guest goes; those who compare stay
      const auto present = *sender.members(parent);
      for (const auto& member : present)
        if (member.leaf.value() >= clients_.size()) return std::move(out.remove(member.leaf));
    } else if (kind == 2) {
      out.add(*cast_.client("guest").new_key_package()).path(group::PathChoice::when_required);
    } else if (kind == 3) {
      out.handshake(HandshakeFormat::public_message);
    }
    return out;
  }

  std::size_t depth(const Sent& sent) const {
    std::size_t out = 0;
    for (NodeId at = sent.parent; at != root_; ++out) {
      at = std::find_if(sent_.begin(), sent_.end(), [&](const Sent& s) { return s.node == at; })->parent;
    }
    return out;
  }

  std::vector<std::size_t> shuffled() {
    std::vector<std::size_t> out(sent_.size());
    std::iota(out.begin(), out.end(), std::size_t{0});
    std::shuffle(out.begin(), out.end(), random_);
    return out;
  }

  void compare(const Session& one, const Session& other) {
    ASSERT_EQ(one.history().nodes().size(), sent_.size() + 1);
    ASSERT_EQ(other.history().nodes().size(), sent_.size() + 1);
    EXPECT_EQ(one.head(), other.head());
    for (const auto& entry : one.history().nodes()) {
      ASSERT_TRUE(other.holds(entry.first));
      expect_same_epoch(one, other, entry.first);
      EXPECT_EQ((*one.epoch(entry.first))->encoded_context, (*other.epoch(entry.first))->encoded_context);
    }
  }

  std::mt19937 random_;
  Cast cast_;
  std::size_t writers_ = 0;
  std::vector<Client> clients_;
  std::vector<Session> sessions_;
  NodeId root_;
  std::vector<Sent> sent_;
};

TEST(AnyOrder, GivesTheSameEpochsSecretsAndChoice) {
  const int histories = test::property_runs(kFullHistories);
  for (int i = 0; i < histories && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("history " + std::to_string(i));
    RandomHistory history(static_cast<std::uint32_t>(i), suite1(crypto_testing::cheap_provider()));
    history.grow(2 + static_cast<std::size_t>(i) % 9);
    history.deliver_and_compare();
  }
}

TEST(AnyOrder, GivesTheSameOverRealSuites) {
  const int histories = test::property_runs(kFullHistories / 20 + 50, 6);
  std::vector<crypto::CipherSuite> suites;
  for (const auto& each : crypto::registered_suites()) {
    if (const auto suite = crypto::CipherSuite::find(each.id)) {
      suites.push_back(*suite);
    } else {
      std::printf("not run: %s\n", suite.error().rule);
      RecordProperty("suites_not_in_this_build", static_cast<int>(each.id));
    }
  }
  ASSERT_FALSE(suites.empty());
  for (int i = 0; i < histories && !testing::Test::HasFailure(); ++i) {
    const auto& suite = suites[static_cast<std::size_t>(i) % suites.size()];
    SCOPED_TRACE(std::string(suite.name()) + ", history " + std::to_string(i));
    RandomHistory history(static_cast<std::uint32_t>(1'000'000 + i), suite);
    history.grow(4);
    history.deliver_and_compare();
  }
}

// Every shape that a history of a few commits can have, and every order in which they can arrive.
class EveryOrder : public Members {
 protected:
  EveryOrder() { cast_.suite = suite1(crypto_testing::cheap_provider()); }

  // `parents`: of each commit, 0 for the first epoch or the number of an earlier commit. The two who commit know
  // everything; of the others each hears of it in another order.
  void agree(const std::vector<std::size_t>& parents) {
    const std::size_t count = parents.size();
    std::size_t orders = 1;
    for (std::size_t i = 2; i <= count; ++i) orders *= i;
    clients_.clear();
    sessions_.clear();
    gather(2 + orders);
    std::vector<NodeId> nodes{root_};
    std::vector<Bytes> messages;
    for (std::size_t i = 0; i < count; ++i) {
      const OwnCommit made = *sessions_[i % 2].commit_in(nodes[parents[i]], {});
      ASSERT_TRUE(sessions_[i % 2].accept(made.commit));
      (void)sessions_[1 - i % 2].process(made.message);
      nodes.push_back(made.node);
      messages.push_back(made.message);
    }
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::size_t receiver = 2;
    do {
      Session& session = sessions_[receiver++];
      for (const std::size_t i : order) (void)session.process(messages[i]);
      ASSERT_EQ(session.head(), a().head());
      ASSERT_EQ(session.history().nodes().size(), count + 1);
      for (const NodeId& node : nodes) expect_same_epoch(session, a(), node);
    } while (std::next_permutation(order.begin(), order.end()));
    ASSERT_EQ(receiver, sessions_.size());
    ++shapes_;
    orders_ += orders;
  }

  // The shapes of so many commits, or every `stride`-th of them.
  void agree_on_all_shapes(std::size_t count, std::size_t stride = 1) {
    std::vector<std::size_t> parents(count, 0);
    for (std::size_t number = 0;; ++number) {
      if (number % stride == 0) agree(parents);
      if (HasFailure()) return;
      std::size_t i = count;
      while (i > 0 && ++parents[i - 1] == i) parents[--i] = 0;
      if (i == 0) return;
    }
  }

  std::size_t shapes_ = 0, orders_ = 0;
};

TEST_F(EveryOrder, OfUpToFourCommitsOfEveryShapeGivesTheSame) {
  for (std::size_t commits = 1; commits <= 4; ++commits) agree_on_all_shapes(commits);
  EXPECT_EQ(shapes_, 1u + 2 + 6 + 24);
  EXPECT_EQ(orders_, 1u + 2 * 2 + 6 * 6 + 24 * 24);
}

TEST_F(EveryOrder, OfFiveCommitsOfEveryShapeGivesTheSame) {
  agree_on_all_shapes(5, 120 / static_cast<std::size_t>(test::property_runs(120, 2)));
  EXPECT_GE(shapes_, 2u);
  EXPECT_EQ(orders_, shapes_ * 120);
  RecordProperty("shapes", static_cast<int>(shapes_));
}

}  // namespace
}  // namespace dmls::fork
