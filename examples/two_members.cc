// Two members: Alice makes a group and adds Bob, both talk, Bob heals the group with a commit of his own.
// Every message crosses as octets, as it would over a network.

#include <dmls/group/client.h>
#include <dmls/group/group.h>

#include <cstdio>
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

int main() {
  const auto suite =
      must(crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519));

  // A client is an identity with its policy. AcceptEverything is the permissive choice, and is called so.
  auto alice = must(group::Client::create(suite, "alice", std::make_shared<group::AcceptEverything>()));
  auto bob = must(group::Client::create(suite, "bob", std::make_shared<group::AcceptEverything>()));

  // Bob publishes a key package; Alice adds him in the first commit of her group.
  const Bytes key_package = must(bob.new_key_package());
  group::Group alices = must(alice.create_group());
  group::StagedCommit add = must(alices.commit(group::CommitRequest().add(key_package)));

  // Inspect, then merge (or simply drop it). The Welcome goes to Bob.
  std::printf("commit adds %zu member\n", add.changes().added.size());
  const Bytes welcome = add.welcome();
  must(alices.merge(std::move(add)));
  group::Group bobs = must(bob.join(welcome));

  // Application messages.
  const Bytes hello = must(alices.protect(as_bytes("hello, Bob")));
  auto heard = must(bobs.process(hello));
  const auto& text = std::get<group::ApplicationMessage>(heard);
  std::printf("Bob reads \"%.*s\"\n", int(text.data.size()), reinterpret_cast<const char*>(text.data.data()));

  // Bob commits nothing but fresh keys; Alice looks at it and follows.
  group::StagedCommit heal = must(bobs.commit({}));
  const Bytes message = heal.message();
  must(bobs.merge(std::move(heal)));
  auto event = must(alices.process(message));
  must(alices.merge(std::get<group::StagedCommit>(std::move(event))));

  const bool same = alices.epoch_authenticator() == bobs.epoch_authenticator();
  std::printf("epoch %llu, authenticators %s\n", (unsigned long long)(alices.epoch()), same ? "equal" : "DIFFERENT");
  return same ? 0 : 1;
}
