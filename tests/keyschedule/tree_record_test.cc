#include <dmls/keyschedule/secret_tree.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "support.h"

namespace dmls::keyschedule {
namespace {

using tree_math::LeafIndex;
constexpr RatchetKind kHandshake = RatchetKind::handshake;
constexpr RatchetKind kApplication = RatchetKind::application;

// A store as an embedder has one: octets by key.
class Store {
 public:
  void put_all(std::vector<Record> records) {
    for (Record& record : records) values_[record.key] = to_bytes(record.value.expose());
  }
  void apply(std::vector<RecordChange> changes) {
    for (RecordChange& change : changes) {
      if (change.value) {
        values_[change.key] = to_bytes(change.value->expose());
      } else {
        values_.erase(change.key);
      }
    }
  }
  [[nodiscard]] std::vector<Record> records() const {
    std::vector<Record> all;
    for (const auto& [key, value] : values_) all.push_back({key, SecretBytes(BytesView(value))});
    return all;
  }
  bool operator==(const Store&) const = default;

 private:
  std::map<RecordKey, Bytes> values_;
};

Store store_of(const SecretTree& tree) {
  Store store;
  store.put_all(tree.records());
  return store;
}

void use(SecretTree& tree, std::uint32_t leaf, RatchetKind kind, std::uint32_t generation) {
  ASSERT_TRUE(tree.spend(*tree.look(LeafIndex(leaf), kind, generation)));
}

// A tree with nodes, ratchets and skipped keys.
SecretTree used_tree(const crypto::CipherSuite& suite) {
  SecretTree tree = tree_of(suite, 16, {.max_ahead = 50, .max_kept = 5});
  use(tree, 3, kApplication, 4);
  use(tree, 3, kApplication, 2);
  use(tree, 12, kHandshake, 0);
  return tree;
}

TEST(TreeRecords, ARestoredTreeGivesTheSameKeys) {
  for (const auto& suite : suites()) {
    const SecretTree tree = used_tree(suite);
    const auto restored = SecretTree::restore(suite, tree.records());
    ASSERT_TRUE(restored) << restored.error().rule;
    EXPECT_EQ(restored->limits(), tree.limits());
    EXPECT_EQ(restored->leaf_count(), tree.leaf_count());
    for (std::uint32_t leaf = 0; leaf < 16; ++leaf) {
      for (std::uint32_t g = 0; g < 8; ++g) {
        const auto before = tree.look(LeafIndex(leaf), kApplication, g);
        const auto after = restored->look(LeafIndex(leaf), kApplication, g);
        ASSERT_EQ(static_cast<bool>(before), static_cast<bool>(after)) << leaf << " " << g;
        if (before) {
          EXPECT_EQ(test::hex(before->key()), test::hex(after->key()));
        }
      }
    }
    EXPECT_EQ(store_of(*restored), store_of(tree));
  }
}

TEST(TreeRecords, TheOrderOfTheRecordsDoesNotMatter) {
  std::vector<Record> records = used_tree(suite_1()).records();
  std::reverse(records.begin(), records.end());
  const auto restored = SecretTree::restore(suite_1(), records);
  ASSERT_TRUE(restored);
  EXPECT_EQ(store_of(*restored), store_of(used_tree(suite_1())));
}

TEST(TreeRecords, AMessageInOrderChangesOneRecord) {
  SecretTree tree = used_tree(suite_1());
  tree.track_changes();
  use(tree, 3, kApplication, 5);
  auto changes = tree.take_changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].key, (RecordKey{RecordType::ratchet, 3, kApplication, 0}));
  ASSERT_TRUE(tree.next(LeafIndex(12), kHandshake));
  changes = tree.take_changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].key, (RecordKey{RecordType::ratchet, 12, kHandshake, 0}));
  EXPECT_TRUE(tree.take_changes().empty());
}

TEST(TreeRecords, ALateMessageEndsTheRecordOfItsKey) {
  SecretTree tree = used_tree(suite_1());
  tree.track_changes();
  use(tree, 3, kApplication, 1);
  const auto changes = tree.take_changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].key, (RecordKey{RecordType::skipped, 3, kApplication, 1}));
  EXPECT_FALSE(changes[0].value);
}

TEST(TreeRecords, TheFirstMessageOfALeafChangesItsPath) {
  SecretTree tree = tree_of(suite_1(), 1024);
  tree.track_changes();
  use(tree, 77, kApplication, 0);
  // The root goes, ten nodes beside the path come, and two ratchets.
  EXPECT_EQ(tree.take_changes().size(), 13u);
}

TEST(TreeRecords, NothingIsNotedUntilAskedFor) {
  SecretTree tree = used_tree(suite_1());
  EXPECT_TRUE(tree.take_changes().empty());
}

