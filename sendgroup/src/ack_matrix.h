#pragma once
// Who has imported what: for every owner and every Send Group, the newest epoch that the owner has imported.

#include <dmls/base/bytes.h>

#include <cstdint>
#include <map>
#include <set>
#include <utility>

namespace dmls::sendgroup {

// AckMatrix only ever rises.
class AckMatrix {
 public:
  // 0: none.
  [[nodiscard]] std::uint64_t newest(BytesView owner, BytesView group_id) const {
    const auto row = rows_.find(owner);
    if (row == rows_.end()) return 0;
    const auto found = row->second.find(group_id);
    return found == row->second.end() ? 0 : found->second;
  }
  void raise(const Bytes& owner, const Bytes& group_id, std::uint64_t epoch) {
    auto& present = rows_[owner][group_id];
    if (epoch <= present) return;
    present = epoch;
    changed_[owner].insert(group_id);
  }
  // For which owners and Send Groups it rose since the last call.
  using Changes = std::map<Bytes, std::set<Bytes, OctetOrder>, OctetOrder>;
  Changes take_changes() { return std::exchange(changed_, {}); }

 private:
  using Row = std::map<Bytes, std::uint64_t, OctetOrder>;
  std::map<Bytes, Row, OctetOrder> rows_;
  Changes changed_;
};

}  // namespace dmls::sendgroup
