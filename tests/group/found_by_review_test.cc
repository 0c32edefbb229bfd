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

// ---- after a removal -----------------------------------------------------------------------------------------------

class FoundByReviewRemoved : public testing::Test {
 protected:
  void begin(bool with_store) {
    config_.emplace(stored(cast_, "bob"));
    if (!with_store) config_->store = nullptr;
    alice_.emplace(cast_.client("alice"));
    bob_.emplace(*Client::create(*config_));
    alices_.emplace(*alice_->create_group(as_bytes("g")));
    Bytes welcome;
    commit_and_follow({&*alices_}, CommitRequest().add(*bob_->new_key_package()), &welcome);
    bobs_.emplace(joined(*bob_, welcome));
    for (const char* text : {"one", "two"}) late_.push_back(*alices_->protect(as_bytes(text)));
    resumption_psk_.emplace(bobs_->resumption_psk());
  }
  void remove_bob() {
    Transition removal = *alices_->commit(CommitRequest().remove(bobs_->own_leaf()));
    ASSERT_TRUE(bobs_->merge(std::get<Transition>(*bobs_->process(removal.message()))));
    ASSERT_EQ(bobs_->status(), GroupStatus::removed);
  }
  void reload() {
    bobs_.reset();
    bob_.emplace(*Client::create(*config_));
    bobs_.emplace(*bob_->load_group(as_bytes("g")));
  }
  [[nodiscard]] bool is_stored(BytesView secret) const {
    bool found = false;
    EXPECT_TRUE(config_->store->for_each({}, [&](BytesView, BytesView value) -> Result<void> {
      found = found || std::search(value.begin(), value.end(), secret.begin(), secret.end()) != value.end();
      return {};
    }));
    return found;
  }
  void expect_left() {
    EXPECT_EQ(bobs_->status(), GroupStatus::removed);
    EXPECT_TRUE(bobs_->epoch_authenticator().empty());
    expect_refused(bobs_->export_secret("label", {}, 32), errc::kRemoved, "no longer a member");
    EXPECT_EQ(bobs_->resumption_psk(), *resumption_psk_);
  }

  Cast cast_;
  std::optional<ClientConfig> config_;
  std::optional<Client> alice_, bob_;
  std::optional<Group> alices_, bobs_;
  std::vector<Bytes> late_;
  std::optional<keyschedule::Psk> resumption_psk_;
};

TEST_F(FoundByReviewRemoved, ReadsLateMessagesAndExportsNothing) {
  begin(false);
  remove_bob();
  expect_left();
  EXPECT_TRUE(hears(*bobs_, late_[1]));
  EXPECT_TRUE(hears(*bobs_, late_[0]));
}

TEST_F(FoundByReviewRemoved, KeepsInTheStoreOnlyWhatReadsLateMessages) {
  begin(true);
  std::vector<SecretBytes> dead;
  {
    const Bytes key = GroupStore::key_of(suite1(), as_bytes("g"));
    const Epoch last = *EpochLoader(*config_->store, key, suite1()).load(Bytes{0, 0, 0, 0, 0, 0, 0, 1});
    const MemberSecrets& own = last.own();
    for (const BytesView secret :
         {own.exporter_secret.expose(), own.external_secret.expose(), own.epoch_authenticator.expose()})
      dead.emplace_back(secret);
    for (const auto node : {tree_math::NodeIndex(1), tree_math::NodeIndex(2)})
      if (const auto* keys = own.tree_secrets.find(node)) dead.emplace_back(keys->private_key.expose());
  }
  ASSERT_GE(dead.size(), 4u);
  for (const SecretBytes& secret : dead) EXPECT_TRUE(is_stored(secret.expose()));
  remove_bob();
  for (const SecretBytes& secret : dead) EXPECT_FALSE(is_stored(secret.expose()));
  expect_left();
  EXPECT_TRUE(hears(*bobs_, late_[1]));
  reload();
  expect_left();
  EXPECT_TRUE(hears(*bobs_, late_[0]));
}

// As versions before the repair wrote it: the group is left, its last epoch is as it was.
TEST_F(FoundByReviewRemoved, IsRetiredWhenItIsLoadedIfItWasNotBefore) {
  begin(true);
  const Bytes key = storage::below(GroupStore::key_of(suite1(), as_bytes("g")), "s");
  auto record = *decode_record<GroupRecord>((*config_->store->read(key))->expose());
  bobs_.reset();
  record.status = static_cast<std::uint8_t>(GroupStatus::removed);
  storage::Batch batch;
  batch.put(key, tls_codec::encode_secret(record));
  ASSERT_TRUE(config_->store->write(batch));
  reload();
  expect_left();
  EXPECT_TRUE(hears(*bobs_, late_[1]));
  EXPECT_TRUE(hears(*bobs_, late_[0]));
}

// ---- records -------------------------------------------------------------------------------------------------------

TEST(FoundByReview, ChangesHaveAPathOrNoneAndNothingElse) {
  Changes changes;
  changes.has_path = true;
  Bytes octets = tls_codec::encode(changes);
  ASSERT_EQ(octets.back(), 1);
  EXPECT_TRUE(tls_codec::decode<Changes>(octets)->has_path);
  octets.back() = 0;
  EXPECT_FALSE(tls_codec::decode<Changes>(octets)->has_path);
  octets.back() = 2;
  expect_refused(tls_codec::decode<Changes>(octets), tls_codec::errc::kInvalidValue, "has_path");
}

}  // namespace
}  // namespace dmls::group
