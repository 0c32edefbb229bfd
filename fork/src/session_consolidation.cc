// After a fork: what the losing branch did and the winning one has not.

#include <algorithm>

#include "session_state.h"

namespace dmls::fork {

Result<Session::LostChanges> Session::lost_changes(const NodeId& loser) const {
  DMLS_TRY(const LiveEpoch* end, state_->need(loser));
  DMLS_TRY(const LiveEpoch* winner, state_->need(head()));
  const auto common = history().common_ancestor(loser, head());
  if (!common) return fail(errc::kUnknownEpoch, "DeMLS: the branch has no epoch in common with the preferred one");
  const group::PublicEpoch& lost = end->epoch.shared();
  const group::PublicEpoch& won = winner->epoch.shared();
  const auto place = [&](const group::PublicEpoch& epoch, const group::Member& member) {
    return find_member(epoch.tree, member, *state_->config->policy);
  };

  LostChanges out;
  auto path = history().path_to(loser);
  path.erase(path.begin(), std::find(path.begin(), path.end(), *common) + 1);
  for (const NodeId& id : path) {
    const group::Changes& changes = history().find(id)->edge->changes;
    std::vector<group::Member> joined;
    for (const auto& addition : changes.added) joined.push_back(addition.member);
    if (changes.origin == group::CommitOrigin::joiner) joined.push_back(changes.committer);
    for (const auto& member : joined)
      if (place(lost, member) && !place(won, member)) out.added.push_back(member);
    for (const auto& removal : changes.removed) {
      const auto still = place(won, removal.member);
      if (still && !place(lost, removal.member)) out.removed.push_back(*still);
    }
  }
  const auto* before = state_->find(*common);
  const bool lost_changed = before == nullptr || before->epoch.shared().extensions != lost.extensions;
  const bool won_changed = before == nullptr || before->epoch.shared().extensions != won.extensions;
  // Where both branches replaced the list, the winner's stands.
  if (lost_changed && !won_changed) out.extensions = lost.extensions;
  return out;
}

Result<Events> Session::replace_with(Session joined) {
  State& fresh = *joined.state_;
  if (fresh.group_id != state_->group_id)
    return fail(group::errc::kWrongGroup, "RFC 9420 §12.4.3: the session that replaces this one is of another group");
  std::vector<NodeId> old;
  for (const auto& entry : state_->live)
    if (fresh.find(entry.first) == nullptr) old.push_back(entry.first);
  // The new history first: until it stands, nothing is deleted.
  const auto exchange = [&] {
    std::swap(state_->history, fresh.history);
    std::swap(state_->live, fresh.live);
    std::swap(state_->head, fresh.head);
    std::swap(state_->signalling, fresh.signalling);
  };
  exchange();
  state_->next_number = std::max(state_->next_number, fresh.next_number);
  Step step;
  std::set<NodeId> psks;
  for (const auto& entry : state_->live) {
    psks.insert(entry.first);
    for (const auto& past : entry.second->past_psks) psks.insert(past->id);
  }
  for (const NodeId& id : old) {
    state_->note_deleted(step, *fresh.find(id), DeletionReason::replaced, psks);
    step.gone.push_back(id);
  }
  if (state_->stored) {
    SessionStore& stored = *state_->stored;
    const SessionStore::Rings before = stored.rings;
    step.batch = state_->whole(stored.rings);
    if (fresh.stored)
      for (const Bytes& key : fresh.stored->used_up) step.batch.erase(key);
    Events none;
    if (const auto written = state_->write(step, none); !written) {
      stored.rings = before;
      exchange();
      return fail(written.error());
    }
  } else {
    Events none;
    state_->happen(step, none);
  }
  Events out;
  for (const NodeId& id : old) {
    for (const auto& pending : fresh.find(id)->pending) out.push_back(Superseded{pending.first});
    out.push_back(Deleted{id, DeletionReason::replaced});
  }
  for (const auto& entry : state_->live)
    for (auto& message : state_->waiting.take(entry.first)) state_->released.push_back(std::move(message));
  state_->settle(out);
  return out;
}

}  // namespace dmls::fork
