#include "wiping_vfs.h"

#include <dmls/base/secret.h>

#include <algorithm>
#include <atomic>

namespace dmls::storage {

void wipe_free_space(std::span<std::uint8_t> page, sqlite3_int64 number) {
  constexpr std::size_t kFileHeader = 100;
  // The first octet tells pages of a tree from overflow and free pages, whose first four are the number of another
  // page, as long as there are not too many of these.
  if (page.size() < 512 || number < 1 || number >= 0x02000000) return;
  const auto at = [&](std::size_t i) { return static_cast<std::size_t>(page[i] << 8 | page[i + 1]); };
  const auto zero = [&](std::size_t from, std::size_t to) {
    std::fill(page.begin() + static_cast<std::ptrdiff_t>(from), page.begin() + static_cast<std::ptrdiff_t>(to),
              std::uint8_t{0});
  };
  const std::size_t head = number == 1 ? kFileHeader : 0;
  const std::uint8_t type = page[head];
  const bool is_interior = type == 0x02 || type == 0x05;
  if (!is_interior && type != 0x0a && type != 0x0d) return;
  const std::size_t pointers_end = head + (is_interior ? 12 : 8) + 2 * at(head + 3);
  const std::size_t content = at(head + 5) == 0 ? 65536 : at(head + 5);
  if (pointers_end > content || content > page.size()) return;
  zero(pointers_end, content);
  for (std::size_t block = at(head + 1); block != 0;) {
    if (block < content || block + 4 > page.size()) return;
    const std::size_t next = at(block), size = at(block + 2);
    if (size < 4 || block + size > page.size()) return;
    zero(block + 4, block + size);
    if (next <= block) return;
    block = next;
  }
}

// Behind it in memory: the file of the VFS below.
struct WipingVfs::File {
  sqlite3_file file;
  WipingVfs* vfs;
  bool is_database;

  sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
};

std::unique_ptr<WipingVfs> WipingVfs::over(const std::string& name) {
  sqlite3_vfs* const base = sqlite3_vfs_find(name.empty() ? nullptr : name.c_str());
  if (base == nullptr) return nullptr;
  std::unique_ptr<WipingVfs> out(new WipingVfs(*base));
  return sqlite3_vfs_register(&out->vfs_, 0) == SQLITE_OK ? std::move(out) : nullptr;
}

WipingVfs::WipingVfs(sqlite3_vfs& base) : base_(base) {
  static std::atomic<unsigned> number{0};
  name_ = "dmls-wiping-" + std::to_string(++number);
  vfs_.iVersion = 1;
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + base.szOsFile;
  vfs_.mxPathname = base.mxPathname;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = open;
  static constexpr auto below = [](sqlite3_vfs* vfs) { return &static_cast<WipingVfs*>(vfs->pAppData)->base_; };
  vfs_.xDelete = [](sqlite3_vfs* v, const char* path, int sync) { return below(v)->xDelete(below(v), path, sync); };
  vfs_.xAccess = [](sqlite3_vfs* v, const char* path, int flags, int* out) {
    return below(v)->xAccess(below(v), path, flags, out);
  };
  vfs_.xFullPathname = [](sqlite3_vfs* v, const char* path, int size, char* out) {
    return below(v)->xFullPathname(below(v), path, size, out);
  };
  vfs_.xRandomness = [](sqlite3_vfs* v, int size, char* out) { return below(v)->xRandomness(below(v), size, out); };
  vfs_.xSleep = [](sqlite3_vfs* v, int microseconds) { return below(v)->xSleep(below(v), microseconds); };
  vfs_.xCurrentTime = [](sqlite3_vfs* v, double* out) { return below(v)->xCurrentTime(below(v), out); };
  vfs_.xGetLastError = [](sqlite3_vfs* v, int size, char* out) { return below(v)->xGetLastError(below(v), size, out); };
}

WipingVfs::~WipingVfs() {
  sqlite3_vfs_unregister(&vfs_);
  secure_wipe(page_.data(), page_.size());
}

int WipingVfs::open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* const self = static_cast<WipingVfs*>(vfs->pAppData);
  File& out = File::of(file);
  out.file.pMethods = nullptr;
  out.vfs = self;
  out.is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  const int status = self->base_.xOpen(&self->base_, path, out.below(), flags, out_flags);
  if (out.below()->pMethods != nullptr) out.file.pMethods = &methods();  // it is closed then, opened or not
  sqlite3_int64 size = 0;
  if (status == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_JOURNAL) != 0 &&
      out.below()->pMethods->xFileSize(out.below(), &size) == SQLITE_OK && size > 0)
    self->found_a_journal_ = true;
  return status;
}

int WipingVfs::write(sqlite3_file* file, const void* octets, int size, sqlite3_int64 at) {
  File& to = File::of(file);
  const void* written = octets;
  if (to.is_database && size > 0 && at % size == 0) {
    Bytes& page = to.vfs->page_;
    const auto* begin = static_cast<const std::uint8_t*>(octets);
    page.assign(begin, begin + size);
    wipe_free_space(page, at / size + 1);
    written = page.data();
  }
  return to.below()->pMethods->xWrite(to.below(), written, size, at);
}

// Of version 1: no shared memory and no mapping, which would go past write().
const sqlite3_io_methods& WipingVfs::methods() {
  static constexpr auto below = [](sqlite3_file* file) { return File::of(file).below(); };
  static const sqlite3_io_methods all = [] {
    sqlite3_io_methods m{};
    m.iVersion = 1;
    m.xClose = [](sqlite3_file* f) { return below(f)->pMethods->xClose(below(f)); };
    m.xRead = [](sqlite3_file* f, void* out, int size, sqlite3_int64 at) {
      return below(f)->pMethods->xRead(below(f), out, size, at);
    };
    m.xWrite = write;
    m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) { return below(f)->pMethods->xTruncate(below(f), size); };
    m.xSync = [](sqlite3_file* f, int flags) { return below(f)->pMethods->xSync(below(f), flags); };
    m.xFileSize = [](sqlite3_file* f, sqlite3_int64* out) { return below(f)->pMethods->xFileSize(below(f), out); };
    m.xLock = [](sqlite3_file* f, int lock) { return below(f)->pMethods->xLock(below(f), lock); };
    m.xUnlock = [](sqlite3_file* f, int lock) { return below(f)->pMethods->xUnlock(below(f), lock); };
    m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
      return below(f)->pMethods->xCheckReservedLock(below(f), out);
    };
    m.xFileControl = [](sqlite3_file* f, int op, void* arg) {
      return below(f)->pMethods->xFileControl(below(f), op, arg);
    };
    m.xSectorSize = [](sqlite3_file* f) { return below(f)->pMethods->xSectorSize(below(f)); };
    m.xDeviceCharacteristics = [](sqlite3_file* f) { return below(f)->pMethods->xDeviceCharacteristics(below(f)); };
    return m;
  }();
  return all;
}

}  // namespace dmls::storage
