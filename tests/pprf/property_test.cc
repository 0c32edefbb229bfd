// Random histories against the model: after every step the state is exactly the frontier that the theory names.

#include <dmls/pprf/pprf.h>
#include <dmls/pprf/saved_state.h>
#include <gtest/gtest.h>

#include <set>

#include "pprf/model.h"
#include "support/vectors.h"

namespace dmls::test {
namespace {

using pprf::Evaluation;
using pprf::Finisher;
using pprf::Parameters;
using pprf::Pprf;
using pprf::SavedState;

class History {
 public:
  History(std::size_t nh, Parameters parameters, std::uint64_t seed)
      : suite_(pprf_suite(nh)),
        inputs_(parameters.input_length(), seed),
        real_(*Pprf::create(suite_, seed_of(Bytes(nh, 0x42)), parameters)),
        model_(suite_, Bytes(nh, 0x42), parameters),
        saved_(real_.save()) {}

  void run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      switch (inputs_.below(10)) {
        case 0: restart_from_export(); break;
        case 1: restart_from_records(); break;
        case 2: split_and_intersect(); break;
        case 3:
        case 4: stage_several(); break;
        default: spend(inputs_.next()); break;
      }
      check();
    }
  }

 private:
  void spend(const Bytes& input) {
    auto e = real_.evaluate(input);
    const auto expected = model_.puncture(input);
    ASSERT_EQ(e.has_value(), expected.has_value());
    if (e) commit(std::move(*e), *expected);
  }

  // The delta first, as a store would have it.
  void commit(Evaluation e, const Bytes& expected) {
    auto delta = real_.delta(e);
    ASSERT_TRUE(delta);
    auto out = real_.puncture(std::move(e));
    ASSERT_TRUE(out);
    EXPECT_EQ(to_bytes(out->expose()), expected);
    ASSERT_TRUE(saved_.apply(std::move(*delta)));
  }

  // Evaluations that grow stale while others are spent; some are dropped.
  void stage_several() {
    std::vector<Bytes> chosen;
    for (std::size_t n = 2 + inputs_.below(4); n > 0; --n) chosen.push_back(inputs_.next());
    const std::vector<BytesView> views(chosen.begin(), chosen.end());
    auto staged = real_.evaluate_all(views);
    while (!staged.empty()) {
      const std::size_t i = inputs_.below(staged.size());
      const Bytes input = chosen[i];
      auto e = std::move(staged[i]);
      staged.erase(staged.begin() + static_cast<std::ptrdiff_t>(i));
      chosen.erase(chosen.begin() + static_cast<std::ptrdiff_t>(i));
      if (!e) {
        EXPECT_FALSE(model_.above(input));
      } else if (inputs_.below(4) != 0) {
        const auto expected = model_.puncture(input);
        if (expected) {
          commit(std::move(*e), *expected);
        } else {
          EXPECT_FALSE(real_.delta(*e));
          EXPECT_FALSE(real_.puncture(std::move(*e)));
        }
      }
    }
  }

  void restart_from_export() {
    auto read = Pprf::import_state(suite_, real_.export_state().expose());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->export_state(), real_.export_state());
    real_ = std::move(*read);
    saved_ = real_.save();
  }

  void restart_from_records() {
    auto read = Pprf::restore(suite_, saved_);
    ASSERT_TRUE(read) << read.error().rule;
    EXPECT_EQ(read->export_state(), real_.export_state());
    EXPECT_EQ(read->node_count(), real_.node_count());
    real_ = std::move(*read);
  }

  void split_and_intersect() {
    auto copy = *Pprf::import_state(suite_, real_.export_state().expose());
    Model copied = model_;
    for (std::size_t n = inputs_.below(4); n > 0; --n) spend(inputs_.next());
    for (std::size_t n = inputs_.below(4); n > 0; --n) {
      const Bytes input = inputs_.next();
      if (copied.puncture(input)) {
        auto e = copy.evaluate(input);
        ASSERT_TRUE(e);
        ASSERT_TRUE(copy.puncture(std::move(*e)));
      }
    }
    const bool swapped = inputs_.below(2) == 0;
    auto both = swapped ? Pprf::intersect(copy, real_) : Pprf::intersect(real_, copy);
    ASSERT_TRUE(both) << both.error().rule;
    real_ = std::move(*both);
    model_.intersect(copied);
    saved_ = real_.save();
  }

  void check() {
    ASSERT_EQ(nodes_in(real_), model_.encoded_nodes());
    EXPECT_EQ(real_.node_count(), model_.nodes().size());
    EXPECT_EQ(real_.frontier_hash(), crypto::hash(suite_, model_.encoded_nodes()));
  }

  crypto::CipherSuite suite_;
  Inputs inputs_;
  Pprf real_;
  Model model_;
  SavedState saved_;
};

