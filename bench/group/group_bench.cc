// Groups as an application uses them: adding everybody, commits, joining, messages, memory. The rows of one group stand
// together, because it is made once for all of them.

#include <dmls/storage/memory_store.h>
#include <dmls/treekem/ratchet_tree_view.h>
#include <dmls/treekem/tree_import.h>

#include "world.h"

namespace dmls::bench {
namespace {

using group::ApplicationMessage;

bool agree(const Transition& a, const Transition& b) { return *a.epoch_authenticator() == *b.epoch_authenticator(); }

// ---- commits -------------------------------------------------------------------------------------------------------

// A new group, and n - 1 members in one commit, its Welcome included.
void add_everybody(benchmark::State& state, const Setting& setting) {
  World& world = World::of(setting);
  const auto suite = counted_suite(setting.suite);
  const auto random = std::make_shared<SeededRandom>(5);
  CommitRequest request;
  std::optional<group::Client> last;
  for (std::uint32_t i = 1; i < setting.members; ++i) {
    last = must(group::Client::create(suite, "user-" + std::to_string(100'000'000 + i),
                                      std::make_shared<group::AcceptEverything>(), random));
    request.add(must(last->new_key_package()));
  }
  auto creator = must(group::Client::create(suite, "creator", std::make_shared<group::AcceptEverything>(), random));
  auto group = must(creator.create_group());
  std::optional<Transition> made;
  const Candidate operation([&] { made.reset(); }, [&] { made.emplace(must(group.commit(request))); });
  against_primitives(state, world, operation, setting.rounds(setting.members * 10));
  const auto joined = must(last->join(made->welcome()));
  if (!agree(*made, joined)) state.SkipWithError("the last member joined another epoch");
}

void commit(benchmark::State& state, const Setting& setting) {
  World& world = World::of(setting);
  auto& group = world.near.group;
  std::optional<Transition> made;
  const auto forget = [&] {
    if (made) must(group.discard(*std::move(made)));
    made.reset();
  };
  const Candidate operation(forget, [&] { made.emplace(must(group.commit(CommitRequest()))); });
  against_primitives(state, world, operation, setting.rounds(setting.shape == TreeShape::fresh ? setting.members : 1));
  if (!agree(*made, staged(world.far.group, made->message()))) state.SkipWithError("a receiver does not agree");
}

// A commit into a fresh tree on two threads, by the clock on the wall, against the base and Diffie-Hellman operations
// of its seals on as many.
void commit_on_two_threads(benchmark::State& state, const Setting& setting) {
  World& world = World::of(setting);
  // Somebody of whom nobody has read anything yet: it starts with the first message key of its leaf.
  constexpr LeafIndex kAnother(5);
  auto config = world.large.config(kAnother);
  const auto threads = std::make_shared<Threads>(2);
  config.executor = threads;
  auto member = world.large.join(kAnother, std::move(config));
  std::optional<Transition> made;
  const Candidate operation([&] { made.reset(); }, [&] { made.emplace(must(member.group.commit(CommitRequest()))); });
  const Cost cost = cost_of(operation);
  const auto multiply = [&] {
    threads->run(setting.members, [&](std::size_t) {
      world.primitives.base();
      world.primitives.dh();
    });
  };
  const auto t =
      take_turns({operation, Candidate(multiply)}, std::max(5, setting.rounds(setting.members)), wall_microseconds);
  report(state, t[0], t[1], cost);
  if (!agree(*made, staged(world.far.group, made->message()))) state.SkipWithError("a receiver does not agree");
}

// Commits of `from`, read by `to`: a message each, since reading spends its key.
void process(benchmark::State& state, World& world, LargeGroupMember& from, LargeGroupMember& to,
             const CommitRequest& request, int rounds) {
  std::optional<Transition> made, read;
  const auto make = [&] {
    if (made) must(from.group.discard(*std::move(made)));
    read.reset();
    made.emplace(must(from.group.commit(request)));
  };
  const Candidate operation(make, [&] { read.emplace(staged(to.group, made->message())); });
  against_primitives(state, world, operation, rounds);
  if (!agree(*made, *read)) state.SkipWithError("the receiver does not agree");
  must(from.group.discard(*std::move(made)));
}

void process_far(benchmark::State& state, const Setting& setting) {
  World& world = World::of(setting);
  process(state, world, world.far, world.near, CommitRequest(),
          setting.rounds(setting.shape == TreeShape::fresh ? setting.members : 1));
}

void process_near(benchmark::State& state, const Setting& setting) {
  World& world = World::of(setting);
  process(state, world, world.next, world.near, CommitRequest(),
          setting.rounds(setting.shape == TreeShape::fresh ? setting.members : 1));
}

void remove(benchmark::State& state, const Setting& setting) {
  World& world = World::of(setting);
  auto& group = world.near.group;
  const auto request = CommitRequest().remove(LeafIndex(setting.members / 2));
  std::optional<Transition> made;
  const auto forget = [&] {
    if (made) must(group.discard(*std::move(made)));
    made.reset();
  };
  const Candidate operation(forget, [&] { made.emplace(must(group.commit(request))); });
  against_primitives(state, world, operation, setting.rounds(setting.shape == TreeShape::fresh ? setting.members : 1));
  if (made->changes().removed.size() != 1 || !agree(*made, staged(world.next.group, made->message())))
    state.SkipWithError("a receiver does not agree");
}

void process_remove(benchmark::State& state, const Setting& setting) {
  World& world = World::of(setting);
  process(state, world, world.next, world.near, CommitRequest().remove(LeafIndex(setting.members / 2)),
          setting.rounds(setting.shape == TreeShape::fresh ? setting.members : 1));
}

// ---- joining, trees, storage ---------------------------------------------------------------------------------------

// From an encoded Welcome with the tree in it to a group; everything is validated.
void join(benchmark::State& state, const Setting& setting, unsigned threads) {
  World& world = World::of(setting);
  const auto invitation = world.large.invite(LeafIndex(1));
  auto config = world.large.config(LeafIndex(1));
  if (threads > 1) config.executor = std::make_shared<Threads>(threads);
  std::optional<LargeGroupMember> out;
  std::optional<group::Client> client;
  const auto fresh = [&] {
    out.reset();
    client.emplace(must(group::Client::create(config)));
    must(client->import_key_package(invitation.clone_key_package()));
  };
  const auto enter = [&] {
    auto group = must(client->enter(must(client->join(invitation.welcome))));
    out.emplace(LargeGroupMember{*std::move(client), std::move(group)});
  };
  const int rounds = setting.rounds(setting.members * 20);
  if (threads == 1) {
    against_primitives(state, world, Candidate(fresh, enter), rounds);
  } else {
    // The same verifications through the same executor, by the clock on the wall.
    const Cost cost = cost_of(Candidate(fresh, enter));
    const auto verify = [&] {
      config.executor->run((cost.counts.verify + 15) / 16, [&](std::size_t) {
        for (int i = 0; i < 16; ++i) world.primitives.verify();
      });
    };
    const auto t = take_turns({Candidate(fresh, enter), Candidate(verify)}, std::max(5, rounds), wall_microseconds);
    report(state, t[0], t[1], cost);
  }
  if (out->group.members().size() != setting.members) state.SkipWithError("members are missing");
}

void tree_export(benchmark::State& state, const Setting& setting) {
  World& world = World::of(setting);
  auto& group = world.near.group;
  Bytes tree;
  const Candidate operation([&] { tree = group.ratchet_tree(); });
  const Cost cost = cost_of(operation);
  const Bytes copy = tree;
  Bytes target(copy.size());
  const auto t = take_turns({operation, Candidate([&] {
                               std::copy(copy.begin(), copy.end(), target.begin());
                               benchmark::DoNotOptimize(target.data());
                             })},
                            setting.rounds(setting.members / 4));
  report(state, t[0], t[1], cost);
  state.counters["GB/s"] = static_cast<double>(tree.size()) / t[0] / 1e3;
  state.counters["copy_GB/s"] = static_cast<double>(tree.size()) / t[1] / 1e3;
  if (must(treekem::RatchetTree::decode(group.suite(), tree)) != group.public_epoch()->tree)
    state.SkipWithError("another tree");
}

// The syntax alone, node by node in place, beside copying the same octets.
void tree_parse(benchmark::State& state, const Setting& setting) {
  World& world = World::of(setting);
  const Bytes encoded = world.large.tree().encode();
  std::optional<treekem::RatchetTreeView> view;
  const Candidate operation([&] { view.emplace(must(treekem::RatchetTreeView::parse(encoded))); });
  const Cost cost = cost_of(operation);
  Bytes target(encoded.size());
  const auto t = take_turns({operation, Candidate([&] {
                               std::copy(encoded.begin(), encoded.end(), target.begin());
                               benchmark::DoNotOptimize(target.data());
                             })},
                            setting.rounds(setting.members / 4));
  report(state, t[0], t[1], cost);
  state.counters["GB/s"] = static_cast<double>(encoded.size()) / t[0] / 1e3;
  state.counters["copy_GB/s"] = static_cast<double>(encoded.size()) / t[1] / 1e3;
  if (view->member_count() != setting.members) state.SkipWithError("another tree");
}

// Syntax, unmerged leaves, unique keys, nodes and indexes made; the signatures are in `join`.
void tree_import(benchmark::State& state, const Setting& setting) {
  World& world = World::of(setting);
  const Bytes encoded = world.large.tree().encode();
  const auto suite = counted_suite(setting.suite);
  std::optional<treekem::RatchetTree> tree;
  const Candidate operation([&] { tree.reset(); }, [&] { tree = must(treekem::RatchetTree::decode(suite, encoded)); });
  const Cost cost = cost_of(operation);
  const auto t = take_turns({operation}, setting.rounds(setting.members));
  report(state, t[0], 0, cost);
  state.counters["GB/s"] = static_cast<double>(encoded.size()) / t[0] / 1e3;
  if (*tree != world.large.tree()) state.SkipWithError("another tree");
}

// A group is written whole when it is entered, and read whole after a restart.
struct Stored {
  std::shared_ptr<storage::MemoryStore> store = std::make_shared<storage::MemoryStore>();
  group::ClientConfig config;
  std::optional<group::Client> client;
  std::optional<group::Group> group;

