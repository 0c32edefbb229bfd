#pragma once
#include <dmls/base/bytes.h>
#include <sqlite3.h>

namespace dmls::storage {

// Statement is a prepared SQL statement.
class Statement {
 public:
  Statement() = default;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { finalize(); }

  bool prepare(sqlite3* db, const char* sql) {
    return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) == SQLITE_OK;
  }
  void finalize() {
    sqlite3_finalize(statement_);
    statement_ = nullptr;
  }
  [[nodiscard]] sqlite3_stmt* get() const { return statement_; }

  // The octets are borrowed until the statement is reset.
  bool bind(int place, BytesView octets) {
    // A null pointer would bind NULL, which is no octet string.
    static constexpr std::uint8_t kNone = 0;
    const void* at = octets.empty() ? &kNone : octets.data();
    return sqlite3_bind_blob64(statement_, place, at, octets.size(), SQLITE_STATIC) == SQLITE_OK;
  }
  int step() { return sqlite3_step(statement_); }
  // Valid until the next step.
  [[nodiscard]] BytesView blob(int column) const {
    const auto* at = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    return {at, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

  // Use leaves the statement reset, with nothing bound.
  class Use {
   public:
    explicit Use(Statement& statement) : statement_(statement.statement_) {}
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use() {
      sqlite3_reset(statement_);
      sqlite3_clear_bindings(statement_);
    }

   private:
    sqlite3_stmt* statement_;
  };

 private:
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace dmls::storage
