// The example of README.md, as a program.
#include <dmls/group/client.h>
#include <dmls/group/group.h>

#include <cstdio>
#include <memory>

using namespace dmls;

// [readme]
Result<Bytes> talk() {
  DMLS_TRY(const auto suite, crypto::CipherSuite::find(crypto::CipherSuiteId{1}));
  const auto policy = std::make_shared<group::AcceptEverything>();  // yours decides who is who, and who may do what
  DMLS_TRY(auto alice, group::Client::create(suite, "alice", policy));
  DMLS_TRY(auto bob, group::Client::create(suite, "bob", policy));

  DMLS_TRY(auto alices, alice.create_group());
  DMLS_TRY(const Bytes key_package, bob.new_key_package());                    // Bob publishes it
  DMLS_TRY(auto add, alices.commit(group::CommitRequest().add(key_package)));  // nothing has happened yet
  const Bytes welcome = add.welcome();
  DMLS_CHECK(alices.merge(std::move(add)));  // now it has

  DMLS_TRY(auto entry, bob.join(welcome));  // look at entry.changes() first
  DMLS_TRY(auto bobs, bob.enter(std::move(entry)));
  DMLS_TRY(const Bytes message, alices.protect(as_bytes("hello, Bob")));
  DMLS_TRY(auto event, bobs.process(message));
  return std::get<group::ApplicationMessage>(std::move(event)).data;
}
// [/readme]

int main() {
  const auto heard = talk();
  if (!heard) {
    std::fprintf(stderr, "refused: %s\n", heard.error().rule);
    return 1;
  }
  return *heard == to_bytes(as_bytes("hello, Bob")) ? 0 : 1;
}
