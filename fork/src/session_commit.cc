// Own commits: created, and then accepted, discarded or superseded.

#include <dmls/tls_codec/codec.h>

#include "session_state.h"

namespace dmls::fork {

Result<OwnCommit> Session::State::create(LiveEpoch& parent, const group::CommitRequest& request,
                                         const group::PskSource* psks) {
  if (parent.removed_here) return fail(group::errc::kRemoved, "this client was removed from this epoch's branch");
  if (parent.closed) return fail(group::errc::kClosed, "RFC 9420 §12.4.2: this epoch ended with a ReInit");
  if (request.group_context_extensions())
    DMLS_CHECK(check_signalling_kept(parent.epoch.shared().extensions, *request.group_context_extensions()));
  DemlsInitSource source(parent.pprf);
  DemlsSuccession succession;
  const EpochNotes notes(succession.id());
  const group::ClientConfig mine = config_at(parent);
  const BranchPsks of_branch(parent, mine);
  DMLS_TRY(auto made,
           group::create_commit(parent.epoch, request, {parent.proposals, psks != nullptr ? *psks : of_branch, mine},
                                {source, succession, &notes}));
  DMLS_TRY(auto child, enter_epoch(std::move(made.staged.next), std::move(succession), &parent,
                                   made.staged.identity ? *std::move(made.staged.identity) : parent.identity,
                                   options.retention.resumption_psks));
  const Bytes inner = tls_codec::encode(made.commit);
  OwnCommit shown{CommitHash(child->epoch.shared().context.confirmed_transcript_hash), parent.id, child->id,
                  encode_dmls_message({std::move(made.commit), parent.id}), std::move(made.staged.changes)};
  PendingCommit pending{shown, std::move(child), std::move(source).into_evaluation(), hash_of(inner), {}};
  pending.child->closed = shown.changes.reinit.has_value();
  for (auto& welcome : made.welcomes)
    pending.welcomes.push_back({tls_codec::encode(welcome.message), std::move(welcome.recipients)});
  Step step(parent);
  if (stored) {
    stored->put_epoch(step.batch, *pending.child, {&parent.epoch.shared().tree, 1});
    stored->put_pending(step.batch, parent.id, pending);
  }
  Events none;
  DMLS_CHECK(write(step, none));
  parent.pending.emplace(shown.commit, std::move(pending));
  return shown;
}

LiveEpoch* Session::State::parent_of_pending(const CommitHash& commit) {
  for (auto& entry : live)
    if (entry.second->pending.count(commit) != 0) return entry.second.get();
  return nullptr;
}

Result<std::vector<Welcome>> Session::State::accept(LiveEpoch& parent, const CommitHash& commit, Events& out) {
  auto taken = parent.pending.extract(commit);
  PendingCommit& pending = taken.mapped();
  const NodeId node = pending.shown.node;
  Graft graft{std::move(pending.child), commit, pending.shown.changes, std::move(pending.evaluation),
              pending.inner_hash,       true};
  Step step(parent);
  if (stored) step.batch.erase(storage::below(stored->of_epoch(parent.id, "o"), BytesView(commit.octets())));
  if (const auto done = this->graft(parent, graft, step, out); !done) {
    pending.child = std::move(graft.child);
    pending.evaluation = std::move(graft.evaluation);
    parent.pending.insert(std::move(taken));
    return fail(done.error());
  }
  std::vector<Welcome> welcomes = std::move(pending.welcomes);
  if (!welcomes.empty()) out.push_back(Invited{node, welcomes});
  return welcomes;
}

Result<OwnCommit> Session::commit(const group::CommitRequest& request) { return commit_in(head(), request); }

Result<OwnCommit> Session::commit_in(const NodeId& parent, const group::CommitRequest& request) {
  DMLS_TRY(LiveEpoch * at, state_->need(parent));
  return state_->create(*at, request);
}

Result<Accepted> Session::accept(const CommitHash& commit) {
  LiveEpoch* parent = state_->parent_of_pending(commit);
  if (parent == nullptr) return fail(errc::kUnknownCommit, "no own commit of that name waits");
  Accepted out;
  DMLS_TRY(out.welcomes, state_->accept(*parent, commit, out.events));
  state_->settle(out.events);
  return out;
}

Result<void> Session::discard(const CommitHash& commit) {
  LiveEpoch* parent = state_->parent_of_pending(commit);
  if (parent == nullptr) return fail(errc::kUnknownCommit, "no own commit of that name waits");
  const PendingCommit& pending = parent->pending.at(commit);
  Step step(*parent);
  step.deleted.push_back({SecretKind::pending_commit, pending.shown.node, state_->now(), DeletionReason::discarded});
  if (state_->stored) {
    std::vector<treekem::RatchetTree> living;
    for (const auto& entry : state_->live) {
      living.push_back(entry.second->epoch.shared().tree);
      for (const auto& other : entry.second->pending)
        if (other.first != commit) living.push_back(other.second.child->epoch.shared().tree);
    }
    state_->stored->erase_pending(step.batch, parent->id, pending, living);
  }
  Events none;
  DMLS_CHECK(state_->write(step, none));
  parent->pending.erase(commit);
  return {};
}

Result<OwnCommit> Session::own_commit(const CommitHash& commit) const {
  const LiveEpoch* parent = state_->parent_of_pending(commit);
  if (parent == nullptr) return fail(errc::kUnknownCommit, "no own commit of that name waits");
  return parent->pending.at(commit).shown;
}

std::vector<CommitHash> Session::pending_commits() const {
  std::vector<CommitHash> out;
  for (const auto& entry : state_->live)
    for (const auto& pending : entry.second->pending) out.push_back(pending.first);
  return out;
}

}  // namespace dmls::fork
