// How the history grows, and what follows for those who are on a branch that is not preferred.

#include <algorithm>

#include "session_state.h"

namespace dmls::fork {

// First what can be taken back, then the store, then what is final.
Result<void> Session::State::graft(LiveEpoch& parent, Graft& graft, Step& step, Events& out) {
  const NodeId id = graft.child->id;
  Events events;
  if (graft.evaluation) {
    if (stored) {
      DMLS_TRY(auto delta, parent.pprf.delta(*graft.evaluation));
      if (const auto put = stored->put_puncture(step.batch, parent.id, std::move(delta)); !put) {
        step.not_stored = true;
        return put;
      }
    } else {
      // Nothing else can fail then.
      DMLS_CHECK(write(step, events));
      DMLS_CHECK(parent.pprf.puncture(*std::move(graft.evaluation)));
    }
    if (!parent.punctured)
      step.deleted.push_back({SecretKind::parent_init_root, parent.id, now(), DeletionReason::entered});
    step.deleted.push_back({SecretKind::child_init_secret, id, now(), DeletionReason::entered});
  }
  step.entered.push_back(graft.inner_hash);

  const bool was_punctured = parent.punctured;
  const auto was_left_at = parent.left_at;
  const NodeId old_head_id = head;
  LiveEpoch* const old_head = find(head);
  const auto head_left_at = old_head->left_at;
  const bool first = history.find(parent.id)->children.empty();
  parent.punctured = parent.punctured || graft.evaluation.has_value();
  parent.entered.insert(graft.commit);
  if (!parent.left_at) parent.left_at = now();
  graft.child->closed = graft.changes.reinit.has_value();
  history.add_child(parent.id, id,
                    Candidate{graft.commit, graft.child->epoch.shared().confirmation_tag, graft.changes});
  if (first) {
    events.push_back(Advanced{id, parent.id, graft.changes});
  } else {
    events.push_back(Forked{id, parent.id, graft.changes});
  }
  LiveEpoch& child = *live.emplace(id, std::move(graft.child)).first->second;
  move_head(events);
  // A new epoch on a branch that is not preferred: what it brought is lost unless that changes.
  if (head == old_head_id && id != head && !history.is_ancestor(id, head)) report_losses({id}, events);

  if (stored) {
    const HistoryNode& node = *history.find(id);
    const HistoryRecord record{kRecordVersion, next_number++, parent.id.octets(),
                               EdgeRecord{node.edge->commit.octets(), node.edge->confirmation_tag, node.edge->changes}};
    step.batch.put(stored->below("h", BytesView(id.octets())), SecretBytes(BytesView(tls_codec::encode(record))));
    if (!graft.own) stored->put_epoch(step.batch, child, {&parent.epoch.shared().tree, 1});
    stored->put_live(step.batch, parent);
    step.batch.put(storage::below(stored->of_epoch(parent.id, "c"), BytesView(graft.commit.octets())),
                   SecretBytes(BytesView(tls_codec::encode(CommitRecord{}))));
    if (old_head != &parent && old_head->left_at != head_left_at) stored->put_live(step.batch, *old_head);
  }
  // Unless more is about to happen on epochs that would go.
  if (busy == 0 && released.empty() && !waiting.has(id)) doom(step, due());
  std::optional<pprf::Evaluation> evaluation;
  std::swap(evaluation, graft.evaluation);
  pprf::Pprf& punctured = parent.pprf;
  // The parent may be among what dies in write(): it is punctured between the store and the rest.
  step.finish = [&] {
    if (stored && evaluation && !punctured.puncture(*std::move(evaluation)))
      panic("a puncture that was prepared failed");
  };
  if (const auto written = write(step, events); !written) {
    std::swap(evaluation, graft.evaluation);
    graft.child = std::move(live.at(id));
    live.erase(id);
    history.remove_child(id);
    head = old_head_id;
    old_head->left_at = head_left_at;
    parent.left_at = was_left_at;
    parent.punctured = was_punctured;
    parent.entered.erase(graft.commit);
    return written;
  }
  for (auto& message : waiting.take(id)) released.push_back(std::move(message));
  for (auto& event : events) out.push_back(std::move(event));
  return {};
}

void Session::State::move_head(Events& out) {
  const NodeId before = head;
  head = history.winner(*options.fork_choice, suite);
  if (head == before || history.is_ancestor(before, head)) return;
  if (LiveEpoch* left = find(before); left != nullptr && !left->left_at) left->left_at = now();
  const auto common = history.common_ancestor(before, head);
  if (!common) return;  // joined again: there is nothing to compare
  out.push_back(RolledBack{before, head, *common});
  auto lost = history.path_to(before);
  lost.erase(lost.begin(), std::find(lost.begin(), lost.end(), *common) + 1);
  report_losses(lost, out);
}

// `branch`: epochs below a node of the preferred branch, in order.
void Session::State::report_losses(const std::vector<NodeId>& branch, Events& out) const {
  const LiveEpoch& winner = *live.at(head);
  const auto on_winner = [&](const group::Member& member) {
    return find_member(winner.epoch.shared().tree, member, *config->policy);
  };
  for (const NodeId& id : branch) {
    const group::Changes& changes = history.find(id)->edge->changes;
    const bool external = changes.origin != group::CommitOrigin::member;
    Orphaned orphaned{id, {}};
    MustCommitAgain again{id, {}, false};
    const auto lost = [&](const group::Member& member) {
      if (!on_winner(member)) orphaned.members.push_back(member);
    };
    const auto stale = [&](const group::Member& member) {
      if (on_winner(member)) again.members.push_back(member);
    };
    for (const auto& addition : changes.added) lost(addition.member);
    if (external) lost(changes.committer);
    if (!external && changes.has_path) stale(changes.committer);
    for (const auto& update : changes.updated) stale(update.after);
    again.self = std::any_of(again.members.begin(), again.members.end(),
                             [&](const group::Member& member) { return on_winner(member) == winner.epoch.own_leaf(); });
    if (!orphaned.members.empty()) out.push_back(std::move(orphaned));
    if (!again.members.empty()) out.push_back(std::move(again));
  }
}

}  // namespace dmls::fork
