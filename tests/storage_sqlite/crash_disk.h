#pragma once
// A disk in memory that loses power, as a VFS of SQLite: what was written and not synchronised may arrive whole, half,
// or not at all.

#include <dmls/base/bytes.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace dmls::test {

enum class Death {
  clean,       // the process is killed before the call
  torn,        // and half of the call has happened
  power_loss,  // what was not synchronised arrives in part: each write whole, half or not at all
};

class CrashDisk {
 public:
  explicit CrashDisk(std::string name) : name_(std::move(name)) {
    vfs_.iVersion = 2;
    vfs_.szOsFile = sizeof(Handle);
    vfs_.mxPathname = 512;
    vfs_.zName = name_.c_str();
    vfs_.pAppData = this;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    vfs_.xAccess = access;
    vfs_.xFullPathname = [](sqlite3_vfs*, const char* in, int n, char* out) {
      sqlite3_snprintf(n, out, "%s", in);
      return SQLITE_OK;
    };
    vfs_.xRandomness = [](sqlite3_vfs*, int n, char* out) {
      std::memset(out, 7, static_cast<std::size_t>(n));
      return n;
    };
    vfs_.xSleep = [](sqlite3_vfs*, int) { return 0; };
    vfs_.xCurrentTime = [](sqlite3_vfs*, double* out) { return *out = 2460000.5, SQLITE_OK; };
    vfs_.xCurrentTimeInt64 = [](sqlite3_vfs*, sqlite3_int64* out) { return *out = 212540000000000, SQLITE_OK; };
    vfs_.xGetLastError = [](sqlite3_vfs*, int, char*) { return 0; };
    sqlite3_vfs_register(&vfs_, 0);
  }
  CrashDisk(const CrashDisk&) = delete;
  CrashDisk& operator=(const CrashDisk&) = delete;
  ~CrashDisk() { sqlite3_vfs_unregister(&vfs_); }

  // Dies at the `call`-th change from now on (1: the next).
  void arm(long call, Death death, unsigned seed) {
    calls_ = 0;
    die_at_ = call;
    death_ = death;
    random_.seed(seed);
  }
  void disarm() { die_at_ = 0; }
  [[nodiscard]] long calls() const { return calls_; }
  void count_from_zero() { calls_ = 0; }
  [[nodiscard]] bool is_dead() const { return dead_; }
  void reboot() {
    for (auto& [name, file] : files_) {
      if (dead_ && death_ == Death::power_loss) {
        for (const Change& change : file->unsynced) {
          const auto fate = random_() % 3;
          if (fate == 0) apply(file->durable, change);
          if (fate == 1) apply(file->durable, half_of(change));
        }
        file->now = file->durable;
      }
      file->durable = file->now;
      file->unsynced.clear();
    }
    dead_ = false;
    disarm();
  }
  // All octets of all files.
  [[nodiscard]] Bytes octets() const {
    Bytes all;
    for (const auto& [name, file] : files_) all.insert(all.end(), file->now.begin(), file->now.end());
    return all;
  }
  std::size_t written = 0;  // octets, by all writes so far

 private:
  struct Change {
    bool truncates;
    std::size_t at;  // or the new size
    Bytes octets;
  };
  struct File {
    Bytes now, durable;
    std::vector<Change> unsynced;
  };
  struct Handle {
    sqlite3_file base;
    CrashDisk* disk;
    File* file;
    bool temporary;
  };

  static void apply(Bytes& to, const Change& change) {
    if (change.truncates) return to.resize(change.at);
    if (to.size() < change.at + change.octets.size()) to.resize(change.at + change.octets.size());
    std::copy(change.octets.begin(), change.octets.end(), to.begin() + static_cast<std::ptrdiff_t>(change.at));
  }
  static Change half_of(Change change) {
    if (!change.truncates) change.octets.resize(change.octets.size() / 2);
    return change;
  }

