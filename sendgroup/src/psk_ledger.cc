#include "psk_ledger.h"

#include <dmls/group/error.h>

namespace dmls::sendgroup {

void PskLedger::add(const EpochName& name, Entry entry, std::size_t per_group) {
  auto& epochs = groups_[name.group_id];
  epochs.insert_or_assign(name.epoch, std::move(entry));
  changed_.insert(name);
  while (epochs.size() > per_group) {
    changed_.insert({name.group_id, epochs.begin()->first});
    epochs.erase(epochs.begin());
  }
}

const PskLedger::Entry* PskLedger::entry(const EpochName& name) const {
  const auto group = groups_.find(name.group_id);
  if (group == groups_.end()) return nullptr;
  const auto found = group->second.find(name.epoch);
  return found == group->second.end() ? nullptr : &found->second;
}

Result<keyschedule::Psk> PskLedger::find(const keyschedule::PreSharedKeyID& id) const {
  DMLS_TRY(const auto name, imported_epoch(id));
  const Entry* found = entry(name);
  if (found == nullptr)
    return fail(group::errc::kUnknownPsk, "RFC 9420 §12.4.2: a PSK of a Send Group's epoch that is not held");
  return found->psk.clone();
}

std::vector<Bytes> PskLedger::group_ids() const {
  std::vector<Bytes> out;
  for (const auto& [group_id, epochs] : groups_) out.push_back(group_id);
  return out;
}

std::size_t PskLedger::size() const {
  std::size_t out = 0;
  for (const auto& [group_id, epochs] : groups_) out += epochs.size();
  return out;
}

}  // namespace dmls::sendgroup
