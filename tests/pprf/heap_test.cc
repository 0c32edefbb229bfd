// What a PPRF asks of the heap, and what it leaves there. This program's allocator is watched.

#include <dmls/pprf/pprf.h>
#include <dmls/pprf/saved_state.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <new>

#include "pprf/model.h"

namespace {

constexpr std::size_t kMostSecrets = 8192, kMostBlocks = 4096;

struct Watch {
  bool counting = false, scanning = false;
  std::size_t allocations = 0, leaks = 0, secrets = 0, blocks = 0;
  std::array<std::uint64_t, kMostSecrets> words;  // the first and the last eight octets of secrets
  std::array<bool, 65536> maybe;                  // which of them could match, by their low octets
  std::array<void*, kMostBlocks> block;           // allocated while watching

  [[nodiscard]] std::size_t found_in(const void* p) const {
    std::size_t found = 0;
    const std::size_t size = malloc_usable_size(const_cast<void*>(p));
    const auto* octets = static_cast<const std::uint8_t*>(p);
    for (std::size_t i = 0; i + 8 <= size; ++i) {
      std::uint64_t w;
      std::memcpy(&w, octets + i, 8);
      if (!maybe[w % maybe.size()]) continue;
      for (std::size_t s = 0; s < secrets; ++s) found += w == words[s];
    }
    return found;
  }
} watch;

void* allocate(std::size_t n) {
  void* p = std::malloc(n == 0 ? 1 : n);
  if (p == nullptr) std::abort();
  watch.allocations += watch.counting;
  // What earlier owners of the block left there is not ours.
  if (watch.scanning) std::memset(p, 0, malloc_usable_size(p));
  if (watch.scanning && watch.blocks < kMostBlocks) watch.block[watch.blocks++] = p;
  return p;
}

void release(void* p) {
  if (p == nullptr) return;
  if (watch.scanning) {
    watch.leaks += watch.found_in(p);
    for (std::size_t i = 0; i < watch.blocks; ++i)
      if (watch.block[i] == p) watch.block[i] = watch.block[--watch.blocks];
  }
  std::free(p);
}

}  // namespace

void* operator new(std::size_t n) { return allocate(n); }
void* operator new[](std::size_t n) { return allocate(n); }
void operator delete(void* p) noexcept { release(p); }
void operator delete[](void* p) noexcept { release(p); }
void operator delete(void* p, std::size_t) noexcept { release(p); }
void operator delete[](void* p, std::size_t) noexcept { release(p); }

