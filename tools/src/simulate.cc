// `dmls simulate federation`.

#include "commands.h"

#include <dmls/sim/federation.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace dmls::tools {
namespace {

nlohmann::json to_json(const sim::FederationResult& r) {
  return {{"schema_version", kSchemaVersion},
          {"servers", r.options.servers},
          {"clients", r.options.clients},
          {"seed", r.options.seed},
          {"steps", r.steps},
          {"commits", r.commits},
          {"commits_refused", r.commits_refused},
          {"commits_rejected", r.commits_rejected},
          {"forks", r.forks},
          {"rollbacks", r.rollbacks},
          {"netsplits", r.splits + r.splits_within_splits},
          {"nested_netsplits", r.splits_within_splits},
          {"server_outages", r.server_outages},
          {"client_outages", r.client_outages},
          {"client_restarts", r.restarts},
          {"messages", r.messages},
          {"messages_read", r.messages_read},
          {"messages_unreadable", r.messages_unreadable},
          {"joined", r.joined},
          {"removed", r.removed},
          {"orphaned", r.orphaned},
          {"joined_again", r.joined_again},
          {"epochs_deleted", r.epochs_deleted},
          {"most_epochs_held", r.most_epochs_held},
          {"checks", r.checks},
          {"members", r.members_at_end},
          {"members_agreeing", r.members_agreeing},
          {"final_epoch", r.final_epoch},
          {"violations", r.violations}};
}

void print_summary(const Console& console, const sim::FederationResult& r) {
  const auto line = [&](const char* name, const std::string& value) { console.data("{:<44}{}", name, value); };
  line("servers, clients", fmt::format("{}, {}", r.options.servers, r.options.clients));
  line("steps, with those that drain", fmt::format("{}", r.steps));
  line("netsplits, within another", fmt::format("{}, {}", r.splits + r.splits_within_splits, r.splits_within_splits));
  line("outages of servers, of clients", fmt::format("{}, {}", r.server_outages, r.client_outages));
  line("commits agreed upon, refused, rejected",
       fmt::format("{}, {}, {}", r.commits, r.commits_refused, r.commits_rejected));
  line("forks, roll-backs (by all clients)", fmt::format("{}, {}", r.forks, r.rollbacks));
  line("messages sent, read, too late to read",
       fmt::format("{}, {}, {}", r.messages, r.messages_read, r.messages_unreadable));
  line("joined, removed, joined again", fmt::format("{}, {}, {}", r.joined, r.removed, r.joined_again));
  line("epochs deleted, most held by one", fmt::format("{}, {}", r.epochs_deleted, r.most_epochs_held));
  line("members at the end, agreeing", fmt::format("{}, {}", r.members_at_end, r.members_agreeing));
  line("epoch at the end", r.final_epoch.substr(0, 16));
  line("violations", fmt::format("{}", r.violations.size()));
  for (const auto& violation : r.violations) console.error("{}", violation);
}

}  // namespace

int simulate_federation(const Console& console, const FederationCommand& command) {
  const auto result = sim::simulate_federation({.servers = command.servers,
                                                .clients = command.clients,
                                                .netsplits = command.netsplits,
                                                .loss = command.loss,
                                                .steps = command.steps,
                                                .seed = command.seed});
  if (!result) {
    console.error("{}", result.error().rule);
    return kUsage;
  }
  if (console.json) {
    console.data(to_json(*result));
  } else {
    print_summary(console, *result);
  }
  if (!command.report.empty()) {
    std::ofstream file(command.report, std::ios::binary);
    file << sim::federation_report(*result);
    if (!file.flush()) {
      console.error("{} cannot be written", command.report);
      return kStorage;
    }
  }
  return result->violations.empty() ? kDone : kCheckFailed;
}

}  // namespace dmls::tools
