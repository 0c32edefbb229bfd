#include <dmls/pprf/pprf.h>
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
namespace errc = pprf::errc;

Pprf fresh(Parameters parameters = Parameters::demls(pprf_suite()), std::uint8_t seed = 7) {
  return *Pprf::create(pprf_suite(), seed_of(Bytes(32, seed)), parameters);
}

Bytes spend(Pprf& p, BytesView input) {
  auto e = p.evaluate(input);
  EXPECT_TRUE(e);
  if (!e) return {};
  auto out = p.puncture(std::move(*e));
  EXPECT_TRUE(out);
  return out ? to_bytes(out->expose()) : Bytes();
}

TEST(Pprf, OutputIsTheFinishedLeafOfTheTree) {
  for (const std::size_t nh : {32u, 48u, 64u}) {
    const auto suite = pprf_suite(nh);
    const Bytes seed(nh, 1), input(nh, 0x39);
    auto p = *Pprf::create(suite, seed_of(seed), Parameters::demls(suite));
    Model model(suite, seed, Parameters::demls(suite));
    EXPECT_EQ(hex(spend(p, input)), hex(*model.puncture(input)));
    EXPECT_EQ(p.node_count(), 8 * nh);
  }
}

TEST(Pprf, SafeExporterOutputIsTheLeafItself) {
  const Bytes seed(32, 1), component{0x80, 0x01};
  auto p = *Pprf::create(pprf_suite(), seed_of(seed), Parameters::safe_exporter());
  Model model(pprf_suite(), seed, Parameters::safe_exporter());
  EXPECT_EQ(hex(spend(p, component)), hex(*model.puncture(component)));
  EXPECT_EQ(p.node_count(), 16u);
}

TEST(Pprf, PuncturedInputIsGoneAndItsNeighboursAreNot) {
  auto p = fresh();
  Bytes input(32, 0x55), neighbour = input;
  neighbour.back() ^= 1;
  const Bytes first = spend(p, input);
  auto again = p.evaluate(input);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, errc::kPunctured);
  EXPECT_NE(spend(p, neighbour), first);
}

TEST(Pprf, EvaluatingChangesNothing) {
  auto p = fresh();
  spend(p, Bytes(32, 1));
  const auto before = p.export_state();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(p.evaluate(Bytes(32, 2)));
  EXPECT_EQ(p.export_state(), before);
}

TEST(Pprf, EvaluationAndPunctureYieldTheSameOutput) {
  auto p = fresh();
  auto e = *p.evaluate(Bytes(32, 3));
  const Bytes looked = to_bytes(e.output().expose());
  EXPECT_EQ(to_bytes(p.puncture(std::move(e))->expose()), looked);
}

TEST(Pprf, UnpuncturedStateIsOneSecret) {
  const auto p = fresh();
  EXPECT_EQ(p.node_count(), 1u);
  EXPECT_EQ(p.memory_size(), sizeof(Pprf));
}

TEST(Pprf, WrongLengthsAreRefusedBeforeAnythingElse) {
  for (const std::size_t n : {0u, 31u, 33u, 64u}) {
    auto bad = Pprf::create(pprf_suite(), seed_of(Bytes(n, 1)), Parameters::demls(pprf_suite()));
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, errc::kSecretLength);
  }
  auto p = fresh();
  spend(p, Bytes(32, 9));
  const auto before = p.export_state();
  for (const std::size_t n : {0u, 31u, 33u, 64u}) {
    auto bad = p.evaluate(Bytes(n, 9));
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, errc::kInputLength) << "even for the octets of a spent input";
  }
  EXPECT_EQ(p.export_state(), before);
}

TEST(Pprf, ImpossibleTreesAreRefused) {
  const std::vector<Parameters> impossible{{0, Finisher::none, 0},   {7, Finisher::none, 7},
                                           {520, Finisher::none, 1}, {16, Finisher::none, 0},
                                           {16, Finisher::none, 17}, {16, static_cast<Finisher>(2), 16}};
  for (const auto& parameters : impossible) {
    auto bad = Pprf::create(pprf_suite(), seed_of(Bytes(32, 1)), parameters);
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, errc::kParameters);
  }
}

