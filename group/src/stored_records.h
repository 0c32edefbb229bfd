#pragma once
// What a client and its groups keep in a store, besides epochs (<dmls/group/epoch_record.h>):
//
//   "v"                     ClientRecord
//   "k" KeyPackageRef       KeyPackageRecord
//   "p" Hash(psk_id)        PskRecord
//   "i" Hash(group_id)      the group id, of every group that is kept
//   "x" number              an own commit that leads into a group and has not happened: OwnCommitRecord; below it,
//                           as if it were a group, its epoch with the id 1
//   G = "g" Hash(group_id)  a group:
//     G "s"                   GroupRecord
//     G "r" epoch             the resumption PSK of an epoch that was left
//     G "q" number            a proposal of the present epoch: ProposalRecord, in the order of their numbers
//     G "o" number            an own commit of the present epoch: OwnCommitRecord; the number is the id of its epoch
//     G "c" number            a received commit that has not happened: ReceivedCommitRecord
//     G "a" number            a message of an epoch to come, or of the present one, for which it waited: AheadRecord
//     G "n", G "e"            epochs and their trees
//
// A record starts with uint16 version = 1. Hashes are of the client's cipher suite.

#include <dmls/group/changes_record.h>
#include <dmls/group/member_record.h>
#include <dmls/keyschedule/secrets.h>

#include <optional>
#include <vector>

namespace dmls::group {

struct ClientRecord {
  std::uint16_t version = kRecordVersion;
  crypto::CipherSuiteId cipher_suite{};
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.cipher_suite); }
};

struct PskRecord {
  std::uint16_t version = kRecordVersion;
  Bytes id;
  keyschedule::Psk value;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.id, s.value); }
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

struct AheadRecord {
  std::uint16_t version = kRecordVersion;
  std::uint64_t epoch = 0;
  Bytes message;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.epoch, s.message); }
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

}  // namespace dmls::group
