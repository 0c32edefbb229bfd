#include <dmls/treekem/lifetime.h>

#include <limits>

namespace dmls::treekem {

Lifetime Lifetime::from_now(std::uint64_t now, std::uint64_t seconds) {
  constexpr std::uint64_t kSkew = 3600;
  constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();
  return {now < kSkew ? 0 : now - kSkew, seconds > kForever - now ? kForever : now + seconds};
}

// RFC 9420 §7.2, §7.3
Result<void> check_lifetime(const Lifetime& lifetime, const LifetimePolicy& policy) {
  if (lifetime.not_after < lifetime.not_before)
    return fail(errc::kLifetime, "RFC 9420 §7.2: a lifetime ends before it begins");
  if (policy.maximum_length && lifetime.not_after - lifetime.not_before > *policy.maximum_length)
    return fail(errc::kLifetime, "RFC 9420 §7.2: a lifetime is longer than the application accepts");
  if (policy.now && *policy.now < lifetime.not_before)
    return fail(errc::kLifetime, "RFC 9420 §7.3: the current time is before the lifetime");
  if (policy.now && policy.since.value_or(*policy.now) > lifetime.not_after)
    return fail(errc::kLifetime, "RFC 9420 §7.3: the current time is after the lifetime");
  return {};
}

}  // namespace dmls::treekem
