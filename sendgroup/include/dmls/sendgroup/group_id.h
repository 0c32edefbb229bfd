#pragma once
// The names of Send Groups. draft-xue-distributed-mls, "Group Operations" (derived); its newer text leaves the scheme
// to the application (assigned).

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/crypto/suite.h>
#include <dmls/keyschedule/secrets.h>

#include <cstdint>

namespace dmls::sendgroup {

// How the participants of a universe find the names of each other's Send Groups.
enum class GroupIds : std::uint8_t {
  derived = 1,   // from the universe epoch in which their leaf first appears: only its creator can invite
  assigned = 2,  // from the universe id and who they are: every owner can invite
};

// MLS-Exporter("derivedGroupId", signature_key, Nh) of the universe epoch in which that key's leaf first appears; Nh
// octets. `signature_key`: SignaturePublicKey octets, without a length.
Result<Bytes> derived_group_id(const crypto::CipherSuite& universe, const keyschedule::ExporterSecret&,
                               BytesView signature_key);

// RefHash("DiMLS Send Group", struct { opaque universe_id<V>; opaque client_id<V>; }), RFC 9420 §5.2; Nh octets of the
// universe's suite. `client_id`: see treekem::CredentialValidator.
[[nodiscard]] Bytes assigned_group_id(const crypto::CipherSuite& universe, BytesView universe_id, BytesView client_id);

}  // namespace dmls::sendgroup
