#include <dmls/storage_sqlite/sqlite_store.h>
#include <sqlite3.h>

#include "../storage/store_contract.h"
#include "support/temporary_folder.h"

namespace dmls::storage {
namespace {

using test::TemporaryFolder;

// A store, and the folder that it needs.
std::shared_ptr<Store> store_in_folder() {
  struct Both {
    TemporaryFolder folder;
    std::unique_ptr<SqliteStore> store;
  };
  auto both = std::make_shared<Both>();
  both->store = *SqliteStore::open({both->folder.file("store.db")});
  Store* const store = both->store.get();
  return {both, store};
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(NamedMaker{"sqlite", store_in_folder}));

Batch one_record(std::string_view key = "a", std::string_view value = "one") {
  Batch batch;
  batch.put(below({}, key), value_of(value));
  return batch;
}

TEST(SqliteStore, WhatWasWrittenIsThereAfterReopening) {
  const TemporaryFolder folder;
  {
    const auto store = *SqliteStore::open({folder.file("s")});
    ASSERT_TRUE(store->write(one_record()));
  }
  const auto store = *SqliteStore::open({folder.file("s")});
  EXPECT_TRUE(**store->read(below({}, "a")) == value_of("one"));
}

TEST(SqliteStore, IsOpenedOnceAtATime) {
  const TemporaryFolder folder;
  auto first = *SqliteStore::open({folder.file("s")});
  const auto second = SqliteStore::open({folder.file("s")});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, errc::kInUse);
  first = nullptr;
  EXPECT_TRUE(SqliteStore::open({folder.file("s")}));
}

void run_sql(const std::string& path, const char* sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
  sqlite3_close(db);
}

TEST(SqliteStore, OtherDatabasesAreLeftAlone) {
  const TemporaryFolder folder;
  run_sql(folder.file("foreign"), "CREATE TABLE t(x)");
  EXPECT_EQ(SqliteStore::open({folder.file("foreign")}).error().code, errc::kUnknownFormat);
  std::ofstream(folder.file("text")) << std::string(5000, 'x');
  EXPECT_EQ(SqliteStore::open({folder.file("text")}).error().code, errc::kUnknownFormat);
  EXPECT_EQ(SqliteStore::open({folder.file("no/such/folder")}).error().code, errc::kReadFailed);
}

TEST(SqliteStore, ALaterFormatIsRefused) {
  const TemporaryFolder folder;
  ASSERT_TRUE(SqliteStore::open({folder.file("s")}));
  run_sql(folder.file("s"), "UPDATE format SET version=2");
  EXPECT_EQ(SqliteStore::open({folder.file("s")}).error().code, errc::kUnknownFormat);
}

TEST(SqliteStore, AStoreThatWasAWriteAheadLogIsMadeForgetful) {
  const TemporaryFolder folder;
  ASSERT_TRUE(SqliteStore::open({folder.file("s")}));
  run_sql(folder.file("s"), "PRAGMA journal_mode=WAL; CREATE TABLE t(x)");
  const auto store = SqliteStore::open({folder.file("s")});
  ASSERT_TRUE(store) << store.error().rule;
  ASSERT_TRUE((*store)->write(one_record()));
  EXPECT_FALSE(std::filesystem::exists(folder.file("s-wal")));
}

TEST(SqliteStore, ADatabaseThatCannotBeWrittenSaysSo) {
  const auto store = SqliteStore::open({"/proc/no-database"});
  EXPECT_FALSE(store);
}

TEST(SqliteStore, ValuesOfMegabytesComeBack) {
  const TemporaryFolder folder;
  const auto store = *SqliteStore::open({folder.file("s")});
  Bytes large(3'000'000);
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<std::uint8_t>(i * 7);
  Batch batch;
  batch.put(below({}, "large"), SecretBytes(BytesView(large)));
  ASSERT_TRUE(store->write(batch));
  EXPECT_EQ(to_bytes((*store->read(below({}, "large")))->expose()), large);
}

TEST(SqliteStore, WhatWasErasedOrReplacedIsInNoFile) {
  const TemporaryFolder folder;
  const auto store = *SqliteStore::open({folder.file("s")});
  const auto secret = [](int i) { return "secret-number-" + std::to_string(1000 + i) + "-of-this-test"; };
  for (int i = 0; i < 300; ++i) {
    Batch batch;
    batch.put(below({}, "replaced"), value_of(secret(i)));
    batch.put(below({}, static_cast<std::uint64_t>(i)),
              value_of(secret(i) + std::string(static_cast<std::size_t>(100 * (i % 80)), '.')));
    if (i > 1) batch.erase(below({}, static_cast<std::uint64_t>(i - 2)));
    ASSERT_TRUE(store->write(batch));
  }
  const std::string files = folder.octets();
  EXPECT_NE(files.find(secret(299)), std::string::npos);
  int found = 0;
  for (int i = 0; i < 298; ++i) found += files.find(secret(i)) != std::string::npos ? 1 : 0;
  EXPECT_EQ(found, 0);
}

}  // namespace
}  // namespace dmls::storage
