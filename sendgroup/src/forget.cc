// What nobody needs any more is wiped. draft-xue-distributed-mls, "COMMIT"; its newer text, "Deletion of keys"

#include <algorithm>

#include "state.h"

namespace dmls::sendgroup {

// What an owner can be asked for again is bounded; who comes too late for it is readmitted.
void Session::State::invite(Clients clients, std::vector<Bytes> messages) {
  own->invitations.insert_or_assign(own->epoch.number(), Invitation{std::move(messages), std::move(clients)});
  while (own->invitations.size() > config.limits.own_welcomes) own->invitations.erase(own->invitations.begin());
}

// `client` needs no Welcome up to that epoch any more: it has imported one of our epochs since, or it is gone.
void Session::State::uninvite(const Bytes& client, std::uint64_t up_to) {
  if (!own) return;
  auto& all = own->invitations;
  for (auto item = all.begin(); item != all.end() && item->first <= up_to;) {
    auto& invited = item->second.invited;
    item = invited.erase(client) > 0 && invited.empty() ? all.erase(item) : std::next(item);
  }
}

void Session::State::drop_group(const Bytes& group_id) {
  waits.remove(group_id);
  postbox.drop(group_id);
  groups.erase(group_id);
}

// Whether `owner` could still send a commit that imports this epoch: it has not imported it, nor a newer one, and as
// far as we have seen it has the epoch's owner in its Send Group.
bool Session::State::may_import(BytesView owner, const EpochName& name) const {
  if (removed.contains(owner)) return false;
  if (acks.newest(owner, name.group_id) >= name.epoch) return false;
  const Bytes* source = owner_of(name.group_id);
  if (source == nullptr) return true;
  if (is_same(owner, *source)) return false;  // nobody imports from itself
  if (is_same(owner, me)) return !own || own->roster->contains(*source);
  const FollowedGroup* group = group_of(owner);
  return group == nullptr || group->roster->contains(*source);
}

void Session::State::forget_psks(const std::vector<Bytes>& group_ids) {
  for (const Bytes& group_id : group_ids) {
    ledger.erase_if(group_id, [&](const EpochName& name, const PskLedger::Entry& entry) {
      return std::ranges::none_of(*entry.roster, [&](const Bytes& client) { return may_import(client, name); });
    });
  }
}

// After members changed anywhere: groups of those who were removed everywhere, and all PSKs.
void Session::State::forget() {
  std::vector<Bytes> closed;
  for (const auto& [id, group] : groups) {
    if (!group.closing) continue;
    const Bytes& owner = group.owner;
    const bool still_somewhere = std::ranges::any_of(groups, [&](const auto& item) {
      return !item.second.closing && item.second.owner != owner && item.second.roster->contains(owner);
    });
    if (!still_somewhere) closed.push_back(id);
  }
  for (const Bytes& id : closed) {
    drop_group(id);
    log.forget(id);
  }
  forget_psks(ledger.group_ids());
}

}  // namespace dmls::sendgroup
