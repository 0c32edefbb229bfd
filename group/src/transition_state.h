#pragma once
#include <dmls/group/staged_transition.h>
#include <dmls/keyschedule/secrets.h>

#include <cstdint>
#include <optional>

namespace dmls::group::detail {

struct TransitionState {
  TransitionKind kind = TransitionKind::advance;
  bool own = false;
  std::shared_ptr<const PublicEpoch> parent = {};  // nullptr for an entry
  std::optional<Epoch> next = {};                  // nothing for a removal, or once it was merged
  keyschedule::InitSecret init_secret = {};        // of `next`
  Changes changes = {};
  SigningIdentity identity = {};  // of this client in `next`
  bool new_identity = false;
  Bytes message = {};
  std::vector<OutgoingWelcome> welcomes = {};
  Bytes authenticated_data = {};
  std::uint64_t stored_as = 0;  // the number of its record; 0 if it has none
  Bytes used_key_package = {};  // KeyPackageRef of the one that a Welcome was opened with

  void take(StagedEpoch staged, keyschedule::InitSecret left) {
    new_identity = staged.identity.has_value();
    if (staged.identity) identity = *std::move(staged.identity);
    next.emplace(std::move(staged.next));
    changes = std::move(staged.changes);
    init_secret = std::move(left);
  }
};

// A transition that this client made. `identity`: its own, unless the commit changes that.
std::shared_ptr<TransitionState> own_transition(TransitionKind, OwnCommit, keyschedule::InitSecret left,
                                                SigningIdentity identity);

}  // namespace dmls::group::detail
