#pragma once
// What of a session is in the store already, so that a step writes no more than the difference.

#include <dmls/base/error.h>
#include <dmls/base/secret.h>
#include <dmls/group/public_epoch.h>
#include <dmls/sendgroup/exporter_psk.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace dmls::sendgroup {

// Of one Send Group. Epochs are told apart by their public halves, which are never copied.
struct Shelf {
  struct Kept {
    std::shared_ptr<const group::PublicEpoch> epoch;
    bool retired = false;
  };
  bool is_new = true;             // whatever is below the group's key belongs to one that was left
  std::vector<Kept> epochs = {};  // the present one first
  std::size_t proposals = 0;      // of the present epoch
  Bytes blocked = {};             // confirmation tag of the blocked commit
  SecretBytes record = {};        // that says the rest
};

// Of the session as a whole.
struct StoredState {
  std::uint64_t opened = 0;  // how often it was created or loaded: an older object may not write
  Bytes head = {};
  SecretBytes own = {};
  std::set<std::uint64_t> invitations = {};
  std::map<EpochName, Bytes> ledger = {};                 // the hash of each entry's roster
  std::map<Bytes, std::size_t, OctetOrder> rosters = {};  // by hash: how many entries have it
  std::optional<Error> broken = {};                       // why nothing more is done
};

}  // namespace dmls::sendgroup
