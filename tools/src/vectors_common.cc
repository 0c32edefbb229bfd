#include "vectors_common.h"
#include "nearest.h"

#include <dmls/crypto/suite.h>
#include <dmls/vectors/family.h>

#include <algorithm>

namespace dmls::tools {

void report_unknown_family(const Console& console, std::string_view name, std::string_view where) {
  std::vector<std::string> names;
  for (const auto& family : vectors::families()) names.emplace_back(family.name);
  console.error("unknown family '{}'{}; the nearest is '{}'", name, where, nearest(name, names));
}

bool check_suites(const Console& console, const std::vector<std::uint16_t>& suites) {
  const auto registered = crypto::registered_suites();
  for (const std::uint16_t suite : suites) {
    if (std::ranges::any_of(registered, [suite](const auto& row) { return static_cast<unsigned>(row.id) == suite; }))
      continue;
    const auto last = static_cast<unsigned>(registered.back().id);
    const auto first = static_cast<unsigned>(registered.front().id);
    console.error("unknown cipher suite '{}'; the nearest is '{}'", suite, suite < first ? first : last);
    return false;
  }
  return true;
}

}  // namespace dmls::tools
