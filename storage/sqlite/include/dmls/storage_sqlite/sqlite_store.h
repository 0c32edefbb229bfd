#pragma once
// Records in an SQLite database that forgets.

#include <dmls/storage/store.h>

#include <memory>
#include <string>

namespace dmls::storage {

// Which database, and by which way to the disk.
struct SqliteOptions {
  std::string path;      // UTF-8; made if it does not exist
  std::string vfs = {};  // the name of a registered VFS; empty for SQLite's default
};

// SqliteStore is one table (key, value), with the settings under which an erased value is in no file afterwards: a
// rollback journal that is truncated with every batch (write-ahead logs keep every dead key), freed cells and pages
// overwritten with zeros (and what SQLite leaves behind when it moves cells between pages), full synchronisation.
// open() reads the settings back and fails if SQLite did not take one.
//
// The database is locked as long as the store lives: two processes that work with one state would use keys twice.
// Blocks that the file system freed are out of reach (see docs/threat-model.md): wrap a SealedStore around it, whose
// key can be destroyed. Values also pass through SQLite's page cache in memory, which is not wiped.
class SqliteStore final : public Store {
 public:
  // kInUse, kUnknownFormat (not a store, or of a later version), kNotForgetful, kReadFailed, kWriteFailed.
  static Result<std::unique_ptr<SqliteStore>> open(const SqliteOptions&);
  ~SqliteStore() override;

  // One transaction. kWriteFailed, kBroken.
  Result<void> write(const Batch&) override;
  // kReadFailed, kBroken.
  Result<std::optional<SecretBytes>> read(BytesView key) override;
  // kReadFailed, kBroken, or what the visitor fails with.
  Result<void> for_each(BytesView prefix, const Visitor&) override;

 private:
  struct Connection;
  explicit SqliteStore(std::unique_ptr<Connection>);
  std::unique_ptr<Connection> connection_;
};

}  // namespace dmls::storage
