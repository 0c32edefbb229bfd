// Death at every call by which a stored client changes its disk.
#include "crashing_machine.h"
#include "support/stored_story.h"

namespace dmls::test {
namespace {

TEST(Crash, AtEveryCallLeavesTheStateBeforeOrAfterAndNoDeadSecret) { expect_a_state_between_batches<StoredStory>(90); }

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
  Machine<StoredStory> machine;
  machine.store = std::make_shared<Watched>(std::make_shared<WalStore>("ON"));
  ASSERT_OK(machine.story.open(machine.store));
  for (std::size_t i = 0; i < machine.story.size(); ++i) ASSERT_OK(machine.step(i));
  const std::size_t found = machine.dead_secrets();
  std::printf("of %zu secrets, dead ones found behind a write-ahead log: %zu\n", machine.recorder.secrets(), found);
  EXPECT_GT(found, 100u);
}

}  // namespace
}  // namespace dmls::test
