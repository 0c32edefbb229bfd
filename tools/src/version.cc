#include "commands.h"

#include <dmls/crypto/suite.h>

namespace dmls::tools {

int print_version(const Console& console) {
  std::string suites;
  for (const auto& row : crypto::registered_suites()) {
    if (!crypto::CipherSuite::find(row.id)) continue;
    suites += (suites.empty() ? "" : ", ") + std::to_string(static_cast<unsigned>(row.id));
  }
  console.data("dmls {}", DMLS_VERSION);
  console.data("crypto: {}", crypto::default_provider().description());
  console.data("cipher suites: {}", suites);
  return kDone;
}

}  // namespace dmls::tools
