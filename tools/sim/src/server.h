#pragma once
// A server of the federation: it cannot read messages, but sees the confirmation tags of public commits, and knows by
// hearsay which epoch each commit starts.

#include <dmls/base/bytes.h>
#include <dmls/fork/node_id.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace dmls::sim {

using fork::NodeId;

// A message of the group as servers keep it.
struct Entry {
  std::uint64_t id = 0;  // the same everywhere
  Bytes message;         // an encoded DMLSMessage
  bool commit = false;
  NodeId parent;           // of a commit
  NodeId child;            // as its sender says: a hint
  Bytes confirmation_tag;  // of a commit
  NodeId rejects = {};     // a report instead: a client could not follow the commit that starts this epoch
  NodeId enters = {};      // a report instead: a client has entered this epoch

  [[nodiscard]] bool is_report() const { return !rejects.empty() || !enters.empty(); }
};

class Server {
 public:
  explicit Server(NodeId first) : first_(std::move(first)) {}

  // False if it is there already.
  bool add(const Entry&);
  [[nodiscard]] bool has(std::uint64_t id) const { return entries_.count(id) != 0; }
  // In order of arrival here.
  [[nodiscard]] const std::vector<Entry>& log() const { return log_; }
  // The end of the branch that wins: at the first differing commit the higher confirmation tag. Hearsay again; what
  // was given up is left out.
  [[nodiscard]] NodeId head() const;
  // Whether a client has reported that it entered this epoch.
  [[nodiscard]] bool entered(const NodeId& epoch) const { return entered_.count(epoch) != 0; }
  // Reported as rejected, and nobody has entered it. Whoever entered an epoch may have deleted its parent: there is no
  // way back from it, so one such report outweighs any number of rejections, whichever comes first.
  [[nodiscard]] bool given_up(const NodeId& epoch) const { return rejected_.count(epoch) != 0 && !entered(epoch); }
  // Whether a commit on `parent` is known.
  [[nodiscard]] bool decided(const NodeId& parent) const;

  // What the other servers are known to have.
  std::map<std::uint32_t, std::set<std::uint64_t>> acknowledged;

 private:
  NodeId first_;
  std::set<NodeId> rejected_;
  std::set<NodeId> entered_;
  std::set<std::uint64_t> entries_;
  std::vector<Entry> log_;
  std::map<NodeId, std::vector<std::size_t>> children_;  // commits by parent, as indices into the log
};

}  // namespace dmls::sim
