#pragma once
// How a group starts that descends from another one, whatever keeps its epochs. RFC 9420 §11.2, §11.3

#include <dmls/base/result.h>
#include <dmls/group/client_config.h>
#include <dmls/group/commit_request.h>
#include <dmls/group/proposal.h>
#include <dmls/group/public_epoch.h>
#include <dmls/keyschedule/psk.h>

#include <vector>

namespace dmls::group {

// What to commit in epoch 0 of the new group: everybody is added, and the resumption PSK of `parent` links it. `usage`:
// reinit or branch. kMisuse if a branch would have another cipher suite or somebody who is not in `parent`, or a
// re-initialised group would lack somebody who is, by the policy's idea of identity; errors of decoding the key
// packages.
Result<CommitRequest> descent_request(keyschedule::ResumptionPSKUsage usage, const PublicEpoch& parent,
                                      const std::vector<Bytes>& key_packages, TreeDelivery, const ClientConfig&);

// Whether a client of this configuration can start the group that was announced: kMisuse for another cipher suite or
// version.
Result<void> check_reinit(const ReInit&, const ClientConfig&);

}  // namespace dmls::group
