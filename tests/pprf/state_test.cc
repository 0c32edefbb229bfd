// Exports, records, deltas and intersections: what is refused.

#include <dmls/pprf/pprf.h>
#include <dmls/pprf/saved_state.h>
#include <dmls/tls_codec/error.h>
#include <gtest/gtest.h>

#include "pprf/model.h"
#include "support/vectors.h"

namespace dmls::test {
namespace {

using pprf::Finisher;
using pprf::Parameters;
using pprf::Pprf;
using pprf::SavedState;
namespace errc = pprf::errc;

constexpr Parameters kSmall{16, Finisher::pprf, 16};

Pprf punctured(std::initializer_list<Bytes> inputs, Parameters parameters = kSmall, std::uint8_t seed = 7) {
  auto p = *Pprf::create(pprf_suite(), seed_of(Bytes(32, seed)), parameters);
  for (const Bytes& input : inputs) EXPECT_TRUE(p.puncture(*p.evaluate(input)));
  return p;
}

Bytes exported(const Pprf& p) { return secret_octets(p.export_state()); }

TEST(PprfExport, EveryPrefixAndEveryExtensionIsRefused) {
  const Bytes state = exported(punctured({{0x12, 0x34}, {0x12, 0x35}}));
  ASSERT_TRUE(Pprf::import_state(pprf_suite(), state));
  for (std::size_t n = 0; n < state.size(); ++n)
    EXPECT_FALSE(Pprf::import_state(pprf_suite(), BytesView(state).first(n))) << n;
  Bytes longer = state;
  longer.push_back(0);
  EXPECT_FALSE(Pprf::import_state(pprf_suite(), longer));
}

TEST(PprfExport, WhatIsAcceptedIsCanonical) {
  const Bytes state = exported(punctured({{0x12, 0x34}, {0x80, 0x00}}));
  int accepted = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    for (const unsigned change : {0x01u, 0x80u, 0xffu}) {
      Bytes other = state;
      other[i] ^= static_cast<std::uint8_t>(change);
      auto read = Pprf::import_state(pprf_suite(), other);
      if (!read) continue;
      ++accepted;  // another secret, say
      EXPECT_EQ(exported(*read), other) << i;
    }
  }
  EXPECT_GT(accepted, 0);
}

TEST(PprfExport, AnotherSuiteIsAMismatch) {
  const Bytes state = exported(punctured({}));
  auto read = Pprf::import_state(pprf_suite(48), state);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, errc::kMismatch);
}

// An export with these nodes: (bits, secret).
Bytes forged(const std::vector<std::string>& nodes, std::uint32_t count) {
  Bytes out{0, 1, 0, 1, 0, 16, 1, 0, 16};
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(count >> shift));
  for (const std::string& bits : nodes) {
    out.push_back(0);
    out.push_back(static_cast<std::uint8_t>(bits.size()));
    for (std::size_t i = 0; i < bits.size(); i += 8) {
      unsigned octet = 0;
      for (std::size_t j = i; j < i + 8; ++j) octet = octet * 2 + (j < bits.size() && bits[j] == '1');
      out.push_back(static_cast<std::uint8_t>(octet));
    }
    out.insert(out.end(), 32, 0x77);
  }
  return out;
}
Bytes forged(const std::vector<std::string>& nodes) { return forged(nodes, static_cast<std::uint32_t>(nodes.size())); }

Errc import_error(const Bytes& state) {
  auto read = Pprf::import_state(pprf_suite(), state);
  return read ? Errc{} : read.error().code;
}

TEST(PprfExport, AnyAntichainFromLeftToRightIsAccepted) {
  const std::vector<std::vector<std::string>> frontiers{{},
                                                        {""},
                                                        {"0", "1"},
                                                        {"0"},
                                                        {"1"},
                                                        {"0000000000000000"},
                                                        {"1111111111111110", "1111111111111111"},
                                                        {"00", "0100000", "0100001", "0111111111111111", "11"}};
  for (const auto& nodes : frontiers) {
    auto read = Pprf::import_state(pprf_suite(), forged(nodes));
    ASSERT_TRUE(read) << nodes.size();
    EXPECT_EQ(exported(*read), forged(nodes));
    EXPECT_EQ(read->node_count(), nodes.size());
  }
}

TEST(PprfExport, ANodeAboveAnotherIsRefused) {
  EXPECT_EQ(import_error(forged({"0", "01"})), errc::kMalformed);
  EXPECT_EQ(import_error(forged({"", "1"})), errc::kMalformed);
  EXPECT_EQ(import_error(forged({"0", "0"})), errc::kMalformed);
}

TEST(PprfExport, NodesOutOfOrderAreRefused) {
  EXPECT_EQ(import_error(forged({"1", "0"})), errc::kMalformed);
  EXPECT_EQ(import_error(forged({"01", "00"})), errc::kMalformed);
}

TEST(PprfExport, ANodeDeeperThanTheTreeIsRefused) {
  EXPECT_EQ(import_error(forged({"00000000000000000"})), errc::kMalformed);
}

