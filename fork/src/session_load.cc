// A session out of its client's store.

#include <dmls/storage/error.h>

#include <algorithm>

#include "session_state.h"

namespace dmls::fork {
namespace {

using group::decode_record;

Unexpected malformed(const char* rule) { return fail(storage::errc::kMalformedRecord, rule); }

// The names, of one component, under which records stand below a prefix, and the records.
struct NamedRecord {
  Bytes name;
  SecretBytes value;
};
Result<std::vector<NamedRecord>> named_records(storage::Store& store, BytesView prefix) {
  std::vector<NamedRecord> out;
  DMLS_CHECK(store.for_each(prefix, [&](BytesView key, BytesView value) -> Result<void> {
    DMLS_TRY(const auto parts, storage::components(key.subspan(prefix.size())));
    if (parts.size() == 1) out.push_back({to_bytes(parts[0]), SecretBytes(value)});
    return {};
  }));
  return out;
}

template <class Each>
Result<std::uint64_t> for_each_in_ring(storage::Store& store, BytesView prefix, const Each& each) {
  DMLS_TRY(const auto records, group::numbered_records(store, prefix));
  for (const auto& record : records) DMLS_CHECK(each(record.value.expose()));
  return records.empty() ? 1 : records.back().number + 1;
}

Result<pprf::Pprf> load_pprf(storage::Store& store, BytesView prefix, const crypto::CipherSuite& suite) {
  DMLS_TRY(auto numbered, group::numbered_records(store, prefix));
  std::vector<SecretBytes> records;
  for (auto& record : numbered) {
    if (record.number != records.size()) return malformed("stored session: a record of a PPRF is missing");
    records.push_back(std::move(record.value));
  }
  return pprf::Pprf::restore(suite, pprf::SavedState(std::move(records)));
}

}  // namespace

Result<void> Session::State::load_history() {
  storage::Store& store = stored->store();
  DMLS_TRY(const auto octets, store.read(stored->below("s")));
  if (!octets) return fail(dmls::errc::kMisuse, "no session of this group is stored");
  DMLS_TRY(const auto own, decode_record<SessionRecord>(octets->expose()));
  if (own.group_id != group_id) return malformed("stored session: the record of another group");
  retain = own.retain != 0;

  DMLS_TRY(const auto named, named_records(store, stored->below("h")));
  std::vector<std::pair<NodeId, HistoryRecord>> nodes;
  for (const auto& entry : named) {
    DMLS_TRY(auto record, decode_record<HistoryRecord>(entry.value.expose()));
    next_number = std::max(next_number, record.number + 1);
    nodes.emplace_back(NodeId(entry.name), std::move(record));
  }
  std::sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a.second.number < b.second.number; });
  const auto restore = [&](const NodeId& id, HistoryRecord& record, bool root) -> Result<void> {
    HistoryNode node;
    node.id = id;
    if (record.parent) node.parent = NodeId(*record.parent);
    if (record.edge)
      node.edge = Candidate{CommitHash(record.edge->commit), record.edge->confirmation_tag, record.edge->changes};
    if (!root && (!node.parent || history.find(*node.parent) == nullptr))
      return malformed("stored session: an epoch whose parent is not there");
    DMLS_TRY(const auto is_live, store.read(stored->of_epoch(id, "l")));
    node.held = is_live.has_value();
    history.restore(std::move(node), root);
    return {};
  };
  for (const Bytes& root : own.roots) {
    const auto found =
        std::find_if(nodes.begin(), nodes.end(), [&](const auto& n) { return n.first.octets() == root; });
    if (found == nodes.end()) return malformed("stored session: a root of the history is not there");
    DMLS_CHECK(restore(found->first, found->second, true));
  }
  for (auto& [id, record] : nodes)
    if (history.find(id) == nullptr) DMLS_CHECK(restore(id, record, false));
  if (history.roots().empty()) return malformed("stored session: a history without a root");
  return {};
}

Result<std::unique_ptr<LiveEpoch>> Session::State::load_live(group::EpochLoader& epochs, const NodeId& id) {
  storage::Store& store = stored->store();
  DMLS_TRY(const auto octets, store.read(stored->of_epoch(id, "l")));
  if (!octets) return malformed("stored session: the record of an epoch is missing");
  DMLS_TRY(auto record, decode_record<LiveRecord>(octets->expose()));
  DMLS_TRY(auto epoch, epochs.load(id.octets()));
  DMLS_TRY(auto pprf, load_pprf(store, stored->of_epoch(id, "r"), suite));
  DMLS_TRY(auto identity, group::identity_from(std::move(record.identity), *config));
  auto out = std::make_unique<LiveEpoch>(id, std::move(epoch), std::move(pprf), std::move(identity));
  out->left_at = record.left_at;
  out->closed = record.closed != 0;
  out->punctured = record.punctured != 0;
  out->removed_here = std::move(record.removed_here);
  out->own_psk =
      std::make_shared<const PastPsk>(PastPsk{id, out->epoch.number(), out->epoch.own().resumption_psk.clone()});
  for (Bytes& past : record.past_psks) {
    // Epochs further down share it.
    const NodeId name(std::move(past));
    std::shared_ptr<const PastPsk> psk;
    if (const LiveEpoch* above = find(name)) psk = above->own_psk;
    for (const auto& other : live)
      for (const auto& known : other.second->past_psks)
        if (!psk && known->id == name) psk = known;
    if (!psk) {
      DMLS_TRY(const auto kept, store.read(stored->below("p", BytesView(name.octets()))));
      if (!kept) return malformed("stored session: a resumption PSK is missing");
      DMLS_TRY(auto read, decode_record<PastPskRecord>(kept->expose()));
      psk = std::make_shared<const PastPsk>(PastPsk{name, read.epoch, std::move(read.psk)});
    }
    out->past_psks.push_back(std::move(psk));
  }
  return out;
}

