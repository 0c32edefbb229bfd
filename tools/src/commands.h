#pragma once
// The commands of `dmls`. Each returns an exit status.

#include "console.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dmls::tools {

struct VerifyOptions {
  std::string type;                   // a family's name; empty: from each file's name
  std::vector<std::uint16_t> suites;  // empty: all
  std::vector<std::string> paths;
};
int verify_vectors(const Console&, const VerifyOptions&);

struct GenerateOptions {
  std::string type;
  std::vector<std::uint16_t> suites;
  std::uint64_t seed = 0;
  std::string out;
};
int generate_vectors(const Console&, const GenerateOptions&);

int list_vectors(const Console&);

struct DemoOptions {
  std::optional<std::uint64_t> seed;  // none: fresh randomness
};
int run_demo(const Console&, const DemoOptions&);

struct PeerOptions {
  std::optional<std::uint64_t> seed;  // none: fresh randomness
};
int run_peer(const Console&, const PeerOptions&);
// What `dmls peer --help` adds to its options.
std::string peer_help();

// Prints the version and the cryptographic libraries behind it.
int print_version(const Console&);

}  // namespace dmls::tools
