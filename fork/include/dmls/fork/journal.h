#pragma once
// Which secrets a session holds, and which it has deleted.

#include <dmls/fork/node_id.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

namespace dmls::fork {

// What a secret of an epoch is for.
enum class SecretKind : std::uint8_t {
  parent_init_root,     // parent_init_secret, until the first puncture
  init_secrets,         // what the PPRF still derives: every child that was not entered here
  child_init_secret,    // of one child: dies when the child is entered
  tree_keys,            // HPKE private keys of the own leaf and its path; shared with other epochs that have them
  message_keys,         // the secret tree and its ratchets
  sender_data_secret,   // RFC 9420 §6.3.2
  membership_key,       // RFC 9420 §6.2
  exporter_secret,      // RFC 9420 §8.5
  external_secret,      // RFC 9420 §8.3; only where external commits are allowed
  resumption_psk,       // RFC 9420 §8.6; may outlive its epoch: RetentionPolicy::resumption_psks
  epoch_authenticator,  // RFC 9420 §8.7
  own_update_keys,      // private keys behind own Update proposals
  pending_commit,       // an own commit that was not accepted yet: a whole epoch
};
// As it is written here; "unknown" for another value. A literal.
[[nodiscard]] std::string_view name_of(SecretKind);

// What made a session delete a secret.
enum class DeletionReason : std::uint8_t {
  entered,                // a child was entered: its init secret can no longer be derived
  all_members_committed,  // the rule of that name
  left,                   // the rule at_once
  lost_fork,              // another branch is preferred, and losing branches are not kept
  cap_epochs,             // RetentionPolicy::max_epochs
  cap_age,                // RetentionPolicy::max_age
  cap_octets,             // RetentionPolicy::max_octets
  asked,                  // Session::forget(), Session::forget_branch()
  replaced,               // the session joined again
  discarded,              // an own commit was rejected or superseded
};
// As it is written here; "unknown" for another value. A literal.
[[nodiscard]] std::string_view name_of(DeletionReason);

// What is held now. `count` and `octets` say how much; octets of shared or structured secrets are estimates.
struct HeldSecret {
  SecretKind kind;     // one entry for each kind and epoch
  NodeId node;         // whose
  std::size_t count;   // nodes of the PPRF, keys, secrets, commits
  std::size_t octets;  // all of them together
};

// What is gone, since when and why. `at`: seconds since 1970.
struct DeletedSecret {
  SecretKind kind;        // of what was held
  NodeId node;            // whose
  std::uint64_t at;       // by ClientConfig::clock
  DeletionReason reason;  // why
};

// DeletionJournal remembers the latest deletions, a bounded number of them; it holds no secret.
class DeletionJournal {
 public:
  static constexpr std::size_t kMaxEntries = 4096;  // the oldest makes room
  // At the end.
  void add(DeletedSecret entry) {
    entries_.push_back(std::move(entry));
    if (entries_.size() > kMaxEntries) entries_.pop_front();
  }
  // The latest last.
  [[nodiscard]] const std::deque<DeletedSecret>& entries() const { return entries_; }

 private:
  std::deque<DeletedSecret> entries_;
};

}  // namespace dmls::fork
