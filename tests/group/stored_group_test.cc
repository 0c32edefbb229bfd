// Clients and groups that are kept in a store.
#include <dmls/storage/memory_store.h>
#include <gtest/gtest.h>

#include <map>

#include "support.h"
#include "support/stored_story.h"

namespace dmls::group {
namespace {

using test::StoredStory;

std::map<Bytes, Bytes> content(storage::Store& store) {
  std::map<Bytes, Bytes> out;
  EXPECT_TRUE(store.for_each({}, [&out](BytesView key, BytesView value) -> Result<void> {
    out[to_bytes(key)] = to_bytes(value);
    return {};
  }));
  return out;
}

// A store that fails when it is told to, and counts.
class Unreliable final : public storage::Store {
 public:
  Result<void> write(const storage::Batch& batch) override {
    ++writes;
    if (fails) return fail(storage::errc::kWriteFailed, "told to fail");
    return store.write(batch);
  }
  Result<std::optional<SecretBytes>> read(BytesView key) override { return store.read(key); }
  Result<void> for_each(BytesView prefix, const Visitor& visit) override { return store.for_each(prefix, visit); }
  storage::MemoryStore store;
  bool fails = false;
  int writes = 0;
};

#define ASSERT_OK(expression)                                         \
  do {                                                                \
    const auto outcome_ = (expression);                               \
    ASSERT_TRUE(outcome_) << (outcome_ ? "" : outcome_.error().rule); \
  } while (false)

TEST(StoredClient, EveryStepIsOneBatchAndSurvivesARestart) {
  StoredStory story(suite1(), 5);
  const auto store = std::make_shared<Unreliable>();
  ASSERT_OK(story.open(store));
  for (std::size_t step = 0; step < story.size(); ++step) {
    SCOPED_TRACE(story.name(step));
    const int before = store->writes;
    ASSERT_OK(story.run(step));
    EXPECT_EQ(store->writes, before + 1);
    const auto written = content(*store);
    ASSERT_OK(story.open(store));
    EXPECT_EQ(content(*store), written);
    ASSERT_OK(story.settle(step));
    ASSERT_OK(story.open(store));
  }
  // What is left is the client itself, and the key package that was never used.
  EXPECT_EQ(store->store.size(), 2u);
}

TEST(StoredClient, AStepThatCannotBeWrittenDidNotHappenAndCanBeRepeated) {
  StoredStory story(suite1(), 6);
  const auto store = std::make_shared<Unreliable>();
  ASSERT_OK(story.open(store));
  for (std::size_t step = 0; step < story.size(); ++step) {
    SCOPED_TRACE(story.name(step));
    const auto before = content(*store);
    store->fails = true;
    for (int i = 0; i < 2; ++i) {
      const auto outcome = story.run(step);
      ASSERT_FALSE(outcome);
      EXPECT_EQ(outcome.error().code, storage::errc::kWriteFailed);
    }
    EXPECT_EQ(content(*store), before);
    store->fails = false;
    ASSERT_OK(story.run(step));
    ASSERT_OK(story.settle(step));
  }
}

TEST(StoredClient, TwoObjectsOfOneGroupDoNotBothWrite) {
  const auto store = std::make_shared<storage::MemoryStore>();
  auto pair = *crypto::generate_signature_key_pair(suite1(), *std::make_shared<SeededRandom>(1));
  ClientConfig config{suite1(), treekem::BasicCredential{to_bytes(as_bytes("alice"))},
                      std::make_shared<crypto::KeyPairSigner>(suite1(), std::move(pair)),
                      std::make_shared<AcceptEverything>()};
  config.store = store;
  Client client = *Client::create(config);
  Group group = *client.create_group(as_bytes("g"));
  EXPECT_EQ(client.load_group(as_bytes("g")).error().code, errc::kKnownGroup);
  EXPECT_EQ(client.create_group(as_bytes("g")).error().code, errc::kKnownGroup);
  ASSERT_OK(group.protect(as_bytes("x")));
  ASSERT_OK(client.forget_group(as_bytes("g")));
  EXPECT_EQ(group.protect(as_bytes("x")).error().code, errc::kStale);
  EXPECT_TRUE(client.stored_groups()->empty());
  EXPECT_FALSE(client.load_group(as_bytes("h")));
}

TEST(StoredClient, AnotherSuiteOrALaterVersionIsToldApart) {
  const auto store = std::make_shared<storage::MemoryStore>();
  SeededRandom random(1);
  const auto config_for = [&](crypto::CipherSuiteId id) {
    const auto suite = *crypto::CipherSuite::find(id);
    ClientConfig config{
        suite, treekem::BasicCredential{to_bytes(as_bytes("alice"))},
        std::make_shared<crypto::KeyPairSigner>(suite, *crypto::generate_signature_key_pair(suite, random)),
        std::make_shared<AcceptEverything>()};
    config.store = store;
    return config;
  };
  using enum crypto::CipherSuiteId;
  ASSERT_OK(Client::create(config_for(MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519)));
  EXPECT_EQ(Client::create(config_for(MLS_128_DHKEMP256_AES128GCM_SHA256_P256)).error().code, dmls::errc::kMisuse);
  storage::Batch batch;
  batch.put(storage::below({}, "v"), SecretBytes(BytesView(Bytes{0, 2, 0, 1})));
  ASSERT_OK(store->write(batch));
  EXPECT_EQ(Client::create(config_for(MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519)).error().code,
            storage::errc::kUnknownFormat);
}

}  // namespace
}  // namespace dmls::group
