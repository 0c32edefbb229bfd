#pragma once
// The announcement: the application message beside a Welcome that says what the group is. draft-xue-distributed-mls,
// "DMLS Requirements"

#include <dmls/base/bytes.h>
#include <dmls/crypto/suite.h>
#include <dmls/sendgroup/config.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/key_package.h>

#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

namespace dmls::sendgroup {

// The authenticated_data of the application message that carries an Announcement: receivers know it from the outside.
inline constexpr std::string_view kAnnouncementMark = "DiMLS announcement";

// A participant, and its Send Group's name. `client_id`: see treekem::CredentialValidator.
struct SendGroupName {
  Bytes client_id;  // opaque<V>
  Bytes group_id;   // opaque<V>
  static constexpr auto fields(auto& s) { return std::tie(s.client_id, s.group_id); }
  bool operator==(const SendGroupName&) const = default;
};

// "This is a Send Group of mine, and these are the others."
struct Announcement {
  std::uint16_t version = 1;                      // another one is refused
  Bytes universe_id;                              // opaque<V>: the group id of the creator's Send Group
  std::vector<crypto::CipherSuiteId> suites;      // that Send Groups may have
  std::uint16_t export_length = 0;                // octets of an imported PSK
  Bytes label;                                    // opaque<V>: of the exporter
  LeafKeys leaf_keys{};                           // how leaves in the Send Groups of others get fresh keys
  GroupIds group_ids{};                           // how `send_groups` were found, and later ones are
  std::vector<SendGroupName> send_groups;         // of all participants, the sender included
  std::vector<treekem::KeyPackage> key_packages;  // of last resort, so that the receiver can open its own Send Group
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.universe_id, s.suites, s.export_length, s.label, s.leaf_keys, s.group_ids,
                    s.send_groups, s.key_packages);
  }
  bool operator==(const Announcement&) const = default;
};

}  // namespace dmls::sendgroup