TEST(TreeRecords, LooksAndRefusalsChangeNoRecord) {
  SecretTree tree = used_tree(suite_1());
  tree.track_changes();
  ASSERT_TRUE(tree.look(LeafIndex(0), kApplication, 30));
  ASSERT_FALSE(tree.look(LeafIndex(3), kApplication, 4));
  EXPECT_TRUE(tree.take_changes().empty());
}

TEST(TreeRecords, AStoreThatFollowsTheChangesEqualsTheTree) {
  std::mt19937 random(1);
  for (int run = 0; run < test::property_runs(200, 5); ++run) {
    SecretTree tree = tree_of(suite_1(), 16, {.max_ahead = 12, .max_kept = 6});
    tree.track_changes();
    Store store = store_of(tree);
    for (int step = 0; step < 60; ++step) {
      const LeafIndex leaf(random() % 16 < 12 ? random() % 2 : random() % 16);
      const auto kind = static_cast<RatchetKind>(random() % 2);
      if (random() % 4 == 0) {
        ASSERT_TRUE(tree.next(leaf, kind));
      } else {
        const auto from = static_cast<std::uint32_t>(*tree.next_generation(leaf, kind));
        const auto back = random() % 8;
        auto key = tree.look(leaf, kind, from < back ? 0 : static_cast<std::uint32_t>(from - back + random() % 12));
        if (key) {
          ASSERT_TRUE(tree.spend(std::move(*key)));
        }
      }
      if (random() % 3 == 0) store.apply(tree.take_changes());
    }
    store.apply(tree.take_changes());
    ASSERT_EQ(store, store_of(tree));
    const auto restored = SecretTree::restore(suite_1(), store.records());
    ASSERT_TRUE(restored) << restored.error().rule;
    ASSERT_EQ(store_of(*restored), store);
  }
}

// ---- records that are none -----------------------------------------------------------------------------------------

void expect_refused(const char* what, const std::function<void(std::vector<Record>&)>& spoil) {
  std::vector<Record> records = used_tree(suite_1()).records();
  ASSERT_TRUE(SecretTree::restore(suite_1(), records));
  spoil(records);
  const auto restored = SecretTree::restore(suite_1(), records);
  ASSERT_FALSE(restored) << what;
  EXPECT_EQ(restored.error().code, errc::kInvalidState) << what;
}

// The first record of a type, or of a ratchet.
Record& first(std::vector<Record>& records, RecordType type, std::uint32_t index = 0xffffffff) {
  for (Record& record : records)
    if (record.key.type == type && (index == 0xffffffff || record.key.index == index)) return record;
  ADD_FAILURE() << "no such record";
  return records[0];
}

TEST(TreeRecords, AMissingRecordIsNoticedUnlessItWasASkippedKey) {
  const std::size_t count = used_tree(suite_1()).records().size();
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<Record> records = used_tree(suite_1()).records();
    const RecordType type = records[i].key.type;
    records.erase(records.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(static_cast<bool>(SecretTree::restore(suite_1(), records)), type == RecordType::skipped) << i;
  }
  EXPECT_FALSE(SecretTree::restore(suite_1(), {}));
}

TEST(TreeRecords, ARepeatedOrOverlappingRecordIsRefused) {
  expect_refused("the same key twice", [](auto& records) {
    records.push_back({records[2].key, records[2].value.clone()});
  });
  expect_refused("the root above everything", [](auto& records) {
    records.push_back({{.type = RecordType::node, .index = 15}, octets(32, 1)});
  });
  expect_refused("a node above a leaf that was started", [](auto& records) {
    records.push_back({{.type = RecordType::node, .index = 6}, octets(32, 1)});
  });
}

TEST(TreeRecords, AValueOfAnotherSizeIsRefused) {
  for (const RecordType type : {RecordType::tree, RecordType::node, RecordType::ratchet, RecordType::skipped}) {
    expect_refused("one octet less", [type](auto& records) {
      SecretBytes& value = first(records, type).value;
      value = SecretBytes(value.expose().first(value.size() - 1));
    });
    expect_refused("one octet more", [type](auto& records) {
      SecretBytes& value = first(records, type).value;
      Bytes longer = to_bytes(value.expose());
      longer.push_back(0);
      value = SecretBytes(BytesView(longer));
    });
    expect_refused("nothing", [type](auto& records) { first(records, type).value = SecretBytes(); });
  }
}

