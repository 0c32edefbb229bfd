#include <dmls/storage_sqlite/sqlite_store.h>

#include <sqlite3.h>

#include <cstdint>
#include <mutex>
#include <string_view>
#include <utility>

#include "statement.h"
#include "wiping_vfs.h"

namespace dmls::storage {
namespace {

constexpr std::int64_t kApplicationId = 0x646d6c73;  // "dmls"
constexpr std::int64_t kFormatVersion = 1;

Unexpected broken() { return fail(errc::kBroken, "an earlier failure left it unclear what is stored; open it again"); }

// The first octet string above all that begin with `prefix`; empty if there is none.
Bytes end_of(BytesView prefix) {
  Bytes end = to_bytes(prefix);
  while (!end.empty() && end.back() == 0xff) end.pop_back();
  if (!end.empty()) ++end.back();
  return end;
}

}  // namespace

struct SqliteStore::Connection {
  std::unique_ptr<WipingVfs> vfs;
  sqlite3* db = nullptr;
  std::mutex mutex;
  bool is_broken = false;
  bool is_unclean = false;   // a transaction was rolled back
  std::int64_t batches = 0;  // how many were written: user_version, modulo 2^31
  Statement put, erase, erase_range, erase_from, get, range, from;

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    for (Statement* s : {&put, &erase, &erase_range, &erase_from, &get, &range, &from}) s->finalize();
    sqlite3_close(db);  // at once: nothing is open any more, and the VFS goes next
  }

  bool run(const char* sql) { return sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK; }
  // The first column of the first row; nothing if there is none.
  std::optional<std::int64_t> number(const char* sql) {
    Statement statement;
    if (!statement.prepare(db, sql) || statement.step() != SQLITE_ROW) return std::nullopt;
    return sqlite3_column_int64(statement.get(), 0);
  }
  std::optional<std::string> text(const char* sql) {
    Statement statement;
    if (!statement.prepare(db, sql) || statement.step() != SQLITE_ROW) return std::nullopt;
    const auto* chars = reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), 0));
    return std::string(chars == nullptr ? "" : chars);
  }

  Result<void> configure();
  Result<void> check_format();
  bool prepare();
  bool apply(const Op&);
  bool apply_all(const Batch&, std::int64_t count);
  Result<void> settle(std::int64_t count);
  // A transaction that is rolled back leaves what it wrote into pages that were free before, and are again: SQLite
  // keeps no record of their contents. The file is written anew; if it cannot be now, then later.
  void clean() {
    if (is_unclean && run("VACUUM")) is_unclean = false;
  }
};

// Each setting is read back: one that this build of SQLite does not know would be ignored in silence.
Result<void> SqliteStore::Connection::configure() {
  // The first to touch the file rolls back the hot journal of a process that died. The lock is never given back.
  if (!run("PRAGMA locking_mode=EXCLUSIVE") || !run("PRAGMA temp_store=MEMORY") || !run("PRAGMA mmap_size=0") ||
      !run("PRAGMA synchronous=FULL") || !run("PRAGMA secure_delete=ON") || !run("PRAGMA journal_mode=TRUNCATE") ||
      !run("BEGIN EXCLUSIVE") || !run("COMMIT")) {
    switch (sqlite3_errcode(db)) {
      case SQLITE_BUSY:
      case SQLITE_LOCKED: return fail(errc::kInUse, "another process, or another store, has the database open");
      case SQLITE_NOTADB: return fail(errc::kUnknownFormat, "the file is no database");
      default: return fail(errc::kReadFailed, "the database cannot be read");
    }
  }
  if (text("PRAGMA journal_mode=TRUNCATE") != "truncate")
    return fail(errc::kNotForgetful, "SQLite does not truncate its journal");
  if (number("PRAGMA secure_delete") != 1)
    return fail(errc::kNotForgetful, "SQLite does not overwrite what is deleted");
  if (number("PRAGMA synchronous") != 2) return fail(errc::kNotForgetful, "SQLite does not wait for the disk");
  return {};
}

Result<void> SqliteStore::Connection::check_format() {
  const auto id = number("PRAGMA application_id");
  const auto tables = number("SELECT count(*) FROM sqlite_schema");
  if (!id || !tables) return fail(errc::kReadFailed, "the database cannot be read");
  if (*id == 0 && *tables == 0) {
    const bool made =
        run("BEGIN IMMEDIATE;"
            "PRAGMA application_id=0x646d6c73;"
            "CREATE TABLE format(version INTEGER NOT NULL);"
            "INSERT INTO format VALUES(1);"
            "CREATE TABLE record(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;"
            "COMMIT");
    if (!made) return fail(errc::kWriteFailed, "the database cannot be made");
    return {};
  }
  if (*id != kApplicationId) return fail(errc::kUnknownFormat, "the database belongs to another application");
  const auto version = number("SELECT version FROM format");
  if (!version) return fail(errc::kUnknownFormat, "the database has no format version");
  if (*version != kFormatVersion) return fail(errc::kUnknownFormat, "the database has another format version");
  return {};
}

