#include <dmls/group/policy.h>

namespace dmls::group {

Result<void> Policy::accept_proposal(const PublicEpoch&, const StoredProposal&) const { return {}; }

treekem::LifetimePolicy Policy::lifetimes(std::uint64_t now) const {
  constexpr std::uint64_t kDay = 24 * 3600;
  return {.now = now, .maximum_length = 366 * kDay};
}

}  // namespace dmls::group
