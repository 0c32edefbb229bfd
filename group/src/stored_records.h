#pragma once
// What a client and its groups keep in a store, besides epochs (<dmls/group/epoch_record.h>):
//
//   "v"                     ClientRecord
//   "k" KeyPackageRef       KeyPackageRecord
//   "p" Hash(psk_id)        PskRecord
//   "i" Hash(group_id)      the group id, of every group that is kept
//   "x" number              an own commit that leads into a group and has not happened: OwnCommitRecord; below it, as
//   if
//                           it were a group, its epoch with the id 1
//   G = "g" Hash(group_id)  a group:
//     G "s"                   GroupRecord
//     G "r" epoch             the resumption PSK of an epoch that was left
//     G "q" number            a proposal of the present epoch: ProposalRecord, in the order of their numbers
//     G "o" number            an own commit of the present epoch: OwnCommitRecord; the number is the id of its epoch
//     G "c" number            a received commit that has not happened: ReceivedCommitRecord
//     G "n", G "e"            epochs and their trees
//
// A record starts with uint16 version = 1. Hashes are of the client's cipher suite.

#include <dmls/group/client_config.h>
#include <dmls/group/framed_content.h>
#include <dmls/group/public_message.h>
#include <dmls/keyschedule/secrets.h>
#include <dmls/storage/store.h>
#include <dmls/treekem/key_package.h>

#include <optional>
#include <vector>

#include "changes_record.h"

namespace dmls::group {

inline constexpr std::uint16_t kRecordVersion = 1;

struct ClientRecord {
  std::uint16_t version = kRecordVersion;
  crypto::CipherSuiteId cipher_suite{};
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.cipher_suite); }
};

struct KeyPackageRecord {
  std::uint16_t version = kRecordVersion;
  treekem::KeyPackage key_package;
  crypto::HpkePrivateKey init;
  crypto::HpkePrivateKey encryption;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.key_package, s.init, s.encryption); }
};

struct PskRecord {
  std::uint16_t version = kRecordVersion;
  Bytes id;
  keyschedule::Psk value;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.id, s.value); }
};

// The private key is the application's to keep: it is found again by its public key.
struct IdentityRecord {
  treekem::Credential credential;
  Bytes signature_key;
  static constexpr auto fields(auto& s) { return std::tie(s.credential, s.signature_key); }
};

struct GroupRecord {
  std::uint16_t version = kRecordVersion;
  Bytes group_id;
  std::uint8_t status = 0;
  std::uint64_t head = 0;           // id of the present epoch
  std::vector<std::uint64_t> past;  // ids of those that were left and are still read, the latest first
  std::optional<ReInit> reinit;
  IdentityRecord identity;
  keyschedule::InitSecret init_secret;
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.group_id, s.status, s.head, s.past, s.reinit, s.identity, s.init_secret);
  }
};

struct OwnUpdateRecord {
  crypto::HpkePrivateKey private_key;
  std::optional<IdentityRecord> identity;
  static constexpr auto fields(auto& s) { return std::tie(s.private_key, s.identity); }
};

struct ProposalRecord {
  std::uint16_t version = kRecordVersion;
  ProposalRef reference;
  Proposal proposal;
  Sender sender;
  Bytes authenticated_data;
  std::optional<OwnUpdateRecord> own_update;
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.reference, s.proposal, s.sender, s.authenticated_data, s.own_update);
  }
};

struct WelcomeRecord {
  Bytes message;
  std::vector<std::uint32_t> recipients;
  static constexpr auto fields(auto& s) { return std::tie(s.message, s.recipients); }
};

struct OwnCommitRecord {
  std::uint16_t version = kRecordVersion;
  Changes changes;
  Bytes message;
  std::vector<WelcomeRecord> welcomes;
  Bytes authenticated_data;
  IdentityRecord identity;
  std::uint8_t new_identity = 0;
  keyschedule::InitSecret init_secret;
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.changes, s.message, s.welcomes, s.authenticated_data, s.identity, s.new_identity,
                    s.init_secret);
  }
};

// The content travels in the form of a PublicMessage; its membership tag, which was verified or is not there, is empty.
struct ReceivedCommitRecord {
  std::uint16_t version = kRecordVersion;
  Bytes message_hash;
  WireFormat wire_format{};
  PublicMessage content;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.message_hash, s.wire_format, s.content); }
};

// Reads a record that starts with a version. storage::errc::kMalformedRecord, kUnknownFormat.
template <class T>
Result<T> decode_record(BytesView octets) {
  auto record = tls_codec::decode<T>(octets);
  if (!record) return fail(storage::errc::kMalformedRecord, "stored client: a record cannot be read");
  if (record->version != kRecordVersion)
    return fail(storage::errc::kUnknownFormat, "stored client: a record of another version");
  return record;
}

}  // namespace dmls::group
