#include <dmls/group/clock.h>

#include <ctime>

namespace dmls::group {

std::uint64_t SystemClock::now() const { return static_cast<std::uint64_t>(std::time(nullptr)); }

}  // namespace dmls::group
