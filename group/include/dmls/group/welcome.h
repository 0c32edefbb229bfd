#pragma once
// Welcome: what new members need to enter an epoch. RFC 9420 §12.4.3.1

#include <dmls/base/bytes.h>
#include <dmls/crypto/hpke.h>
#include <dmls/keyschedule/psk.h>
#include <dmls/keyschedule/secrets.h>
#include <dmls/treekem/key_package.h>

#include <optional>
#include <tuple>
#include <vector>

namespace dmls::group {

// struct { opaque path_secret<V>; } PathSecret
struct PathSecret {
  SecretBytes path_secret;
  static constexpr auto fields(auto& s) { return std::tie(s.path_secret); }
};

struct GroupSecrets {
  keyschedule::JoinerSecret joiner_secret;
  std::optional<PathSecret> path_secret;
  std::vector<keyschedule::PreSharedKeyID> psks;
  static constexpr auto fields(auto& s) { return std::tie(s.joiner_secret, s.path_secret, s.psks); }
};

// `new_member`: KeyPackageRef, Nh octets.
struct EncryptedGroupSecrets {
  Bytes new_member;
  crypto::HpkeCiphertext encrypted_group_secrets;
  static constexpr auto fields(auto& s) { return std::tie(s.new_member, s.encrypted_group_secrets); }
  bool operator==(const EncryptedGroupSecrets&) const = default;
};

struct Welcome {
  crypto::CipherSuiteId cipher_suite{};
  std::vector<EncryptedGroupSecrets> secrets;
  Bytes encrypted_group_info;
  static constexpr auto fields(auto& s) { return std::tie(s.cipher_suite, s.secrets, s.encrypted_group_info); }
  bool operator==(const Welcome&) const = default;
};

}  // namespace dmls::group
