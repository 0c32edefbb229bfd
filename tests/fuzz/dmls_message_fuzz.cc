// DMLSMessages into a living session of a group that has forked. What is accepted as a DMLSMessage encodes to the same
// octets again; a forged message is never taken for genuine, and whatever was refused has changed nothing: the genuine
// message is still read afterwards.
//
// The first octet chooses what is attacked (0 to 3), or that the rest is a message of its own; then (uint16 position,
// uint8 change)* are applied to the chosen one.
#include <dmls/fork/client.h>
#include <dmls/fork/dmls_message.h>

#include <memory>
#include <optional>

#include "support/fuzz.h"

namespace {

using namespace dmls;        // NOLINT(google-build-using-namespace)
using namespace dmls::fork;  // NOLINT(google-build-using-namespace)
using dmls::test::must;
using dmls::test::ok;

Client client(const crypto::CipherSuite& suite, const std::shared_ptr<Random>& random, std::string_view name) {
  group::ClientConfig config{
      suite, treekem::BasicCredential{to_bytes(as_bytes(name))},
      std::make_shared<crypto::KeyPairSigner>(suite, ok(crypto::generate_signature_key_pair(suite, *random))),
      std::make_shared<group::AcceptEverything>()};
  config.random = random;
  SessionOptions options;
  options.retention.rule = DeletionRule::never;
  return ok(Client::create(std::move(config), options));
}

// Two members; Alice has committed twice on one epoch, and spoken.
struct World {
  crypto::CipherSuite suite = ok(crypto::CipherSuite::find(crypto::registered_suites().front().id));
  std::shared_ptr<Random> random = std::make_shared<SeededRandom>(7);
  Client alice = client(suite, random, "alice");
  Client bob = client(suite, random, "bob");
  Session alices = ok(alice.create_group(as_bytes("group")));
  Session bobs = meet();
  std::vector<Bytes> messages = speak();

  Session meet() {
    const auto add = ok(alices.commit(group::CommitRequest().add(ok(bob.new_key_package()))));
    return ok(bob.join(ok(alices.accept(add.commit)).welcomes[0].message));
  }
  std::vector<Bytes> speak() {
    std::vector<Bytes> out;
    out.push_back(ok(alices.protect(as_bytes("hello"))));
    out.push_back(ok(alices.commit({})).message);
    out.push_back(ok(alices.commit(group::CommitRequest().handshake(group::HandshakeFormat::public_message))).message);
    out.push_back(ok(alices.propose_update()).message);
    return out;
  }
};

bool genuine(const Events& events) {
  return find_event<Advanced>(events) != nullptr || find_event<Forked>(events) != nullptr ||
         find_event<ApplicationMessage>(events) != nullptr || find_event<Proposed>(events) != nullptr;
}

Bytes inner_of(BytesView octets, std::size_t length) {
  const auto message = decode_dmls_message(octets, length);
  return message ? message->inner : Bytes();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  World world;
  const BytesView input(data, size);
  const std::size_t nh = world.suite.hash_length();
  const Bytes& original = world.messages[input[0] % world.messages.size()];
  Bytes attack = original;
  if (input[0] >= 128) {
    attack = to_bytes(input.subspan(1));
  } else {
    for (BytesView changes = input.subspan(1); changes.size() >= 3; changes = changes.subspan(3))
      attack[(std::size_t{changes[0]} << 8 | changes[1]) % attack.size()] ^= changes[2];
  }
  if (const auto decoded = decode_dmls_message(attack, nh))
    must(encode_dmls_message(decoded->content) == attack, "a DMLSMessage encodes to other octets");
  const NodeId head = world.bobs.head();
  const auto held = world.bobs.inventory().size();
  if (inner_of(attack, nh) != inner_of(original, nh)) {
    must(!genuine(world.bobs.process(attack)), "a forged message was accepted");
    must(world.bobs.head() == head && world.bobs.inventory().size() == held, "a refused message changed the session");
  }
  for (const Bytes& message : world.messages)
    must(genuine(world.bobs.process(message)), "a genuine message is refused after a forged one");
  return 0;
}
