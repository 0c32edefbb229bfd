#pragma once
// Which blocked commit waits for which epoch: an arrival finds those it releases, and looks at no others.

#include <dmls/base/bytes.h>
#include <dmls/sendgroup/exporter_psk.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace dmls::sendgroup {

class WaitIndex {
 public:
  // `waiter`: the group whose next commit is blocked.
  void add(const EpochName& until, const Bytes& waiter) { waits_[until.group_id][until.epoch].insert(waiter); }
  void remove(BytesView waiter) {
    for (auto& [group_id, epochs] : waits_) {
      for (auto& [epoch, waiters] : epochs)
        if (const auto found = waiters.find(waiter); found != waiters.end()) waiters.erase(found);
      std::erase_if(epochs, [](const auto& item) { return item.second.empty(); });
    }
    std::erase_if(waits_, [](const auto& item) { return item.second.empty(); });
  }
  // Takes out who waits for an epoch of this group up to `epoch`.
  std::vector<Bytes> take(BytesView group_id, std::uint64_t epoch) {
    std::vector<Bytes> out;
    const auto group = waits_.find(group_id);
    if (group == waits_.end()) return out;
    auto& epochs = group->second;
    while (!epochs.empty() && epochs.begin()->first <= epoch) {
      out.insert(out.end(), epochs.begin()->second.begin(), epochs.begin()->second.end());
      epochs.erase(epochs.begin());
    }
    if (epochs.empty()) waits_.erase(group);
    return out;
  }
  // The newest epoch of each group that somebody waits for.
  [[nodiscard]] std::map<Bytes, std::uint64_t, OctetOrder> newest() const {
    std::map<Bytes, std::uint64_t, OctetOrder> out;
    for (const auto& [group_id, epochs] : waits_)
      if (!epochs.empty()) out.emplace(group_id, epochs.rbegin()->first);
    return out;
  }

 private:
  std::map<Bytes, std::map<std::uint64_t, std::set<Bytes, OctetOrder>>, OctetOrder> waits_;
};

}  // namespace dmls::sendgroup
