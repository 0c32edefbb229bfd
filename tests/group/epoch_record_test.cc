#include <dmls/group/epoch_record.h>
#include <dmls/group/transition.h>
#include <dmls/storage/memory_store.h>
#include <gtest/gtest.h>

#include <map>

#include "support.h"

namespace dmls::group {
namespace {

ClientConfig config_of(std::string_view name, std::shared_ptr<Random> random) {
  auto pair = *crypto::generate_signature_key_pair(suite1(), *random);
  ClientConfig config{suite1(), treekem::BasicCredential{to_bytes(as_bytes(name))},
                      std::make_shared<crypto::KeyPairSigner>(suite1(), std::move(pair)),
                      std::make_shared<AcceptEverything>()};
  config.random = std::move(random);
  return config;
}

// Two members, without a Group: the present epoch of each.
struct Pair {
  std::shared_ptr<Random> random = std::make_shared<SeededRandom>(11);
  ClientConfig alice = config_of("alice", random);
  ClientConfig bob = config_of("bob", random);
  keyschedule::OrdinarySuccession left_by_alice;
  std::optional<Epoch> first, of_alice, of_bob;

  Pair() {
    keyschedule::OrdinarySuccession left_by_first;
    first.emplace(*create_epoch(as_bytes("group"), {}, alice, left_by_first));
    auto bundle = *treekem::make_key_package(bob.suite, *bob.signer,
                                             {.credential = bob.credential,
                                              .capabilities = bob.capabilities,
                                              .lifetime = treekem::Lifetime::from_now(bob.clock->now(), 1000)},
                                             *random);
    keyschedule::OrdinaryInitSource source(left_by_first.init_secret());
    const ExternalPsks psks;
    auto made = create_commit(*first, CommitRequest().add(tls_codec::encode(bundle.key_package)),
                              {ProposalStore(), psks, alice}, {source, left_by_alice});
    EXPECT_TRUE(made) << (made ? "" : made.error().rule);
    keyschedule::OrdinarySuccession left_by_bob;
    auto joined =
        join_epoch(*std::get_if<Welcome>(&made->welcomes[0].message.body), bundle, {}, nullptr, psks, bob, left_by_bob);
    EXPECT_TRUE(joined) << (joined ? "" : joined.error().rule);
    of_alice.emplace(std::move(made->staged.next));
    of_bob.emplace(std::move(joined->next));
  }
};

MlsMessage message_of(Epoch& epoch, const ClientConfig& config, std::string_view text) {
  const auto content =
      epoch.sign(WireFormat::mls_private_message, ApplicationData{to_bytes(as_bytes(text))}, {}, *config.signer);
  return *epoch.protect(*content, NoPadding(), *config.random);
}

std::string text_of(const VerifiedContent& content) {
  const Bytes& data = std::get_if<ApplicationData>(&content->content.content)->data;
  return std::string(data.begin(), data.end());
}

std::map<Bytes, Bytes> content(storage::Store& store) {
  std::map<Bytes, Bytes> out;
  EXPECT_TRUE(store.for_each({}, [&out](BytesView key, BytesView value) -> Result<void> {
    out[to_bytes(key)] = to_bytes(value);
    return {};
  }));
  return out;
}

const Bytes kGroup = storage::below({}, "the group");
EpochPlace place(std::string_view id) { return {kGroup, to_bytes(as_bytes(id))}; }

void put(storage::Store& store, const EpochPlace& where, Epoch& epoch,
         std::span<const treekem::RatchetTree> stored = {}) {
  storage::Batch batch;
  epoch.message_keys().track_changes();
  put_epoch(batch, where, epoch, stored);
  ASSERT_TRUE(store.write(batch));
}

TEST(EpochRecords, ALoadedEpochGoesOnWhereItWasStored) {
  Pair pair;
  storage::MemoryStore store;
  const MlsMessage early = message_of(*pair.of_bob, pair.bob, "one");
  EXPECT_TRUE(pair.of_alice->unprotect(early));
  put(store, place("a"), *pair.of_alice);

  auto loaded = EpochLoader(store, kGroup, suite1()).load(as_bytes("a"));
  ASSERT_TRUE(loaded) << loaded.error().rule;
  EXPECT_EQ(loaded->shared().encoded_context, pair.of_alice->shared().encoded_context);
  EXPECT_EQ(loaded->shared().interim_transcript_hash, pair.of_alice->shared().interim_transcript_hash);
  EXPECT_EQ(loaded->shared().entered_at, pair.of_alice->shared().entered_at);
  EXPECT_EQ(loaded->shared().tree, pair.of_alice->shared().tree);
  EXPECT_TRUE(loaded->own().epoch_authenticator == pair.of_alice->own().epoch_authenticator);
  EXPECT_FALSE(loaded->unprotect(early));
  const auto read = loaded->unprotect(message_of(*pair.of_bob, pair.bob, "two"));
  ASSERT_TRUE(read) << read.error().rule;
  EXPECT_EQ(text_of(*read), "two");
  const auto answer = pair.of_bob->unprotect(message_of(*loaded, pair.alice, "three"));
  ASSERT_TRUE(answer) << answer.error().rule;
  EXPECT_EQ(text_of(*answer), "three");
}

TEST(EpochRecords, AMessageChangesAFewRecordsAndTheyAreEnough) {
  Pair pair;
  storage::MemoryStore store;
  put(store, place("a"), *pair.of_alice);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(pair.of_alice->unprotect(message_of(*pair.of_bob, pair.bob, "to alice")));
    message_of(*pair.of_alice, pair.alice, "to bob");
    const auto changes = pair.of_alice->message_keys().take_changes();
    if (i > 0) {
      EXPECT_EQ(changes.size(), 2u);
    }
    storage::Batch batch;
    put_message_keys(batch, place("a"), changes);
    ASSERT_TRUE(store.write(batch));
    storage::MemoryStore fresh;
    put(fresh, place("a"), *pair.of_alice);
    ASSERT_EQ(content(store), content(fresh));
  }
}

TEST(EpochRecords, EpochsOfAGroupShareTheirTreeAndDieAlone) {
  Pair pair;
  storage::MemoryStore store;
  put(store, place("0"), *pair.first);
  const auto alone = content(store);
  const treekem::RatchetTree first = pair.first->shared().tree, second = pair.of_alice->shared().tree;
  put(store, place("1"), *pair.of_alice, {&first, 1});
  EpochLoader loader(store, kGroup, suite1());
  EXPECT_TRUE(loader.load(as_bytes("0")));
  EXPECT_TRUE(loader.load(as_bytes("1")));

  storage::Batch of_the_keeper;
  of_the_keeper.put(storage::below(place("1").key(), "x"), SecretBytes(8));
  ASSERT_TRUE(store.write(of_the_keeper));
  storage::Batch batch;
  erase_epoch(batch, place("1"), second, {&first, 1});
  ASSERT_TRUE(store.write(batch));
  EXPECT_EQ(content(store), alone);
  storage::Batch last;
  erase_epoch(last, place("0"), first, {});
  ASSERT_TRUE(store.write(last));
  EXPECT_EQ(store.size(), 0u);
}

TEST(EpochRecords, AMissingOrDamagedRecordIsAnError) {
  Pair pair;
  storage::MemoryStore store;
  EXPECT_TRUE(pair.of_alice->unprotect(message_of(*pair.of_bob, pair.bob, "one")));
  put(store, place("a"), *pair.of_alice);
  int refused = 0, tried = 0;
  for (const auto& [key, value] : content(store)) {
    storage::Batch without, back;
    without.erase(key);
    back.put(key, SecretBytes(BytesView(value)));
    ASSERT_TRUE(store.write(without));
    EXPECT_FALSE(EpochLoader(store, kGroup, suite1()).load(as_bytes("a")));
    for (std::size_t i = 0; i < value.size(); i += 3) {
      Bytes damaged = value;
      damaged[i] ^= 0x81;
      if (i % 2 == 0) damaged.resize(i);
      storage::Batch damage;
      damage.put(key, SecretBytes(BytesView(damaged)));
      ASSERT_TRUE(store.write(damage));
      ++tried;
      refused += EpochLoader(store, kGroup, suite1()).load(as_bytes("a")) ? 0 : 1;  // a changed secret may pass
    }
    ASSERT_TRUE(store.write(back));
  }
  EXPECT_GT(refused, tried / 2);
  EXPECT_TRUE(EpochLoader(store, kGroup, suite1()).load(as_bytes("a")));
}

TEST(EpochRecords, ALaterVersionIsTold) {
  Pair pair;
  storage::MemoryStore store;
  put(store, place("a"), *pair.of_alice);
  for (const char* record : {"p", "s"}) {
    const Bytes key = storage::below(place("a").key(), record);
    auto value = **store.read(key);
    value.expose_mut()[1] = 2;
    storage::Batch batch;
    batch.put(key, value.clone());
    ASSERT_TRUE(store.write(batch));
    const auto loaded = EpochLoader(store, kGroup, suite1()).load(as_bytes("a"));
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, storage::errc::kUnknownFormat);
    value.expose_mut()[1] = 1;
    storage::Batch back;
    back.put(key, std::move(value));
    ASSERT_TRUE(store.write(back));
  }
}

}  // namespace
}  // namespace dmls::group
