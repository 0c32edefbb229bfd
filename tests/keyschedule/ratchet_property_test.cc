// The secret tree against a model of it that is small and obviously right: every key computed beforehand, and a set of
// those that are still to be had.
#include <dmls/keyschedule/secret_tree.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "support.h"

namespace dmls::keyschedule {
namespace {

using tree_math::LeafCount;
using tree_math::LeafIndex;

class Model {
 public:
  Model(const crypto::CipherSuite& suite, LeafCount size, RatchetLimits limits)
      : suite_(suite), size_(size), limits_(limits) {}

  struct Ratchet {
    std::uint32_t next = 0;
    std::set<std::uint32_t> kept;
    std::vector<KeyAndNonce> keys;
  };
  Ratchet& at(LeafIndex leaf, RatchetKind kind) {
    Ratchet& ratchet = ratchets_[{leaf.value(), static_cast<int>(kind)}];
    if (ratchet.keys.empty()) ratchet.keys = naive_ratchet(suite_, size_, leaf, kind, kGenerations);
    return ratchet;
  }

  Errc look(LeafIndex leaf, RatchetKind kind, std::uint32_t generation) {
    const Ratchet& ratchet = at(leaf, kind);
    if (generation < ratchet.next) return ratchet.kept.contains(generation) ? Errc{} : errc::kGenerationSpent;
    return generation - ratchet.next > limits_.max_ahead ? errc::kGenerationTooFarAhead : Errc{};
  }
  Errc spend(LeafIndex leaf, RatchetKind kind, std::uint32_t generation) {
    Ratchet& ratchet = at(leaf, kind);
    if (generation < ratchet.next) return ratchet.kept.erase(generation) == 1 ? Errc{} : errc::kGenerationSpent;
    for (; ratchet.next < generation; ++ratchet.next) ratchet.kept.insert(ratchet.next);
    ++ratchet.next;
    while (ratchet.kept.size() > limits_.max_kept) ratchet.kept.erase(ratchet.kept.begin());
    return Errc{};
  }
  std::uint32_t send(LeafIndex leaf, RatchetKind kind) { return at(leaf, kind).next++; }
  [[nodiscard]] std::size_t kept() const {
    std::size_t count = 0;
    for (const auto& [where, ratchet] : ratchets_) count += ratchet.kept.size();
    return count;
  }

  static constexpr std::uint32_t kGenerations = 120;

 private:
  crypto::CipherSuite suite_;
  LeafCount size_;
  RatchetLimits limits_;
  std::map<std::pair<std::uint32_t, int>, Ratchet> ratchets_;
};

void run(const crypto::CipherSuite& suite, std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&random](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  const LeafCount size(std::uint32_t{1} << below(4));
  const RatchetLimits limits{.max_ahead = below(20), .max_kept = below(12)};
  SecretTree tree = tree_of(suite, size.value(), limits);
  Model model(suite, size, limits);
  std::vector<RatchetKey> pending;

  for (int step = 0; step < 150; ++step) {
    const LeafIndex leaf(below(std::min(size.value(), 3u)));
    const auto kind = static_cast<RatchetKind>(below(2));
    Model::Ratchet& ratchet = model.at(leaf, kind);
    if (ratchet.next + 30 > Model::kGenerations) break;
    switch (below(8)) {
      case 0: {
        const auto sent = tree.next(leaf, kind);
        ASSERT_TRUE(sent);
        ASSERT_EQ(sent->generation, model.send(leaf, kind));
        ASSERT_EQ(sent->material.key, ratchet.keys[sent->generation].key);
        ASSERT_EQ(sent->material.nonce, ratchet.keys[sent->generation].nonce);
        break;
      }
      case 1:
      case 2: {  // one of the keys that were looked at earlier
        if (pending.empty()) break;
        const std::size_t i = below(static_cast<std::uint32_t>(pending.size()));
        RatchetKey key = std::move(pending[i]);
        pending.erase(pending.begin() + static_cast<std::ptrdiff_t>(i));
        const Errc expected = model.spend(key.leaf(), key.kind(), key.generation());
        const auto outcome = tree.spend(std::move(key));
        ASSERT_EQ(outcome ? Errc{} : outcome.error().code, expected);
        break;
      }
      default: {
        const std::uint32_t from = ratchet.next < 12 ? 0 : ratchet.next - 12;
        const std::uint32_t generation = from + below(12 + limits.max_ahead + 3);
        auto key = tree.look(leaf, kind, generation);
        ASSERT_EQ(key ? Errc{} : key.error().code, model.look(leaf, kind, generation)) << generation;
        if (!key) break;
        ASSERT_EQ(test::hex(key->key()), test::hex(ratchet.keys[generation].key.expose()));
        ASSERT_EQ(test::hex(key->nonce()), test::hex(ratchet.keys[generation].nonce.expose()));
        if (below(3) == 0) {
          pending.push_back(std::move(*key));
        } else if (below(4) != 0) {
          ASSERT_EQ(model.spend(leaf, kind, generation), Errc{});
          ASSERT_TRUE(tree.spend(std::move(*key)));
        }
        break;
      }
    }
    ASSERT_EQ(tree.skipped_keys(), model.kept());
    ASSERT_EQ(*tree.next_generation(leaf, kind), ratchet.next);
  }
}

TEST(RatchetProperty, FollowsTheModelInAnyOrderOfLooksAndSpends) {
  const auto all = suites();
  const int runs = test::property_runs(2000, 20);
  for (int i = 0; i < runs; ++i) {
    const auto& suite = i % 4 == 0 ? all[static_cast<std::size_t>(i / 4) % all.size()] : suite_1();
    run(suite, static_cast<std::uint32_t>(i));
    if (testing::Test::HasFatalFailure()) FAIL() << "seed " << i << ", " << suite.name();
  }
}

}  // namespace
}  // namespace dmls::keyschedule
