#include "topology.h"

#include <algorithm>

namespace dmls::sim {

Topology::Topology(std::uint32_t servers) : online_(servers, true), component_(servers, 0) {}

void Topology::update() {
  const auto n = static_cast<std::uint32_t>(online_.size());
  const auto linked = [&](std::uint32_t a, std::uint32_t b) {
    if (!online_[a] || !online_[b]) return false;
    for (std::size_t i = 0; i < splits_.size(); ++i)
      if (members_[i][a] && members_[i][b] && splits_[i][a] != splits_[i][b]) return false;
    return true;
  };
  // Everybody by itself, then joined along links: forwarding through others counts.
  for (std::uint32_t i = 0; i < n; ++i) component_[i] = i;
  for (bool changed = true; changed;) {
    changed = false;
    for (std::uint32_t a = 0; a < n; ++a)
      for (std::uint32_t b = 0; b < n; ++b)
        if (linked(a, b) && component_[b] > component_[a]) {
          component_[b] = component_[a];
          changed = true;
        }
  }
}

bool Topology::split(Dice& dice, bool& within) {
  std::vector<std::vector<std::uint32_t>> parts(online_.size());
  for (std::uint32_t i = 0; i < online_.size(); ++i) parts[component_[i]].push_back(i);
  std::erase_if(parts, [](const auto& part) { return part.size() < 2; });
  if (parts.empty()) return false;
  const auto& part = parts[dice.roll(parts.size())];
  within = part.size() < online_.size();
  std::vector<bool> side(online_.size()), concerned(online_.size());
  for (const auto server : part) {
    concerned[server] = true;
    side[server] = dice.roll(2) == 0;
  }
  side[part.front()] = false;  // nobody on one side would be no split
  side[part.back()] = true;
  splits_.push_back(std::move(side));
  members_.push_back(std::move(concerned));
  update();
  return true;
}

void Topology::heal_one(Dice& dice) {
  if (splits_.empty()) return;
  const auto which = static_cast<std::ptrdiff_t>(dice.roll(splits_.size()));
  splits_.erase(splits_.begin() + which);
  members_.erase(members_.begin() + which);
  update();
}

void Topology::heal_all() {
  splits_.clear();
  members_.clear();
  std::fill(online_.begin(), online_.end(), true);
  update();
}

void Topology::set_online(std::uint32_t server, bool online) {
  online_[server] = online;
  update();
}

bool Topology::whole(std::uint32_t server) const {
  for (std::uint32_t other = 0; other < online_.size(); ++other)
    if (!reaches(server, other)) return false;
  return true;
}

}  // namespace dmls::sim
