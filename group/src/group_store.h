#pragma once
// How a group writes itself down. What is written, and when it counts: see stored_records.h and Group.

#include <dmls/group/epoch_record.h>
#include <dmls/group/proposal_store.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "client_state.h"
#include "stored_records.h"
#include "transition_state.h"

namespace dmls::group {

class GroupStore {
 public:
  // The keys of a group's records.
  static Bytes key_of(const crypto::CipherSuite&, BytesView group_id);
  static Bytes index_key_of(const crypto::CipherSuite&, BytesView group_id);

  GroupStore(std::shared_ptr<ClientState>, BytesView group_id);

  // From now on any other GroupStore of this group refuses to write: a key must not be used by two objects.
  void take_over() { owner_ = ++client_->owners[key_]; }

  // kStale if another object has taken this group over.
  Result<void> write(const storage::Batch&);

  [[nodiscard]] const Bytes& key() const { return key_; }
  [[nodiscard]] EpochPlace place(std::uint64_t epoch_id) const;
  [[nodiscard]] Bytes below(std::string_view kind) const { return storage::below(key_, kind); }
  [[nodiscard]] Bytes below(std::string_view kind, std::uint64_t number) const {
    return storage::below(below(kind), number);
  }
  // A number that no record of this group has.
  std::uint64_t take_number() { return next_number_++; }
  void skip_numbers(std::uint64_t used) { next_number_ = used >= next_number_ ? used + 1 : next_number_; }

  // A received commit that has not happened, kept for the case that its message comes again: its key is spent.
  struct ReceivedCommit {
    std::uint64_t number;
    Bytes message_hash;
    AuthenticatedContent content;
  };
  static constexpr std::size_t kMaxReceived = 64;  // the oldest go first
  [[nodiscard]] const ReceivedCommit* find_received(BytesView message_hash) const;
  void keep_received(const ReceivedCommit&, storage::Batch&) const;
  // The batch was written.
  void kept_received(ReceivedCommit);

  std::uint64_t head = 1;          // id of the present epoch
  std::deque<std::uint64_t> past;  // ids of those that were left, as in Group
  std::deque<ReceivedCommit> received;

 private:
  std::shared_ptr<ClientState> client_;
  Bytes key_;
  std::uint64_t owner_ = 0;
  std::uint64_t next_number_ = 2;
};

// ---- records from what is in memory, and back ----------------------------------------------------------------------

[[nodiscard]] SecretBytes record_of(const detail::TransitionState&);
// What is restored lacks `parent` and `next`.
Result<std::shared_ptr<detail::TransitionState>> transition_from(OwnCommitRecord, const ClientConfig&);

}  // namespace dmls::group