bool SqliteStore::Connection::prepare() {
  const auto present = number("PRAGMA user_version");
  if (!present) return false;
  batches = *present;
  return put.prepare(db, "INSERT INTO record(key, value) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET value=?2") &&
         erase.prepare(db, "DELETE FROM record WHERE key=?1") &&
         erase_range.prepare(db, "DELETE FROM record WHERE key>=?1 AND key<?2") &&
         erase_from.prepare(db, "DELETE FROM record WHERE key>=?1") &&
         get.prepare(db, "SELECT value FROM record WHERE key=?1") &&
         range.prepare(db, "SELECT key, value FROM record WHERE key>=?1 AND key<?2") &&
         from.prepare(db, "SELECT key, value FROM record WHERE key>=?1");
}

bool SqliteStore::Connection::apply(const Op& op) {
  const bool is_put = op.kind == Op::Kind::put;
  const Bytes end = op.kind == Op::Kind::erase_all ? end_of(op.key) : Bytes();
  Statement& statement = is_put ? put : op.kind == Op::Kind::erase ? erase : end.empty() ? erase_from : erase_range;
  const Statement::Use use(statement);
  if (!statement.bind(1, op.key)) return false;
  if (is_put && !statement.bind(2, op.value.expose())) return false;
  if (!end.empty() && !statement.bind(2, end)) return false;
  return statement.step() == SQLITE_DONE;
}

// The number of the batch goes into the header of the file, which every transaction writes anyway.
bool SqliteStore::Connection::apply_all(const Batch& batch, std::int64_t count) {
  if (!run("BEGIN IMMEDIATE")) return false;
  for (const Op& op : batch.ops())
    if (!apply(op)) return false;
  const std::string number = "PRAGMA user_version=" + std::to_string(count);
  return run(number.c_str()) && run("COMMIT");
}

// After a failure: whether the batch with this number was written all the same.
Result<void> SqliteStore::Connection::settle(std::int64_t count) {
  const bool undone = sqlite3_get_autocommit(db) != 0 || run("ROLLBACK");
  const auto present = undone ? number("PRAGMA user_version") : std::nullopt;
  if (present == count) return {};
  is_unclean = true;
  clean();
  if (present == batches) return fail(errc::kWriteFailed, "SQLite could not write the batch; nothing was written");
  is_broken = true;
  return broken();
}

SqliteStore::SqliteStore(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const SqliteOptions& options) {
  auto connection = std::make_unique<Connection>();
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
  connection->vfs = WipingVfs::over(options.vfs);
  if (!connection->vfs) return fail(errc::kReadFailed, "SQLite knows no VFS of that name");
  if (sqlite3_open_v2(options.path.c_str(), &connection->db, flags, connection->vfs->name()) != SQLITE_OK)
    return fail(errc::kReadFailed, "the database cannot be opened");
  DMLS_CHECK(connection->configure());
  DMLS_CHECK(connection->check_format());
  if (!connection->prepare()) return fail(errc::kReadFailed, "the database cannot be read");
  connection->is_unclean = connection->vfs->found_a_journal();
  connection->clean();
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(connection)));
}

Result<void> SqliteStore::write(const Batch& batch) {
  Connection& c = *connection_;
  const std::lock_guard lock(c.mutex);
  if (c.is_broken) return broken();
  c.clean();
  const std::int64_t count = (c.batches + 1) & 0x7fffffff;
  if (!c.apply_all(batch, count)) DMLS_CHECK(c.settle(count));
  c.batches = count;
  return {};
}

Result<std::optional<SecretBytes>> SqliteStore::read(BytesView key) {
  Connection& c = *connection_;
  const std::lock_guard lock(c.mutex);
  if (c.is_broken) return broken();
  const Statement::Use use(c.get);
  if (!c.get.bind(1, key)) return fail(errc::kReadFailed, "SQLite cannot read");
  const int outcome = c.get.step();
  if (outcome == SQLITE_DONE) return std::optional<SecretBytes>();
  if (outcome != SQLITE_ROW) return fail(errc::kReadFailed, "SQLite cannot read");
  return std::optional<SecretBytes>(SecretBytes(c.get.blob(0)));
}

Result<void> SqliteStore::for_each(BytesView prefix, const Visitor& visit) {
  Connection& c = *connection_;
  const std::lock_guard lock(c.mutex);
  if (c.is_broken) return broken();
  const Bytes end = end_of(prefix);
  Statement& statement = end.empty() ? c.from : c.range;
  const Statement::Use use(statement);
  if (!statement.bind(1, prefix) || (!end.empty() && !statement.bind(2, end)))
    return fail(errc::kReadFailed, "SQLite cannot read");
  for (;;) {
    const int outcome = statement.step();
    if (outcome == SQLITE_DONE) return {};
    if (outcome != SQLITE_ROW) return fail(errc::kReadFailed, "SQLite cannot read");
    DMLS_CHECK(visit(statement.blob(0), statement.blob(1)));
  }
}

}  // namespace dmls::storage