namespace dmls::test {
namespace {

using pprf::Finisher;
using pprf::Parameters;
using pprf::Pprf;

void look_for(const Bytes& secret) {
  ASSERT_LT(watch.secrets + 1, kMostSecrets);
  for (const std::size_t at : {std::size_t{0}, secret.size() - 8}) {
    std::uint64_t& word = watch.words[watch.secrets++];
    std::memcpy(&word, secret.data() + at, 8);
    watch.maybe[word % watch.maybe.size()] = true;
  }
}

// Allocations of one evaluation and puncture after `earlier` others.
std::size_t allocations_of_one(Parameters parameters, int earlier) {
  auto p = *Pprf::create(pprf_suite(), seed_of(Bytes(32, 1)), parameters);
  Inputs inputs(parameters.input_length(), 9);
  for (int i = 0; i < earlier; ++i) EXPECT_TRUE(p.puncture(*p.evaluate(inputs.octets(parameters.input_length()))));
  const Bytes input = inputs.octets(parameters.input_length());
  watch.allocations = 0;
  watch.counting = true;
  const bool done = static_cast<bool>(p.puncture(*p.evaluate(input)));
  watch.counting = false;
  EXPECT_TRUE(done);
  return watch.allocations;
}

TEST(PprfHeap, OnePunctureAllocatesOnceWhateverTheDepth) {
  EXPECT_EQ(allocations_of_one(Parameters::demls(pprf_suite()), 0), 1u);
  EXPECT_EQ(allocations_of_one(Parameters::demls(pprf_suite()), 50), 1u);
  EXPECT_EQ(allocations_of_one(Parameters::safe_exporter(), 5), 1u);
}

TEST(PprfHeap, MemorySizeIsWhatTheAllocatorGave) {
  const struct mallinfo2 before = mallinfo2();
  auto p = *Pprf::create(pprf_suite(), seed_of(Bytes(32, 1)), Parameters::demls(pprf_suite()));
  Inputs inputs(32, 9);
  for (int i = 0; i < 64; ++i) ASSERT_TRUE(p.puncture(*p.evaluate(inputs.octets(32))));
  const struct mallinfo2 after = mallinfo2();
  const auto grown = static_cast<double>(after.uordblks - before.uordblks);
  if (after.uordblks == before.uordblks) GTEST_SKIP() << "not run: this allocator keeps no books";
  EXPECT_NEAR(static_cast<double>(p.memory_size() - sizeof p), grown, 0.01 * grown);
}

// Every secret that a history of punctures ever had, except what the test itself holds.
TEST(PprfHeap, NothingFreedHoldsASecret) {
  const auto suite = pprf_suite();
  const Parameters parameters{24, Finisher::pprf, 24};
  const Bytes seed(32, 0x42);
  Inputs inputs(3, 4);
  std::vector<Bytes> history;
  {
    Model model(suite, seed, parameters);
    for (int i = 0; i < 12; ++i) {
      history.push_back(inputs.octets(3));
      model.puncture(history.back());
      for (const auto& [bits, secret] : model.nodes()) look_for(secret);
    }
  }
  watch.leaks = 0;
  watch.blocks = 0;
  watch.scanning = true;
  {
    auto p = *Pprf::create(suite, seed_of(seed), parameters);
    auto stale = *p.evaluate(history[11]);
    for (std::size_t i = 0; i < 11; ++i) (void)p.puncture(*p.evaluate(history[i]));
    (void)p.delta(stale);
    (void)p.puncture(std::move(stale));
    auto dropped = p.evaluate(inputs.octets(3));
    const auto state = p.export_state();
    auto read = Pprf::import_state(suite, state.expose());
    (void)Pprf::import_state(suite, state.expose().first(state.size() - 1));
    auto both = Pprf::intersect(p, *read);
    (void)Pprf::intersect(*Pprf::create(suite, seed_of(seed), parameters), p);
    const auto saved = both->save();
    auto restored = Pprf::restore(suite, saved);
    p = std::move(*restored);
    (void)p.frontier_hash();
  }
  watch.scanning = false;
  EXPECT_EQ(watch.leaks, 0u);
  watch.secrets = 0;
}

TEST(PprfHeap, ASpentNodeIsNowhereInLiveMemory) {
  const auto suite = pprf_suite();
  const Parameters parameters{24, Finisher::pprf, 24};
  const Bytes first{1, 2, 3}, second{0x81, 2, 3};
  std::size_t before = 0, after = 0;
  {
    Model model(suite, Bytes(32, 0x42), parameters);
    model.puncture(first);
    look_for(model.nodes().at("1"));
  }
  const auto in_live_blocks = [] {
    std::size_t found = 0;
    for (std::size_t i = 0; i < watch.blocks; ++i) found += watch.found_in(watch.block[i]);
    return found;
  };
  watch.blocks = 0;
  watch.scanning = true;
  {
    auto p = *Pprf::create(suite, seed_of(Bytes(32, 0x42)), parameters);
    (void)p.puncture(*p.evaluate(first));
    before = in_live_blocks();
    (void)p.puncture(*p.evaluate(second));
    after = in_live_blocks();
  }
  watch.scanning = false;
  EXPECT_EQ(before, 2u) << "its first and its last octets";
  EXPECT_EQ(after, 0u);
  watch.secrets = 0;
}

TEST(PprfHeap, TheScanFindsWhatIsLeftBehind) {
  const Bytes secret(32, 0x77);
  look_for(secret);
  watch.leaks = 0;
  watch.scanning = true;
  { const Bytes copy = secret; }
  watch.scanning = false;
  EXPECT_EQ(watch.leaks, 2u * 25);  // both words at every offset
  watch.secrets = 0;
}

}  // namespace
}  // namespace dmls::test