  explicit Stored(const World& world) : config(world.large.config(LeafIndex(1))) { config.store = store; }
};

void save(benchmark::State& state, const Setting& setting) {
  World& world = World::of(setting);
  const auto invitation = world.large.invite(LeafIndex(1));
  std::optional<Stored> stored;
  std::optional<Transition> entry;
  const auto join = [&] {
    stored.emplace(world);
    stored->client.emplace(must(group::Client::create(stored->config)));
    must(stored->client->import_key_package(invitation.clone_key_package()));
    entry.emplace(must(stored->client->join(invitation.welcome)));
  };
  const Candidate operation(join, [&] { stored->group.emplace(must(stored->client->enter(*std::move(entry)))); });
  against_primitives(state, world, operation, setting.rounds(setting.members * 20));
  if (must(stored->client->stored_groups()).size() != 1) state.SkipWithError("no group is stored");
}

void restore(benchmark::State& state, const Setting& setting) {
  World& world = World::of(setting);
  Stored stored(world);
  Bytes authenticator;
  {
    auto member = world.large.join(LeafIndex(1), stored.config);
    authenticator = to_bytes(member.group.epoch_authenticator().expose());
  }
  const auto fresh = [&] {
    stored.group.reset();
    stored.client.reset();
    stored.client.emplace(must(group::Client::create(stored.config)));
  };
  const Candidate operation(
      fresh, [&] { stored.group.emplace(must(stored.client->load_group(world.large.context().group_id))); });
  against_primitives(state, world, operation, setting.rounds(setting.members * 2));
  if (to_bytes(stored.group->epoch_authenticator().expose()) != authenticator) state.SkipWithError("another epoch");
}

// What a joined group holds on the heap; no message key was derived yet. The time is that of joining.
void memory(benchmark::State& state, const Setting& setting) {
  World& world = World::of(setting);
  (void)world.large.join(LeafIndex(1));  // whatever is made once
  const std::int64_t before = heap_octets();
  const double begin = thread_microseconds();
  const auto member = world.large.join(LeafIndex(1));
  report(state, thread_microseconds() - begin);
  state.counters["octets/member"] = static_cast<double>(heap_octets() - before) / static_cast<double>(setting.members);
  if (member.group.members().size() != setting.members) state.SkipWithError("members are missing");
}

// ---- messages ------------------------------------------------------------------------------------------------------

// How many messages one measurement covers.
constexpr int kMessages = 20;

Setting hundred_members(CipherSuiteId suite) { return {suite, std::min(100u, most_members()), TreeShape::fresh}; }

// Against a signature (or its verification) and two AEAD calls on as many octets.
void report_message(benchmark::State& state, const std::vector<double>& t, double public_key, const Cost& cost,
                    std::size_t octets) {
  report(state, t[0] / kMessages, public_key + t[3], cost);
  state.counters["two_aead_us"] = t[3];
  state.counters["MB/s"] = static_cast<double>(octets) * kMessages / t[0];
}

std::vector<Candidate> with_primitives(Candidate operation, Primitives& p) {
  return {std::move(operation), Candidate([&p] { p.sign(); }), Candidate([&p] { p.verify(); }),
          Candidate([&p] { p.two_seals(); })};
}

void protect(benchmark::State& state, CipherSuiteId suite, std::size_t octets) {
  World& world = World::of(hundred_members(suite));
  auto& group = world.far.group;
  Primitives primitives(suite, octets + 300);
  const Bytes data(octets, 5);
  Bytes message;
  const Cost cost = cost_of(Candidate([&] { message = must(group.protect(data)); }));
  // The receiver keeps up, for nobody follows a ratchet without bound.
  const auto keep_up = [&] { (void)must(world.near.group.process(message)); };
  const Candidate many(keep_up, [&] {
    for (int i = 0; i < kMessages; ++i) message = must(group.protect(data));
  });
  const auto t = take_turns(with_primitives(many, primitives), 101);
  report_message(state, t, t[1], cost, octets);
  const auto event = must(world.near.group.process(message));
  const auto* read = std::get_if<ApplicationMessage>(&event);
  if (read == nullptr || read->data != data) state.SkipWithError("the message was not read");
}

// `skipped`: messages that are lost before each that is read.
void unprotect(benchmark::State& state, CipherSuiteId suite, std::size_t octets, std::size_t skipped) {
  World& world = World::of(hundred_members(suite));
  auto& from = world.far.group;
  auto& to = world.near.group;
  Primitives primitives(suite, octets + 300);
  const Bytes data(octets, 5);
  std::vector<Bytes> messages;
  bool wrong = false;
  const int count = skipped == 0 ? kMessages : 1;
  const auto send = [&] {
    messages.clear();
    for (int i = 0; i < count; ++i) {
      for (std::size_t lost = 0; lost < skipped; ++lost) (void)must(from.protect({}));
      messages.push_back(must(from.protect(data)));
    }
  };
  const auto receive = [&] {
    for (const Bytes& message : messages) {
      const auto event = must(to.process(message));
      const auto* read = std::get_if<ApplicationMessage>(&event);
      wrong = wrong || read == nullptr || read->data.size() != octets;
    }
  };
  Cost cost = cost_of(Candidate(send, receive));
  cost.counts.verify /= static_cast<std::uint64_t>(count);
  cost.counts.open /= static_cast<std::uint64_t>(count);
  cost.counts.compressions /= static_cast<std::uint64_t>(count);
  cost.allocations /= static_cast<std::uint64_t>(count);
  auto t = take_turns(with_primitives(Candidate(send, receive), primitives), skipped == 0 ? 101 : 11);
  t[0] *= static_cast<double>(kMessages) / count;
  report_message(state, t, t[2], cost, octets);
  if (wrong) state.SkipWithError("a message was not read");
}

// ---- the table -----------------------------------------------------------------------------------------------------

const bool registered = [] {
  const auto at = [](const Setting& s, const std::string& name, void (*run)(benchmark::State&, const Setting&)) {
    row(s.name(name), [s, run](benchmark::State& state) { run(state, s); });
  };
  for (const Setting& s : settings(100'000)) {
    at(s, "commit", commit);
    at(s, "process", process_far);
    // Into the largest fresh trees each takes seconds, and says nothing that `commit` does not.
    if (s.shape == TreeShape::populated || s.members <= 10'000) {
      at(s, "process_near", process_near);
      at(s, "remove", remove);
      at(s, "process_remove", process_remove);
    }
    for (const unsigned threads : {1u, 2u}) {
      if (threads > 1 && s.members > 10'000) continue;
      row(s.name("join") + "/threads:" + std::to_string(threads),
          [s, threads](benchmark::State& state) { join(state, s, threads); });
    }
    at(s, "tree_export", tree_export);
    at(s, "tree_parse", tree_parse);
    at(s, "tree_import", tree_import);
    at(s, "save", save);
    at(s, "restore", restore);
    at(s, "memory", memory);
    if (s.shape == TreeShape::fresh && s.members <= 10'000) at(s, "commit_on_two_threads", commit_on_two_threads);
    if (s.shape == TreeShape::fresh && s.members <= 10'000) at(s, "add_everybody", add_everybody);
  }
  for (const unsigned id : {1u, 2u, 7u}) {
    const auto suite = static_cast<CipherSuiteId>(id);
    for (const std::size_t octets : {std::size_t{100}, std::size_t{1024}, std::size_t{65536}}) {
      const std::string what = "/suite:" + std::to_string(id) + "/octets:" + std::to_string(octets);
      row("protect" + what, [=](benchmark::State& state) { protect(state, suite, octets); });
      row("unprotect" + what, [=](benchmark::State& state) { unprotect(state, suite, octets, 0); });
    }
    row("unprotect_after_1000_lost/suite:" + std::to_string(id) + "/octets:100",
        [=](benchmark::State& state) { unprotect(state, suite, 100, 1000); });
  }
  return true;
}();

}  // namespace
}  // namespace dmls::bench
