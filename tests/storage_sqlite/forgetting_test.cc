// What is deleted is in no file afterwards, whatever SQLite did with its pages meanwhile.
#include <dmls/storage/key.h>
#include <dmls/storage_sqlite/sqlite_store.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "../../storage/sqlite/src/wiping_vfs.h"
#include "crash_disk.h"
#include "support/vectors.h"

namespace dmls::storage {
namespace {

constexpr std::size_t kMark = 16;

// A value that begins with octets of its own.
Bytes marked(std::uint64_t number, std::size_t size) {
  std::mt19937_64 octets(number);
  Bytes out(size);
  for (auto& octet : out) octet = static_cast<std::uint8_t>(octets());
  return out;
}

// How many of the values that were ever written, and are not alive, the files still show.
std::size_t dead_marks(const Bytes& files, const std::set<Bytes>& all, const std::set<Bytes>& alive) {
  std::size_t count = 0;
  for (std::size_t i = 0; i + kMark <= files.size(); ++i) {
    const auto begin = files.begin() + static_cast<std::ptrdiff_t>(i);
    if (files[i] == 0 && files[i + 1] == 0) continue;
    const Bytes here(begin, begin + kMark);
    count += all.count(here) != 0 && alive.count(here) == 0 ? 1 : 0;
  }
  return count;
}

// Records of all sizes come, change and go; names begin alike, so that neighbours go together.
struct Churn {
  explicit Churn(std::uint32_t seed) : dice(seed) {}
  Batch batch() {
    Batch out;
    for (std::size_t i = 0; i < 1 + dice() % 8; ++i) {
      const auto family = static_cast<std::uint64_t>(dice() % 6);
      const Bytes key = below(below({}, family), static_cast<std::uint64_t>(dice() % 12));
      const auto kind = dice() % 16;
      if (kind == 0) {
        out.erase_all(below({}, family));
        std::erase_if(records, [&](const auto& record) { return record.first.first == family; });
      } else if (kind < 7) {
        out.erase(key);
        records.erase({family, key});
      } else {
        const std::size_t size = kMark + (dice() % 4 == 0 ? dice() % 9000 : dice() % 400);
        Bytes value = marked(++written, size);
        Bytes mark(value.begin(), value.begin() + kMark);
        all.insert(mark);
        records[{family, key}] = std::move(mark);
        out.put(key, SecretBytes(BytesView(value)));
      }
    }
    return out;
  }
  [[nodiscard]] std::set<Bytes> alive() const {
    std::set<Bytes> out;
    for (const auto& record : records) out.insert(record.second);
    return out;
  }
  std::mt19937 dice;
  std::uint64_t written = 0;
  std::map<std::pair<std::uint64_t, Bytes>, Bytes> records;
  std::set<Bytes> all;
};

TEST(Forgetting, LeavesNothingOfADeletedRecordInAnyPage) {
  for (int run = 0; run < test::property_runs(200, 4); ++run) {
    test::CrashDisk disk("forgetting");
    const auto store = *SqliteStore::open({"/s.db", "forgetting"});
    Churn churn(static_cast<std::uint32_t>(run));
    for (int i = 0; i < 60; ++i) {
      ASSERT_TRUE(store->write(churn.batch()));
      ASSERT_EQ(dead_marks(disk.octets(), churn.all, churn.alive()), 0u) << "run " << run << ", batch " << i;
    }
  }
}

// The control: SQLite's secure_delete alone.
TEST(Forgetting, IsMoreThanSecureDelete) {
  std::size_t found = 0;
  for (int run = 0; run < 4; ++run) {
    test::CrashDisk disk("plain");
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open_v2("/s.db", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "plain"), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db,
                           "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=TRUNCATE; PRAGMA secure_delete=ON;"
                           "CREATE TABLE record(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID",
                           nullptr, nullptr, nullptr),
              SQLITE_OK);
    const auto run_one = [&](const char* sql, BytesView key, BytesView value) {
      sqlite3_stmt* statement = nullptr;
      sqlite3_prepare_v2(db, sql, -1, &statement, nullptr);
      sqlite3_bind_blob(statement, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
      if (!value.empty()) sqlite3_bind_blob(statement, 2, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
      EXPECT_EQ(sqlite3_step(statement), SQLITE_DONE);
      sqlite3_finalize(statement);
    };
    Churn churn(static_cast<std::uint32_t>(run));
    for (int i = 0; i < 60; ++i) {
      const Batch batch = churn.batch();
      sqlite3_exec(db, "BEGIN", nullptr, nullptr, nullptr);
      for (const Op& op : batch.ops()) {
        if (op.kind == Op::Kind::put) run_one("INSERT OR REPLACE INTO record VALUES(?1,?2)", op.key, op.value.expose());
        if (op.kind == Op::Kind::erase) run_one("DELETE FROM record WHERE key=?1", op.key, {});
        if (op.kind == Op::Kind::erase_all) run_one("DELETE FROM record WHERE substr(key,1,length(?1))=?1", op.key, {});
      }
      sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
      found += dead_marks(disk.octets(), churn.all, churn.alive());
    }
    sqlite3_close(db);
  }
  std::printf("dead values found behind secure_delete alone: %zu\n", found);
  EXPECT_GT(found, 0u);
}

TEST(Forgetting, TouchesOnlyWhatAPageDoesNotUse) {
  Bytes page(512, 0xaa);
  const auto put = [&page](std::size_t at, std::size_t value) {
    page[at] = static_cast<std::uint8_t>(value >> 8);
    page[at + 1] = static_cast<std::uint8_t>(value);
  };
  page[0] = 0x0a;
  put(1, 400);  // a free block of 40 octets
  put(3, 2);    // two cells: the pointers end at 12
  put(5, 300);
  put(400, 0);
  put(402, 40);
  const Bytes before = page;
  wipe_free_space(page, 2);
  for (std::size_t i = 0; i < page.size(); ++i) {
    const bool is_free = (i >= 12 && i < 300) || (i >= 404 && i < 440);
    EXPECT_EQ(page[i], is_free ? 0 : before[i]) << i;
  }
}

TEST(Forgetting, LeavesAloneWhatIsNoPageOfATree) {
  std::mt19937 dice(3);
  for (int i = 0; i < test::property_runs(20'000, 500); ++i) {
    Bytes page(std::size_t{512} << dice() % 3);
    for (auto& octet : page) octet = static_cast<std::uint8_t>(dice());
    static constexpr std::uint8_t kTypes[] = {0x00, 0x02, 0x05, 0x0a, 0x0d, 0x01, 0xff};
    page[0] = kTypes[dice() % 7];
    Bytes after = page;
    wipe_free_space(after, 2);  // whatever it says, no octet outside of it is touched
    ASSERT_EQ(after.size(), page.size());
    if (page[0] != 0x02 && page[0] != 0x05 && page[0] != 0x0a && page[0] != 0x0d) {
      ASSERT_EQ(after, page);
    }
    wipe_free_space(page, 0x02000000);  // there the first octet may belong to the number of an overflow page
    ASSERT_EQ(page.size(), after.size());
  }
}

}  // namespace
}  // namespace dmls::storage