TEST(PprfExport, UnusedBitsOfAPrefixAreZero) {
  Bytes state = forged({"0"});
  state[kExportHeader + 2] = 0x01;
  EXPECT_EQ(import_error(state), errc::kMalformed);
}

TEST(PprfExport, AnAnnouncedCountThatCannotBeTrueIsRefusedBeforeAllocating) {
  EXPECT_EQ(import_error(forged({"0"}, 0xffffffff)), errc::kMalformed);
  EXPECT_EQ(import_error(forged({"0", "1"}, 1)), errc::kMalformed);
}

TEST(PprfExport, WhateverIsWrongIsMalformed) {
  const Bytes good = forged({"0", "10"});
  for (std::size_t n = 0; n < good.size(); ++n)
    EXPECT_EQ(import_error(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(n))), errc::kMalformed) << n;
  for (const std::size_t place : {5u, 6u, 8u}) {  // depth, finisher, kept_depth
    Bytes state = good;
    state[place] = 0x7f;
    EXPECT_EQ(import_error(state), errc::kMalformed) << place;
  }
}

TEST(PprfExport, ImportedGapsCostNoMemory) {
  const auto suite = pprf_suite();
  // One deep node: sixty-odd octets of export must not become eight thousand of state.
  Bytes state{0, 1, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0};
  state.insert(state.end(), 32, 0xcd);
  state.insert(state.end(), 32, 0x77);
  auto read = Pprf::import_state(suite, state);
  ASSERT_TRUE(read) << read.error().rule;
  EXPECT_LT(read->memory_size(), sizeof(Pprf) + 200);
  EXPECT_TRUE(read->evaluate(Bytes(32, 0xcd)));
  EXPECT_EQ(read->evaluate(Bytes(32, 0xce)).error().code, errc::kNotKept);
}

TEST(PprfRecords, EveryTruncatedOrExtendedRecordIsRefused) {
  const auto p = punctured({{0x12, 0x34}, {0x12, 0x35}, {0xff, 0x00}});
  const SavedState good = p.save();
  ASSERT_TRUE(Pprf::restore(pprf_suite(), good));
  for (std::size_t r = 0; r < good.records().size(); ++r) {
    const std::size_t size = good.records()[r].size();
    for (const std::size_t n : {std::size_t{0}, std::size_t{5}, size - 33, size - 1, size + 1}) {
      std::vector<SecretBytes> records;
      for (const auto& record : good.records()) records.push_back(record.clone());
      SecretBytes changed(n);
      std::copy_n(records[r].expose().begin(), std::min(n, size), changed.expose_mut().begin());
      records[r] = std::move(changed);
      const auto read = Pprf::restore(pprf_suite(), SavedState(std::move(records)));
      ASSERT_FALSE(read) << r << ", " << n;
      EXPECT_EQ(read.error().code, errc::kMalformed) << r << ", " << n << ": " << read.error().rule;
    }
  }
}

TEST(PprfRecords, ParametersOfNoTreeAreMalformed) {
  const SavedState good = punctured({{0x12, 0x34}}).save();
  for (const std::size_t place : {5u, 6u, 8u}) {  // depth, finisher, kept_depth
    std::vector<SecretBytes> records;
    for (const auto& record : good.records()) records.push_back(record.clone());
    records[0].expose_mut()[place] = 0x7f;
    const auto read = Pprf::restore(pprf_suite(), SavedState(std::move(records)));
    ASSERT_FALSE(read) << place;
    EXPECT_EQ(read.error().code, errc::kMalformed) << read.error().rule;
  }
}

TEST(PprfRecords, AreRefusedOutOfOrderAndWithoutTheirParent) {
  const auto p = punctured({{0x12, 0x34}, {0x92, 0x35}, {0xff, 0x00}});
  const SavedState good = p.save();
  for (std::size_t skip = 0; skip < 3; ++skip) {
    std::vector<SecretBytes> records;
    for (std::size_t r = 0; r < good.records().size(); ++r)
      if (r != skip) records.push_back(good.records()[r].clone());
    EXPECT_FALSE(Pprf::restore(pprf_suite(), SavedState(std::move(records)))) << skip;
  }
  std::vector<SecretBytes> twice;
  for (const auto& record : good.records()) twice.push_back(record.clone());
  twice.push_back(good.records()[1].clone());
  EXPECT_EQ(Pprf::restore(pprf_suite(), SavedState(std::move(twice))).error().code, errc::kMalformed);
  EXPECT_EQ(Pprf::restore(pprf_suite(), SavedState()).error().code, errc::kMalformed);
}

TEST(PprfRecords, AMutatedRecordIsRefusedOrHoldsAnotherSecret) {
  const auto p = punctured({{0x12, 0x34}, {0x12, 0x35}});
  const SavedState good = p.save();
  for (std::size_t r = 0; r < good.records().size(); ++r) {
    for (std::size_t i = 0; i < good.records()[r].size(); ++i) {
      std::vector<SecretBytes> records;
      for (const auto& record : good.records()) records.push_back(record.clone());
      records[r].expose_mut()[i] ^= 0x01;
      auto read = Pprf::restore(pprf_suite(), SavedState(std::move(records)));
      if (read) (void)read->export_state();  // whatever it is, it is a state
    }
  }
}

