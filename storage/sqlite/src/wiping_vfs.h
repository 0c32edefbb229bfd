#pragma once
// What secure_delete leaves: when SQLite balances its tree it moves cells between pages, and where they were they stay
// legible, in space that no page counts as its own. Whatever is deleted later is deleted at its new place alone.
//
// WipingVfs stands between SQLite and the VFS that does the work, and writes zeros for such space. See "B-tree Pages"
// in the description of the file format, https://www.sqlite.org/fileformat2.html.

#include <dmls/base/bytes.h>
#include <sqlite3.h>

#include <memory>
#include <span>
#include <string>

namespace dmls::storage {

// Zeros in all free space of one page of a database: between its cell pointers and its cells, and in its free blocks.
// What is no page of a tree, or makes no sense, is left alone. `number`: of the page, from 1.
void wipe_free_space(std::span<std::uint8_t> page, sqlite3_int64 number);

// For one connection at a time; outlives it.
class WipingVfs {
 public:
  // `name`: of the VFS that does the work; empty for the default one. nullptr if there is none.
  static std::unique_ptr<WipingVfs> over(const std::string& name);
  WipingVfs(const WipingVfs&) = delete;
  WipingVfs& operator=(const WipingVfs&) = delete;
  ~WipingVfs();

  [[nodiscard]] const char* name() const { return name_.c_str(); }
  // Whether there was a journal with something in it: a transaction was interrupted.
  [[nodiscard]] bool found_a_journal() const { return found_a_journal_; }

 private:
  struct File;
  explicit WipingVfs(sqlite3_vfs& base);
  static int open(sqlite3_vfs*, const char*, sqlite3_file*, int, int*);
  static int write(sqlite3_file*, const void*, int, sqlite3_int64);
  static const sqlite3_io_methods& methods();

  sqlite3_vfs& base_;
  std::string name_;
  sqlite3_vfs vfs_{};
  Bytes page_;
  bool found_a_journal_ = false;
};

}  // namespace dmls::storage
