#pragma once
// What every Store promises, as tests: instantiate StoreContract with a maker for each implementation.

#include <dmls/storage/store.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>

namespace dmls::storage {

inline SecretBytes value_of(std::string_view text) { return SecretBytes(as_bytes(text)); }

inline std::map<Bytes, Bytes> content(Store& store, BytesView prefix = {}) {
  std::map<Bytes, Bytes> out;
  const auto outcome = store.for_each(prefix, [&out](BytesView key, BytesView value) -> Result<void> {
    EXPECT_TRUE(out.emplace(to_bytes(key), to_bytes(value)).second);
    return {};
  });
  EXPECT_TRUE(outcome) << outcome.error().rule;
  return out;
}

using MakeStore = std::function<std::shared_ptr<Store>()>;
struct NamedMaker {
  std::string name;
  MakeStore make;
};
inline void PrintTo(const NamedMaker& maker, std::ostream* out) { *out << maker.name; }

class StoreContract : public testing::TestWithParam<NamedMaker> {
 protected:
  std::shared_ptr<Store> store = GetParam().make();
  void write(const Batch& batch) {
    const auto outcome = store->write(batch);
    ASSERT_TRUE(outcome) << outcome.error().rule;
  }
};

TEST_P(StoreContract, WhatWasWrittenIsRead) {
  Batch batch;
  batch.put(below({}, "a"), value_of("one"));
  batch.put(below({}, "empty"), SecretBytes());
  write(batch);
  const auto read = store->read(below({}, "a"));
  ASSERT_TRUE(read && *read);
  EXPECT_TRUE(**read == value_of("one"));
  const auto empty = store->read(below({}, "empty"));
  ASSERT_TRUE(empty && *empty);
  EXPECT_EQ((*empty)->size(), 0u);
  EXPECT_FALSE(store->read(below({}, "b"))->has_value());
}

TEST_P(StoreContract, TheStepsOfABatchHappenInTheirOrder) {
  Batch batch;
  batch.put(below({}, "a"), value_of("one"));
  batch.put(below({}, "a"), value_of("two"));
  batch.put(below({}, "b"), value_of("three"));
  batch.erase(below({}, "b"));
  batch.erase(below({}, "c"));
  batch.put(below({}, "c"), value_of("four"));
  write(batch);
  const std::map<Bytes, Bytes> expected{{below({}, "a"), to_bytes(as_bytes("two"))},
                                        {below({}, "c"), to_bytes(as_bytes("four"))}};
  EXPECT_EQ(content(*store), expected);
}

TEST_P(StoreContract, APrefixNamesWhatIsBelowItAndNothingElse) {
  const Bytes top = below({}, "g");
  Batch batch;
  batch.put(top, value_of("itself"));
  batch.put(below(top, "x"), value_of("1"));
  batch.put(below(below(top, "x"), "y"), value_of("2"));
  batch.put(below(top, "xy"), value_of("3"));
  batch.put(below({}, "gx"), value_of("4"));
  batch.put(below({}, Bytes{0xff}), value_of("5"));
  batch.put(below(below({}, Bytes{0xff}), Bytes{0xff}), value_of("6"));
  write(batch);
  EXPECT_EQ(content(*store).size(), 7u);
  EXPECT_EQ(content(*store, top).size(), 4u);
  EXPECT_EQ(content(*store, below(top, "x")).size(), 2u);
  EXPECT_EQ(content(*store, below({}, Bytes{0xff})).size(), 2u);

  Batch erase;
  erase.erase_all(below(top, "x"));
  erase.erase_all(below({}, Bytes{0xff}));
  write(erase);
  EXPECT_EQ(content(*store).size(), 3u);
  EXPECT_TRUE(store->read(below(top, "xy"))->has_value());
  Batch everything;
  everything.erase_all({});
  write(everything);
  EXPECT_TRUE(content(*store).empty());
}

TEST_P(StoreContract, AWalkEndsWithTheVisitorsError) {
  Batch batch;
  for (std::uint64_t i = 0; i < 10; ++i) batch.put(below({}, i), value_of("x"));
  write(batch);
  int calls = 0;
  const auto outcome = store->for_each({}, [&calls](BytesView, BytesView) -> Result<void> {
    ++calls;
    return fail(dmls::errc::kLimit, "enough");
  });
  EXPECT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, dmls::errc::kLimit);
  EXPECT_EQ(calls, 1);
}

TEST_P(StoreContract, ManyRandomBatchesLeaveWhatAMapWouldHold) {
  std::mt19937 random(5);
  std::map<Bytes, Bytes> model;
  for (int round = 0; round < 60; ++round) {
    Batch batch;
    for (auto steps = random() % 12; steps > 0; --steps) {
      const Bytes prefix = below({}, std::uint64_t{random() % 5});
      const Bytes key = below(prefix, std::uint64_t{random() % 20});
      switch (random() % 8) {
        case 0:
          batch.erase_all(prefix);
          std::erase_if(model, [&](const auto& entry) { return starts_with(entry.first, prefix); });
          break;
        case 1:
        case 2:
          batch.erase(key);
          model.erase(key);
          break;
        default: {
          const Bytes value(random() % 6000, static_cast<std::uint8_t>(random()));
          batch.put(key, SecretBytes(BytesView(value)));
          model[key] = value;
        }
      }
    }
    write(batch);
    ASSERT_EQ(content(*store), model);
  }
}

}  // namespace dmls::storage
