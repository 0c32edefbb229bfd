// `dmls simulate mesh`

#include <dmls/sim/mesh.h>

#include <fstream>

#include "commands.h"

namespace dmls::tools {
namespace {

nlohmann::json traffic(const sim::MeshTraffic& t) {
  return {{"broadcasts", t.broadcasts},
          {"octets_sent", t.octets_sent},
          {"deliveries", t.deliveries},
          {"octets_delivered", t.octets_delivered}};
}

nlohmann::json document(const sim::MeshResult& r) {
  nlohmann::json out{{"schema", kSchemaVersion},
                     {"command", "simulate mesh"},
                     {"members", r.options.members},
                     {"updates_each", r.options.updates},
                     {"seed", r.options.seed},
                     {"opening", traffic(r.opening)},
                     {"handshake", traffic(r.handshake)},
                     {"messages", traffic(r.talk)},
                     {"update_commits", r.updates},
                     {"import_commits", r.imports},
                     {"edges", r.edges},
                     {"deferrals", r.deferrals},
                     {"lost", r.lost},
                     {"served", r.served},
                     {"most_postponed", r.most_postponed},
                     {"most_psks", r.most_psks},
                     {"steps", r.steps},
                     {"seconds_opening", r.seconds_opening},
                     {"seconds_running", r.seconds_running},
                     {"read_by_thief", r.read_by_thief},
                     {"unread_by_thief", r.unread_by_thief},
                     {"violations", r.violations},
                     {"agreed", r.violations.empty()}};
  out["healed_after"] = r.healed_after ? nlohmann::json(*r.healed_after) : nlohmann::json(nullptr);
  return out;
}

void print(const Console& console, const sim::MeshResult& r) {
  console.data("opening    {:>6} broadcasts  {:>10} octets sent  {:.2f} s", r.opening.broadcasts, r.opening.octets_sent,
               r.seconds_opening);
  console.data("commits    {:>6} broadcasts  {:>10} octets sent  {} with fresh keys, {} that import",
               r.handshake.broadcasts, r.handshake.octets_sent, r.updates, r.imports);
  console.data("messages   {:>6} broadcasts  {:>10} octets sent", r.talk.broadcasts, r.talk.octets_sent);
  console.data("imports    {:>6} PSKs; {} deferrals; {} deliveries lost, {} served again", r.edges, r.deferrals, r.lost,
               r.served);
  console.data("memory     at most {} PSKs and {} early messages in one member", r.most_psks, r.most_postponed);
  if (r.healed_after)
    console.data(
        "a thief    with one member's state read {} messages, the last at step {} of {}; {} later ones it did not",
        r.read_by_thief, *r.healed_after, r.steps, r.unread_by_thief);
  for (const auto& violation : r.violations) console.data("{} {}", console.red("BROKEN"), violation);
  console.data("{} members, {} steps, {:.2f} s: {}", r.options.members, r.steps, r.seconds_running,
               r.violations.empty() ? "all agree" : console.red("THEY DO NOT AGREE"));
}

}  // namespace

int simulate_mesh(const Console& console, const SimulateMeshOptions& options) {
  sim::MeshOptions mesh;
  mesh.members = options.members;
  mesh.loss = options.loss;
  mesh.reorder = options.reorder;
  mesh.offline = options.offline;
  mesh.updates = options.updates;
  mesh.seed = options.seed;
  const auto result = sim::simulate_mesh(mesh);
  if (console.json) {
    console.data(document(result));
  } else {
    print(console, result);
  }
  if (!options.report.empty()) {
    std::ofstream file(options.report, std::ios::binary);
    file << sim::mesh_report(result);
    file.close();
    if (!file) {
      console.error("{} cannot be written", options.report);
      return kStorage;
    }
    console.note("report: {}", options.report);
  }
  return result.violations.empty() ? kDone : kCheckFailed;
}

}  // namespace dmls::tools
