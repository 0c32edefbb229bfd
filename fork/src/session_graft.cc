// How the history grows, and what follows for those who are on a branch that is not preferred.

#include <algorithm>

#include "session_state.h"

namespace dmls::fork {
namespace {

// Whether this person is at that leaf: keys change, and so do credentials, but an identity stays. RFC 9420 §5.3.1
bool holds_identity(const LiveEpoch& at, const group::Member& member, const group::Policy& policy) {
  const auto leaf = at.epoch.shared().tree.leaf(member.leaf);
  if (!leaf) return false;
  const Bytes credential = tls_codec::encode(member.credential);
  tls_codec::Reader in(credential);
  const auto view = treekem::CredentialView::read(in);
  return view && policy.identity(*view) == policy.identity(leaf->view().credential);
}

}  // namespace

Result<void> Session::State::graft(LiveEpoch& parent, Graft graft, Events& out) {
  // The only part that can fail comes first, and changes nothing if it does.
  if (graft.evaluation) {
    DMLS_CHECK(parent.pprf.puncture(*std::move(graft.evaluation)));
    if (!parent.punctured) journal.add({SecretKind::parent_init_root, parent.id, now(), DeletionReason::entered});
    parent.punctured = true;
    journal.add({SecretKind::child_init_secret, graft.child->id, now(), DeletionReason::entered});
  }
  const NodeId id = graft.child->id;
  const bool first = history.find(parent.id)->children.empty();
  graft.child->closed = graft.changes.reinit.has_value();
  parent.entered.insert(graft.commit);
  if (!parent.left_at) parent.left_at = now();
  entered.add(graft.inner_hash);
  history.add_child(parent.id, id,
                    Candidate{graft.commit, graft.child->epoch.shared().confirmation_tag, graft.changes});
  live.emplace(id, std::move(graft.child));
  for (auto& message : waiting.take(id)) released.push_back(std::move(message));

  if (first) {
    out.push_back(Advanced{id, parent.id, std::move(graft.changes)});
  } else {
    out.push_back(Forked{id, parent.id, std::move(graft.changes)});
  }
  const NodeId before = head;
  move_head(out);
  // A new epoch on a branch that is not preferred: what it brought is lost unless that changes.
  if (head == before && id != head && !history.is_ancestor(id, head)) report_losses({id}, out);
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
  const auto on_winner = [&](const group::Member& member) { return holds_identity(winner, member, *config->policy); };
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
                             [&](const group::Member& member) { return member.leaf == winner.epoch.own_leaf(); });
    if (!orphaned.members.empty()) out.push_back(std::move(orphaned));
    if (!again.members.empty()) out.push_back(std::move(again));
  }
}

}  // namespace dmls::fork
