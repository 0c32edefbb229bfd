// What is missing, and what can be served again. draft-xue-distributed-mls's newer text, "Ordering"

#include <algorithm>

#include "state.h"

namespace dmls::sendgroup {
namespace {

constexpr std::size_t kMostWanted = 256;  // in one answer: a peer that names far epochs makes no long list

}  // namespace

// Whether the next commit is here, with the proposals it refers to.
bool Session::State::is_complete(const FollowedGroup& group) {
  if (!group.blocked) return false;
  const auto* content = std::get_if<group::CommitContent>(&group.blocked->content->content.content);
  return lacking_proposals(group.proposals, content->commit) == 0;
}

std::vector<Wanted> Session::State::missing() const {
  // Up to which epoch each group has to be followed, by what waits for it and by what came early.
  auto targets = waits.newest();
  for (const Bytes& id : postbox.group_ids()) {
    const auto newest = postbox.newest(id);
    auto& target = targets[id];
    target = std::max(target, *newest);
  }
  for (const auto& [id, group] : groups) {
    if (!group.blocked) continue;
    auto& target = targets[id];
    target = std::max(target, group.epoch.number() + 1);
  }
  std::vector<Wanted> out;
  for (const auto& [id, target] : targets) {
    const FollowedGroup* group = find_group(id);
    if (group == nullptr || !group->confirmed) {
      out.push_back({id, 0});
      continue;
    }
    if (group->lost) continue;
    const std::uint64_t present = group->epoch.number();
    for (std::uint64_t epoch = present + 1; epoch <= target && out.size() < kMostWanted; ++epoch) {
      const bool here = (epoch == present + 1 && is_complete(*group)) || postbox.commit_of({id, epoch - 1}) != nullptr;
      if (!here) out.push_back({id, epoch});
    }
  }
  // Send Groups of members that we have never seen a message of: their Welcome may be lost.
  for (const auto& [client, participant] : participants) {
    if (client == me || removed.contains(client) || left.contains(participant.group_id)) continue;
    if (find_group(participant.group_id) == nullptr && !targets.contains(participant.group_id))
      out.push_back({participant.group_id, 0});
  }
  return out;
}

std::vector<EpochName> Session::State::heads() const {
  std::vector<EpochName> out;
  if (own) out.push_back({own->id, own->epoch.number()});
  for (const auto& [id, group] : groups)
    if (group.confirmed && !group.lost) out.push_back({id, group.epoch.number()});
  return out;
}

std::vector<Wanted> Session::State::lacking(std::span<const EpochName> peer) const {
  std::vector<Wanted> out = missing();
  const std::set<EpochName> known(out.begin(), out.end());
  for (const EpochName& head : peer) {
    const FollowedGroup* group = find_group(head.group_id);
    if (group == nullptr || group->lost || !group->confirmed) continue;
    const std::uint64_t present = group->epoch.number();
    for (std::uint64_t epoch = present + 1; epoch <= head.epoch && out.size() < kMostWanted; ++epoch) {
      const bool here =
          (epoch == present + 1 && is_complete(*group)) || postbox.commit_of({head.group_id, epoch - 1}) != nullptr;
      if (!here && !known.contains({head.group_id, epoch})) out.push_back({head.group_id, epoch});
    }
  }
  return out;
}

std::vector<Bytes> Session::State::serve(const Wanted& wanted) const {
  std::vector<Bytes> out;
  if (wanted.epoch == 0) {
    if (own && own->id == wanted.group_id)
      for (const auto& [epoch, invitation] : own->invitations)
        out.insert(out.end(), invitation.messages.begin(), invitation.messages.end());
    return out;
  }
  if (const auto* entry = log.find(wanted)) {
    out = entry->proposals;
    out.push_back(entry->message);
    return out;
  }
  const FollowedGroup* group = find_group(wanted.group_id);
  if (group != nullptr && group->blocked && group->epoch.number() + 1 == wanted.epoch)
    out.push_back(group->blocked->message);
  return out;
}

}  // namespace dmls::sendgroup
