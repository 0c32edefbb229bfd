#pragma once
// "Did you mean": the valid word that is closest to a wrong one.

#include <string>
#include <string_view>
#include <vector>

namespace dmls::tools {

// The candidate with the smallest edit distance to `word` (the first of equals); empty without candidates.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace dmls::tools
