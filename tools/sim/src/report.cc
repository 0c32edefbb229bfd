// The run as one page: inline SVG, nothing loaded from anywhere.

#include <dmls/sim/federation.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

namespace dmls::sim {
namespace {

// Colours for components and branches: distinct for neighbours, readable on white.
std::string colour(std::size_t index) {
  static constexpr const char* kColours[] = {"#4477aa", "#ee6677", "#228833", "#ccbb44",
                                             "#66ccee", "#aa3377", "#ee8866", "#44bb99"};
  return kColours[index % std::size(kColours)];
}

std::string number(double value) {
  std::string out = std::to_string(value);
  return out.substr(0, out.find('.') + 2);
}

struct Frame {
  double left = 90;
  double width = 1100;
  std::size_t steps = 1;
  [[nodiscard]] double x(std::size_t step) const {
    return left + width * static_cast<double>(step) / static_cast<double>(std::max<std::size_t>(steps, 1));
  }
};

std::string line(double x1, double y1, double x2, double y2, const std::string& stroke, double width) {
  return "<line x1='" + number(x1) + "' y1='" + number(y1) + "' x2='" + number(x2) + "' y2='" + number(y2) +
         "' stroke='" + stroke + "' stroke-width='" + number(width) + "'/>\n";
}
std::string box(double x, double y, double width, double height, const std::string& fill) {
  return "<rect x='" + number(x) + "' y='" + number(y) + "' width='" + number(std::max(width, 0.3)) + "' height='" +
         number(height) + "' fill='" + fill + "'/>\n";
}
std::string text(double x, double y, const std::string& what, const char* anchor = "start") {
  return "<text x='" + number(x) + "' y='" + number(y) + "' text-anchor='" + anchor + "'>" + what + "</text>\n";
}

// A lane for each branch: a first child goes on in its parent's lane, every other one opens a new one below.
std::vector<std::size_t> lanes_of(const FederationTrace& trace, std::size_t& count) {
  std::vector<std::size_t> lanes(trace.epochs.size(), 0);
  std::vector<std::size_t> free_from;  // by lane: the step from which it is empty
  // The winner stays in lane 0.
  count = 1;
  free_from.push_back(0);
  std::vector<bool> continued(trace.epochs.size(), false);
  for (std::size_t i = 0; i < trace.epochs.size(); ++i) {
    const EpochMark& epoch = trace.epochs[i];
    if (epoch.won) {
      lanes[i] = 0;
      continue;
    }
    const auto parent = epoch.parent < 0 ? i : static_cast<std::size_t>(epoch.parent);
    if (epoch.parent >= 0 && !trace.epochs[parent].won && !continued[parent]) {
      continued[parent] = true;
      lanes[i] = lanes[parent];
    } else {
      std::size_t lane = 1;
      while (lane < free_from.size() && free_from[lane] >= epoch.entered) ++lane;
      if (lane == free_from.size()) free_from.push_back(0);
      lanes[i] = lane;
    }
    free_from[lanes[i]] = std::max<std::size_t>(free_from[lanes[i]], std::max(epoch.deleted, epoch.entered) + 6);
    count = std::max(count, lanes[i] + 1);
  }
  return lanes;
}

std::string axis(const Frame& frame, double y) {
  std::string out = line(frame.left, y, frame.left + frame.width, y, "#999", 1);
  for (std::size_t step = 0; step <= frame.steps; step += std::max<std::size_t>(frame.steps / 10, 1))
    out += line(frame.x(step), y, frame.x(step), y + 4, "#999", 1) +
           text(frame.x(step), y + 16, std::to_string(step), "middle");
  return out;
}

std::string history_graph(const FederationTrace& trace, const Frame& frame) {
  std::size_t count = 1;
  const auto lanes = lanes_of(trace, count);
  const double lane_height = 26, top = 20;
  const double height = top + lane_height * static_cast<double>(count) + 30;
  const auto y = [&](std::size_t i) { return top + lane_height * static_cast<double>(lanes[i]); };
  std::string out = "<svg viewBox='0 0 1210 " + number(height) + "' role='img'>\n";
  for (std::size_t i = 0; i < trace.epochs.size(); ++i) {
    const EpochMark& epoch = trace.epochs[i];
    // How long somebody held it.
    const std::size_t until = epoch.deleted == 0 ? frame.steps : epoch.deleted;
    out += "<g opacity='" + std::string(epoch.won ? "0.35" : "0.2") + "'>" +
           box(frame.x(epoch.entered), y(i) + 5, frame.x(until) - frame.x(epoch.entered), 4, colour(epoch.server)) +
           "</g>";
    if (epoch.parent < 0) continue;
    const auto parent = static_cast<std::size_t>(epoch.parent);
    out += line(frame.x(trace.epochs[parent].entered), y(parent), frame.x(epoch.entered), y(i),
                epoch.won ? "#222" : "#bbb", epoch.won ? 2 : 1);
  }
  for (std::size_t i = 0; i < trace.epochs.size(); ++i) {
    const EpochMark& epoch = trace.epochs[i];
    out += "<circle cx='" + number(frame.x(epoch.entered)) + "' cy='" + number(y(i)) + "' r='4' fill='" +
           colour(epoch.server) + "' stroke='" + (epoch.won ? "#222" : "#bbb") + "'><title>epoch " + epoch.name +
           ", step " + std::to_string(epoch.entered) + ", by a client of server " + std::to_string(epoch.server) +
           (epoch.won ? ", won" : ", lost") +
           (epoch.deleted == 0 ? std::string(", held at the end")
                               : ", given up by step " + std::to_string(epoch.deleted)) +
           "</title></circle>\n";
  }
  return out + axis(frame, height - 24) + "</svg>\n";
}

// One row for each of `rows`; `value(step, row)` picks the colour, -1 leaves a gap. Runs of equal values are one box.
template <class Label, class Value>
std::string rows_over_time(std::size_t rows, const Frame& frame, Label label, Value value) {
  const double row_height = rows <= 12 ? 14 : rows <= 60 ? 8 : 4;
  const double height = row_height * static_cast<double>(rows) + 40;
  std::string out = "<svg viewBox='0 0 1210 " + number(height) + "' role='img'>\n";
  const std::size_t every = row_height >= 8 ? 1 : 20;
  for (std::size_t row = 0; row < rows; ++row) {
    const double y = 6 + row_height * static_cast<double>(row);
    if (row % every == 0) out += text(frame.left - 6, y + row_height * 0.8, label(row), "end");
    for (std::size_t from = 0; from < frame.steps;) {
      std::size_t to = from + 1;
      while (to < frame.steps && value(to, row) == value(from, row)) ++to;
      if (value(from, row) >= 0)
        out += box(frame.x(from), y, frame.x(to) - frame.x(from), row_height - 1,
                   colour(static_cast<std::size_t>(value(from, row))));
      from = to;
    }
  }
  return out + axis(frame, height - 24) + "</svg>\n";
}

std::string row(const char* name, const std::string& value) {
  return "<tr><td>" + std::string(name) + "</td><td>" + value + "</td></tr>\n";
}

std::string summary(const FederationResult& r) {
  std::string out = "<table>\n";
  out += row("servers, clients", std::to_string(r.options.servers) + ", " + std::to_string(r.options.clients));
  out += row("seed", std::to_string(r.options.seed));
  out += row("steps, with those that drain", std::to_string(r.steps));
  out += row("netsplits, and those within another",
             std::to_string(r.splits + r.splits_within_splits) + ", " + std::to_string(r.splits_within_splits));
  out +=
      row("outages of servers, of clients", std::to_string(r.server_outages) + ", " + std::to_string(r.client_outages));
  out += row("commits agreed upon, refused", std::to_string(r.commits) + ", " + std::to_string(r.commits_refused));
  out += row("forks seen, roll-backs (by all clients)", std::to_string(r.forks) + ", " + std::to_string(r.rollbacks));
  out +=
      row("messages sent, read, too late to read", std::to_string(r.messages) + ", " + std::to_string(r.messages_read) +
                                                       ", " + std::to_string(r.messages_unreadable));
  out += row("joined, removed, joined again",
             std::to_string(r.joined) + ", " + std::to_string(r.removed) + ", " + std::to_string(r.joined_again));
  out += row("epochs deleted (by all clients), most held by one",
             std::to_string(r.epochs_deleted) + ", " + std::to_string(r.most_epochs_held));
  out +=
      row("members at the end, agreeing", std::to_string(r.members_at_end) + ", " + std::to_string(r.members_agreeing));
  out += row("violations", std::to_string(r.violations.size()));
  return out + "</table>\n";
}

}  // namespace

std::string federation_report(const FederationResult& result) {
  const FederationTrace& trace = result.trace;
  Frame frame;
  frame.steps = trace.component_of_server.size();
  std::string out =
      "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><title>A federation under netsplits</title>\n"
      "<style>body{font:15px/1.5 system-ui,sans-serif;max-width:1240px;margin:2em auto;padding:0 1em;color:#222}"
      "svg{width:100%;height:auto;font-size:11px;fill:#222}table{border-collapse:collapse}"
      "td{padding:.1em 1em .1em 0;border-bottom:1px solid "
      "#ddd}h2{margin-top:1.6em}.bad{color:#b00}</style></head><body>\n"
      "<h1>A federation under netsplits</h1>\n" +
      summary(result);
  for (const auto& violation : result.violations) out += "<p class='bad'>" + violation + "</p>\n";
  out +=
      "<h2>Epochs</h2>\n<p>Each dot is an epoch, coloured by the server of whoever committed; from left to right, time "
      "in "
      "steps. The dark line is the branch on which all agree at the end; grey ones lost. The bar below a dot lasts as "
      "long as somebody held the epoch's secrets. Point at a dot for its name.</p>\n" +
      history_graph(trace, frame) +
      "<h2>Servers</h2>\n<p>Servers of one colour reached each other. Gaps are outages.</p>\n";
  const std::size_t servers = result.options.servers;
  out += rows_over_time(
      servers, frame, [](std::size_t server) { return "server " + std::to_string(server); },
      [&](std::size_t step, std::size_t server) {
        const auto component = trace.component_of_server[step][server];
        return component >= servers ? std::ptrdiff_t{-1} : static_cast<std::ptrdiff_t>(component);
      });
  out +=
      "<h2>Clients</h2>\n<p>Where each client would have sent: clients of one colour at one time were in one epoch. "
      "Those of one server stand together. Gaps: not a member.</p>\n";
  const std::size_t clients = trace.server_of_client.size();
  std::vector<std::size_t> order(clients);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return trace.server_of_client[a] < trace.server_of_client[b]; });
  const auto label = [&](std::size_t row) { return "client " + std::to_string(order[row]); };
  out += rows_over_time(clients, frame, label, [&](std::size_t step, std::size_t row) {
    const std::size_t client = order[row];
    const auto& heads = trace.head_of_client[step];
    return client < heads.size() ? static_cast<std::ptrdiff_t>(heads[client]) : std::ptrdiff_t{-1};
  });
  return out + "</body></html>\n";
}

}  // namespace dmls::sim
