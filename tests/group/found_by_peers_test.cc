// Defects of ours that exchanging messages with other implementations brought to light; docs/mistakes.md tells of them.

#include <dmls/storage/memory_store.h>
#include <gtest/gtest.h>

#include "support.h"

namespace dmls::group {
namespace {

// A KeyPackage whose MLSMessage can also be read, to its last octet, as a KeyPackage without an envelope: there the
// wire format is a cipher suite, and the init_key's first octets announce an identity that takes up nearly everything.
Bytes ambiguous_message() {
  Cast cast;
  Client owner = cast.client("owner");
  auto package = std::get<treekem::KeyPackage>(tls_codec::decode<MlsMessage>(*owner.new_key_package())->body);
  const Bytes tail{0, 0, 0, 0, 0, 2, 0, 0, 0, 0};  // capabilities, leaf_node_source, what is empty after it
  std::copy(tail.begin(), tail.end(), package.signature.end() - static_cast<std::ptrdiff_t>(tail.size()));
  const std::size_t size = tls_codec::encode(MlsMessage{package}).size();
  const std::size_t identity = size - (2 + 2 + 1 + 2 + 2 + 2 + 2) - tail.size();
  package.init_key.octets[0] = 0;  // basic
  package.init_key.octets[1] = 1;
  package.init_key.octets[2] = static_cast<std::uint8_t>(0x40 | (identity >> 8));
  package.init_key.octets[3] = static_cast<std::uint8_t>(identity);
  return tls_codec::encode(MlsMessage{package});
}

TEST(FoundByPeers, AnMlsMessageIsNotTakenForABareKeyPackage) {
  const Bytes message = ambiguous_message();
  ASSERT_TRUE(tls_codec::decode<treekem::KeyPackage>(message)) << "the message is not ambiguous, and tests nothing";
  Cast cast;
  Client alice = cast.client("alice");
  Group group = *alice.create_group();
  const auto refused = group.commit(CommitRequest().add(message));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, crypto::errc::kBadSignature) << refused.error().rule;  // its suite is the group's
}

// `whom`, added to the group that `alices` is alone in.
Group added(Group& alices, Client& whom) {
  Bytes welcome;
  commit_and_follow({&alices}, CommitRequest().add(*whom.new_key_package()), &welcome);
  return joined(whom, welcome);
}

// The same, and removed again, as `whom` has seen.
Group added_and_removed(Group& alices, Client& whom) {
  Group theirs = added(alices, whom);
  Transition removal = *alices.commit(CommitRequest().remove(theirs.own_leaf()));
  EXPECT_TRUE(theirs.merge(std::get<Transition>(*theirs.process(removal.message()))));
  EXPECT_TRUE(alices.merge(std::move(removal)));
  return theirs;
}

TEST(FoundByPeers, WhoWasRemovedComesBackWhileTheOldGroupIsStillHeld) {
  Cast cast;
  Client alice = cast.client("alice");
  Client bob = cast.client("bob");
  Group alices = *alice.create_group();
  const Group old = added_and_removed(alices, bob);
  const Group again = added(alices, bob);
  EXPECT_EQ(old.status(), GroupStatus::removed);
  EXPECT_TRUE(again.epoch_authenticator() == alices.epoch_authenticator());
}

TEST(FoundByPeers, WhoWasRemovedComesBackThoughTheOldGroupIsStored) {
  Cast cast;
  Client alice = cast.client("alice");
  auto pair = *crypto::generate_signature_key_pair(suite1(), *cast.random);
  ClientConfig config{suite1(), treekem::BasicCredential{to_bytes(as_bytes("bob"))},
                      std::make_shared<crypto::KeyPairSigner>(suite1(), std::move(pair)),
                      std::make_shared<AcceptEverything>()};
  config.random = cast.random;
  config.store = std::make_shared<storage::MemoryStore>();
  Client bob = *Client::create(std::move(config));
  Group alices = *alice.create_group();
  { const Group old = added_and_removed(alices, bob); }
  const Group again = added(alices, bob);
  EXPECT_TRUE(again.epoch_authenticator() == alices.epoch_authenticator());
  EXPECT_EQ(bob.stored_groups()->size(), 1u);
}

}  // namespace
}  // namespace dmls::group
