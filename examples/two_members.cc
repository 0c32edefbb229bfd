// Two members: Alice makes a group and adds Bob, both talk, Bob heals the group with a commit of his own.
// Every message crosses as octets, as it would over a network.

#include <dmls/group/client.h>
#include <dmls/group/group.h>

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
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// What an application does with whatever its delivery service hands it, own commits that come back included.
void receive(group::Group& group, const Bytes& message) {
  auto event = must(group.process(message));
  if (const auto* text = std::get_if<group::ApplicationMessage>(&event))
    std::printf("member %u reads \"%.*s\"\n", group.own_leaf().value(), int(text->data.size()),
                reinterpret_cast<const char*>(text->data.data()));
  if (auto* commit = std::get_if<group::Transition>(&event)) {
    std::printf("member %u enters epoch %llu, which adds %zu\n", group.own_leaf().value(),
                (unsigned long long)(commit->changes().epoch), commit->changes().added.size());
    must(group.merge(std::move(*commit)));  // or inspect it, and discard it: nothing has changed
  }
}

int main() {
  const auto suite =
      must(crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519));

  // A client is an identity with its policy. AcceptEverything is the permissive choice, and is called so.
  auto alice = must(group::Client::create(suite, "alice", std::make_shared<group::AcceptEverything>()));
  auto bob = must(group::Client::create(suite, "bob", std::make_shared<group::AcceptEverything>()));

  // Bob publishes a key package; Alice commits to adding him. The commit goes to the delivery service, and happens once
  // that has accepted it: when it comes back. Then the Welcome goes to Bob.
  const Bytes key_package = must(bob.new_key_package());
  group::Group alices = must(alice.create_group());
  const group::Transition add = must(alices.commit(group::CommitRequest().add(key_package)));
  receive(alices, add.message());
  group::Group bobs = must(bob.enter(must(bob.join(add.welcome()))));

  // Application messages.
  receive(bobs, must(alices.protect(as_bytes("hello, Bob"))));
  receive(alices, must(bobs.protect(as_bytes("hello, Alice"))));

  // Bob commits nothing but fresh keys; both follow.
  const group::Transition heal = must(bobs.commit({}));
  for (group::Group* member : {&alices, &bobs}) receive(*member, heal.message());

  const bool same = alices.epoch_authenticator() == bobs.epoch_authenticator();
  std::printf("epoch %llu, authenticators %s\n", (unsigned long long)(alices.epoch()), same ? "equal" : "DIFFERENT");
  return same ? 0 : 1;
}
