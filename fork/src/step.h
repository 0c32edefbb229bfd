#pragma once
// One transition of a session, worked out: what is written, and what happens in memory once it was.

#include <dmls/fork/event.h>
#include <dmls/fork/history.h>
#include <dmls/storage/batch.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "live_epoch.h"

namespace dmls::fork {

struct Doomed {
  NodeId id;
  DeletionReason reason;
};

struct Step {
  Step() = default;
  explicit Step(LiveEpoch& epoch) : at(&epoch) {}

  LiveEpoch* at = nullptr;                     // whose message keys may have changed
  std::optional<keyschedule::RatchetKey> key;  // of a message to `at`: to be spent
  std::uint64_t waited = 0;                    // the message came out of the waiting room: its number there
  storage::Batch batch;
  storage::Batch erasures;  // after everything else

  // What is remembered from now on.
  std::vector<DeletedSecret> deleted;
  std::vector<NodeId> gone;
  std::vector<Bytes> entered;
  std::vector<Bytes> known_bad;

  std::vector<Doomed> doomed;
  std::optional<History> history;  // once the doomed are gone
  std::function<void()> finish;    // what is final and cannot fail; before anything dies
  bool not_stored = false;         // the store refused
};

}  // namespace dmls::fork
