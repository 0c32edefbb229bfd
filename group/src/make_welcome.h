#pragma once
// RFC 9420 §12.4.1, §12.4.3.1

#include <dmls/group/transition.h>
#include <dmls/treekem/path.h>

#include <optional>
#include <span>

#include "next_epoch.h"

namespace dmls::group {

// A Welcome for the members that `commit` adds at `added`, in the order of its Add proposals.
Result<Welcome> make_welcome(const NextEpoch& next, const Bytes& confirmation_tag, LeafIndex signer,
                             std::span<const LeafIndex> added, const AuthenticatedContent& commit,
                             const std::optional<treekem::PathDraft>& path, const keyschedule::JoinerSecret&,
                             const keyschedule::WelcomeSecret&, TreeDelivery, const ClientConfig&);

}  // namespace dmls::group
