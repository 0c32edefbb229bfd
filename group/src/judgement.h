#pragma once
#include <dmls/group/client_config.h>
#include <dmls/group/public_epoch.h>

namespace dmls::group {

// By whose rules, and as of when, a transition is judged. Borrows.
struct Judgement {
  enum class Of : std::uint8_t { own, received };

  const Policy& policy;
  const CustomProposalRules* custom = nullptr;
  Executor* executor = nullptr;
  treekem::LifetimePolicy lifetime;
  Of of = Of::received;

  // What this client is about to send is judged now.
  static Judgement own(const ClientConfig& config) {
    return {*config.policy, config.custom_proposals.get(), config.executor.get(),
            config.policy->lifetimes(config.clock->now()), Of::own};
  }
  // What was received in `epoch` was sent at some time since that began, and may have been late.
  static Judgement received(const PublicEpoch& epoch, const Policy& policy, const CustomProposalRules* custom,
                            Executor* executor, std::uint64_t now) {
    Judgement out{policy, custom, executor, policy.lifetimes(now), Of::received};
    if (out.lifetime.now)
      out.lifetime.since = epoch.entered_at < *out.lifetime.now ? epoch.entered_at : *out.lifetime.now;
    return out;
  }
  static Judgement received(const PublicEpoch& epoch, const ClientConfig& config) {
    return received(epoch, *config.policy, config.custom_proposals.get(), config.executor.get(), config.clock->now());
  }
};

}  // namespace dmls::group
