#pragma once
// Which secrets a session holds, and which it has deleted.

#include <dmls/fork/node_id.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

namespace dmls::fork {

enum class SecretKind : std::uint8_t {
  parent_init_root,   // parent_init_secret, until the first puncture
  init_secrets,       // what the PPRF still derives: every child that was not entered here
  child_init_secret,  // of one child: dies when the child is entered
  tree_keys,          // HPKE private keys of the own leaf and its path; shared with other epochs that have them
  message_keys,       // the secret tree and its ratchets
  sender_data_secret,
  membership_key,
  exporter_secret,
  external_secret,  // only where external commits are allowed
  resumption_psk,
  epoch_authenticator,
  own_update_keys,  // private keys behind own Update proposals
  pending_commit,   // an own commit that was not accepted yet: a whole epoch
};
[[nodiscard]] std::string_view name_of(SecretKind);

enum class DeletionReason : std::uint8_t {
  entered,  // a child was entered: its init secret can no longer be derived
  all_members_committed,
  left,       // the rule at_once
  lost_fork,  // another branch is preferred, and losing branches are not kept
  cap_epochs,
  cap_age,
  cap_octets,
  asked,      // Session::forget()
  replaced,   // the session joined again
  discarded,  // an own commit was rejected or superseded
};
[[nodiscard]] std::string_view name_of(DeletionReason);

// What is held now. `count` and `octets` say how much; octets of shared or structured secrets are estimates.
struct HeldSecret {
  SecretKind kind;
  NodeId node;
  std::size_t count;
  std::size_t octets;
};

// What is gone, since when and why. `at`: seconds since 1970.
struct DeletedSecret {
  SecretKind kind;
  NodeId node;
  std::uint64_t at;
  DeletionReason reason;
};

// DeletionJournal remembers the latest deletions, a bounded number of them; it holds no secret.
class DeletionJournal {
 public:
  static constexpr std::size_t kMaxEntries = 4096;
  void add(DeletedSecret entry) {
    entries_.push_back(std::move(entry));
    if (entries_.size() > kMaxEntries) entries_.pop_front();
  }
  [[nodiscard]] const std::deque<DeletedSecret>& entries() const { return entries_; }

 private:
  std::deque<DeletedSecret> entries_;
};

}  // namespace dmls::fork
