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
  SecretBytes path_secret;  // Nh octets; other lengths are refused when it is used
  static constexpr auto fields(auto& s) { return std::tie(s.path_secret); }
};

// What a Welcome tells one new member, encrypted to its key package.
struct GroupSecrets {
  keyschedule::JoinerSecret joiner_secret;  // opaque<V>, Nh octets
  // Of the lowest node that is above both the new member and the committer; nothing if the commit has no path.
  std::optional<PathSecret> path_secret;
  std::vector<keyschedule::PreSharedKeyID> psks;  // all that the commit injects, in its order
  static constexpr auto fields(auto& s) { return std::tie(s.joiner_secret, s.path_secret, s.psks); }
};

// GroupSecrets for the owner of a key package.
struct EncryptedGroupSecrets {
  Bytes new_member;                                // KeyPackageRef: opaque<V>, Nh octets
  crypto::HpkeCiphertext encrypted_group_secrets;  // EncryptWithLabel(init_key, "Welcome", encrypted_group_info, .)
  static constexpr auto fields(auto& s) { return std::tie(s.new_member, s.encrypted_group_secrets); }
  bool operator==(const EncryptedGroupSecrets&) const = default;
};

// One GroupInfo for all, and what opens it for each.
struct Welcome {
  crypto::CipherSuiteId cipher_suite{};        // of the group; if it is unknown, nobody can use it
  std::vector<EncryptedGroupSecrets> secrets;  // in any order
  Bytes encrypted_group_info;                  // opaque<V>: AEAD of GroupInfo, with the welcome_secret
  static constexpr auto fields(auto& s) { return std::tie(s.cipher_suite, s.secrets, s.encrypted_group_info); }
  bool operator==(const Welcome&) const = default;
};

}  // namespace dmls::group