TEST(Pprf, TwoStagedEvaluationsBothSurviveAsPunctures) {
  for (const std::size_t shared : {0u, 1u, 8u, 200u, 255u}) {
    Bytes a(32, 0), b(32, 0);
    b[shared / 8] = static_cast<std::uint8_t>(0x80u >> (shared % 8));
    auto staged = fresh(), plain = fresh();
    auto ea = *staged.evaluate(a);
    auto eb = *staged.evaluate(b);
    const Bytes out_a = to_bytes(staged.puncture(std::move(ea))->expose());
    const Bytes out_b = to_bytes(staged.puncture(std::move(eb))->expose());
    EXPECT_EQ(out_a, spend(plain, a));
    EXPECT_EQ(out_b, spend(plain, b));
    EXPECT_EQ(staged.export_state(), plain.export_state());
    EXPECT_EQ(staged.evaluate(a).error().code, errc::kPunctured);
    EXPECT_EQ(staged.evaluate(b).error().code, errc::kPunctured);
  }
}

TEST(Pprf, OneInputStagedTwiceIsSpentOnce) {
  auto p = fresh();
  auto first = *p.evaluate(Bytes(32, 4)), second = *p.evaluate(Bytes(32, 4));
  ASSERT_TRUE(p.puncture(std::move(first)));
  const auto before = p.export_state();
  auto refused = p.puncture(std::move(second));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::kPunctured);
  EXPECT_EQ(p.export_state(), before);
}

TEST(Pprf, EvaluationOfAnotherObjectIsRefusedAndSurvives) {
  auto p = fresh(), other = fresh();
  auto e = *p.evaluate(Bytes(32, 4));
  auto refused = other.puncture(std::move(e));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::kStale);
  EXPECT_EQ(other.node_count(), 1u);
  EXPECT_TRUE(p.puncture(std::move(e))) << "a failed call leaves the evaluation usable";
}

TEST(Pprf, SpentEvaluationCannotBeSpentAgain) {
  auto p = fresh();
  auto e = *p.evaluate(Bytes(32, 4));
  ASSERT_TRUE(p.puncture(std::move(e)));
  EXPECT_EQ(p.puncture(std::move(e)).error().code, errc::kStale);  // NOLINT(bugprone-use-after-move)
}

TEST(Pprf, EvaluationsSurviveAMoveOfTheirOwner) {
  auto p = fresh();
  auto e = *p.evaluate(Bytes(32, 4));
  Pprf moved = std::move(p);
  EXPECT_TRUE(moved.puncture(std::move(e)));
}

TEST(Pprf, EveryLeafOfASmallTreeCanBeSpentExactlyOnce) {
  auto p = fresh({8, Finisher::pprf, 8});
  std::set<std::string> outputs;
  for (unsigned i = 0; i < 256; ++i) outputs.insert(hex(spend(p, Bytes(1, static_cast<std::uint8_t>(i * 77)))));
  EXPECT_EQ(p.node_count(), 0u);
  EXPECT_EQ(outputs.size(), 256u);
  for (unsigned i = 0; i < 256; ++i)
    EXPECT_EQ(p.evaluate(Bytes(1, static_cast<std::uint8_t>(i))).error().code, errc::kPunctured);
}

TEST(Pprf, NodeCountIsWhatTheTheorySays) {
  // |internal nodes of the trie of all inputs| - (k - 1), here for inputs that share 0, 1, 2 ... bits with the first.
  auto p = fresh();
  spend(p, Bytes(32, 0));
  std::size_t expected = 256;
  for (std::size_t shared = 0; shared < 256; shared += 17) {
    Bytes input(32, 0);
    input[shared / 8] = static_cast<std::uint8_t>(0x80u >> (shared % 8));
    spend(p, input);
    expected += 256 - shared - 2;  // one node spent, and one for every level below it
    EXPECT_EQ(p.node_count(), expected);
  }
}

TEST(Pprf, OrderOfPuncturesDoesNotShow) {
  Inputs inputs(32, 5);
  std::vector<Bytes> spent;
  for (int i = 0; i < 12; ++i) spent.push_back(inputs.octets(32));
  auto forward = fresh(), backward = fresh();
  for (const Bytes& input : spent) spend(forward, input);
  for (auto it = spent.rbegin(); it != spent.rend(); ++it) spend(backward, *it);
  EXPECT_EQ(forward.export_state(), backward.export_state());
  EXPECT_EQ(forward.frontier_hash(), backward.frontier_hash());
}

