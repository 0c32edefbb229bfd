#pragma once
// GroupInfo: the public state of an epoch, signed by a member. RFC 9420 §12.4.3

#include <dmls/base/bytes.h>
#include <dmls/crypto/signature.h>
#include <dmls/keyschedule/group_context.h>
#include <dmls/treekem/extension.h>

#include <cstdint>
#include <tuple>

namespace dmls::group {

struct GroupInfo {
  keyschedule::GroupContext group_context;  // of the epoch
  treekem::ExtensionList extensions;        // of the GroupInfo, not of the group: ratchet_tree, external_pub, others
  Bytes confirmation_tag;                   // MAC: opaque<V>, Nh octets; over the epoch's confirmed transcript hash
  std::uint32_t signer = 0;                 // leaf index
  Bytes signature;                          // opaque<V>
  static constexpr auto fields(auto& s) {
    return std::tie(s.group_context, s.extensions, s.confirmation_tag, s.signer, s.signature);
  }
  bool operator==(const GroupInfo&) const = default;
};

// Fills in the signature, over everything else. "GroupInfoTBS". Errors of the signer.
Result<void> sign_group_info(GroupInfo&, const crypto::Signer&);
// `key`: the signature key of the leaf named by `signer`. crypto::errc::kBadSignature; nothing else is checked, see
// import_group_info().
Result<void> verify_group_info(const GroupInfo&, const crypto::CipherSuite&, const crypto::SignaturePublicKey& key);

}  // namespace dmls::group
