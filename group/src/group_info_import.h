#pragma once
#include <dmls/group/client_config.h>
#include <dmls/group/epoch.h>
#include <dmls/group/group_info.h>

namespace dmls::group {

// Everything that a GroupInfo and its tree claim, verified: the tree by RFC 9420 §12.4.3.1, the signature by the
// signer's leaf. The confirmation tag is not: that takes the epoch's secrets.
Result<PublicEpoch> import_group_info(const GroupInfo&, BytesView tree_aside, const ClientConfig&);

}  // namespace dmls::group
