#pragma once
// Whole vector files.

#include <dmls/vectors/family.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace dmls::vectors {

// What happened to one case of a file. Cases that passed leave no entry.
struct CaseReport {
  std::size_t index;
  Outcome outcome;
};

struct FileReport {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  std::vector<CaseReport> cases;  // failed and skipped ones, in order
  std::string unreadable;         // not empty: why the file could not be read as a JSON array; nothing was verified
};

// Verifies the cases of `file` (a JSON array) as vectors of `family`. With `suites`, cases of other cipher suites are
// left out without being counted; cases without a suite are always verified. An empty array is a failure.
FileReport verify_file(const Family& family, const std::filesystem::path& file, std::span<const std::uint16_t> suites);

}  // namespace dmls::vectors
