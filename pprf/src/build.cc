// Chains for a given set of nodes, as an import or an intersection leaves it: any set in which no node stands above
// another, so also with gaps where a puncture would leave none.

#include <algorithm>

#include "frontier.h"

namespace dmls::pprf {
namespace {

using Nodes = std::span<const Node>;

// One step down the path of a chain: what stands beside it.
struct Step {
  bool right;   // where the path goes
  Nodes aside;  // the nodes below the sibling; one of that very depth if it is held, none if it is gone
};

bool is_node(Nodes nodes, std::size_t depth) { return nodes.size() == 1 && nodes[0].depth == depth; }

// A subtree that needs chains, and the place that is to lead there (no chain: the root).
struct Task {
  Nodes nodes;
  std::size_t depth;
  Chain* chain;
  std::size_t place;
};

class Builder {
 public:
  Builder(const Shape& shape, Frontier& frontier) : shape_(shape), frontier_(frontier) {}

  void run(Nodes nodes) {
    tasks_.push_back({nodes, 0, nullptr, 0});
    while (!tasks_.empty()) {
      const Task task = tasks_.back();
      tasks_.pop_back();
      follow(task);
    }
  }

 private:
  // Goes down where most nodes are, so that a search meets few chains, and lays chains along that path.
  void follow(const Task& task) {
    steps_.clear();
    Nodes here = task.nodes;
    std::size_t depth = task.depth;
    while (!here.empty() && !is_node(here, depth)) {
      const auto middle =
          std::partition_point(here.begin(), here.end(), [&](const Node& n) { return !bit_at(n.prefix, depth); });
      const auto left_size = static_cast<std::size_t>(middle - here.begin());
      const Nodes left = here.first(left_size), right = here.subspan(left_size);
      ++depth;
      // A child that is a node itself stands aside if it can.
      const auto weight = [&](Nodes side) { return is_node(side, depth) || side.empty() ? 0 : side.size() + 1; };
      const bool go_right = weight(right) != weight(left) ? weight(right) > weight(left) : !left.empty();
      steps_.push_back({go_right, go_right ? left : right});
      here = go_right ? right : left;
    }
    // `here` is now what stands at the end of the path: one node or nothing.
    lay(task, here);
  }

  // Cuts the path into chains: places without nodes would cost memory, so a run of them ends a chain. Such a run is at
  // the end of no path: its last step has a node aside.
  void lay(const Task& task, Nodes end) {
    constexpr std::size_t kGap = 3;
    std::vector<std::uint8_t> path(shape_.input_length());
    std::copy_n(task.nodes[0].prefix, path.size(), path.begin());
    for (std::size_t i = 0; i < path.size() * 8; ++i) {
      if (i < task.depth) continue;
      const auto bit = static_cast<std::uint8_t>(0x80u >> (i % 8));
      const bool right = i - task.depth < steps_.size() && steps_[i - task.depth].right;
      path[i / 8] = static_cast<std::uint8_t>(right ? path[i / 8] | bit : path[i / 8] & ~bit);
    }

    Chain* parent = task.chain;
    std::size_t place = task.place;
    std::size_t first = 0;
    while (first < steps_.size() && steps_[first].aside.empty()) ++first;
    do {
      std::size_t last = first, next = steps_.size();  // steps of this chain, first step of the next one
      for (std::size_t i = first, gap = 0; i < steps_.size(); ++i) {
        gap = steps_[i].aside.empty() ? gap + 1 : 0;
        if (gap == 0) last = i + 1;
        if (gap == kGap) {
          next = i + 1;
          while (next < steps_.size() && steps_[next].aside.empty()) ++next;
          break;
        }
      }
      const bool goes_on = next < steps_.size();
      if (!goes_on && !end.empty()) last = steps_.size();
      ChainPtr made = Chain::make(shape_, task.depth + first, last - first, goes_on || !end.empty(), path);
      secure_wipe(made->all_secrets().data(), made->all_secrets().size());
      Chain* chain = made.get();
      chain->record = frontier_.next_record++;
      frontier_.octets += chain->allocated();
      if (parent == nullptr) {
        frontier_.top = std::move(made);
      } else {
        parent->spend(place, std::move(made));
      }
      for (std::size_t i = first; i < last; ++i) fill(*chain, i - first, steps_[i].aside);
      if (!goes_on && !end.empty()) fill(*chain, last - first, end);
      parent = chain;
      place = last - first;
      first = next;
    } while (first < steps_.size());
    secure_wipe(path.data(), path.size());
  }

  void fill(Chain& chain, std::size_t place, Nodes nodes) {
    if (is_node(nodes, chain.depth_of(place))) {
      std::copy_n(nodes[0].secret, shape_.nh, chain.secret(place));
      ++frontier_.nodes;
      return;
    }
    chain.spend(place, nullptr);
    if (!nodes.empty()) tasks_.push_back({nodes, chain.depth_of(place), &chain, place});
  }

  const Shape& shape_;
  Frontier& frontier_;
  std::vector<Task> tasks_;
  std::vector<Step> steps_;
};

}  // namespace

Frontier build_frontier(std::span<const Node> nodes, const Shape& shape) {
  Frontier frontier;
  if (is_node(nodes, 0)) {
    frontier.root = SecretBytes(BytesView(nodes[0].secret, shape.nh));
    frontier.nodes = 1;
  } else if (!nodes.empty()) {
    Builder(shape, frontier).run(nodes);
  }
  return frontier;
}

}  // namespace dmls::pprf
