// Death at every call by which a stored client changes its disk.
#include <dmls/crypto_testing/cheap_provider.h>
#include <dmls/storage_sqlite/sqlite_store.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "crash_disk.h"
#include "secret_recorder.h"
#include "support/stored_story.h"
#include "support/vectors.h"

namespace dmls::test {
namespace {

using Content = std::map<Bytes, Bytes>;

Content content(storage::Store& store) {
  Content out;
  EXPECT_TRUE(store.for_each({}, [&out](BytesView key, BytesView value) -> Result<void> {
    out[to_bytes(key)] = to_bytes(value);
    return {};
  }));
  return out;
}

Bytes flat(const Content& content) {
  Bytes all;
  for (const auto& [key, value] : content) {
    all.insert(all.end(), key.begin(), key.end());
    all.insert(all.end(), value.begin(), value.end());
    all.push_back(0);
  }
  return all;
}

// A story on a disk.
struct Machine {
  SecretRecorder recorder{crypto_testing::cheap_provider()};
  crypto::CipherSuite suite =
      must(crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519, recorder));
  CrashDisk disk{"crash"};
  StoredStory story{suite, 5};
  std::shared_ptr<storage::Store> store;

  Result<void> start() {
    story.close();
    store = nullptr;
    DMLS_TRY(auto opened, storage::SqliteStore::open({"/store.db", "crash"}));
    store = std::move(opened);
    return story.open(store);
  }
  Result<void> step(std::size_t i) {
    DMLS_CHECK(story.run(i));
    return story.settle(i);
  }
  [[nodiscard]] std::size_t dead_secrets() { return recorder.dead_in(disk.octets(), flat(content(*store))); }
};

#define ASSERT_OK(expression)                                         \
  do {                                                                \
    const auto outcome_ = (expression);                               \
    ASSERT_TRUE(outcome_) << (outcome_ ? "" : outcome_.error().rule); \
  } while (false)

// What each step of the undisturbed story does to the store.
struct Reference {
  std::vector<long> calls;
  std::vector<Content> before, after;
};
Reference reference() {
  Reference out;
  Machine machine;
  must(machine.start());
  for (std::size_t i = 0; i < machine.story.size(); ++i) {
    out.before.push_back(content(*machine.store));
    machine.disk.count_from_zero();
    must(machine.story.run(i));
    out.calls.push_back(machine.disk.calls());
    out.after.push_back(content(*machine.store));
    EXPECT_EQ(machine.dead_secrets(), 0u) << machine.story.name(i);
    must(machine.story.settle(i));
  }
  return out;
}

struct Figures {
  int points = 0, to_old = 0, to_new = 0, torn = 0, dead_secrets = 0, keys_twice = 0;
};

void die_once(const Reference& expected, std::size_t step, long call, Death death, Figures& figures) {
  Machine machine;
  ASSERT_OK(machine.start());
  for (std::size_t i = 0; i < step; ++i) ASSERT_OK(machine.step(i));
  machine.disk.arm(call, death, static_cast<unsigned>(call) * 31 + static_cast<unsigned>(step));
  machine.recorder.attempt();
  (void)machine.story.run(step);
  ASSERT_TRUE(machine.disk.is_dead());
  machine.story.close();
  machine.store = nullptr;
  machine.disk.reboot();
  ++figures.points;

  ASSERT_OK(machine.start());
  const Content found = content(*machine.store);
  const bool is_old = found == expected.before[step], is_new = found == expected.after[step];
  figures.to_old += is_old ? 1 : 0;
  figures.to_new += is_new ? 1 : 0;
  figures.torn += is_old || is_new ? 0 : 1;
  ASSERT_TRUE(is_old || is_new);
  figures.dead_secrets += static_cast<int>(machine.dead_secrets());

  // Life goes on. What was sealed for a message that never left does not count as a use of its key, if nothing of it
  // was stored either.
  machine.recorder.settle(is_new);
  if (is_old) ASSERT_OK(machine.story.run(step));
  ASSERT_OK(machine.story.settle(step));
  for (std::size_t i = step + 1; i < std::min(step + 3, machine.story.size()); ++i) ASSERT_OK(machine.step(i));
  figures.dead_secrets += static_cast<int>(machine.dead_secrets());
  figures.keys_twice += machine.recorder.keys_sealed_twice;
}

TEST(Crash, AtEveryCallLeavesTheStateBeforeOrAfterAndNoDeadSecret) {
  const Reference expected = reference();
  long all = 0;
  for (const long calls : expected.calls) all += calls;
  const int stride = std::max(1, static_cast<int>(all) * 3 / property_runs(static_cast<int>(all) * 3, 90));
  Figures figures;
  int number = 0;
  for (const Death death : {Death::clean, Death::torn, Death::power_loss}) {
    for (std::size_t step = 0; step < expected.calls.size(); ++step) {
      for (long call = 1; call <= expected.calls[step]; ++call) {
        if (number++ % stride != 0) continue;
        SCOPED_TRACE(testing::Message() << "step " << step << ", call " << call << ", death "
                                        << static_cast<int>(death));
        die_once(expected, step, call, death, figures);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
  std::printf(
      "%zu transitions, %ld calls in all; deaths %d, recovered to the state before %d, after %d, torn %d, dead "
      "secrets found %d, keys used twice %d\n",
      expected.calls.size(), all, figures.points, figures.to_old, figures.to_new, figures.torn, figures.dead_secrets,
      figures.keys_twice);
  EXPECT_EQ(figures.torn, 0);
  EXPECT_EQ(figures.dead_secrets, 0);
  EXPECT_EQ(figures.keys_twice, 0);
  EXPECT_EQ(figures.points, figures.to_old + figures.to_new);
}

// The control: an SQLite database with a write-ahead log.
class WalStore final : public storage::Store {
 public:
  explicit WalStore(const char* secure_delete) {
    EXPECT_EQ(sqlite3_open_v2("/wal.db", &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "crash"), SQLITE_OK);
    const std::string settings =
        std::string("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA secure_delete=") + secure_delete +
        "; CREATE TABLE IF NOT EXISTS record(key BLOB PRIMARY KEY, value BLOB)";
    EXPECT_EQ(sqlite3_exec(db_, settings.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db_);
  }
  ~WalStore() override { sqlite3_close(db_); }
  Result<void> write(const storage::Batch& batch) override {
    sql("BEGIN", {}, {});
    for (const storage::Op& op : batch.ops()) {
      switch (op.kind) {
        case storage::Op::Kind::put:
          sql("INSERT OR REPLACE INTO record VALUES(?1,?2)", op.key, op.value.expose());
          break;
        case storage::Op::Kind::erase: sql("DELETE FROM record WHERE key=?1", op.key, {}); break;
        case storage::Op::Kind::erase_all:
          sql("DELETE FROM record WHERE substr(key,1,length(?1))=?1", op.key, {});
          break;
      }
    }
    sql("COMMIT", {}, {});
    return {};
  }
  Result<std::optional<SecretBytes>> read(BytesView key) override {
    std::optional<SecretBytes> out;
    DMLS_CHECK(for_each(key, [&](BytesView name, BytesView value) -> Result<void> {
      if (name.size() == key.size()) out.emplace(value);
      return {};
    }));
    return out;
  }
  Result<void> for_each(BytesView prefix, const Visitor& visit) override {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(db_, "SELECT key,value FROM record WHERE substr(key,1,?2)=?1 OR ?2=0", -1, &statement, nullptr);
    sqlite3_bind_blob(statement, 1, prefix.data(), static_cast<int>(prefix.size()), SQLITE_STATIC);
    sqlite3_bind_int(statement, 2, static_cast<int>(prefix.size()));
    while (sqlite3_step(statement) == SQLITE_ROW) EXPECT_TRUE(visit(column(statement, 0), column(statement, 1)));
    sqlite3_finalize(statement);
    return {};
  }

 private:
  static BytesView column(sqlite3_stmt* statement, int i) {
    return {static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, i)),
            static_cast<std::size_t>(sqlite3_column_bytes(statement, i))};
  }
  void sql(const char* text, BytesView first, BytesView second) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(db_, text, -1, &statement, nullptr);
    if (sqlite3_bind_parameter_count(statement) > 0)
      sqlite3_bind_blob(statement, 1, first.data(), static_cast<int>(first.size()), SQLITE_STATIC);
    if (sqlite3_bind_parameter_count(statement) > 1)
      sqlite3_bind_blob(statement, 2, second.data(), static_cast<int>(second.size()), SQLITE_STATIC);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_DONE) << text;
    sqlite3_finalize(statement);
  }
  sqlite3* db_ = nullptr;
};

TEST(Crash, TheSameSearchFindsDeadSecretsBehindAWriteAheadLog) {
  Machine machine;
  machine.store = std::make_shared<WalStore>("ON");
  ASSERT_OK(machine.story.open(machine.store));
  for (std::size_t i = 0; i < machine.story.size(); ++i) ASSERT_OK(machine.step(i));
  const std::size_t found = machine.dead_secrets();
  std::printf("of %zu secrets, dead ones found behind a write-ahead log: %zu\n", machine.recorder.secrets(), found);
  EXPECT_GT(found, 100u);
}

}  // namespace
}  // namespace dmls::test