TEST(TreeRecords, AKeyThatFitsNothingIsRefused) {
  expect_refused("unknown type", [](auto& records) {
    records.push_back({{.type = static_cast<RecordType>(4), .index = 0}, octets(32, 1)});
  });
  expect_refused("a node outside the tree", [](auto& records) { first(records, RecordType::node).key.index = 31; });
  expect_refused("a node index that is none",
                 [](auto& records) { first(records, RecordType::node).key.index = 0xffffffff; });
  expect_refused("a node with a generation",
                 [](auto& records) { first(records, RecordType::node).key.generation = 1; });
  expect_refused("a leaf outside the tree", [](auto& records) {
    for (Record& record : records)
      if (record.key.type == RecordType::ratchet && record.key.index == 12) record.key.index = 16;
  });
  expect_refused("a ratchet of a third kind",
                 [](auto& records) { first(records, RecordType::ratchet, 12).key.kind = static_cast<RatchetKind>(2); });
  expect_refused("a skipped key of a leaf without ratchets",
                 [](auto& records) { first(records, RecordType::skipped).key.index = 4; });
  expect_refused("a skipped key of a third kind",
                 [](auto& records) { first(records, RecordType::skipped).key.kind = static_cast<RatchetKind>(2); });
  expect_refused("a skipped key ahead of its ratchet",
                 [](auto& records) { first(records, RecordType::skipped).key.generation = 5; });
}

TEST(TreeRecords, MoreSkippedKeysThanTheLimitAreRefused) {
  for (const std::uint32_t max_kept : {0u, 1u, 5u}) {
    SecretTree tree = tree_of(suite_1(), 2, {.max_ahead = 50, .max_kept = max_kept});
    use(tree, 0, kApplication, 20);
    std::vector<Record> records = tree.records();
    ASSERT_TRUE(SecretTree::restore(suite_1(), records));
    records.push_back({{RecordType::skipped, 0, kApplication, 3}, octets(28, 1)});
    EXPECT_FALSE(SecretTree::restore(suite_1(), records)) << max_kept;
  }
}

TEST(TreeRecords, AnotherVersionSuiteOrSizeIsRefused) {
  const auto spoil = [](std::size_t octet, std::uint8_t value) {
    return [octet, value](auto& records) { records[0].value.expose_mut()[octet] = value; };
  };
  expect_refused("version", spoil(1, 2));
  expect_refused("suite", spoil(3, 3));
  expect_refused("leaf count 15", spoil(7, 15));
  expect_refused("leaf count 32", spoil(7, 32));
  expect_refused("leaf count 0", spoil(7, 0));
  const auto other = *crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMP256_AES128GCM_SHA256_P256);
  EXPECT_FALSE(SecretTree::restore(other, used_tree(suite_1()).records()));
}

TEST(TreeRecords, ARatchetBeyondItsEndIsRefused) {
  expect_refused("next is 2^32 with a secret", [](auto& records) {
    const auto value = first(records, RecordType::ratchet, 12).value.expose_mut();
    value[3] = 1;
    value[7] = 0;
  });
  expect_refused("next is 2^32 + 1 with a secret",
                 [](auto& records) { first(records, RecordType::ratchet, 12).value.expose_mut()[3] = 1; });
  expect_refused("next is 2^32 + 1 without one", [](auto& records) {
    first(records, RecordType::ratchet, 12).value = SecretBytes(BytesView(test::unhex("000000010000000100")));
  });
}

// What changed, as text.
std::vector<std::string> text_of(const std::vector<RecordChange>& changes) {
  std::vector<std::string> out;
  for (const RecordChange& change : changes)
    out.push_back(test::hex(tls_codec::encode(change.key)) + (change.value ? test::hex(change.value->expose()) : "-"));
  return out;
}

TEST(PreparedSpend, ChangesWhatASpendWouldChange) {
  std::mt19937 random(3);
  for (int round = 0; round < test::property_runs(2000, 20); ++round) {
    SecretTree one = tree_of(suite_1(), 16, {.max_ahead = 12, .max_kept = 4});
    SecretTree two = tree_of(suite_1(), 16, {.max_ahead = 12, .max_kept = 4});
    one.track_changes();
    two.track_changes();
    for (int i = 0; i < 30; ++i) {
      const LeafIndex leaf(static_cast<std::uint32_t>(random() % 16));
      const auto kind = random() % 2 == 0 ? kHandshake : kApplication;
      if (random() % 4 == 0) {
        ASSERT_TRUE(one.next(leaf, kind) && two.next(leaf, kind));
        ASSERT_EQ(text_of(one.take_changes()), text_of(two.take_changes()));
        continue;
      }
      const auto generation = static_cast<std::uint32_t>(random() % 10);
      auto first = one.look(leaf, kind, generation);
      auto second = two.look(leaf, kind, generation);
      ASSERT_EQ(static_cast<bool>(first), static_cast<bool>(second));
      if (!first) continue;
      ASSERT_TRUE(one.spend(*std::move(first)));
      const Store before = store_of(two);
      auto prepared = two.prepare(*std::move(second));
      ASSERT_TRUE(prepared);
      EXPECT_EQ(store_of(two), before);
      EXPECT_EQ(text_of(prepared->changes()), text_of(one.take_changes()));
      ASSERT_TRUE(two.finish(*std::move(prepared)));
      ASSERT_EQ(store_of(two), store_of(one));
      EXPECT_TRUE(two.take_changes().empty());
    }
  }
}

