// Three people without a server: each has a Send Group of its own, in which it alone speaks. Bob heals; the others
// import that; one of them hears everything in the wrong order.

#include <dmls/group/client_config.h>
#include <dmls/sendgroup/session.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

using namespace dmls;

// An application prints the rule and carries on; an example may stop.
template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "refused: %s\n", result.error().rule);
    std::exit(1);
  }
  return *std::move(result);
}

// A session is made of an identity and a policy. AcceptEverything is the permissive choice, and is called so.
sendgroup::Session participant(std::string_view name) {
  const auto suite =
      must(crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519));
  group::ClientConfig client{suite, treekem::BasicCredential{to_bytes(as_bytes(name))}, nullptr,
                             std::make_shared<group::AcceptEverything>()};
  auto pair = must(crypto::generate_signature_key_pair(suite, *client.random));
  client.signer = std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair));
  sendgroup::SessionConfig config;
  config.clients.push_back(std::make_shared<const group::ClientConfig>(std::move(client)));
  return must(sendgroup::Session::create(std::move(config)));
}

void deliver(const std::vector<Bytes>& messages, sendgroup::Session& to, const char* reader) {
  for (const Bytes& message : messages) {
    for (const auto& event : must(to.unprotect(message))) {
      if (const auto* words = std::get_if<sendgroup::ApplicationMessage>(&event))
        std::printf("%s reads \"%.*s\"\n", reader, int(words->data.size()),
                    reinterpret_cast<const char*>(words->data.data()));
      if (const auto* waiting = std::get_if<sendgroup::Waiting>(&event))
        std::printf("%s keeps a message that waits for %zu other(s)\n", reader, waiting->until.size());
    }
  }
}

int main() {
  auto alice = participant("alice");
  auto bob = participant("bob");
  auto carol = participant("carol");

  // INIT. Alice has key packages of the others, and opens the universe; each joins with a Send Group of its own.
  const std::vector<Bytes> packages = {must(bob.new_key_package()), must(carol.new_key_package())};
  const auto universe = must(alice.open_universe(packages));
  deliver(universe.messages(), bob, "Bob");
  deliver(universe.messages(), carol, "Carol");
  const auto bobs = must(bob.open_send_group());
  deliver(bobs.messages(), alice, "Alice");
  deliver(bobs.messages(), carol, "Carol");
  const auto carols = must(carol.open_send_group());
  deliver(carols.messages(), alice, "Alice");
  deliver(carols.messages(), bob, "Bob");

  // UPDATE: Bob takes fresh keys. Alice hears of it; before she speaks, her Send Group imports it (COMMIT, PROTECT).
  const auto update = must(bob.update());
  deliver(update.messages(), alice, "Alice");
  const auto words = must(alice.protect(as_bytes("hello, everybody")));
  deliver(words, bob, "Bob");

  // Carol gets Alice's import before the update that it imports: it waits, and goes on by itself.
  deliver(words, carol, "Carol");
  for (const auto& wanted : carol.missing())
    std::printf("Carol asks for a commit that starts epoch %llu\n", (unsigned long long)(wanted.epoch));
  deliver(update.messages(), carol, "Carol");

  const bool same = *alice.epoch_authenticator(alice.group_id()) == *carol.epoch_authenticator(alice.group_id()) &&
                    *alice.epoch_authenticator(bob.group_id()) == *carol.epoch_authenticator(bob.group_id());
  std::printf("authenticators %s\n", same ? "equal" : "DIFFERENT");
  return same ? 0 : 1;
}
