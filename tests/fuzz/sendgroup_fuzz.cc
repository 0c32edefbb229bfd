// A universe of three: what its owners send reaches a reader changed at first, and then as it was. Nothing forged has
// an effect (it may be put aside, if it claims to be early), and the genuine message is followed afterwards.
//
// The first octet chooses what is attacked; then (uint16 position, uint8 change)* are applied to it.
#include <dmls/sendgroup/session.h>

#include <memory>
#include <string_view>
#include <variant>

#include "support/fuzz.h"

namespace {

using namespace dmls;             // NOLINT(google-build-using-namespace)
using namespace dmls::sendgroup;  // NOLINT(google-build-using-namespace)
using dmls::test::must;
using dmls::test::ok;

Session member(std::string_view name) {
  const auto suite = ok(crypto::CipherSuite::find(crypto::registered_suites().front().id));
  auto random = std::make_shared<SeededRandom>(name.size());
  auto pair = ok(crypto::generate_signature_key_pair(suite, *random));
  group::ClientConfig client{suite, treekem::BasicCredential{to_bytes(as_bytes(name))},
                             std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair)),
                             std::make_shared<group::TrustNames>()};
  client.random = std::move(random);
  client.clock = std::make_shared<group::FixedClock>(1'800'000'000);
  SessionConfig config;
  config.clients.push_back(std::make_shared<const group::ClientConfig>(std::move(client)));
  config.updates = {.incorporate = Incorporate::never, .self_update_seconds = 0, .staple_commits = 4};
  return ok(Session::create(std::move(config)));
}

// Alice and Bob send, Carol reads.
struct World {
  Session alice = member("Alice");
  Session bob = member("Bob");
  Session carol = member("Carola");

  World() {
    const Bytes packages[] = {ok(bob.new_key_package()), ok(carol.new_key_package())};
    const auto opened = ok(alice.open_universe(packages)).messages();
    give(bob, opened);
    give(carol, opened);
    const auto bobs = ok(bob.open_send_group()).messages();
    give(alice, bobs);
    give(carol, bobs);
    const auto carols = ok(carol.open_send_group()).messages();
    give(alice, carols);
    give(bob, carols);
  }
  static void give(Session& to, const std::vector<Bytes>& messages) {
    for (const Bytes& message : messages) (void)ok(to.unprotect(message));
  }
  [[nodiscard]] std::uint64_t at(const Session& owner) const { return carol.epoch(owner.group_id()).value_or(0); }
};

std::optional<Bytes> forged(Bytes message, BytesView changes) {
  const Bytes genuine = message;
  for (; changes.size() >= 3; changes = changes.subspan(3))
    message[(std::size_t{changes[0]} << 8 | changes[1]) % message.size()] ^= changes[2];
  if (!changes.empty()) message.resize(message.size() * changes[0] / 255);
  if (message == genuine) return std::nullopt;
  return message;
}

bool has_effect(const Event& event) {
  const auto* equivocation = std::get_if<Equivocation>(&event);
  return !std::holds_alternative<Waiting>(event) && !std::holds_alternative<Skipped>(event) &&
         !std::holds_alternative<Rejected>(event) && (equivocation == nullptr || equivocation->proven);
}

// What Carol makes of a changed copy of the message.
void attack(World& world, const Bytes& genuine, BytesView changes) {
  const auto forgery = forged(genuine, changes);
  if (!forgery) return;
  const auto events = world.carol.unprotect(*forgery);
  if (!events) return;
  for (const Event& event : *events) must(!has_effect(event), "a forged message has an effect");
}

// What is stapled to a commit may be genuine while another part is not: each part is judged by itself.
void attack_staple(World& world, BytesView changes) {
  const auto update = ok(world.bob.update());
  World::give(world.alice, update.messages());
  const auto commit = ok(world.alice.commit(CommitKind::full));
  must(commit.messages().size() == 1 && !commit.stapled.empty(), "nothing is stapled");
  if (const auto forgery = forged(commit.messages()[0], changes)) (void)world.carol.unprotect(*forgery);
  World::give(world.carol, commit.messages());
}

void attack_commit(World& world, BytesView changes) {
  const auto commit = ok(world.alice.update()).commit;
  attack(world, commit, changes);
  (void)ok(world.carol.unprotect(commit));
}

// Its PSK comes later: the commit waits, opened.
void attack_import(World& world, BytesView changes) {
  const auto update = ok(world.bob.update()).commit;
  World::give(world.alice, {update});
  const auto commit = ok(world.alice.commit(CommitKind::partial)).commit;
  attack(world, commit, changes);
  (void)ok(world.carol.unprotect(commit));
  attack(world, update, changes);
  (void)ok(world.carol.unprotect(update));
}

void attack_words(World& world, BytesView changes) {
  const Bytes words = ok(world.alice.protect(as_bytes("hello"), as_bytes("to all"))).front();
  attack(world, words, changes);
  const auto events = ok(world.carol.unprotect(words));
  must(std::holds_alternative<ApplicationMessage>(events.front()),
       "the genuine message is not read after a forged one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static World& world = *new World;
  if (size == 0) return 0;
  const BytesView rest(data + 1, size - 1);
  switch (data[0] % 5) {
    case 0: attack_commit(world, rest); break;
    case 1: attack_import(world, rest); break;
    case 2: attack_words(world, rest); break;
    case 3: attack_staple(world, rest); break;
    case 4: {
      const auto events = world.carol.unprotect(rest);
      if (events)
        for (const Event& event : *events) must(!has_effect(event), "noise has an effect");
      break;
    }
    default: break;
  }
  must(world.at(world.alice) == *world.alice.epoch(world.alice.group_id()), "a commit was not followed");
  must(world.at(world.bob) == *world.bob.epoch(world.bob.group_id()), "an update was not followed");
  const auto numbers = world.carol.statistics();
  must(numbers.blocked_commits == 0 && numbers.postponed_messages <= Limits{}.postponed_messages &&
           numbers.ledger <= 3 * Limits{}.ledger_per_group,
       "what is remembered is not bounded");
  return 0;
}
