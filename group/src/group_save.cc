// What a group writes, before it happens. Each function here makes one batch, and changes the group only after the
// batch was written.
#include <dmls/group/group.h>

#include <algorithm>

#include "ahead_buffer.h"
#include "group_store.h"

namespace dmls::group {
namespace {

void take_trees(std::vector<treekem::RatchetTree>& trees, const std::deque<Epoch>& epochs, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) trees.push_back(epochs[i].shared().tree);
}

}  // namespace

Result<void> Group::save_sent(storage::Batch batch) {
  if (!stored_) return {};
  const auto changes = epoch_.message_keys().take_changes();
  put_message_keys(batch, stored_->place(stored_->head), changes);
  if (batch.empty()) return {};
  const auto written = stored_->write(batch);
  if (!written) epoch_.message_keys().changes_not_stored(changes);
  return written;
}

Result<void> Group::spend(Epoch& epoch, std::uint64_t epoch_id, std::optional<keyschedule::RatchetKey> key,
                          storage::Batch batch) {
  keyschedule::SecretTree& keys = epoch.message_keys();
  if (!stored_) return key ? keys.spend(*std::move(key)) : Result<void>();
  std::optional<keyschedule::PreparedSpend> prepared;
  if (key) {
    DMLS_TRY(prepared, keys.prepare(*std::move(key)));
  }
  const auto earlier = keys.take_changes();
  put_message_keys(batch, stored_->place(epoch_id), earlier);
  if (prepared) put_message_keys(batch, stored_->place(epoch_id), prepared->changes());
  if (batch.empty()) return {};
  if (const auto written = stored_->write(batch); !written) {
    keys.changes_not_stored(earlier);
    return written;
  }
  return prepared ? keys.finish(*std::move(prepared)) : Result<void>();
}

Result<void> Group::save_commit(detail::TransitionState& state) {
  if (!stored_) return {};
  const std::uint64_t number = stored_->take_number();
  state.next->message_keys().track_changes();
  storage::Batch batch;
  put_epoch(batch, stored_->place(number), *state.next, {&epoch_.shared().tree, 1});
  batch.put(stored_->below("o", number), record_of(state));
  DMLS_CHECK(save_sent(std::move(batch)));
  state.stored_as = number;
  return {};
}

void Group::put_resumption_psk(storage::Batch& batch) const {
  batch.put(stored_->below("r", epoch()), epoch_.own().resumption_psk.clone().into_bytes());
  auto oldest = resumption_psks_.begin();
  for (std::size_t kept = resumption_psks_.size() + 1; kept > config_->window.resumption_psks; --kept) {
    batch.erase(stored_->below("r", oldest == resumption_psks_.end() ? epoch() : oldest->first));
    if (oldest != resumption_psks_.end()) ++oldest;
  }
}