TEST(PreparedSpend, HappensOnceAndOnAnUnchangedTreeOnly) {
  SecretTree tree = used_tree(suite_1());
  SecretTree other = used_tree(suite_1());
  auto first = *tree.prepare(*tree.look(LeafIndex(3), kApplication, 7));
  auto second = *tree.prepare(*tree.look(LeafIndex(3), kApplication, 8));
  EXPECT_FALSE(other.finish(*tree.prepare(*tree.look(LeafIndex(3), kApplication, 7))));
  EXPECT_FALSE(other.prepare(*tree.look(LeafIndex(3), kApplication, 7)));
  ASSERT_TRUE(tree.finish(std::move(first)));
  EXPECT_FALSE(tree.look(LeafIndex(3), kApplication, 7));
  const Store before = store_of(tree);
  EXPECT_FALSE(tree.finish(std::move(second)));
  EXPECT_EQ(store_of(tree), before);
  EXPECT_TRUE(tree.look(LeafIndex(3), kApplication, 8));
}

TEST(PreparedSpend, HappensAfterASpendThatFailed) {
  SecretTree tree = used_tree(suite_1());
  auto key = *tree.look(LeafIndex(3), kApplication, 7), twin = *tree.look(LeafIndex(3), kApplication, 7);
  ASSERT_TRUE(tree.spend(std::move(key)));
  auto prepared = *tree.prepare(*tree.look(LeafIndex(3), kApplication, 8));
  const Store before = store_of(tree);
  EXPECT_FALSE(tree.spend(std::move(twin)));
  EXPECT_EQ(store_of(tree), before);
  EXPECT_TRUE(tree.finish(std::move(prepared)));
}

TEST(TreeRecords, ChangesThatThisTreeCannotHaveGivenAreLeftAside) {
  SecretTree tree = tree_of(suite_1(), 16);
  tree.track_changes();
  ASSERT_TRUE(tree.next(LeafIndex(2), kApplication));
  Store store = store_of(tree);
  (void)tree.take_changes();
  std::vector<RecordChange> strange;
  strange.push_back({{RecordType::skipped, 2, kApplication, 5}, std::nullopt});  // this ratchet never skipped anything
  strange.push_back({{RecordType::skipped, 9, kHandshake, 0}, std::nullopt});    // these never started
  strange.push_back({{RecordType::ratchet, 9, kHandshake}, std::nullopt});
  strange.push_back({{RecordType::ratchet, 99, kHandshake}, std::nullopt});
  strange.push_back({{RecordType::tree}, std::nullopt});
  strange.push_back({{static_cast<RecordType>(7)}, std::nullopt});
  tree.changes_not_stored(strange);
  store.apply(tree.take_changes());
  EXPECT_EQ(store, store_of(tree));
}

TEST(TreeRecords, ChangesThatCouldNotBeStoredComeAgainWithPresentValues) {
  SecretTree tree = tree_of(suite_1(), 16);
  Store store = store_of(tree);
  tree.track_changes();
  ASSERT_TRUE(tree.next(LeafIndex(2), kApplication));
  const auto lost = tree.take_changes();
  ASSERT_TRUE(tree.next(LeafIndex(2), kApplication));
  tree.changes_not_stored(lost);
  store.apply(tree.take_changes());
  EXPECT_EQ(store, store_of(tree));
}

TEST(RecordKey, SortsAsItsEncoding) {
  const RecordKey keys[] = {{},
                            {RecordType::node, 1},
                            {RecordType::node, 256},
                            {RecordType::ratchet, 0, kHandshake},
                            {RecordType::ratchet, 0, kApplication},
                            {RecordType::skipped, 0, kHandshake, 0x01000000},
                            {RecordType::skipped, 0, kApplication, 255},
                            {RecordType::skipped, 1, kHandshake, 0}};
  for (std::size_t i = 0; i + 1 < std::size(keys); ++i) {
    EXPECT_LT(keys[i], keys[i + 1]);
    EXPECT_LT(test::hex(tls_codec::encode(keys[i])), test::hex(tls_codec::encode(keys[i + 1])));
    EXPECT_EQ(tls_codec::encode(keys[i]).size(), 10u);
  }
}

}  // namespace
}  // namespace dmls::keyschedule
