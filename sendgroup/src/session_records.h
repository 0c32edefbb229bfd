#pragma once
// What a session keeps in ClientConfig::store:
//
//   "s" name                    HeadRecord
//   and below S = "d" name:
//   S "k" KeyPackageRef         KeyPackageRecord: own key packages
//   S "y" Hash(client)          DirectoryRecord: key packages of last resort
//   S "n" Hash(client)          ParticipantRecord
//   S "m" kind Hash(subject)    MarkRecord, see Mark
//   S "u" Hash(Welcome)         EarlyWelcomeRecord
//   S "l" number                LetterRecord: a message that came early
//   S "c" Hash(group) epoch     LoggedCommitRecord
//   S "p" Hash(group) epoch     LedgerRecord: an exported PSK
//   S "r" Hash(RosterRecord)    RosterRecord: who can derive PSKs
//   S "a" Hash(owner) Hash(group)  AckRecord
//   S "o"                       OwnGroupRecord
//   S "w" epoch                 InvitationRecord: what has to be sent to those who join with this own epoch
//   S "f" Hash(group)           FollowedGroupRecord
//   G = S "g" Hash(group)       of each Send Group, the own included:
//     G "n", G "e"                epochs and their trees, <dmls/group/epoch_record.h>; the id is the epoch's number
//     G "q" number                a proposal of the present epoch: ProposalRecord, in the order of their numbers
//     G "b"                       a commit that was opened, and waits: BlockedCommitRecord
//
// A record starts with uint16 version = 1. Hashes are of the suite of the own Send Group. What a group::Client keeps in
// the same store has other first components (group/src/stored_records.h). Which commit waits for what is not written:
// it follows from the rest. Signature keys are the application's to keep.

#include <dmls/group/framed_content.h>
#include <dmls/group/proposal_store.h>
#include <dmls/keyschedule/psk.h>
#include <dmls/keyschedule/secrets.h>
#include <dmls/sendgroup/config.h>
#include <dmls/sendgroup/detached_leaf.h>
#include <dmls/storage/error.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/key_package.h>

#include <optional>
#include <tuple>
#include <vector>

namespace dmls::sendgroup {

inline constexpr std::uint16_t kRecordVersion = 1;

struct UniverseRecord {
  Bytes id;
  crypto::CipherSuiteId suite{};
  std::uint16_t export_length = 0;
  Bytes label;
  LeafKeys leaf_keys{};
  GroupIds group_ids{};
  std::vector<crypto::CipherSuiteId> suites;
  static constexpr auto fields(auto& s) {
    return std::tie(s.id, s.suite, s.export_length, s.label, s.leaf_keys, s.group_ids, s.suites);
  }
};

struct HeadRecord {
  std::uint16_t version = kRecordVersion;
  std::uint64_t opened = 0;
  Bytes name;
  Bytes client_id;
  std::optional<UniverseRecord> universe;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.opened, s.name, s.client_id, s.universe); }
};

struct KeyPackageRecord {
  std::uint16_t version = kRecordVersion;
  treekem::KeyPackage key_package;
  crypto::HpkePrivateKey init;
  crypto::HpkePrivateKey encryption;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.key_package, s.init, s.encryption); }
};

struct DirectoryRecord {
  std::uint16_t version = kRecordVersion;
  Bytes client_id;
  std::vector<treekem::KeyPackage> packages;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.client_id, s.packages); }
};

struct ParticipantRecord {
  std::uint16_t version = kRecordVersion;
  Bytes client_id;
  Bytes group_id;
  Bytes signature_key;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.client_id, s.group_id, s.signature_key); }
};

// `subject`: a client id, and of `left` a group id.
enum class Mark : std::uint8_t { removed = 1, to_remove = 2, to_add = 3, left = 4 };
struct MarkRecord {
  std::uint16_t version = kRecordVersion;
  Mark mark{};
  Bytes subject;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.mark, s.subject); }
};

struct EarlyWelcomeRecord {
  std::uint16_t version = kRecordVersion;
  Bytes message;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.message); }
};

