// A live group between two strangers and a forger, who changes genuine messages. Nothing forged is accepted (at most it
// is skipped as late or early, if its header says so), and the genuine message still is, afterwards: what was refused
// has changed nothing.
//
// The first octet chooses what is attacked; then (uint16 position, uint8 change)* are applied to it.
#include <dmls/group/client.h>
#include <dmls/group/group.h>

#include <memory>

#include "support/fuzz.h"

namespace {

using namespace dmls;         // NOLINT(google-build-using-namespace)
using namespace dmls::group;  // NOLINT(google-build-using-namespace)
using dmls::test::must;
using dmls::test::ok;

// Alice and Bob in one group; Carol is still outside.
struct World {
  crypto::CipherSuite suite = ok(crypto::CipherSuite::find(crypto::registered_suites().front().id));
  std::shared_ptr<Random> random = std::make_shared<SeededRandom>(7);
  std::shared_ptr<const Policy> policy = std::make_shared<AcceptEverything>();
  Client alice = ok(Client::create(suite, "alice", policy, random));
  Client bob = ok(Client::create(suite, "bob", policy, random));
  Client carol = ok(Client::create(suite, "carol", policy, random));
  Group alices = ok(alice.create_group());
  Group bobs = meet();
  // Commits that Alice made and did not merge. A public one can be staged as often as Bob likes.
  Transition public_commit = ok(alices.commit(CommitRequest().handshake(HandshakeFormat::public_message)));
  Transition invitation = ok(alices.commit(CommitRequest().add(ok(carol.new_key_package()))));

  Group meet() {
    Transition add = ok(alices.commit(CommitRequest().add(ok(bob.new_key_package()))));
    const Bytes welcome = add.welcome();
    must(alices.merge(std::move(add)).has_value(), "an own commit does not merge");
    return ok(bob.enter(ok(bob.join(welcome))));
  }
};

// `message` with the changes that the input asks for; nothing if they change nothing.
std::optional<Bytes> forged(Bytes message, BytesView changes) {
  const Bytes genuine = message;
  for (; changes.size() >= 3; changes = changes.subspan(3))
    message[(std::size_t{changes[0]} << 8 | changes[1]) % message.size()] ^= changes[2];
  if (!changes.empty()) message.resize(message.size() * changes[0] / 255);
  if (message == genuine) return std::nullopt;
  return message;
}

// The epoch is in the clear: a message that claims another one is put aside before anything of it is believed.
bool accepted(const Result<Event>& event) { return event && !std::holds_alternative<Skipped>(*event); }

// The genuine message is processed in any case: every PrivateMessage spends a key of its sender's.
template <class Expected>
void attack(World& world, const Bytes& genuine, BytesView changes) {
  if (const auto forgery = forged(genuine, changes))
    must(!accepted(world.bobs.process(*forgery)), "a forged message is accepted");
  const auto event = ok(world.bobs.process(genuine));
  must(std::holds_alternative<Expected>(event), "the genuine message is not accepted after a forged one");
}

void attack_welcome(World& world, BytesView changes) {
  const auto forgery = forged(world.invitation.welcome(), changes);
  if (forgery) must(!world.carol.join(*forgery), "a forged Welcome is accepted");
  must(world.carol.key_package_count() == 1, "a refused Welcome has used up a key package");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static World& world = *new World;
  if (size == 0) return 0;
  const BytesView rest(data + 1, size - 1);
  const std::uint64_t before = world.bobs.epoch();
  switch (data[0] % 5) {
    case 0: attack<Transition>(world, ok(world.alices.commit(CommitRequest())).message(), rest); break;
    case 1: attack<Transition>(world, world.public_commit.message(), rest); break;
    case 2:
      attack<ApplicationMessage>(world, ok(world.alices.protect(as_bytes("hello"), as_bytes("to all"))), rest);
      break;
    case 3: attack_welcome(world, rest); break;
    case 4: must(!accepted(world.bobs.process(rest)), "noise is accepted"); break;
    default: break;
  }
  must(world.bobs.epoch() == before, "a refused message has moved the group on");
  return 0;
}
