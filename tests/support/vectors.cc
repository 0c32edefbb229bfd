#include "support/vectors.h"

#include <dmls/base/hex.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace dmls::test {
namespace {

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "test support: %s\n", why.c_str());
  std::abort();
}

}  // namespace

Bytes unhex(std::string_view digits) {
  auto octets = from_hex(digits);
  if (!octets) {
    stop("not hexadecimal: " + std::string(digits.substr(0, 64)));
  }
  return std::move(*octets);
}

std::string hex(BytesView octets) { return to_hex(octets); }

std::optional<std::filesystem::path> vectors_dir(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value == '\0') {
    return std::nullopt;
  }
  if (!std::filesystem::is_directory(value)) {
    stop(std::string(variable) + " names no folder: " + value);
  }
  return value;
}

nlohmann::json load_json(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) {
    stop("cannot read " + file.string());
  }
  auto json = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) {
    stop("not JSON: " + file.string());
  }
  return json;
}

int property_runs(int full, int floor) {
  const char* value = std::getenv("DMLS_PROPERTY_SCALE");
  const double scale = value == nullptr ? 0.01 : std::strtod(value, nullptr);
  return std::max(floor, static_cast<int>(full * scale));
}

}  // namespace dmls::test