  // One change; false if it was the last thing that this machine did, or if it is dead.
  bool change(File& file, Change change) {
    if (dead_) return false;
    if (++calls_ == die_at_) {
      dead_ = true;
      if (death_ == Death::torn && !change.truncates) apply(file.now, half_of(change));
      if (death_ == Death::power_loss) file.unsynced.push_back(std::move(change));
      return false;
    }
    written += change.octets.size();
    apply(file.now, change);
    file.unsynced.push_back(std::move(change));
    return true;
  }
  bool sync(File& file) {
    if (dead_) return false;
    if (++calls_ == die_at_) {
      dead_ = true;
      return false;
    }
    file.durable = file.now;
    file.unsynced.clear();
    return true;
  }

  static CrashDisk& of(sqlite3_vfs* vfs) { return *static_cast<CrashDisk*>(vfs->pAppData); }
  static Handle& of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
  static int outcome(bool ok) { return ok ? SQLITE_OK : SQLITE_IOERR; }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    CrashDisk& disk = of(vfs);
    file->pMethods = nullptr;
    if (disk.dead_) return SQLITE_IOERR;
    const std::string key = name != nullptr ? name : "temporary" + std::to_string(++disk.temporaries_);
    auto& entry = disk.files_[key];
    if (!entry) entry = std::make_unique<File>();
    of(file).disk = &disk;
    of(file).file = entry.get();
    of(file).temporary = name == nullptr;
    file->pMethods = methods();
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* name, int) {
    CrashDisk& disk = of(vfs);
    if (disk.dead_) return SQLITE_IOERR;
    if (++disk.calls_ == disk.die_at_) {
      disk.dead_ = true;
      return SQLITE_IOERR;
    }
    const auto found = disk.files_.find(name);
    if (found == disk.files_.end()) return SQLITE_IOERR_DELETE_NOENT;
    disk.graveyard_.push_back(std::move(found->second));
    disk.files_.erase(found);
    return SQLITE_OK;
  }
  static int access(sqlite3_vfs* vfs, const char* name, int, int* out) {
    *out = of(vfs).files_.count(name) != 0 && !of(vfs).files_.at(name)->now.empty() ? 1 : 0;
    return SQLITE_OK;
  }

  static const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods all = [] {
      sqlite3_io_methods m{};
      m.iVersion = 1;
      m.xClose = [](sqlite3_file*) { return SQLITE_OK; };
      m.xRead = [](sqlite3_file* f, void* out, int n, sqlite3_int64 at) {
        if (of(f).disk->dead_) return SQLITE_IOERR;
        const Bytes& octets = of(f).file->now;
        const auto size = static_cast<std::size_t>(n), from = std::min(static_cast<std::size_t>(at), octets.size());
        const std::size_t there = std::min(size, octets.size() - from);
        std::memset(out, 0, size);
        if (there > 0) std::memcpy(out, octets.data() + from, there);
        return there == size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
      };
      m.xWrite = [](sqlite3_file* f, const void* in, int n, sqlite3_int64 at) {
        const auto* octets = static_cast<const std::uint8_t*>(in);
        return outcome(
            of(f).disk->change(*of(f).file, {false, static_cast<std::size_t>(at), Bytes(octets, octets + n)}));
      };
      m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
        return outcome(of(f).disk->change(*of(f).file, {true, static_cast<std::size_t>(size), {}}));
      };
      m.xSync = [](sqlite3_file* f, int) { return outcome(of(f).disk->sync(*of(f).file)); };
      m.xFileSize = [](sqlite3_file* f, sqlite3_int64* out) {
        *out = static_cast<sqlite3_int64>(of(f).file->now.size());
        return SQLITE_OK;
      };
      m.xLock = [](sqlite3_file*, int) { return SQLITE_OK; };
      m.xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; };
      m.xCheckReservedLock = [](sqlite3_file*, int* out) { return *out = 0, SQLITE_OK; };
      m.xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; };
      m.xSectorSize = [](sqlite3_file*) { return 512; };
      m.xDeviceCharacteristics = [](sqlite3_file*) { return 0; };
      return m;
    }();
    return &all;
  }

  std::string name_;
  sqlite3_vfs vfs_{};
  std::map<std::string, std::unique_ptr<File>> files_;
  std::vector<std::unique_ptr<File>> graveyard_;  // deleted while open
  long calls_ = 0;
  long die_at_ = 0;
  Death death_ = Death::clean;
  bool dead_ = false;
  std::mt19937 random_;
  int temporaries_ = 0;
};

}  // namespace dmls::test