Result<void> Session::State::load_contents(LiveEpoch& at) {
  storage::Store& store = stored->store();
  DMLS_TRY(const auto commits, named_records(store, stored->of_epoch(at.id, "c")));
  for (const auto& entry : commits) at.entered.insert(CommitHash(entry.name));
  DMLS_TRY(const auto proposals, group::numbered_records(store, stored->of_epoch(at.id, "q")));
  for (const auto& entry : proposals) {
    next_number = std::max(next_number, entry.number + 1);
    DMLS_TRY(auto record, decode_record<group::ProposalRecord>(entry.value.expose()));
    DMLS_CHECK(group::restore_proposal(std::move(record), at.epoch.shared(), config_at(at), at.proposals));
  }
  DMLS_TRY(const auto blocked, group::numbered_records(store, stored->of_epoch(at.id, "b")));
  for (const auto& entry : blocked) {
    next_number = std::max(next_number, entry.number + 1);
    DMLS_TRY(auto record, decode_record<group::ReceivedCommitRecord>(entry.value.expose()));
    Bytes hash = std::move(record.message_hash);
    auto content = at.epoch.verified_before(group::content_from(std::move(record)));
    CommitHash commit = commit_hash(at.epoch.shared(), *content);
    at.blocked.push_back({entry.number, std::move(content), std::move(commit), std::move(hash)});
  }
  return {};
}

Result<void> Session::State::load_pending(group::EpochLoader& epochs, LiveEpoch& at) {
  DMLS_TRY(const auto named, named_records(stored->store(), stored->of_epoch(at.id, "o")));
  for (const auto& entry : named) {
    DMLS_TRY(auto record, decode_record<PendingRecord>(entry.value.expose()));
    OwnCommit shown{CommitHash(entry.name), at.id, NodeId(std::move(record.node)), std::move(record.message),
                    std::move(record.changes)};
    DMLS_TRY(auto child, load_live(epochs, shown.node));
    PendingCommit pending{shown, std::move(child), {}, std::move(record.inner_hash), {}};
    if (!record.input.empty()) {
      DMLS_TRY(pending.evaluation, at.pprf.evaluate(record.input.expose()));
    }
    for (auto& welcome : record.welcomes) {
      Welcome& out = pending.welcomes.emplace_back(Welcome{std::move(welcome.message), {}});
      for (const std::uint32_t recipient : welcome.recipients) {
        const auto leaf = LeafIndex::from(std::uint64_t{recipient});
        if (!leaf) return malformed("stored session: a leaf out of range");
        out.recipients.push_back(*leaf);
      }
    }
    at.pending.emplace(shown.commit, std::move(pending));
  }
  return {};
}

Result<void> Session::State::load_lists() {
  storage::Store& store = stored->store();
  const auto names = [](auto& into) {
    return [&into](BytesView octets) -> Result<void> {
      DMLS_TRY(auto record, decode_record<NameRecord>(octets));
      using Name = std::decay_t<decltype(into.entries().front())>;
      into.add(Name(std::move(record.name)));
      return {};
    };
  };
  DMLS_TRY(stored->rings.gone, for_each_in_ring(store, stored->below("g"), names(gone)));
  DMLS_TRY(stored->rings.entered, for_each_in_ring(store, stored->below("m"), names(entered)));
  DMLS_TRY(stored->rings.known_bad, for_each_in_ring(store, stored->below("x"), names(known_bad)));
  const auto entry = [&](BytesView octets) -> Result<void> {
    DMLS_TRY(auto record, decode_record<JournalRecord>(octets));
    journal.add({record.kind, NodeId(std::move(record.node)), record.at, record.reason});
    return {};
  };
  DMLS_TRY(stored->rings.journal, for_each_in_ring(store, stored->below("j"), entry));
  DMLS_TRY(const auto waits, group::numbered_records(store, stored->below("w")));
  for (const auto& record : waits) {
    DMLS_TRY(const auto read, decode_record<WaitingRecord>(record.value.expose()));
    DMLS_TRY(auto message, decode_dmls_message(read.message, suite.hash_length()));
    waiting.restore({std::move(message), record.number});
  }
  return {};
}

Result<void> Session::State::load() {
  DMLS_CHECK(load_history());
  group::EpochLoader epochs(stored->store(), stored->key(), suite);
  // Parents first: they own what their children refer to.
  for (const NodeId& root : history.roots()) {
    for (const NodeId& id : history.subtree(root)) {
      if (!history.find(id)->held) continue;
      DMLS_TRY(auto at, load_live(epochs, id));
      live.emplace(id, std::move(at));
    }
  }
  if (live.empty()) return malformed("stored session: no epoch is held");
  for (auto& entry : live) {
    DMLS_CHECK(load_contents(*entry.second));
    DMLS_CHECK(load_pending(epochs, *entry.second));
  }
  DMLS_CHECK(load_lists());
  head = history.winner(*options.fork_choice, suite);
  if (find(head) == nullptr) return malformed("stored session: the preferred epoch is not held");
  DMLS_TRY(signalling, signalling_of(live.at(head)->epoch.shared().extensions));
  // What was about to be read when it was stored.
  for (const auto& entry : live)
    for (auto& message : waiting.take(entry.first)) released.push_back(std::move(message));
  stored->take_over();
  return {};
}

}  // namespace dmls::fork
