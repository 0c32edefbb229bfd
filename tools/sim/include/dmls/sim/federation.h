#pragma once
// The federated example of draft-kohbrok-mls-dmls, "State management": servers that agree on the next commit among
// those they can reach, and clients behind them. Every client is a real fork::Session; what is simulated is the
// network, the servers and the clock. One seed, one run: the same octets every time.

#include <dmls/base/result.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dmls::sim {

struct FederationOptions {
  std::uint32_t servers = 5;
  std::uint32_t clients = 20;
  std::uint32_t netsplits = 3;  // in the whole run; one may happen within another
  double loss = 0.05;           // of each attempt to transport something; it is tried again
  double duplication = 0.02;
  std::uint32_t steps = 200;  // before everything is healed and drained
  std::uint64_t seed = 1;
  bool churn = true;      // clients are added and removed
  bool cheap = false;     // the test provider instead of real cryptography
  bool contrary = false;  // one client prefers what all others do not: a run that must fail
};

// An epoch as the report draws it.
struct EpochMark {
  std::string name;            // the first octets of its dmls_epoch
  std::ptrdiff_t parent = -1;  // index
  std::uint32_t entered = 0;   // the step in which the first client entered it
  std::uint32_t server = 0;    // of the committer
  std::uint32_t deleted = 0;   // the step in which the last client gave it up; 0: held at the end
  bool won = false;            // on the branch that all agree on at the end
};

// The whole run, step by step.
struct FederationTrace {
  std::vector<EpochMark> epochs;
  std::vector<std::vector<std::uint32_t>> component_of_server;  // [step][server]; servers that reach each other agree
  std::vector<std::vector<std::int32_t>> head_of_client;        // [step][client]: index of an epoch; -1: not a member
  std::vector<std::uint32_t> server_of_client;
};

struct FederationResult {
  FederationOptions options;
  std::uint64_t steps = 0;  // drained ones included
  // Refused: another commit was chosen. Rejected: chosen, but no client could follow it.
  std::uint64_t commits = 0, commits_refused = 0, commits_rejected = 0, forks = 0, rollbacks = 0;
  std::uint64_t messages = 0, messages_read = 0, messages_unreadable = 0;
  std::uint64_t splits = 0, splits_within_splits = 0, server_outages = 0, client_outages = 0;
  std::uint64_t restarts = 0;  // of clients, out of their stores
  std::uint64_t joined = 0, removed = 0, orphaned = 0, joined_again = 0;
  std::uint64_t epochs_deleted = 0, most_epochs_held = 0, checks = 0;
  std::uint64_t members_at_end = 0, members_agreeing = 0;
  std::string final_epoch;
  std::vector<std::string> violations;  // empty if everything held
  FederationTrace trace;
};

// Fails only for options that make no sense (kMisuse); what goes wrong in the run is a violation.
Result<FederationResult> simulate_federation(const FederationOptions&);

// A self-contained page: the history graph over time, who was where, which servers reached each other.
[[nodiscard]] std::string federation_report(const FederationResult&);

}  // namespace dmls::sim
