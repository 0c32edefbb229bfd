#pragma once
// A universe of Send Groups without any server: members broadcast, and the network loses, delays and reorders. Ends by
// healing everything and letting traffic drain; then everybody has to agree about every Send Group.

#include <dmls/crypto/suite.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dmls::sim {

struct MeshOptions {
  std::size_t members = 8;  // at least 2
  double loss = 0;          // probability that a delivery is lost
  double reorder = 0;       // probability that a message is delivered before earlier ones of its sender
  std::size_t offline = 0;  // members that are unreachable in the middle third of the run
  std::size_t updates = 1;  // UPDATEs of every member
  std::uint64_t seed = 0;
  // Imports wait until so many updates are there, or until the run ends; 0: those of all others.
  std::size_t batch = 0;
  bool attack = true;  // steal a member's state when the universe has opened, and watch how long it is of use
  crypto::CipherSuiteId suite = crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;
  const crypto::Provider* provider = nullptr;  // nullptr: the default one
};

// An epoch of a Send Group, and what its commit imported.
struct MeshEpoch {
  std::size_t owner = 0;
  std::uint64_t epoch = 0;
  bool fresh = false;  // an UPDATE
  std::vector<std::pair<std::size_t, std::uint64_t>> imports;
};

// Messages and their octets.
struct MeshTraffic {
  std::size_t broadcasts = 0;
  std::size_t octets_sent = 0;  // each broadcast once
  std::size_t deliveries = 0;
  std::size_t octets_delivered = 0;
};

struct MeshResult {
  MeshOptions options;
  MeshTraffic opening;             // INIT: Welcomes and announcements
  MeshTraffic handshake;           // commits
  MeshTraffic talk;                // application messages
  std::size_t updates = 0;         // commits with fresh keys
  std::size_t imports = 0;         // commits without
  std::size_t edges = 0;           // PSKs that were imported, each once by its importer
  std::uint64_t deferrals = 0;     // looks at commits that had to wait, all members together
  std::size_t lost = 0;            // deliveries that the network lost
  std::size_t served = 0;          // messages that peers served again
  std::size_t most_postponed = 0;  // messages that one member kept at one time
  std::size_t most_psks = 0;       // exported PSKs that one member held at one time
  std::size_t steps = 0;
  double seconds_opening = 0;  // of processor time
  double seconds_running = 0;
  // After how many steps the stolen state had read its last message; nothing if it never read any, or was not watched.
  std::optional<std::size_t> healed_after;
  std::size_t read_by_thief = 0;        // messages
  std::size_t unread_by_thief = 0;      // messages sent after the last one it read
  std::vector<MeshEpoch> epochs;        // the dependency graph
  std::vector<std::string> violations;  // of invariants; empty if all held
};

MeshResult simulate_mesh(const MeshOptions&);

// The result as one self-contained HTML page, with the dependency graph.
std::string mesh_report(const MeshResult&);

}  // namespace dmls::sim
