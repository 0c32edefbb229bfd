// The result of a simulated mesh as a page that needs nothing else.

#include <dmls/sim/mesh.h>

#include <algorithm>
#include <cstdio>
#include <map>

namespace dmls::sim {
namespace {

constexpr int kColumn = 46;
constexpr int kRow = 30;
constexpr int kLeft = 110;
constexpr int kTop = 40;
constexpr std::size_t kMostEpochs = 4000;  // in the picture

std::string row(const char* what, const std::string& value) {
  return std::string("<tr><th>") + what + "</th><td>" + value + "</td></tr>\n";
}
std::string row(const char* what, std::uint64_t value) { return row(what, std::to_string(value)); }
std::string decimals(double value) {
  char out[32];
  std::snprintf(out, sizeof out, "%.2f", value);
  return out;
}

// A row for each Send Group, a circle for each epoch (filled: fresh keys), a line for each import.
std::string graph(const MeshResult& result) {
  std::uint64_t last = 1;
  for (const auto& epoch : result.epochs) last = std::max(last, epoch.epoch);
  const auto x = [](std::uint64_t epoch) { return kLeft + kColumn * int(epoch); };
  const auto y = [](std::size_t owner) { return kTop + kRow * int(owner); };
  std::string lines;
  std::string circles;
  std::size_t drawn = 0;
  for (const auto& epoch : result.epochs) {
    if (++drawn > kMostEpochs) break;
    for (const auto& [owner, source] : epoch.imports)
      lines += "<path d='M" + std::to_string(x(source)) + " " + std::to_string(y(owner)) + " L" +
               std::to_string(x(epoch.epoch)) + " " + std::to_string(y(epoch.owner)) + "'/>\n";
    circles += std::string("<circle class='") + (epoch.fresh ? "fresh" : "import") + "' cx='" +
               std::to_string(x(epoch.epoch)) + "' cy='" + std::to_string(y(epoch.owner)) + "' r='7'><title>member " +
               std::to_string(epoch.owner) + ", epoch " + std::to_string(epoch.epoch) + ", " +
               std::to_string(epoch.imports.size()) + " imports</title></circle>\n";
  }
  std::string names;
  for (std::size_t i = 0; i < result.options.members; ++i)
    names += "<text x='8' y='" + std::to_string(y(i) + 4) + "'>member " + std::to_string(i) + "</text>\n";
  for (std::uint64_t epoch = 1; epoch <= last; ++epoch)
    names += "<text class='epoch' x='" + std::to_string(x(epoch)) + "' y='18'>" + std::to_string(epoch) + "</text>\n";
  return "<svg width='" + std::to_string(x(last) + 30) + "' height='" + std::to_string(y(result.options.members)) +
         "'>\n<g class='lines'>" + lines + "</g>" + circles + names + "</svg>\n";
}

std::string table(const MeshResult& result) {
  const auto& o = result.options;
  std::string out = "<table>\n";
  out += row("members", o.members) + row("updates of each", o.updates) + row("loss", decimals(o.loss)) +
         row("reordered", decimals(o.reorder)) + row("offline for a third", o.offline) + row("seed", o.seed);
  out +=
      row("opening: broadcasts", result.opening.broadcasts) + row("opening: octets sent", result.opening.octets_sent);
  out += row("commits with fresh keys", result.updates) + row("commits that import", result.imports);
  out += row("commits: octets sent", result.handshake.octets_sent) +
         row("commits: octets delivered", result.handshake.octets_delivered);
  out += row("messages", result.talk.broadcasts) + row("messages: octets sent", result.talk.octets_sent);
  out += row("PSKs imported (edges)", result.edges) + row("deferrals, all members", result.deferrals);
  out += row("deliveries lost", result.lost) + row("served again", result.served);
  out += row("most messages postponed by one member", result.most_postponed) +
         row("most PSKs held by one member", result.most_psks) + row("steps", result.steps);
  if (result.options.attack)
    out += row("the stolen state read its last message at step",
               result.healed_after ? std::to_string(*result.healed_after) : std::string("never read one")) +
           row("messages it read", result.read_by_thief) + row("messages after that", result.unread_by_thief);
  return out + "</table>\n";
}

}  // namespace

std::string mesh_report(const MeshResult& result) {
  std::string out =
      "<!doctype html><html lang='en'><meta charset='utf-8'><title>A mesh of Send Groups</title>\n<style>\n"
      "body{font:14px/1.5 system-ui,sans-serif;margin:2em;max-width:80em}table{border-collapse:collapse}"
      "th{text-align:left;font-weight:normal;padding-right:2em}td{text-align:right}tr:nth-child(odd){background:#"
      "f4f4f4}"
      "svg{display:block;margin-top:1em}svg text{font-size:12px}.epoch{text-anchor:middle;fill:#888}"
      ".lines path{stroke:#4a7bb5;stroke-width:1;opacity:.35}.fresh{fill:#c8553d}"
      ".import{fill:#fff;stroke:#4a7bb5;stroke-width:2}.bad{color:#b00020}\n</style>\n"
      "<h1>A mesh of Send Groups</h1>\n";
  if (result.violations.empty()) {
    out += "<p>All invariants held: everybody agrees about every Send Group.</p>\n";
  } else {
    out += "<p class='bad'>Invariants were broken:</p><ul class='bad'>\n";
    for (const auto& violation : result.violations) out += "<li>" + violation + "</li>\n";
    out += "</ul>\n";
  }
  out += table(result);
  out +=
      "<h2>Dependency graph</h2>\n<p>A row is a Send Group, a circle an epoch: filled, if the commit that starts it "
      "brings fresh keys. A line leads from an epoch to a commit that imports its PSK.</p>\n";
  return out + graph(result) + "</html>\n";
}

}  // namespace dmls::sim
