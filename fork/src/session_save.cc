// How a step is written, and happens.

#include <dmls/group/error.h>

#include <algorithm>

#include "session_state.h"

namespace dmls::fork {
namespace {

template <class T>
SecretBytes encoded(const T& record) {
  return SecretBytes(BytesView(tls_codec::encode(record)));
}

// Adds records to a ring that keeps the latest `bound` of them.
template <class T, class ToRecord>
void put_ring(storage::Batch& batch, const SessionStore& stored, std::string_view kind, std::uint64_t& next,
              std::size_t bound, const T& entries, const ToRecord& to_record) {
  for (const auto& entry : entries) {
    batch.put(stored.below(kind, next), encoded(to_record(entry)));
    if (next > bound) batch.erase(stored.below(kind, next - bound));
    ++next;
  }
}

NameRecord name_record(const Bytes& name) { return {kRecordVersion, name}; }
NameRecord node_record(const NodeId& id) { return {kRecordVersion, id.octets()}; }
JournalRecord journal_record(const DeletedSecret& entry) {
  return {kRecordVersion, entry.kind, entry.node.octets(), entry.at, entry.reason};
}

void put_rings(storage::Batch& batch, const SessionStore& stored, SessionStore::Rings& rings, const Step& step,
               std::size_t bound) {
  put_ring(batch, stored, "g", rings.gone, bound, step.gone, node_record);
  put_ring(batch, stored, "m", rings.entered, bound, step.entered, name_record);
  put_ring(batch, stored, "x", rings.known_bad, bound, step.known_bad, name_record);
  put_ring(batch, stored, "j", rings.journal, DeletionJournal::kMaxEntries, step.deleted, journal_record);
}

HistoryRecord record_of(const HistoryNode& node, std::uint64_t number) {
  HistoryRecord out{kRecordVersion, number, {}, {}};
  if (node.parent) out.parent = node.parent->octets();
  if (node.edge) out.edge = EdgeRecord{node.edge->commit.octets(), node.edge->confirmation_tag, node.edge->changes};
  return out;
}

}  // namespace

SessionRecord Session::State::record() const {
  SessionRecord out{kRecordVersion, group_id, static_cast<std::uint8_t>(retain), {}};
  for (const NodeId& root : history.roots()) out.roots.push_back(root.octets());
  return out;
}

Result<void> Session::State::write(Step& step, Events& out) {
  keyschedule::SecretTree* const keys = step.at == nullptr ? nullptr : &step.at->epoch.message_keys();
  if (!stored) {
    if (step.key) {
      DMLS_CHECK(keys->spend(*std::move(step.key)));
      step.key.reset();
    }
    happen(step, out);
    return {};
  }
  std::optional<keyschedule::PreparedSpend> prepared;
  if (step.key) {
    DMLS_TRY(prepared, keys->prepare(*std::move(step.key)));
    step.key.reset();
  }
  storage::Batch batch = std::move(step.batch);
  std::vector<keyschedule::RecordChange> earlier;
  if (keys != nullptr) {
    earlier = keys->take_changes();
    group::put_message_keys(batch, stored->place(step.at->id), earlier);
    if (prepared) group::put_message_keys(batch, stored->place(step.at->id), prepared->changes());
  }
  SessionStore::Rings rings = stored->rings;
  put_rings(batch, *stored, rings, step, kRemembered);
  if (step.waited != 0) batch.erase(stored->below("w", step.waited));
  batch.append(std::move(step.erasures));
  if (const auto written = stored->write(batch); !written) {
    if (keys != nullptr) keys->changes_not_stored(earlier);
    step.not_stored = true;
    return written;
  }
  stored->rings = rings;
  if (prepared && !keys->finish(*std::move(prepared))) panic("a spend that was prepared failed");
  happen(step, out);
  return {};
}

// What was written counts.
void Session::State::happen(Step& step, Events& out) {
  if (step.finish) step.finish();
  for (auto& entry : step.deleted) journal.add(std::move(entry));
  for (const NodeId& id : step.gone) gone.add(id);
  for (const Bytes& hash : step.entered) entered.add(hash);
  for (const Bytes& hash : step.known_bad) known_bad.add(hash);
  for (const Doomed& each : step.doomed) {
    const auto found = live.find(each.id);
    for (const auto& pending : found->second->pending) out.push_back(Superseded{pending.first});
    live.erase(found);
    out.push_back(Deleted{each.id, each.reason});
  }
  if (step.history) history = *std::move(step.history);
  step = Step();
}

void Session::State::doom(Step& step, std::vector<Doomed> doomed) {
  if (doomed.empty()) return;
  History after = history;
  const auto dies = [&](const NodeId& id) {
    return std::any_of(doomed.begin(), doomed.end(), [&](const Doomed& each) { return each.id == id; });
  };
  std::set<NodeId> psks;
  for (const auto& entry : live) {
    if (dies(entry.first)) continue;
    psks.insert(entry.first);
    for (const auto& past : entry.second->past_psks) psks.insert(past->id);
  }
  for (const Doomed& each : doomed) {
    note_deleted(step, *live.at(each.id), each.reason, psks);
    step.gone.push_back(each.id);
    after.release(each.id);
  }
  if (stored) {
    std::vector<treekem::RatchetTree> living;
    std::set<NodeId> needed;  // whose resumption PSKs are
    const auto survive = [&](const LiveEpoch& at) {
      living.push_back(at.epoch.shared().tree);
      for (const auto& past : at.past_psks) needed.insert(past->id);
    };
    for (const auto& entry : live) {
      if (dies(entry.first)) continue;
      survive(*entry.second);
      for (const auto& pending : entry.second->pending) survive(*pending.second.child);
    }
    for (const Doomed& each : doomed) {
      const LiveEpoch& at = *live.at(each.id);
      for (const auto& pending : at.pending) stored->erase_pending(step.erasures, each.id, pending.second, living);
      group::erase_epoch(step.erasures, stored->place(each.id), at.epoch.shared().tree, living);
      for (const auto& past : at.past_psks)
        if (needed.count(past->id) == 0) step.erasures.erase(stored->below("p", BytesView(past->id.octets())));
      if (needed.count(each.id) != 0)
        step.erasures.put(
            stored->below("p", BytesView(each.id.octets())),
            tls_codec::encode_secret(PastPskRecord{kRecordVersion, at.own_psk->epoch, at.own_psk->psk.clone()}));
    }
    for (const auto& entry : history.nodes())
      if (after.find(entry.first) == nullptr) step.erasures.erase(stored->below("h", BytesView(entry.first.octets())));
    if (after.roots() != history.roots()) {
      SessionRecord changed = record();
      changed.roots.clear();
      for (const NodeId& root : after.roots()) changed.roots.push_back(root.octets());
      step.erasures.put(stored->below("s"), encoded(changed));
    }
  }
  step.history = std::move(after);
  step.doomed = std::move(doomed);
}

storage::Batch Session::State::whole(SessionStore::Rings& rings) {
  storage::Batch batch;
  batch.erase_all(stored->key());
  batch.put(SessionStore::index_key_of(suite, group_id), SecretBytes(BytesView(group_id)));
  batch.put(stored->below("s"), encoded(record()));
  std::vector<treekem::RatchetTree> trees;
  const auto put = [&](LiveEpoch& at) {
    stored->put_epoch(batch, at, trees);
    trees.push_back(at.epoch.shared().tree);
    for (const auto& past : at.past_psks)
      if (find(past->id) == nullptr)
        batch.put(stored->below("p", BytesView(past->id.octets())),
                  tls_codec::encode_secret(PastPskRecord{kRecordVersion, past->epoch, past->psk.clone()}));
  };
  for (const NodeId& root : history.roots())
    for (const NodeId& id : history.subtree(root))
      batch.put(stored->below("h", BytesView(id.octets())), encoded(record_of(*history.find(id), next_number++)));
  for (auto& [id, at] : live) {
    put(*at);
    for (const CommitHash& commit : at->entered)
      batch.put(storage::below(stored->of_epoch(id, "c"), BytesView(commit.octets())), encoded(CommitRecord{}));
    for (const auto& proposal : at->proposals.all())
      batch.put(storage::below(stored->of_epoch(id, "q"), next_number++),
                group::record_of(*proposal, at->proposals.own_update(proposal->reference)));
    for (BlockedCommit& blocked : at->blocked)
      batch.put(storage::below(stored->of_epoch(id, "b"), blocked.number),
                group::record_of(*blocked.content, blocked.inner_hash));
    for (const auto& pending : at->pending) {
      put(*pending.second.child);
      stored->put_pending(batch, id, pending.second);
    }
  }
  for (const auto& waits : waiting.by_arrival())
    batch.put(stored->below("w", waits.first),
              encoded(WaitingRecord{kRecordVersion, encode_dmls_message(waits.second.content)}));
  rings = {};
  Step remembered;
  remembered.gone.assign(gone.entries().begin(), gone.entries().end());
  remembered.entered.assign(entered.entries().begin(), entered.entries().end());
  remembered.known_bad.assign(known_bad.entries().begin(), known_bad.entries().end());
  remembered.deleted.assign(journal.entries().begin(), journal.entries().end());
  put_rings(batch, *stored, rings, remembered, kRemembered);
  return batch;
}

Result<void> Session::State::store_first() {
  if (!stored) return {};
  SessionStore::Rings rings;
  storage::Batch batch = whole(rings);
  for (const Bytes& key : stored->used_up) batch.erase(key);
  DMLS_CHECK(stored->write_first(batch));
  stored->rings = rings;
  return {};
}

}  // namespace dmls::fork