TEST(PprfDelta, IsWhatPuncturingChanges) {
  auto p = punctured({{0x12, 0x34}});
  SavedState saved = p.save();
  auto e = *p.evaluate(Bytes{0x12, 0x30});
  auto delta = *p.delta(e);
  ASSERT_TRUE(p.puncture(std::move(e)));
  EXPECT_EQ(delta.octets.size(), 11u + 2 + (16u - 14) * 33) << "the new nodes alone";
  EXPECT_EQ(delta.erased_length, 33u);
  ASSERT_TRUE(saved.apply(std::move(delta)));
  const SavedState after = p.save();
  ASSERT_EQ(saved.records().size(), after.records().size());
  for (std::size_t r = 0; r < after.records().size(); ++r) EXPECT_EQ(saved.records()[r], after.records()[r]) << r;
}

TEST(PprfDelta, IsRefusedTwiceAndOutOfOrder) {
  auto p = punctured({{0x12, 0x34}});
  SavedState saved = p.save(), other = p.save();
  auto first = *p.evaluate(Bytes{0x12, 0x30});
  auto delta = *p.delta(first), again = *p.delta(first);
  ASSERT_TRUE(p.puncture(std::move(first)));
  auto second = *p.evaluate(Bytes{0x80, 0x00});
  auto later = *p.delta(second);
  EXPECT_EQ(other.apply(std::move(later)).error().code, errc::kMalformed);
  ASSERT_TRUE(saved.apply(std::move(delta)));
  EXPECT_EQ(saved.apply(std::move(again)).error().code, errc::kMalformed);
}

TEST(PprfIntersect, RespectsThePuncturesOfBoth) {
  const Bytes a{0x12, 0x34}, b{0x92, 0x35}, c{0x12, 0x35};
  const auto left = punctured({a, b}), right = punctured({b, c}), all = punctured({c, b, a});
  EXPECT_EQ(exported(*Pprf::intersect(left, right)), exported(all));
  EXPECT_EQ(exported(*Pprf::intersect(right, left)), exported(all));
  EXPECT_EQ(exported(*Pprf::intersect(left, left)), exported(left));
  EXPECT_EQ(exported(*Pprf::intersect(punctured({}), left)), exported(left));
}

TEST(PprfIntersect, RefusesDifferentSecretsAtOneNode) {
  const Bytes a{0x12, 0x34}, b{0x92, 0x35};
  const auto conflict = [](const Pprf& x, const Pprf& y) {
    auto both = Pprf::intersect(x, y);
    return !both && both.error().code == errc::kConflict;
  };
  EXPECT_TRUE(conflict(punctured({a}), punctured({a}, kSmall, 8)));
  EXPECT_TRUE(conflict(punctured({}), punctured({}, kSmall, 8)));
  EXPECT_TRUE(conflict(punctured({}), punctured({a, b}, kSmall, 8))) << "one node against all that follows from it";
  EXPECT_TRUE(conflict(punctured({a, b}), punctured({}, kSmall, 8)));
}

TEST(PprfIntersect, FindsOneForgedNodeAmongMany) {
  const auto good = punctured({{0x12, 0x34}, {0x92, 0x35}, {0x12, 0x70}});
  const Bytes state = exported(good);
  for (std::size_t node = 0, at = kExportHeader; at < state.size(); ++node) {
    const std::size_t secret = at + 2 + (state[at + 1] + 7u) / 8;
    Bytes other = state;
    other[secret + node % 32] ^= 1;
    const auto forged_state = *Pprf::import_state(pprf_suite(), other);
    EXPECT_EQ(Pprf::intersect(punctured({}), forged_state).error().code, errc::kConflict) << node;
    at = secret + 32;
  }
}

TEST(PprfIntersect, NeedsOneTree) {
  const auto other_depth = punctured({}, {8, Finisher::pprf, 8});
  const auto other_finisher = punctured({}, {16, Finisher::none, 16});
  EXPECT_EQ(Pprf::intersect(punctured({}), other_depth).error().code, errc::kMismatch);
  EXPECT_EQ(Pprf::intersect(punctured({}), other_finisher).error().code, errc::kMismatch);
}

TEST(PprfIntersect, TakesTheTighterBound) {
  const auto a = punctured({{0x12, 0x34}}), b = punctured({{0x80, 0x00}}, kSmall.keeping(9));
  const auto both = *Pprf::intersect(a, b);
  EXPECT_EQ(both.parameters().kept_depth, 9);
  EXPECT_EQ(both.node_count(), 2u * (9 - 1));
  EXPECT_EQ(exported(both), exported(*Pprf::intersect(b, a)));
}

}  // namespace
}  // namespace dmls::test
