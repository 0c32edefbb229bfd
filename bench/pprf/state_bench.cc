// Evaluate and puncture through the interface: cost, growth, memory, and what else can be done with a state.

#include <dmls/pprf/saved_state.h>
#include <malloc.h>

#include <array>
#include <map>

#include "measure.h"

namespace dmls::bench {
namespace {

using pprf::Parameters;
using pprf::Pprf;

constexpr int kRounds = 101;

Pprf fresh(HashId hash) {
  const auto suite = suite_with(hash);
  const Bytes seed(suite.hash_length(), 1);
  return *Pprf::create(suite, pprf::Seed(SecretBytes(seed)), Parameters::demls(suite));
}

Pprf with_punctures(HashId hash, std::size_t count, Random& random) {
  Pprf p = fresh(hash);
  const std::size_t length = p.parameters().input_length();
  std::vector<Bytes> inputs;
  for (std::size_t i = 0; i < count; ++i) inputs.push_back(*random.bytes(length));
  for (std::size_t i = 0; i < count; i += 64) {
    const std::vector<BytesView> some(inputs.begin() + static_cast<std::ptrdiff_t>(i),
                                      inputs.begin() + static_cast<std::ptrdiff_t>(std::min(count, i + 64)));
    for (auto& e : p.evaluate_all(some)) (void)p.puncture(*std::move(e));
  }
  return p;
}

// A whole evaluation and puncture of an unspent state, memory warm, against the naive walk and its finisher.
void first_puncture(benchmark::State& state, HashId hash) {
  Walks naive(hash, 1);
  const auto suite = suite_with(hash);
  const Bytes& input = naive.path[0];
  const SecretBytes root{BytesView(naive.node[0])};
  Bytes ours;
  const auto t = take_turns({[&] { naive_walk(hash, naive.views[0]); },
                             [&] {
                               auto p = *Pprf::create(suite, pprf::Seed(root.clone()), Parameters::demls(suite));
                               auto out = p.puncture(*p.evaluate(input));
                               if (ours.empty()) ours = to_bytes(out->expose());
                             }},
                            kRounds);
  if (crypto::derive_secret(suite, naive.end[0], "pprf") != SecretBytes(BytesView(ours)))
    return state.SkipWithError("the outputs differ");
  report(state, t[1]);
  state.counters["naive_us"] = t[0];
  state.counters["x_naive"] = t[0] / t[1];
}

void batch(benchmark::State& state, HashId hash, std::string_view kernel, bool one_state) {
  constexpr std::size_t kBatch = 16;
  SeededRandom random(3);
  if (!crypto::use_tree_kdf_for_testing(hash, kernel))
    return state.SkipWithError("this processor lacks the instructions");
  const std::size_t nh = crypto::hash_length(hash);
  std::vector<Bytes> inputs;
  for (std::size_t i = 0; i < kBatch; ++i) inputs.push_back(*random.bytes(nh));
  const std::vector<BytesView> views(inputs.begin(), inputs.end());
  Bytes last_alone, last_together;
  const auto t = take_turns({[&] {
                               std::vector<Pprf> states;
                               for (std::size_t i = 0; i < (one_state ? 1 : kBatch); ++i) states.push_back(fresh(hash));
                               for (std::size_t i = 0; i < kBatch; ++i) {
                                 Pprf& p = states[one_state ? 0 : i];
                                 last_alone = to_bytes(p.puncture(*p.evaluate(views[i]))->expose());
                               }
                             },
                             [&] {
                               std::vector<Pprf> states;
                               std::vector<Pprf::Request> requests;
                               for (std::size_t i = 0; i < (one_state ? 1 : kBatch); ++i) states.push_back(fresh(hash));
                               for (std::size_t i = 0; i < kBatch; ++i)
                                 requests.push_back({&states[one_state ? 0 : i], views[i]});
                               auto all = Pprf::evaluate_all(requests);
                               for (std::size_t i = 0; i < kBatch; ++i)
                                 last_together =
                                     to_bytes(states[one_state ? 0 : i].puncture(*std::move(all[i]))->expose());
                             }},
                            31);
  crypto::use_tree_kdf_for_testing(hash, "auto");
  if (last_alone != last_together) return state.SkipWithError("the outputs differ");
  report(state, t[1] / kBatch);
  state.counters["alone_us"] = t[0] / kBatch;
  state.counters["x_alone"] = t[0] / t[1];
}

// The next evaluation and puncture of a state that has seen k, in turns with the first one of a fresh state. The
// compressions are counted inside the kernel; the theory is six for every level below the node that is spent.
void growth(benchmark::State& state, std::size_t k) {
  SeededRandom random(5);
  Pprf grown = with_punctures(HashId::sha256, k, random);
  std::vector<Bytes> inputs;
  for (int i = 0; i < kRounds + 1; ++i) inputs.push_back(*random.bytes(32));
  std::size_t next = 0;
  const std::size_t nodes_before = grown.node_count();
  std::uint64_t counted = 0;
  const auto t = take_turns({[&] {
                               Pprf p = fresh(HashId::sha256);
                               benchmark::DoNotOptimize(p.puncture(*p.evaluate(inputs[0])));
                             },
                             [&] {
                               const std::uint64_t before = crypto::walk_compressions_for_testing();
                               auto e = grown.evaluate(inputs[next++]);
                               if (e) benchmark::DoNotOptimize(grown.puncture(*std::move(e)));
                               counted += crypto::walk_compressions_for_testing() - before;
                             }},
                            kRounds);
  // Every puncture replaces one node by one for each level below it.
  const std::uint64_t levels = grown.node_count() - nodes_before + next;
  if (counted != 6 * levels) return state.SkipWithError("the compressions differ from the theory");
  report(state, t[1]);
  state.counters["first_us"] = t[0];
  state.counters["x_of_first"] = t[1] / t[0];
  state.counters["compressions"] = static_cast<double>(counted) / static_cast<double>(next) + 4;  // 4: the finisher
}

void memory(benchmark::State& state, HashId hash, std::size_t k) {
  SeededRandom random(6);
  const struct mallinfo2 before = mallinfo2();
  const Pprf p = with_punctures(hash, k, random);
  const struct mallinfo2 after = mallinfo2();
  const double payload = static_cast<double>(p.node_count() * crypto::hash_length(hash));
  report(state, 0);
  state.counters["nodes"] = static_cast<double>(p.node_count());
  state.counters["octets"] = static_cast<double>(p.memory_size());
  state.counters["x_payload"] = static_cast<double>(p.memory_size()) / payload;
  state.counters["x_malloc"] =
      static_cast<double>(after.uordblks + after.hblkhd - before.uordblks - before.hblkhd) / payload;
}

void whole_state(benchmark::State& state, const std::string& what, std::size_t k) {
  SeededRandom random(7);
  Pprf p = with_punctures(HashId::sha256, k, random);
  const auto suite = p.suite();
  const auto exported = p.export_state();
  const auto saved = p.save();
  const Bytes input = *random.bytes(32);
  std::vector<Pprf> victims;
  if (what == "wipe")
    for (int i = 0; i < 12; ++i) victims.push_back(*Pprf::import_state(suite, exported.expose()));
  bool good = true;
  const auto t = take_turns({[&] {
                              if (what == "export") good &= p.export_state().size() == exported.size();
                              if (what == "import")
                                good &= Pprf::import_state(suite, exported.expose())->node_count() == p.node_count();
                              if (what == "save") good &= p.save().records().size() == saved.records().size();
                              if (what == "restore")
                                good &= Pprf::restore(suite, saved)->node_count() == p.node_count();
                              if (what == "delta") good &= p.delta(*p.evaluate(input)).has_value();
                              if (what == "wipe" && !victims.empty()) victims.pop_back();
                              if (what == "intersect") good &= Pprf::intersect(p, p)->node_count() == p.node_count();
                            }},
                            11);
  if (!good) return state.SkipWithError("measured a failure");
  report(state, t[0]);
  state.counters["octets"] = static_cast<double>(exported.size());
}

// The same walk in front of other stores: what one puncture costs with a table of nodes instead of chains.
struct TableNode {
  std::array<std::uint8_t, 34> prefix;
  bool operator<(const TableNode& o) const { return prefix < o.prefix; }
};

TableNode prefix_of(BytesView input, std::size_t depth, bool sibling) {
  TableNode n{};
  for (std::size_t i = 0; i < depth; ++i)
    n.prefix[2 + i / 8] |= static_cast<std::uint8_t>(input[i / 8] & (0x80u >> (i % 8)));
  if (sibling) n.prefix[2 + (depth - 1) / 8] ^= static_cast<std::uint8_t>(0x80u >> ((depth - 1) % 8));
  n.prefix[0] = static_cast<std::uint8_t>(depth >> 8);
  n.prefix[1] = static_cast<std::uint8_t>(depth);
  return n;
}

void table_of_nodes(benchmark::State& state, std::size_t k) {
  const auto suite = suite_with(HashId::sha256);
  SeededRandom random(8);
  std::map<TableNode, std::array<std::uint8_t, 32>> nodes;
  nodes[TableNode{}] = {};
  Bytes copath(256 * 32), end(32);
  const auto puncture = [&](const Bytes& input) {
    std::size_t depth = 0;
    auto held = nodes.begin();
    while ((held = nodes.find(prefix_of(input, depth, false))) == nodes.end()) ++depth;
    const auto secret = held->second;
    nodes.erase(held);
    crypto::walk_tree(suite, {secret, input, depth, 256, std::span(copath).first((256 - depth) * 32), end});
    for (std::size_t d = depth; d < 256; ++d)
      std::memcpy(nodes[prefix_of(input, d + 1, true)].data(), copath.data() + (d - depth) * 32, 32);
  };
  const struct mallinfo2 before = mallinfo2();
  for (std::size_t i = 0; i < k; ++i) puncture(*random.bytes(32));
  const struct mallinfo2 after = mallinfo2();
  SeededRandom same(8);
  Pprf p = with_punctures(HashId::sha256, k, same);
  if (p.node_count() != nodes.size()) return state.SkipWithError("the stores hold different numbers of nodes");
  std::vector<Bytes> inputs;
  for (int i = 0; i <= kRounds; ++i) inputs.push_back(*random.bytes(32));
  std::size_t a = 0, b = 0;
  const auto t =
      take_turns({[&] { puncture(inputs[a++]); }, [&] { (void)p.puncture(*p.evaluate(inputs[b++])); }}, kRounds);
  report(state, t[0]);
  state.counters["chains_us"] = t[1];
  state.counters["x_payload"] =
      static_cast<double>(after.uordblks - before.uordblks) / static_cast<double>(32 * nodes.size());
}

const bool registered = [] {
  const std::vector<std::pair<HashId, std::string>> hashes{
      {HashId::sha256, "sha256"}, {HashId::sha384, "sha384"}, {HashId::sha512, "sha512"}};
  for (const auto& entry : hashes) {  // no structured binding: clang 14 cannot capture one
    const HashId hash = entry.first;
    const std::string& name = entry.second;
    row("api/" + name + "/first", [=](benchmark::State& state) { first_puncture(state, hash); });
    for (const bool one : {true, false}) {
      const std::string over = one ? "one_state" : "many_states";
      if (hash == HashId::sha256)
        row("api/" + name + "/shani/batch:16/" + over,
            [=](benchmark::State& state) { batch(state, hash, "shani", one); });
      row("api/" + name + "/avx512/batch:16/" + over,
          [=](benchmark::State& state) { batch(state, hash, "avx512", one); });
    }
  }
  for (const std::size_t k : {0u, 1u, 8u, 64u, 1000u, 10000u})
    row("growth/" + std::to_string(k), [=](benchmark::State& state) { growth(state, k); });
  for (const std::size_t k : {1u, 64u, 1000u})
    row("memory/sha256/" + std::to_string(k), [=](benchmark::State& state) { memory(state, HashId::sha256, k); });
  row("memory/sha512/1000", [](benchmark::State& state) { memory(state, HashId::sha512, 1000); });
  for (const std::string what : {"export", "import", "save", "restore", "delta", "wipe", "intersect"})
    for (const std::size_t k : {1u, 1000u})
      row("state/" + what + "/" + std::to_string(k), [=](benchmark::State& state) { whole_state(state, what, k); });
  for (const std::size_t k : {1u, 100u, 1000u})
    row("store/map/" + std::to_string(k), [=](benchmark::State& state) { table_of_nodes(state, k); });
  return true;
}();

}  // namespace
}  // namespace dmls::bench
