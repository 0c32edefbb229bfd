// Defects of ours that were found by reading; docs/mistakes.md tells of them.

#include <dmls/group/changes_record.h>
#include <dmls/storage/memory_store.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "../../group/src/group_store.h"
#include "support.h"

namespace dmls::group {
namespace {

std::shared_ptr<const crypto::Signer> fresh_signer(Cast& cast) {
  return std::make_shared<crypto::KeyPairSigner>(suite1(),
                                                 *crypto::generate_signature_key_pair(suite1(), *cast.random));
}

// Of a client that is kept in a store of its own.
ClientConfig stored(Cast& cast, std::string_view name) {
  ClientConfig config{suite1(), treekem::BasicCredential{to_bytes(as_bytes(name))}, fresh_signer(cast),
                      std::make_shared<AcceptEverything>()};
  config.random = cast.random;
  config.store = std::make_shared<storage::MemoryStore>();
  return config;
}

template <class T>
void expect_refused(const Result<T>& outcome, Errc code, std::string_view rule) {
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, code) << outcome.error().rule;
  EXPECT_NE(std::string_view(outcome.error().rule).find(rule), std::string_view::npos) << outcome.error().rule;
}

bool hears(Group& group, const Result<Bytes>& message) {
  const auto event = message ? group.process(*message) : Result<Event>(fail(message.error()));
  EXPECT_TRUE(event) << (event ? "" : event.error().rule);
  return event && std::holds_alternative<ApplicationMessage>(*event);
}

// ---- a key package of an earlier signer ----------------------------------------------------------------------------

TEST(FoundByReview, WhoJoinsByAnOldKeyPackageSignsWithItsKey) {
  Cast cast;
  Client alice = cast.client("alice");
  ClientConfig config = stored(cast, "bob");
  const Bytes package = *Client::create(config)->new_key_package();
  const auto old = std::exchange(config.signer, fresh_signer(cast));
  Group alices = *alice.create_group();
  Bytes welcome;
  commit_and_follow({&alices}, CommitRequest().add(package), &welcome);
  {
    Client without_the_key = *Client::create(config);
    expect_refused(without_the_key.join(welcome), dmls::errc::kMisuse, "private key");
  }

  config.other_signers = {old};
  std::optional<Client> bob = *Client::create(config);
  std::optional<Group> bobs = joined(*bob, welcome);
  EXPECT_TRUE(hears(alices, bobs->protect(as_bytes("hello"))));
  commit_and_follow({&*bobs, &alices}, CommitRequest());
  bobs.reset();
  bob.emplace(*Client::create(config));
  bobs.emplace(*bob->load_group(alices.group_id()));
  EXPECT_TRUE(hears(alices, bobs->protect(as_bytes("hello again"))));
}

TEST(FoundByReview, AKeyPackageThatNoSignerHereIsOfIsNotImported) {
  Cast cast;
  ClientConfig config = stored(cast, "bob");
  const auto other = fresh_signer(cast);
  const auto made = [&] {
    return *treekem::make_key_package(suite1(), *other,
                                      {.credential = config.credential,
                                       .capabilities = config.capabilities,
                                       .lifetime = treekem::Lifetime::from_now(config.clock->now(), 1000)},
                                      *cast.random);
  };
  {
    Client bob = *Client::create(config);
    expect_refused(bob.import_key_package(made()), dmls::errc::kMisuse, "signature_key");
    EXPECT_EQ(bob.key_package_count(), 0u);
  }
  config.other_signers = {other};
  Client bob = *Client::create(config);
  EXPECT_TRUE(bob.import_key_package(made()));
  EXPECT_EQ(bob.key_package_count(), 1u);
}

// ---- an entry happens once -----------------------------------------------------------------------------------------

Bytes open_group_info(Client& client) {
  return *client.create_group()->group_info(TreeDelivery::inside, ExternalJoins::allowed);
}

TEST(FoundByReview, AnEntryAndItsCopyDoNotBothHappen) {
  Cast cast;
  Client alice = cast.client("alice");
  Client bob = *Client::create(stored(cast, "bob"));
  Transition made = *bob.join_by_commit(open_group_info(alice));
  std::vector<Transition> copies = *bob.pending_entries();
  ASSERT_EQ(copies.size(), 1u);
  Group bobs = *bob.enter(std::move(made));
  expect_refused(bob.enter(std::move(copies[0])), errc::kStale, "entered or discarded");
  EXPECT_TRUE(bobs.protect(as_bytes("still the one that writes")));
}

TEST(FoundByReview, AnEntryThatWasDroppedIsNotTakenForALaterOne) {
  Cast cast;
  Client alice = cast.client("alice");
  Client bob = *Client::create(stored(cast, "bob"));
  Transition dropped = *bob.join_by_commit(open_group_info(alice));
  std::vector<Transition> copies = *bob.pending_entries();
  copies.push_back(std::move(bob.pending_entries()->at(0)));
  ASSERT_TRUE(bob.discard(std::move(copies[0])));
  Transition later = *bob.join_by_commit(open_group_info(alice));
  const Bytes message = later.message();
  ASSERT_TRUE(bob.discard(std::move(dropped)));
  expect_refused(bob.enter(std::move(copies[1])), errc::kStale, "entered or discarded");
  ASSERT_EQ(bob.pending_entries()->size(), 1u);
  EXPECT_EQ(bob.pending_entries()->at(0).message(), message);
  EXPECT_TRUE(bob.enter(std::move(later)));
}

TEST(FoundByReview, AWelcomeOfLastResortIsEnteredOnce) {
  for (const bool with_store : {false, true}) {
    Cast cast;
    Client alice = cast.client("alice");
    ClientConfig config = stored(cast, "bob");
    if (!with_store) config.store = nullptr;
    Client bob = *Client::create(config);
    Group alices = *alice.create_group();
    Bytes welcome;
    commit_and_follow({&alices}, CommitRequest().add(*bob.new_key_package({.reuse = KeyPackageReuse::last_resort})),
                      &welcome);
    Transition first = *bob.join(welcome), second = *bob.join(welcome);
    Group bobs = *bob.enter(std::move(first));
    expect_refused(bob.enter(std::move(second)), errc::kStale, "with that id");
    EXPECT_TRUE(hears(alices, bobs.protect(as_bytes("hello"))));
  }
}

TEST(FoundByReview, AGroupIsNotCreatedBesideALivingOneOfItsId) {
  Cast cast;
  Client alice = cast.client("alice");
  {
    const Group group = *alice.create_group(as_bytes("g"));
    expect_refused(alice.create_group(as_bytes("g")), errc::kKnownGroup, "id");
  }
  EXPECT_TRUE(alice.create_group(as_bytes("g")));
}

// ---- what a creator supports ---------------------------------------------------------------------------------------

TEST(FoundByReview, ACreatorSupportsWhatItsGroupDemands) {
  constexpr auto kUnlisted = static_cast<treekem::ExtensionType>(0xf123);
  Cast cast;
  ClientConfig config = stored(cast, "alice");
  treekem::ExtensionList required;
  treekem::set_extension(required, treekem::RequiredCapabilities{{kUnlisted}, {}, {}});
  const treekem::ExtensionList unlisted{{kUnlisted, {}}};
  {
    Client alice = *Client::create(config);
    expect_refused(alice.create_group(as_bytes("g"), required), treekem::errc::kUnsupportedCapability, "RFC 9420");
    expect_refused(alice.create_group(as_bytes("g"), unlisted), treekem::errc::kUnsupportedCapability, "RFC 9420");
    EXPECT_TRUE(alice.stored_groups()->empty());
  }
  config.capabilities.extensions.push_back(kUnlisted);
  Client alice = *Client::create(config);
  EXPECT_TRUE(alice.create_group(as_bytes("g"), required));
  EXPECT_TRUE(alice.create_group(as_bytes("h"), unlisted));
}

}  // namespace
}  // namespace dmls::group
