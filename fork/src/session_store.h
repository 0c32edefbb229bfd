#pragma once
// How a session writes itself down: which records, and when they count. See session_records.h.

#include <dmls/group/epoch_record.h>
#include <dmls/pprf/saved_state.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "client_state.h"
#include "live_epoch.h"
#include "session_records.h"

namespace dmls::fork {

class SessionStore {
 public:
  static Bytes key_of(const crypto::CipherSuite&, BytesView group_id);
  static Bytes index_key_of(const crypto::CipherSuite&, BytesView group_id);

  SessionStore(std::shared_ptr<ClientState>, BytesView group_id);
  SessionStore(const SessionStore&) = delete;
  SessionStore& operator=(const SessionStore&) = delete;
  ~SessionStore();

  // From now on any other object of this session refuses to write: a key must not be used by two.
  void take_over();
  // kMisuse before take_over(); kStale (group) if another object has taken this session over.
  [[nodiscard]] Result<void> check_owner() const;
  Result<void> write(const storage::Batch&);
  // The batch with which the session becomes the one that is stored.
  Result<void> write_first(const storage::Batch&);

  [[nodiscard]] storage::Store& store() const { return *client_->store(); }
  [[nodiscard]] const Bytes& key() const { return key_; }
  [[nodiscard]] Bytes below(std::string_view kind) const { return storage::below(key_, kind); }
  [[nodiscard]] Bytes below(std::string_view kind, BytesView name) const { return storage::below(below(kind), name); }
  [[nodiscard]] Bytes below(std::string_view kind, std::uint64_t number) const {
    return storage::below(below(kind), number);
  }
  [[nodiscard]] group::EpochPlace place(const NodeId& id) const { return {key_, id.octets()}; }
  [[nodiscard]] Bytes of_epoch(const NodeId& id, std::string_view kind) const {
    return storage::below(place(id).key(), kind);
  }

  void put_live(storage::Batch&, const LiveEpoch&) const;
  // All records of an epoch, its own commits included. `stored`: as for group::put_epoch().
  void put_epoch(storage::Batch&, LiveEpoch&, std::span<const treekem::RatchetTree> stored) const;
  void put_pending(storage::Batch&, const NodeId& parent, const PendingCommit&) const;
  // What puncturing the epoch's PPRF changes. Errors of the store.
  Result<void> put_puncture(storage::Batch&, const NodeId&, pprf::Delta) const;
  // An own commit that dies, and the epoch that it would have started.
  void erase_pending(storage::Batch&, const NodeId& parent, const PendingCommit&,
                     std::span<const treekem::RatchetTree> living) const;

  // Numbers of the next records, each kind in a ring of its own.
  struct Rings {
    std::uint64_t gone = 1, entered = 1, known_bad = 1, journal = 1;
  };
  Rings rings;
  std::vector<Bytes> used_up;  // keys of records that go when the session is stored for the first time

 private:
  std::shared_ptr<ClientState> client_;
  Bytes group_id_;
  Bytes key_;
  std::uint64_t owner_ = 0;
};

}  // namespace dmls::fork
