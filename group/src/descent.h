#pragma once
// Groups that descend from another, by re-initialisation or branching. RFC 9420 §11.2, §11.3, §12.4.3.1

#include <dmls/group/transition.h>

#include <optional>
#include <span>

namespace dmls::group {

struct Descent {
  keyschedule::ResumptionPSKUsage usage;  // reinit or branch
  Ancestor ancestor;
};

// What the PSKs of a Welcome say about it. kInvalidWelcome if there is more than one PSK for reinit and branch, or if
// there is one without `ancestors` or none with them; kUnknownPsk if they do not know the epoch.
Result<std::optional<Descent>> find_descent(std::span<const keyschedule::PreSharedKeyID>,
                                            const AncestorSource* ancestors);

// That the group which the Welcome leads to may descend from that ancestor. kInvalidWelcome.
Result<void> check_descent(const Descent&, const PublicEpoch& joined, const Policy&);

// The identities of all members, by the application's notion; sorted, each once.
std::vector<Bytes> identities(const treekem::RatchetTree&, const Policy&);

}  // namespace dmls::group