Result<void> Group::save_merge(detail::TransitionState& state) {
  if (!stored_) return {};
  const bool leaves = state.kind == TransitionKind::removal;
  storage::Batch batch;
  const auto changes = epoch_.message_keys().take_changes();
  put_message_keys(batch, stored_->place(stored_->head), changes);

  // Which epochs there are afterwards, and the trees that they need.
  std::uint64_t head = stored_->head;
  std::deque<std::uint64_t> past = stored_->past;
  std::vector<treekem::RatchetTree> living;
  if (leaves) {
    put_retired(batch, stored_->place(head), epoch_);
    living.push_back(epoch_.shared().tree);
    take_trees(living, past_, past_.size());
  } else {
    past.push_front(head);
    head = state.own && state.stored_as != 0 ? state.stored_as : stored_->take_number();
    living.push_back(state.next->shared().tree);
    if (head != state.stored_as || !state.own) {
      state.next->message_keys().track_changes();
      put_epoch(batch, stored_->place(head), *state.next, {&epoch_.shared().tree, 1});
    }
    const std::size_t kept = std::min(past.size(), config_->window.past_epochs);
    if (kept > 0) {
      living.push_back(epoch_.shared().tree);
      put_retired(batch, stored_->place(stored_->head), epoch_);
    }
    if (kept > 1) take_trees(living, past_, kept - 1);
    for (std::size_t i = kept; i < past.size(); ++i)
      erase_epoch(batch, stored_->place(past[i]), i == 0 ? epoch_.shared().tree : past_[i - 1].shared().tree, living);
    past.resize(kept);
  }
  for (const auto& [message, other] : own_commits_) {
    if (other.get() != &state && other->stored_as != 0 && other->next)
      erase_epoch(batch, stored_->place(other->stored_as), other->next->shared().tree, living);
  }
  for (const char* of_the_epoch : {"o", "c", "q"}) batch.erase_all(stored_->below(of_the_epoch));

  // Messages that waited for the epoch that ends; and all of them if none is read any more.
  const bool reads_on = !leaves && !state.changes.reinit;
  if (reads_on) {
    for (const std::uint64_t number : ahead_->numbers_below(epoch() + 1)) batch.erase(stored_->below("a", number));
  } else {
    batch.erase_all(stored_->below("a"));
  }

  GroupRecord record{kRecordVersion,
                     to_bytes(group_id()),
                     static_cast<std::uint8_t>(GroupStatus::removed),
                     head,
                     {past.begin(), past.end()},
                     reinit_,
                     record_of(SigningIdentity{config_->credential, config_->signer}),
                     {}};
  if (!leaves) {
    record.status = static_cast<std::uint8_t>(state.changes.reinit ? GroupStatus::closed : GroupStatus::active);
    record.reinit = state.changes.reinit;
    if (state.new_identity) record.identity = record_of(state.identity);
    record.init_secret = state.init_secret.clone();
  }
  put_resumption_psk(batch);
  batch.put(stored_->below("s"), tls_codec::encode_secret(record));
  if (const auto written = stored_->write(batch); !written) {
    epoch_.message_keys().changes_not_stored(changes);
    return written;
  }
  stored_->head = head;
  stored_->past = std::move(past);
  if (reads_on) {
    ahead_->erased_below(epoch() + 1);
  } else {
    *ahead_ = AheadBuffer();
  }
  stored_->received.clear();
  return {};
}

Result<void> Group::discard(Transition transition) {
  const detail::TransitionState& state = *transition.state_;
  if (state.kind == TransitionKind::entry)
    return fail(dmls::errc::kMisuse, "a transition into a group is for Client::discard()");
  if (state.parent != epoch_.shared_pointer()) return {};  // forgotten already
  if (stored_ && state.stored_as != 0) {
    storage::Batch batch;
    batch.erase(stored_->below(state.own ? "o" : "c", state.stored_as));
    if (state.own && state.next) {
      std::vector<treekem::RatchetTree> living{epoch_.shared().tree};
      take_trees(living, past_, past_.size());
      for (const auto& [message, other] : own_commits_)
        if (other.get() != &state && other->next) living.push_back(other->next->shared().tree);
      erase_epoch(batch, stored_->place(state.stored_as), state.next->shared().tree, living);
    }
    DMLS_CHECK(stored_->write(batch));
    std::erase_if(stored_->received, [&](const auto& kept) { return !state.own && kept.number == state.stored_as; });
  }
  if (state.own) own_commits_.erase(state.message);
  return {};
}

std::vector<Transition> Group::pending() {
  std::vector<Transition> out;
  for (const auto& [message, state] : own_commits_) out.push_back(Transition(state));
  if (!stored_) return out;
  for (const auto& kept : stored_->received) {
    auto event = stage(epoch_.verified_before(kept.content), kept.number);
    if (auto* transition = event ? std::get_if<Transition>(&*event) : nullptr) out.push_back(std::move(*transition));
  }
  return out;
}

}  // namespace dmls::group
