#include <dmls/storage/memory_store.h>
#include <dmls/storage_sealed/sealed_store.h>

#include "../storage/store_contract.h"

namespace dmls::storage {
namespace {

SecretBytes sealing_key(std::uint8_t octet = 1) { return SecretBytes(BytesView(Bytes(32, octet))); }

std::shared_ptr<Store> sealed(std::shared_ptr<Store> inner, RecordNames names) {
  return *SealedStore::open(std::move(inner), sealing_key(), names, std::make_shared<SeededRandom>(4));
}

INSTANTIATE_TEST_SUITE_P(
    Sealed, StoreContract,
    testing::Values(
        NamedMaker{"plain_names", [] { return sealed(std::make_shared<MemoryStore>(), RecordNames::plain); }},
        NamedMaker{"hidden_names", [] { return sealed(std::make_shared<MemoryStore>(), RecordNames::hidden); }}));

bool contains(const Bytes& octets, std::string_view text) {
  const BytesView wanted = as_bytes(text);
  return std::search(octets.begin(), octets.end(), wanted.begin(), wanted.end()) != octets.end();
}

Batch one_record() {
  Batch batch;
  batch.put(below(below({}, "the group"), "the name"), value_of("the value"));
  return batch;
}

TEST(SealedStore, TheInnerStoreSeesNoValuesAndNoHiddenNames) {
  for (const RecordNames names : {RecordNames::plain, RecordNames::hidden}) {
    const auto inner = std::make_shared<MemoryStore>();
    const auto store = sealed(inner, names);
    ASSERT_TRUE(store->write(one_record()));
    ASSERT_EQ(inner->size(), 2u);
    bool name_seen = false;
    for (const auto& [key, value] : content(*inner)) {
      EXPECT_FALSE(contains(value, "the value"));
      EXPECT_FALSE(contains(value, "the name"));
      name_seen = name_seen || contains(key, "the name") || contains(key, "the group");
    }
    EXPECT_EQ(name_seen, names == RecordNames::plain);
  }
}

TEST(SealedStore, OneValueIsNeverSealedTwiceAlike) {
  const auto inner = std::make_shared<MemoryStore>();
  const auto store = sealed(inner, RecordNames::plain);
  ASSERT_TRUE(store->write(one_record()));
  const auto first = content(*inner);
  ASSERT_TRUE(store->write(one_record()));
  EXPECT_NE(content(*inner), first);
}

TEST(SealedStore, EveryChangedOctetIsNoticed) {
  for (const RecordNames names : {RecordNames::plain, RecordNames::hidden}) {
    const auto inner = std::make_shared<MemoryStore>();
    const auto store = sealed(inner, names);
    ASSERT_TRUE(store->write(one_record()));
    for (const auto& [key, value] : content(*inner)) {
      if (key.size() == 1) continue;  // the wrapper's own
      for (std::size_t i = 0; i < value.size(); ++i) {
        Bytes changed = value;
        changed[i] ^= 0x20;
        Batch batch;
        batch.put(key, SecretBytes(BytesView(changed)));
        ASSERT_TRUE(inner->write(batch));
        const auto read = store->read(below(below({}, "the group"), "the name"));
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().code, errc::kNotAuthentic);
      }
    }
  }
}

TEST(SealedStore, ARecordInAnothersPlaceIsNoticed) {
  for (const RecordNames names : {RecordNames::plain, RecordNames::hidden}) {
    const auto inner = std::make_shared<MemoryStore>();
    const auto store = sealed(inner, names);
    Batch batch;
    batch.put(below({}, "a"), value_of("one"));
    batch.put(below({}, "b"), value_of("two"));
    ASSERT_TRUE(store->write(batch));
    std::vector<std::pair<Bytes, Bytes>> records;
    for (const auto& entry : content(*inner))
      if (entry.first.size() > 1) records.push_back(entry);
    ASSERT_EQ(records.size(), 2u);
    Batch swapped;
    swapped.put(records[0].first, SecretBytes(BytesView(records[1].second)));
    swapped.put(records[1].first, SecretBytes(BytesView(records[0].second)));
    ASSERT_TRUE(inner->write(swapped));
    EXPECT_EQ(store->read(below({}, "a")).error().code, errc::kNotAuthentic);
    EXPECT_EQ(store->read(below({}, "b")).error().code, errc::kNotAuthentic);
  }
}

TEST(SealedStore, OnlyTheSameKeyAndTheSameChoiceOpenIt) {
  const auto inner = std::make_shared<MemoryStore>();
  ASSERT_TRUE(SealedStore::open(inner, sealing_key(), RecordNames::hidden));
  EXPECT_TRUE(SealedStore::open(inner, sealing_key(), RecordNames::hidden));
  EXPECT_EQ(SealedStore::open(inner, sealing_key(2), RecordNames::hidden).error().code, errc::kNotAuthentic);
  EXPECT_EQ(SealedStore::open(inner, sealing_key(), RecordNames::plain).error().code, errc::kNotAuthentic);
  EXPECT_EQ(SealedStore::open(inner, SecretBytes(16)).error().code, dmls::errc::kMisuse);
}

TEST(SealedStore, AStoreWithOpenRecordsIsNotTakenOver) {
  const auto inner = std::make_shared<MemoryStore>();
  ASSERT_TRUE(inner->write(one_record()));
  EXPECT_EQ(SealedStore::open(inner, sealing_key()).error().code, errc::kUnknownFormat);
  EXPECT_EQ(inner->size(), 1u);
}

TEST(SealedStore, ErasingEverythingLeavesItSealed) {
  const auto inner = std::make_shared<MemoryStore>();
  Batch everything;
  everything.erase_all({});
  ASSERT_TRUE(sealed(inner, RecordNames::hidden)->write(everything));
  EXPECT_EQ(SealedStore::open(inner, sealing_key(2)).error().code, errc::kNotAuthentic);
}

TEST(SealedStore, NothingIsWrittenWithoutRandomness) {
  class NoRandom final : public Random {
   public:
    Result<void> fill(std::span<std::uint8_t>) override { return fail_(); }

   private:
    static Result<void> fail_() { return dmls::fail(dmls::errc::kRandomFailed, "none"); }
  };
  const auto inner = std::make_shared<MemoryStore>();
  const auto store = sealed(inner, RecordNames::hidden);
  const auto poor = *SealedStore::open(inner, sealing_key(), RecordNames::hidden, std::make_shared<NoRandom>());
  EXPECT_EQ(poor->write(one_record()).error().code, dmls::errc::kRandomFailed);
  EXPECT_TRUE(content(*store).empty());
}

}  // namespace
}  // namespace dmls::storage