TEST(PprfProperty, SmallTreesFollowTheModel) {
  for (int i = property_runs(4000, 10); i > 0; --i) {
    const auto seed = static_cast<std::uint64_t>(i);
    History(32, {8, Finisher::pprf, 8}, seed).run(40);
    History(32, {16, Finisher::none, 16}, seed).run(30);
    History(48, {24, Finisher::pprf, 24}, seed).run(20);
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(PprfProperty, FullTreesFollowTheModel) {
  for (int i = property_runs(300, 1); i > 0; --i) {
    for (const std::size_t nh : {32u, 48u, 64u}) {
      History(nh, Parameters::demls(pprf_suite(nh)), static_cast<std::uint64_t>(i)).run(nh == 32 ? 16 : 8);
      if (HasFailure()) FAIL() << "seed " << i << ", Nh " << nh;
    }
  }
}

TEST(PprfProperty, BoundedCopathsFollowTheModel) {
  for (int i = property_runs(2000, 20); i > 0; --i) {
    const auto seed = static_cast<std::uint64_t>(i);
    for (const unsigned kept : {1u, 7u, 12u, 15u})
      History(32, {16, Finisher::none, static_cast<std::uint16_t>(kept)}, seed).run(24);
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

// Any set of nodes that can be imported, gaps and all: exactly what stands below them can be evaluated.
TEST(PprfProperty, ImportedNodesAnswerForExactlyWhatIsBelowThem) {
  const auto suite = pprf_suite();
  for (int run = property_runs(20000, 200); run > 0; --run) {
    Inputs inputs(1, static_cast<std::uint64_t>(run));
    std::vector<bool> below(256, false);
    std::vector<std::string> nodes;
    const std::size_t sparse = 1 + inputs.below(20);
    for (std::size_t first = 0; first < 256;) {
      std::size_t depth = inputs.below(9);
      while (first % (std::size_t{256} >> depth) != 0) ++depth;
      const std::size_t size = std::size_t{256} >> depth;
      if (inputs.below(sparse) == 0) {
        nodes.push_back(bits_of(Bytes{static_cast<std::uint8_t>(first)}).substr(0, depth));
        std::fill_n(below.begin() + static_cast<std::ptrdiff_t>(first), size, true);
      }
      first += size;
    }
    Bytes state{0, 1, 0, 1, 0, 8, 0, 0, 8, 0, 0, 0, static_cast<std::uint8_t>(nodes.size())};
    if (nodes.size() > 255) continue;
    for (const std::string& bits : nodes) {
      state.insert(state.end(), {0, static_cast<std::uint8_t>(bits.size())});
      if (!bits.empty()) state.push_back(static_cast<std::uint8_t>(std::stoul(bits, nullptr, 2) << (8 - bits.size())));
      state.insert(state.end(), 32, 0x77);
    }
    auto p = Pprf::import_state(suite, state);
    ASSERT_TRUE(p) << p.error().rule;
    EXPECT_EQ(to_bytes(p->export_state().expose()), state);
    EXPECT_EQ(p->node_count(), nodes.size());
    for (std::size_t i = 0; i < 256; ++i)
      ASSERT_EQ(p->evaluate(Bytes{static_cast<std::uint8_t>(i)}).has_value(), below[i]) << "run " << run << ", " << i;
    auto restored = Pprf::restore(suite, p->save());
    ASSERT_TRUE(restored) << restored.error().rule;
    EXPECT_EQ(restored->export_state(), p->export_state());
  }
}

// Whoever holds the whole remaining state derives every value that was not spent, and none that was.
TEST(PprfProperty, SpentValuesCannotBeDerivedFromTheRemainingState) {
  const auto suite = pprf_suite();
  const Parameters parameters{8, Finisher::pprf, 8};
  const Bytes seed(32, 0x42);
  std::vector<Bytes> outputs;  // of all inputs
  for (unsigned i = 0; i < 256; ++i) {
    Model model(suite, seed, parameters);
    outputs.push_back(*model.puncture(Bytes(1, static_cast<std::uint8_t>(i))));
  }
  for (int run = property_runs(100, 2); run > 0; --run) {
    Inputs inputs(1, static_cast<std::uint64_t>(run));
    auto p = *Pprf::create(suite, seed_of(seed), parameters);
    const Model rules(suite, seed, parameters);
    std::vector<bool> spent(256, false);
    for (int i = 0; i < 20; ++i) {
      const Bytes input = inputs.next();
      auto e = p.evaluate(input);
      if (!e) continue;
      ASSERT_TRUE(p.puncture(std::move(*e)));
      spent[input[0]] = true;

      // Everything that follows from the exported nodes, whatever their prefixes claim.
      std::vector<Bytes> level;
      std::set<std::string> known;
      const Bytes nodes = nodes_in(p);
      for (std::size_t at = 0; at < nodes.size();) {
        const std::size_t depth = nodes[at + 1], secret = at + 2 + (depth + 7) / 8;
        level.assign(1, Bytes(nodes.begin() + static_cast<std::ptrdiff_t>(secret),
                              nodes.begin() + static_cast<std::ptrdiff_t>(secret + 32)));
        for (std::size_t d = depth; d <= 8; ++d) {
          for (const Bytes& node : level) known.insert(hex(rules.output(node)));
          std::vector<Bytes> lower;
          for (const Bytes& node : level)
            for (const char turn : {'0', '1'}) lower.push_back(rules.child(node, turn));
          level = std::move(lower);
        }
        at = secret + 32;
      }
      for (unsigned v = 0; v < 256; ++v) ASSERT_EQ(known.contains(hex(outputs[v])), !spent[v]) << "input " << v;
    }
  }
}

}  // namespace
}  // namespace dmls::test
