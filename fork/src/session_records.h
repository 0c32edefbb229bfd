#pragma once
// What a client and its sessions keep in a store, besides epochs (<dmls/group/epoch_record.h>). Everything is below
// "f":
//
//   "f" "v"                 ClientRecord
//   "f" "k" KeyPackageRef   group::KeyPackageRecord
//   "f" "i" Hash(group_id)  the group id, of every session that is kept
//   S = "f" "s" Hash(group_id)
//     S "s"                   SessionRecord
//     S "h" dmls_epoch        HistoryRecord: a node of the history graph
//     S "p" dmls_epoch        PastPskRecord: the resumption PSK of an epoch that is not held, for those that still may
//     use it S "w" number            WaitingRecord: a message of an unknown epoch, or of one that was entered just now
//     S "g" number            NameRecord: an epoch that was held
//     S "m" number            NameRecord: the hash of a message whose commit was entered
//     S "x" number            NameRecord: the hash of a genuine message that was refused
//     S "j" number            JournalRecord
//     S "n", S "e"            epochs and their trees; the id of an epoch is its dmls_epoch. Besides its own records:
//       S "e" id "l"            LiveRecord
//       S "e" id "r" number     records of its PPRF, <dmls/pprf/saved_state.h>
//       S "e" id "c" commit     CommitRecord: a commit that was entered, or removes this client
//       S "e" id "q" number     group::ProposalRecord
//       S "e" id "b" number     group::ReceivedCommitRecord: a commit that waits for a proposal or a PSK
//       S "e" id "o" commit     PendingRecord: an own commit; the epoch it would start is kept like any other
//
// An evaluation of the PPRF is not stored: what is stored of a pending commit is its input, from which it follows
// again. A record starts with uint16 version = 1. Hashes are of the client's cipher suite.

#include <dmls/fork/history.h>
#include <dmls/fork/journal.h>
#include <dmls/group/changes_record.h>
#include <dmls/group/member_record.h>
#include <dmls/keyschedule/secrets.h>
#include <dmls/storage/key.h>

#include <optional>
#include <vector>

namespace dmls::fork {

inline constexpr std::uint16_t kRecordVersion = group::kRecordVersion;

inline Bytes demls_key(std::string_view kind) { return storage::below(storage::below({}, "f"), kind); }

struct ClientRecord {
  std::uint16_t version = kRecordVersion;
  crypto::CipherSuiteId cipher_suite{};
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.cipher_suite); }
};

struct SessionRecord {
  std::uint16_t version = kRecordVersion;
  Bytes group_id;
  std::uint8_t retain = 0;
  std::vector<Bytes> roots;  // of the history, the preferred one last
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.group_id, s.retain, s.roots); }
};

struct EdgeRecord {
  Bytes commit;
  Bytes confirmation_tag;
  group::Changes changes;
  static constexpr auto fields(auto& s) { return std::tie(s.commit, s.confirmation_tag, s.changes); }
};

struct HistoryRecord {
  std::uint16_t version = kRecordVersion;
  std::uint64_t number = 0;  // children in order of their numbers, parents before them
  std::optional<Bytes> parent;
  std::optional<EdgeRecord> edge;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.number, s.parent, s.edge); }
};

struct PastPskRecord {
  std::uint16_t version = kRecordVersion;
  std::uint64_t epoch = 0;
  keyschedule::ResumptionPsk psk;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.epoch, s.psk); }
};

struct WaitingRecord {
  std::uint16_t version = kRecordVersion;
  Bytes message;  // an encoded DMLSMessage
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.message); }
};

struct NameRecord {
  std::uint16_t version = kRecordVersion;
  Bytes name;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.name); }
};

struct JournalRecord {
  std::uint16_t version = kRecordVersion;
  SecretKind kind{};
  Bytes node;
  std::uint64_t at = 0;
  DeletionReason reason{};
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.kind, s.node, s.at, s.reason); }
};

struct LiveRecord {
  std::uint16_t version = kRecordVersion;
  group::IdentityRecord identity;
  std::optional<std::uint64_t> left_at;
  std::uint8_t closed = 0;
  std::uint8_t punctured = 0;
  std::optional<group::Changes> removed_here;
  std::vector<Bytes> past_psks;  // dmls_epochs, the latest last
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.identity, s.left_at, s.closed, s.punctured, s.removed_here, s.past_psks);
  }
};

struct CommitRecord {
  std::uint16_t version = kRecordVersion;
  static constexpr auto fields(auto& s) { return std::tie(s.version); }
};

struct PendingRecord {
  std::uint16_t version = kRecordVersion;
  Bytes node;
  group::Changes changes;
  Bytes message;
  std::vector<group::WelcomeRecord> welcomes;
  Bytes inner_hash;
  SecretBytes input;  // of the parent's PPRF
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.node, s.changes, s.message, s.welcomes, s.inner_hash, s.input);
  }
};

}  // namespace dmls::fork
