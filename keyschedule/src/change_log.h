#pragma once
#include <dmls/keyschedule/tree_record.h>

#include <utility>
#include <vector>

namespace dmls::keyschedule {

// ChangeLog notes the keys of records that were written or removed, if somebody asked for it.
class ChangeLog {
 public:
  void start() { on_ = true; }
  void touch(const RecordKey& key) {
    if (on_) keys_.push_back(key);
  }
  // The keys noted so far, with repetitions; forgets them.
  [[nodiscard]] std::vector<RecordKey> take() { return std::exchange(keys_, {}); }

 private:
  bool on_ = false;
  std::vector<RecordKey> keys_;
};

// RatchetLog is the log of one ratchet.
struct RatchetLog {
  ChangeLog& log;
  std::uint32_t leaf;
  RatchetKind kind;

  void ratchet() const { log.touch({.type = RecordType::ratchet, .index = leaf, .kind = kind}); }
  void skipped(std::uint32_t generation) const {
    log.touch({.type = RecordType::skipped, .index = leaf, .kind = kind, .generation = generation});
  }
};

}  // namespace dmls::keyschedule
