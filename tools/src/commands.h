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

struct InspectOptions {
  std::string type;      // a structure's name; empty: whatever fits
  std::string encoding;  // "binary", "hex", "base64"; empty: whatever it looks like
  bool full = false;     // show all octets of long fields
  std::string path;      // "-": standard input
};
int inspect_octets(const Console&, const InspectOptions&);
// What `dmls inspect --help` adds to its options.
std::string inspect_help();

struct DemoOptions {
  std::optional<std::uint64_t> seed;  // none: fresh randomness
};
int run_demo(const Console&, const DemoOptions&);

struct PeerOptions {
  std::optional<std::uint64_t> seed;  // none: fresh randomness
  std::optional<std::uint64_t> time;  // seconds since 1970; none: as it is
};
int run_peer(const Console&, const PeerOptions&);
// What `dmls peer --help` adds to its options.
std::string peer_help();
struct FederationCommand {
  std::uint32_t servers = 5;
  std::uint32_t clients = 20;
  std::uint32_t netsplits = 3;
  double loss = 0.05;
  std::uint32_t steps = 200;
  std::uint64_t seed = 1;
  std::string report;  // a file for the page; empty: none
};
int simulate_federation(const Console&, const FederationCommand&);
struct SimulateMeshOptions {
  std::size_t members = 8;
  double loss = 0;
  double reorder = 0;
  std::size_t offline = 0;
  std::size_t updates = 1;
  std::uint64_t seed = 0;
  std::string report;  // a file; empty: none
};
int simulate_mesh(const Console&, const SimulateMeshOptions&);

struct BenchOptions {
  std::string layer;                 // empty: all of them
  std::vector<std::string> further;  // for the programs
  bool list = false;
};
int run_benches(const Console&, const BenchOptions&);

// Prints the version and the cryptographic libraries behind it.
int print_version(const Console&);

}  // namespace dmls::tools