struct LetterRecord {
  std::uint16_t version = kRecordVersion;
  Bytes group_id;
  std::uint64_t epoch = 0;
  std::uint8_t is_commit = 0;
  Bytes message;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.group_id, s.epoch, s.is_commit, s.message); }
};

struct LoggedCommitRecord {
  std::uint16_t version = kRecordVersion;
  Bytes group_id;
  std::uint64_t epoch = 0;
  std::uint8_t is_update = 0;
  Bytes message;
  std::vector<Bytes> proposals;
  std::optional<Bytes> confirmation_tag;
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.group_id, s.epoch, s.is_update, s.message, s.proposals, s.confirmation_tag);
  }
};

struct OwnLeafRecord {
  crypto::CipherSuiteId suite{};
  crypto::HpkePrivateKey encryption;
  static constexpr auto fields(auto& s) { return std::tie(s.suite, s.encryption); }
};

struct LedgerRecord {
  std::uint16_t version = kRecordVersion;
  Bytes group_id;
  std::uint64_t epoch = 0;
  keyschedule::Psk psk;
  Bytes roster;  // its hash
  std::vector<PublishedLeaf> leaves;
  std::vector<OwnLeafRecord> own_leaves;
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.group_id, s.epoch, s.psk, s.roster, s.leaves, s.own_leaves);
  }
};

struct RosterRecord {
  std::uint16_t version = kRecordVersion;
  std::vector<Bytes> clients;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.clients); }
};

struct AckRecord {
  std::uint16_t version = kRecordVersion;
  Bytes owner;
  Bytes group_id;
  std::uint64_t epoch = 0;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.owner, s.group_id, s.epoch); }
};

struct OwnGroupRecord {
  std::uint16_t version = kRecordVersion;
  Bytes group_id;
  std::uint64_t epoch = 0;
  keyschedule::InitSecret init_secret;
  std::uint64_t fresh_at = 0;
  std::uint64_t messages_since_fresh = 0;
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.group_id, s.epoch, s.init_secret, s.fresh_at, s.messages_since_fresh);
  }
};

struct InvitationRecord {
  std::uint16_t version = kRecordVersion;
  std::vector<Bytes> messages;
  std::vector<Bytes> invited;  // at first: who of them has joined since follows from the rest
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.messages, s.invited); }
};

struct FollowedGroupRecord {
  std::uint16_t version = kRecordVersion;
  Bytes group_id;
  Bytes owner;
  crypto::CipherSuiteId suite{};
  std::uint64_t joined_at = 0;
  std::uint64_t newest_update = 0;
  std::uint64_t updated_at = 0;
  Bytes welcome_hash;
  std::uint8_t confirmed = 0;
  std::uint8_t lost = 0;
  std::uint8_t closing = 0;
  std::uint8_t renewal = 0;
  std::uint64_t epoch = 0;
  std::vector<std::uint64_t> past;
  keyschedule::InitSecret init_secret;
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.group_id, s.owner, s.suite, s.joined_at, s.newest_update, s.updated_at, s.welcome_hash,
                    s.confirmed, s.lost, s.closing, s.renewal, s.epoch, s.past, s.init_secret);
  }
};

struct ProposalRecord {
  std::uint16_t version = kRecordVersion;
  group::ProposalRef reference;
  group::Proposal proposal;
  group::Sender sender;
  Bytes authenticated_data;
  Bytes message;
  std::optional<crypto::HpkePrivateKey> own_update;
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.reference, s.proposal, s.sender, s.authenticated_data, s.message, s.own_update);
  }
};

struct BlockedCommitRecord {
  std::uint16_t version = kRecordVersion;
  group::AuthenticatedContent content;
  Bytes message;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.content, s.message); }
};

// storage::errc::kMalformedRecord, kUnknownFormat.
template <class T>
Result<T> decode_record(BytesView octets) {
  auto record = tls_codec::decode<T>(octets);
  if (!record) return fail(storage::errc::kMalformedRecord, "stored session: a record cannot be read");
  if (record->version != kRecordVersion)
    return fail(storage::errc::kUnknownFormat, "stored session: a record of another version");
  return record;
}

}  // namespace dmls::sendgroup
