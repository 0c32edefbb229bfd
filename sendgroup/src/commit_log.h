#pragma once
// Commits that were followed, to be served to whoever lost them, and to notice a second one for the same epoch.

#include <dmls/base/bytes.h>
#include <dmls/sendgroup/exporter_psk.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace dmls::sendgroup {

class CommitLog {
 public:
  struct Entry {
    Bytes message;                      // encoded MLSMessage
    bool is_update = false;             // it starts an epoch whose PSK may be imported
    std::vector<Bytes> proposals = {};  // that it refers to, encoded MLSMessages
    std::optional<Bytes> confirmation_tag = {};
  };

  // `name`: the epoch that the commit starts. Beyond `per_group` the oldest goes.
  void add(const EpochName& name, Entry entry, std::size_t per_group) {
    auto& entries = groups_[name.group_id];
    entries.insert_or_assign(name.epoch, std::move(entry));
    changed_.insert(name);
    while (entries.size() > per_group) {
      changed_.insert({name.group_id, entries.begin()->first});
      entries.erase(entries.begin());
    }
  }
  [[nodiscard]] const Entry* find(const EpochName& name) const {
    const auto group = groups_.find(name.group_id);
    if (group == groups_.end()) return nullptr;
    const auto found = group->second.find(name.epoch);
    return found == group->second.end() ? nullptr : &found->second;
  }
  void forget(BytesView group_id) {
    const auto found = groups_.find(group_id);
    if (found == groups_.end()) return;
    for (const auto& [epoch, entry] : found->second) changed_.insert({found->first, epoch});
    groups_.erase(found);
  }
  // The names of what was added or dropped since the last call.
  std::set<EpochName> take_changes() { return std::exchange(changed_, {}); }

 private:
  std::map<Bytes, std::map<std::uint64_t, Entry>, OctetOrder> groups_;
  std::set<EpochName> changed_;
};

}  // namespace dmls::sendgroup
