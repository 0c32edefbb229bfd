#pragma once
// Test vectors that live outside the repository, and how far a property run goes.

#include <dmls/base/bytes.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace dmls::test {

// unhex decodes digits that the test itself, or a vector file, is answerable for; anything else ends the program.
Bytes unhex(std::string_view digits);

// hex encodes octets, so that a failed EXPECT_EQ can be read.
std::string hex(BytesView octets);

// vectors_dir is the folder named by an environment variable (MLS_VECTORS, HPKE_VECTORS, WYCHEPROOF_VECTORS), or
// nothing when that is unset. A folder that does not exist ends the program: a typing error must not look like
// "not run".
std::optional<std::filesystem::path> vectors_dir(const char* variable);

// load_json reads a whole file; a file that is absent or is not JSON ends the program.
nlohmann::json load_json(const std::filesystem::path& file);

// property_runs scales a full number of runs by DMLS_PROPERTY_SCALE (a fraction; default 0.01), never below `floor`.
int property_runs(int full, int floor = 1);

}  // namespace dmls::test

// Declares `name`, the folder of the vectors that `variable` names; without it the test reports "not run" and says
// where the data comes from, or fails when DMLS_REQUIRE_VECTORS is set (CI).
#define DMLS_VECTORS_OR_SKIP(name, variable)                                                                      \
  const auto name##_if_any = ::dmls::test::vectors_dir(variable);                                                 \
  if (!name##_if_any) {                                                                                           \
    ASSERT_EQ(std::getenv("DMLS_REQUIRE_VECTORS"), nullptr) << variable << " is required here, and unset";        \
    GTEST_SKIP() << "not run: set " << variable << " to a folder of vectors (docs/dependencies.md, \"Vectors\")"; \
  }                                                                                                               \
  const std::filesystem::path& name = *name##_if_any
