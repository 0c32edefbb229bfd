// What is kept, what is deleted, and why. draft-kohbrok-mls-dmls, "State management", "Security Considerations"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "session_state.h"

namespace dmls::fork {
namespace {

// Since when nobody here sends on the epoch.
std::uint64_t since(const LiveEpoch& at) { return at.left_at.value_or(at.epoch.shared().entered_at); }

}  // namespace

Result<void> Session::State::erase(std::vector<Doomed> doomed, Events& out) {
  Step step;
  doom(step, std::move(doomed));
  return write(step, out);
}

CommitCount Session::State::commits_below(const LiveEpoch& at) const {
  const auto& tree = at.epoch.shared().tree;
  return history.commits_below(at.id, tree.member_count(), [&](LeafIndex leaf) { return tree.is_member(leaf); });
}

// All but the head.
std::vector<LiveEpoch*> Session::State::oldest_first() {
  std::vector<LiveEpoch*> out;
  for (auto& entry : live)
    if (entry.first != head) out.push_back(entry.second.get());
  std::stable_sort(out.begin(), out.end(), [](const LiveEpoch* a, const LiveEpoch* b) {
    if (since(*a) != since(*b)) return since(*a) < since(*b);
    return a->epoch.number() < b->epoch.number();
  });
  return out;
}

// What the policy deletes now.
std::vector<Doomed> Session::State::due() {
  const RetentionPolicy& policy = options.retention;
  std::vector<Doomed> out;
  std::set<NodeId> listed;
  const auto doom = [&](const LiveEpoch& at, DeletionReason reason) {
    out.push_back({at.id, reason});
    listed.insert(at.id);
  };
  const auto order = oldest_first();
  for (const LiveEpoch* at : order) {
    if (policy.losing_forks == LosingForks::delete_at_once && !history.is_ancestor(at->id, head)) {
      doom(*at, DeletionReason::lost_fork);
    } else if (policy.rule == DeletionRule::at_once && !retain && at->left_at) {
      doom(*at, DeletionReason::left);
    } else if (policy.rule == DeletionRule::all_members_committed && commits_below(*at).missing == 0) {
      doom(*at, DeletionReason::all_members_committed);
    } else if (now() - std::min(now(), since(*at)) > policy.max_age) {
      doom(*at, DeletionReason::cap_age);
    }
  }
  for (const LiveEpoch* at : order) {
    if (live.size() - listed.size() <= policy.max_epochs) break;
    if (listed.count(at->id) == 0) doom(*at, DeletionReason::cap_epochs);
  }
  if (policy.max_octets == RetentionPolicy::kUnbounded) return out;
  std::size_t octets = 0, shared = 0;
  for (const auto& entry : live) {
    if (listed.count(entry.first) != 0) continue;
    octets += octets_of(*entry.second);
    shared += entry.second->past_psks.size() * kept_psk_octets();
  }
  if (octets + shared <= policy.max_octets) return out;
  // A resumption PSK outlives its epoch while others keep it.
  std::map<NodeId, std::size_t> keepers;
  for (const auto& entry : live) {
    if (listed.count(entry.first) != 0) continue;
    ++keepers[entry.first];
    for (const auto& past : entry.second->past_psks) ++keepers[past->id];
  }
  for (const auto& entry : keepers)
    if (live.count(entry.first) == 0 || listed.count(entry.first) != 0) octets += kept_psk_octets();
  for (const LiveEpoch* at : order) {
    if (octets <= policy.max_octets) break;
    if (listed.count(at->id) != 0) continue;
    octets -= octets_of(*at);
    if (--keepers[at->id] != 0) octets += kept_psk_octets();
    for (const auto& past : at->past_psks)
      if (--keepers[past->id] == 0) octets -= kept_psk_octets();
    doom(*at, DeletionReason::cap_octets);
  }
  return out;
}

void Session::State::enforce(Events& out) {
  auto doomed = due();
  if (doomed.empty()) return;
  if (const auto erased = erase(std::move(doomed), out); !erased) out.push_back(NotStored{head, erased.error()});
}

std::vector<HeldSecret> Session::State::secrets_of(const LiveEpoch& at) const {
  const std::size_t nh = suite.hash_length();
  const auto& own = at.epoch.own();
  std::vector<HeldSecret> out;
  const auto hold = [&](SecretKind kind, std::size_t count, std::size_t octets) {
    if (count != 0) out.push_back({kind, at.id, count, octets});
  };
  hold(at.punctured ? SecretKind::init_secrets : SecretKind::parent_init_root, at.pprf.node_count(),
       at.pprf.memory_size());
  std::size_t keys = 0;
  const auto& tree = at.epoch.shared().tree;
  const tree_math::NodeIndex node = at.epoch.own_leaf().node();
  keys += own.tree_secrets.find(node) != nullptr ? 1 : 0;
  for (const auto step : tree_math::DirectPath(at.epoch.own_leaf(), tree.leaf_count()))
    keys += own.tree_secrets.find(step.node) != nullptr ? 1 : 0;
  hold(SecretKind::tree_keys, keys, keys * 64);
  const std::size_t message_keys =
      own.message_keys.node_secrets() + 2 * own.message_keys.started_leaves() + own.message_keys.skipped_keys();
  hold(SecretKind::message_keys, message_keys, message_keys * (nh + 16));
  hold(SecretKind::sender_data_secret, 1, nh);
  hold(SecretKind::membership_key, 1, nh);
  hold(SecretKind::exporter_secret, 1, nh);
  hold(SecretKind::external_secret, own.external_secret.empty() ? 0 : 1, nh);
  hold(SecretKind::resumption_psk, 1, 2 * nh);
  hold(SecretKind::epoch_authenticator, 1, nh);
  std::size_t updates = 0;
  for (const auto& proposal : at.proposals.all())
    updates += at.proposals.own_update(proposal->reference) != nullptr ? 1 : 0;
  hold(SecretKind::own_update_keys, updates, updates * 64);
  std::size_t pending_octets = 0;
  for (const auto& pending : at.pending) pending_octets += octets_of(*pending.second.child);
  hold(SecretKind::pending_commit, at.pending.size(), pending_octets);
  return out;
}

std::vector<HeldSecret> Session::State::kept_psks() const {
  std::set<NodeId> ids;
  for (const auto& entry : live)
    for (const auto& past : entry.second->past_psks)
      if (live.count(past->id) == 0) ids.insert(past->id);
  std::vector<HeldSecret> out;
  for (const NodeId& id : ids) out.push_back({SecretKind::resumption_psk, id, 1, kept_psk_octets()});
  return out;
}

void Session::State::note_deleted(Step& step, const LiveEpoch& at, DeletionReason reason,
                                  std::set<NodeId>& psks) const {
  for (const HeldSecret& held : secrets_of(at))
    if (held.kind != SecretKind::resumption_psk || psks.insert(at.id).second)
      step.deleted.push_back({held.kind, at.id, now(), reason});
  for (const auto& past : at.past_psks)
    if (psks.insert(past->id).second) step.deleted.push_back({SecretKind::resumption_psk, past->id, now(), reason});
}

std::size_t Session::State::octets_of(const LiveEpoch& at) const {
  std::size_t out = 0;
  for (const HeldSecret& held : secrets_of(at)) out += held.octets;
  return out;
}

Events Session::set_retain(bool retain) {
  Events out;
  const bool before = std::exchange(state_->retain, retain);
  Step step;
  if (state_->stored && before != retain)
    step.batch.put(state_->stored->below("s"), SecretBytes(BytesView(tls_codec::encode(state_->record()))));
  state_->doom(step, state_->due());
  if (const auto written = state_->write(step, out); !written) {
    state_->retain = before;
    out.push_back(NotStored{head(), written.error()});
  }
  return out;
}

Events Session::tick() {
  Events out;
  state_->enforce(out);
  return out;
}

Result<Events> Session::forget(const NodeId& id) {
  DMLS_TRY(const LiveEpoch* at, state_->need(id));
  if (at->id == head()) return fail(dmls::errc::kMisuse, "the epoch where messages are sent cannot be forgotten");
  Events out;
  DMLS_CHECK(state_->erase({{NodeId(id), DeletionReason::asked}}, out));
  state_->move_head(out);
  return out;
}

Result<Events> Session::forget_branch(const NodeId& id) {
  if (history().find(id) == nullptr) return fail(errc::kUnknownEpoch, "DeMLS: no epoch of that name is held");
  auto nodes = history().subtree(id);
  if (std::find(nodes.begin(), nodes.end(), head()) != nodes.end())
    return fail(dmls::errc::kMisuse, "the epoch where messages are sent cannot be forgotten");
  std::reverse(nodes.begin(), nodes.end());
  std::vector<Doomed> doomed;
  for (const NodeId& node : nodes)
    if (holds(node)) doomed.push_back({node, DeletionReason::asked});
  Events out;
  DMLS_CHECK(state_->erase(std::move(doomed), out));
  return out;
}

Result<RetentionReport> Session::explain_retention(const NodeId& id) const {
  DMLS_TRY(const LiveEpoch* at, state_->need(id));
  const RetentionPolicy& policy = state_->options.retention;
  RetentionReport out;
  out.octets = state_->octets_of(*at);
  if (policy.rule == DeletionRule::all_members_committed || id == head()) {
    const auto count = state_->commits_below(*at);
    DMLS_TRY(auto all, members(id));
    std::erase_if(all, [&](const group::Member& member) {
      return std::binary_search(count.accounted.begin(), count.accounted.end(), member.leaf);
    });
    out.blocking = std::move(all);
  }
  if (id == head()) {
    out.because = KeptBecause::head;
    return out;
  }
  const auto due = state_->due();
  if (std::any_of(due.begin(), due.end(), [&](const Doomed& each) { return each.id == id; })) {
    out.because = KeptBecause::due;
  } else if (policy.rule == DeletionRule::never) {
    out.because = KeptBecause::no_rule;
  } else if (policy.rule == DeletionRule::at_once) {
    out.because = at->left_at ? KeptBecause::retain : KeptBecause::not_left;
  }
  const auto order = state_->oldest_first();
  // It goes when the cap has taken all that are older: this one and those younger, the head included, then fill it.
  const auto remaining = static_cast<std::size_t>(order.end() - std::find(order.begin(), order.end(), at)) + 1;
  const bool capped = policy.max_epochs != RetentionPolicy::kUnbounded;
  out.epochs_until_cap = !capped                         ? RetentionPolicy::kUnbounded
                         : remaining < policy.max_epochs ? policy.max_epochs + 1 - remaining
                                                         : 1;
  const std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t left = last - since(*at);
  out.expires_at = policy.max_age < left ? since(*at) + policy.max_age + 1 : last;
  return out;
}

std::vector<HeldSecret> Session::inventory() const {
  std::vector<HeldSecret> out;
  for (const auto& entry : state_->live)
    for (auto& held : state_->secrets_of(*entry.second)) out.push_back(std::move(held));
  for (auto& held : state_->kept_psks()) out.push_back(std::move(held));
  return out;
}

const DeletionJournal& Session::journal() const { return state_->journal; }

std::size_t Session::secret_octets(const NodeId& id) const {
  if (const LiveEpoch* at = state_->find(id); at != nullptr) return state_->octets_of(*at);
  for (const auto& entry : state_->live)
    for (const auto& past : entry.second->past_psks)
      if (past->id == id) return state_->kept_psk_octets();
  return 0;
}

}  // namespace dmls::fork
