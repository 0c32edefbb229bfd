#pragma once
// Which servers reach each other. A netsplit cuts every link between two parts of a component; within a component
// single links may be down, and others forward.

#include <cstdint>
#include <vector>

#include "dice.h"

namespace dmls::sim {

class Topology {
 public:
  explicit Topology(std::uint32_t servers);

  // Splits a component in two; false if there is none to split. `within`: whether it was part of a split already.
  bool split(Dice&, bool& within);
  void heal_one(Dice&);  // the latest split, or an older one
  void heal_all();
  void set_online(std::uint32_t server, bool online);

  [[nodiscard]] bool online(std::uint32_t server) const { return online_[server]; }
  // Servers with the same number reach each other; computed after every change.
  [[nodiscard]] const std::vector<std::uint32_t>& components() const { return component_; }
  [[nodiscard]] bool reaches(std::uint32_t a, std::uint32_t b) const {
    return online_[a] && online_[b] && component_[a] == component_[b];
  }
  [[nodiscard]] bool whole(std::uint32_t server) const;  // reaches all others
  [[nodiscard]] std::size_t open_splits() const { return splits_.size(); }

 private:
  using Side = std::vector<bool>;  // of a split, by server
  void update();
  std::vector<bool> online_;
  std::vector<Side> splits_;                // two servers are cut off if a split has them on different sides
  std::vector<std::vector<bool>> members_;  // whom a split concerned
  std::vector<std::uint32_t> component_;
};

}  // namespace dmls::sim
