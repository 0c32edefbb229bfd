#pragma once
// Checks that the `vectors` commands share.

#include "console.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace dmls::tools {

// Reports that no family is called `name`, and which one is nearest.
void report_unknown_family(const Console&, std::string_view name, std::string_view where);

// True if every suite is registered; otherwise reports the first that is not.
bool check_suites(const Console&, const std::vector<std::uint16_t>& suites);

}  // namespace dmls::tools