TEST(Pprf, BatchesEqualSingleEvaluations) {
  for (const std::size_t nh : {32u, 48u, 64u}) {
    const auto suite = pprf_suite(nh);
    Inputs inputs(nh, 6);
    auto batch = *Pprf::create(suite, seed_of(Bytes(nh, 1)), Parameters::demls(suite));
    auto single = *Pprf::create(suite, seed_of(Bytes(nh, 1)), Parameters::demls(suite));
    spend(batch, Bytes(nh, 0xaa));
    spend(single, Bytes(nh, 0xaa));
    std::vector<Bytes> chosen;
    for (int i = 0; i < 19; ++i) chosen.push_back(inputs.octets(nh));
    chosen.push_back(Bytes(nh, 0xaa));   // spent
    chosen.push_back(Bytes(nh - 1, 1));  // too short
    const std::vector<BytesView> views(chosen.begin(), chosen.end());
    auto all = batch.evaluate_all(views);
    ASSERT_EQ(all.size(), chosen.size());
    EXPECT_EQ(all[19].error().code, errc::kPunctured);
    EXPECT_EQ(all[20].error().code, errc::kInputLength);
    for (std::size_t i = 0; i < 19; ++i)
      EXPECT_EQ(to_bytes(batch.puncture(std::move(*all[i]))->expose()), spend(single, chosen[i])) << i;
    EXPECT_EQ(batch.export_state(), single.export_state());
  }
}

TEST(Pprf, BatchesOverManyStatesMixSuitesAndParameters) {
  std::vector<Pprf> states;
  std::vector<Pprf> twins;
  for (int i = 0; i < 12; ++i) {
    const auto suite = pprf_suite(i % 3 == 0 ? 32 : i % 3 == 1 ? 48 : 64);
    const Bytes seed(suite.hash_length(), static_cast<std::uint8_t>(i));
    const auto parameters = i % 4 == 3 ? Parameters::safe_exporter() : Parameters::demls(suite);
    states.push_back(*Pprf::create(suite, seed_of(seed), parameters));
    twins.push_back(*Pprf::create(suite, seed_of(seed), parameters));
  }
  std::vector<Bytes> inputs;
  std::vector<Pprf::Request> requests;
  for (const Pprf& p : states) inputs.emplace_back(p.parameters().input_length(), 0x3c);
  for (std::size_t i = 0; i < states.size(); ++i) requests.push_back({&states[i], inputs[i]});
  auto all = Pprf::evaluate_all(requests);
  for (std::size_t i = 0; i < states.size(); ++i) {
    EXPECT_EQ(to_bytes(states[i].puncture(std::move(*all[i]))->expose()), spend(twins[i], inputs[i]));
    EXPECT_EQ(states[i].export_state(), twins[i].export_state());
  }
}

TEST(PprfBoundedCopath, KeepsLessAndAnswersTheSame) {
  const auto full = Parameters::demls(pprf_suite());
  auto a = fresh(full), b = fresh(full.keeping(128));
  const Bytes x(32, 0x11), y(32, 0xee);
  EXPECT_EQ(spend(a, x), spend(b, x));
  EXPECT_EQ(spend(a, y), spend(b, y));
  EXPECT_EQ(a.node_count(), 256u + 256 - 2);
  EXPECT_EQ(b.node_count(), 128u + 128 - 2);
}

TEST(PprfBoundedCopath, InputsThatShareTheKeptBitsCanNoLongerBeEvaluated) {
  auto p = fresh(Parameters::demls(pprf_suite()).keeping(128));
  const Bytes x(32, 0x11);
  Bytes beside = x, below = x;
  beside[15] ^= 1;    // shares 127 bits
  below[16] ^= 0x80;  // shares 128
  spend(p, x);
  EXPECT_EQ(p.evaluate(below).error().code, errc::kNotKept);
  EXPECT_EQ(p.evaluate(x).error().code, errc::kPunctured);
  spend(p, beside);
  EXPECT_EQ(p.evaluate(beside).error().code, errc::kPunctured);
  beside[31] ^= 1;
  EXPECT_EQ(p.evaluate(beside).error().code, errc::kNotKept);
}

}  // namespace
}  // namespace dmls::test
