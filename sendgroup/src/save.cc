// What a step has changed, as one batch.

#include <dmls/group/error.h>

#include <algorithm>

#include "session_keys.h"
#include "state.h"

namespace dmls::sendgroup {
namespace {

SecretBytes public_record(const auto& record) { return SecretBytes(BytesView(tls_codec::encode(record))); }

// What below a Send Group's key has to follow the state.
struct GroupView {
  group::Epoch& epoch;
  std::deque<group::Epoch>* past;  // nullptr: none is kept
  const group::ProposalStore& proposals;
  const ProposalMessages& messages;
  const BlockedCommit* blocked;
};

std::vector<treekem::RatchetTree> trees_of(const std::vector<Shelf::Kept>& epochs) {
  std::vector<treekem::RatchetTree> out;
  for (const auto& kept : epochs) out.push_back(kept.epoch->tree);
  return out;
}

}  // namespace

struct Session::State::Writer {
  State& state;
  SessionKeys keys;
  storage::Batch batch = {};

  void write();
  void write_head();
  void write_tables();
  void write_marks(Mark, Marks&);
  void write_ledger();
  void release_roster(const EpochName&);
  void write_order();
  void write_own();
  void write_followed(const Bytes& id);
  void write_shelf(Shelf&, const Bytes& key, const GroupView&);
  void write_epochs(Shelf&, const Bytes& key, const GroupView&);

  // Every change of a table as a record, or the end of one.
  template <class Value>
  void write_table(Table<Value>& table, const auto& key_of, const auto& record_of) {
    for (const Bytes& id : table.take_changes()) {
      const auto found = table.find(id);
      if (found != table.end()) {
        batch.put(key_of(id), record_of(id, found->second));
      } else {
        batch.erase(key_of(id));
      }
    }
  }
};

void Session::State::Writer::write() {
  write_head();
  write_tables();
  write_marks(Mark::removed, state.removed);
  write_marks(Mark::to_remove, state.to_remove);
  write_marks(Mark::to_add, state.to_add);
  write_marks(Mark::left, state.left);
  write_ledger();
  write_order();
  write_own();
  for (const Bytes& id : state.groups.take_changes()) write_followed(id);
}

void Session::State::Writer::write_head() {
  HeadRecord head{kRecordVersion, state.stored.opened, state.config.name, state.me, {}};
  if (state.universe) {
    const auto& p = state.universe->parameters;
    head.universe = UniverseRecord{state.universe->id,
                                   state.universe->suite.id(),
                                   p.export_length,
                                   to_bytes(as_bytes(p.label)),
                                   p.leaf_keys,
                                   p.group_ids,
                                   p.suites};
  }
  Bytes record = tls_codec::encode(head);
  if (record == state.stored.head) return;
  batch.put(head_key(state.config.name), SecretBytes(BytesView(record)));
  state.stored.head = std::move(record);
}

void Session::State::Writer::write_tables() {
  write_table(
      state.bundles, [&](const Bytes& ref) { return keys.of("k", ref); },
      [](const Bytes&, const treekem::KeyPackageBundle& bundle) {
        return tls_codec::encode_secret(KeyPackageRecord{kRecordVersion, bundle.key_package,
                                                         bundle.init.private_key.clone(),
                                                         bundle.encryption.private_key.clone()});
      });
  write_table(
      state.directory, [&](const Bytes& who) { return keys.hashed("y", who); },
      [](const Bytes& who, const Packages& packages) {
        DirectoryRecord record{kRecordVersion, who, {}};
        for (const auto& [suite, package] : packages) record.packages.push_back(package);
        return public_record(record);
      });
  write_table(
      state.participants, [&](const Bytes& who) { return keys.hashed("n", who); },
      [](const Bytes& who, const Participant& participant) {
        return public_record(ParticipantRecord{kRecordVersion, who, participant.group_id, participant.signature_key});
      });
  write_table(
      state.early_welcomes, [&](const Bytes& hash) { return keys.of("u", hash); },
      [](const Bytes&, const Bytes& message) {
        return public_record(EarlyWelcomeRecord{kRecordVersion, message});
      });
}

void Session::State::Writer::write_marks(Mark mark, Marks& marks) {
  for (const Bytes& subject : marks.take_changes()) {
    if (marks.contains(subject)) {
      batch.put(keys.mark(mark, subject), public_record(MarkRecord{kRecordVersion, mark, subject}));
    } else {
      batch.erase(keys.mark(mark, subject));
    }
  }
}

void Session::State::Writer::release_roster(const EpochName& name) {
  const auto held = state.stored.ledger.find(name);
  if (held == state.stored.ledger.end()) return;
  const auto uses = state.stored.rosters.find(held->second);
  if (--uses->second == 0) {
    batch.erase(keys.of("r", uses->first));
    state.stored.rosters.erase(uses);
  }
  state.stored.ledger.erase(held);
}

void Session::State::Writer::write_ledger() {
  const auto changes = state.ledger.take_changes();
  // First what comes: a roster that passes from one entry to the next is not written again.
  for (const EpochName& name : changes) {
    const auto* entry = state.ledger.entry(name);
    if (entry == nullptr) continue;
    release_roster(name);
    const Bytes record = tls_codec::encode(
        RosterRecord{kRecordVersion, std::vector<Bytes>(entry->roster->begin(), entry->roster->end())});
    const Bytes hash = keys.hash(record);
    if (++state.stored.rosters[hash] == 1) batch.put(keys.of("r", hash), SecretBytes(BytesView(record)));
    state.stored.ledger.emplace(name, hash);
    LedgerRecord exported{kRecordVersion, name.group_id, name.epoch, entry->psk.clone(), hash, entry->leaves, {}};
    for (const auto& [suite, leaf] : entry->own_leaves)
      exported.own_leaves.push_back({suite, leaf.pair.private_key.clone()});
    batch.put(keys.epoch("p", name), tls_codec::encode_secret(exported));
  }
  for (const EpochName& name : changes) {
    if (state.ledger.entry(name) != nullptr) continue;
    release_roster(name);
    batch.erase(keys.epoch("p", name));
  }
}

// What came early, what was followed, who has imported what.
void Session::State::Writer::write_order() {
  for (const auto& [number, letter] : state.postbox.take_changes()) {
    if (letter) {
      batch.put(keys.of("l", number),
                public_record(LetterRecord{kRecordVersion, letter->name.group_id, letter->name.epoch,
                                           static_cast<std::uint8_t>(letter->is_commit ? 1 : 0), letter->message}));
    } else {
      batch.erase(keys.of("l", number));
    }
  }
  for (const EpochName& name : state.log.take_changes()) {
    const auto* entry = state.log.find(name);
    if (entry == nullptr) {
      batch.erase(keys.epoch("c", name));
      continue;
    }
    batch.put(keys.epoch("c", name),
              public_record(LoggedCommitRecord{kRecordVersion, name.group_id, name.epoch,
                                               static_cast<std::uint8_t>(entry->is_update ? 1 : 0), entry->message,
                                               entry->proposals, entry->confirmation_tag}));
  }
  for (const auto& [owner, risen] : state.acks.take_changes())
    for (const Bytes& group_id : risen)
      batch.put(keys.hashed("a", owner, group_id),
                public_record(AckRecord{kRecordVersion, owner, group_id, state.acks.newest(owner, group_id)}));
}

void Session::State::Writer::write_own() {
  if (!state.own) return;
  OwnGroup& mine = *state.own;
  auto record =
      tls_codec::encode_secret(OwnGroupRecord{kRecordVersion, mine.id, mine.epoch.number(), mine.init_secret.clone(),
                                              mine.fresh_at, mine.messages_since_fresh});
  if (record != state.stored.own) {
    batch.put(keys.of("o"), record.clone());
    state.stored.own = std::move(record);
  }
  for (const auto& [epoch, invitation] : mine.invitations)
    if (state.stored.invitations.insert(epoch).second)
      batch.put(keys.of("w", epoch),
                public_record(InvitationRecord{
                    kRecordVersion, invitation.messages, {invitation.invited.begin(), invitation.invited.end()}}));
  std::erase_if(state.stored.invitations, [&](const std::uint64_t epoch) {
    if (mine.invitations.contains(epoch)) return false;
    batch.erase(keys.of("w", epoch));
    return true;
  });
  write_shelf(mine.shelf, keys.group(mine.id), {mine.epoch, nullptr, mine.proposals, mine.proposal_messages, nullptr});
}

void Session::State::Writer::write_followed(const Bytes& id) {
  const Bytes key = keys.group(id);
  FollowedGroup* const group = state.groups.edit(id);
  if (group == nullptr) {
    batch.erase(keys.hashed("f", id));
    batch.erase_all(key);
    return;
  }
  FollowedGroupRecord record{kRecordVersion,
                             group->id,
                             group->owner,
                             group->epoch.suite().id(),
                             group->joined_at,
                             group->newest_update,
                             group->updated_at,
                             group->welcome_hash,
                             static_cast<std::uint8_t>(group->confirmed ? 1 : 0),
                             static_cast<std::uint8_t>(group->lost ? 1 : 0),
                             static_cast<std::uint8_t>(group->closing ? 1 : 0),
                             static_cast<std::uint8_t>(group->renewal),
                             group->epoch.number(),
                             {},
                             group->init_secret.clone()};
  for (const auto& epoch : group->past) record.past.push_back(epoch.number());
  auto octets = tls_codec::encode_secret(record);
  const bool anew = group->shelf.is_new;
  if (anew || octets != group->shelf.record) batch.put(keys.hashed("f", id), octets.clone());
  write_shelf(group->shelf, key,
              {group->epoch, &group->past, group->proposals, group->proposal_messages,
               group->blocked ? &*group->blocked : nullptr});
  group->shelf.record = std::move(octets);
}

void Session::State::Writer::write_shelf(Shelf& shelf, const Bytes& key, const GroupView& view) {
  if (shelf.is_new) batch.erase_all(key);
  const bool advanced = shelf.epochs.empty() || shelf.epochs.front().epoch != view.epoch.shared_pointer();
  write_epochs(shelf, key, view);
  if (advanced && shelf.proposals > 0) {
    batch.erase_all(storage::below(key, "q"));
    shelf.proposals = 0;
  }
  const auto& waiting = view.proposals.all();
  for (; shelf.proposals < waiting.size(); ++shelf.proposals) {
    const group::StoredProposal& proposal = *waiting[shelf.proposals];
    ProposalRecord record{
        kRecordVersion, proposal.reference, proposal.proposal, proposal.sender, proposal.authenticated_data, {}, {}};
    if (const auto message = view.messages.find(proposal.reference.octets); message != view.messages.end())
      record.message = message->second;
    if (const auto* update = view.proposals.own_update(proposal.reference))
      record.own_update = update->pair.private_key.clone();
    batch.put(storage::below(storage::below(key, "q"), std::uint64_t{shelf.proposals}),
              tls_codec::encode_secret(record));
  }
  const Bytes blocked = view.blocked != nullptr ? *view.blocked->content->auth.confirmation_tag : Bytes();
  if (blocked != shelf.blocked || (advanced && !blocked.empty())) {
    if (view.blocked != nullptr) {
      batch.put(storage::below(key, "b"),
                public_record(BlockedCommitRecord{kRecordVersion, *view.blocked->content, view.blocked->message}));
    } else {
      batch.erase(storage::below(key, "b"));
    }
  }
  shelf.blocked = blocked;
  shelf.is_new = false;
}

// Epochs that are gone, those that are new, and the message keys of the others.
void Session::State::Writer::write_epochs(Shelf& shelf, const Bytes& key, const GroupView& view) {
  std::vector<Shelf::Kept> wanted{{view.epoch.shared_pointer(), false}};
  std::vector<group::Epoch*> epochs{&view.epoch};
  if (view.past != nullptr) {
    for (group::Epoch& epoch : *view.past) {
      wanted.push_back({epoch.shared_pointer(), true});
      epochs.push_back(&epoch);
    }
  }
  const auto same = [](const Shelf::Kept& a) { return [&a](const Shelf::Kept& b) { return a.epoch == b.epoch; }; };
  auto on_shelf = trees_of(shelf.epochs);
  const auto living = trees_of(wanted);
  for (std::size_t i = epochs.size(); i-- > 0;) {
    group::Epoch& epoch = *epochs[i];
    const auto place = SessionKeys::place(key, epoch.number());
    const auto kept = std::ranges::find_if(shelf.epochs, same(wanted[i]));
    const bool is_stored = kept != shelf.epochs.end();
    if (is_stored) {
      const auto changes = epoch.message_keys().take_changes();
      group::put_message_keys(batch, place, changes);
      if (kept->retired != wanted[i].retired) group::put_retired(batch, place, epoch);
      continue;
    }
    epoch.message_keys().track_changes();
    group::put_epoch(batch, place, epoch, on_shelf);
    on_shelf.push_back(epoch.shared().tree);
  }
  for (const Shelf::Kept& kept : shelf.epochs)
    if (std::ranges::none_of(wanted, same(kept)))
      group::erase_epoch(batch, SessionKeys::place(key, kept.epoch->context.epoch), kept.epoch->tree, living);
  shelf.epochs = std::move(wanted);
}

void Session::State::forget_changes() {
  for (Marks* marks : {&removed, &to_remove, &to_add, &left}) (void)marks->take_changes();
  (void)bundles.take_changes();
  (void)directory.take_changes();
  (void)participants.take_changes();
  (void)early_welcomes.take_changes();
  (void)groups.take_changes();
  (void)ledger.take_changes();
  (void)postbox.take_changes();
  (void)log.take_changes();
  (void)acks.take_changes();
}

Result<void> Session::State::save() {
  if (store() == nullptr) {
    forget_changes();
    return {};
  }
  Writer writer{*this, SessionKeys(client().suite, config.name)};
  writer.write();
  forget_changes();  // what the writer itself has borrowed
  if (writer.batch.empty()) return {};
  // Two objects must not use the same keys: whoever opened the session last goes on.
  DMLS_TRY(const auto present, store()->read(head_key(config.name)));
  const auto head = present ? decode_record<HeadRecord>(present->expose()) : Result<HeadRecord>(HeadRecord{});
  if (!head) return fail(head.error());
  if (head->opened != stored.opened)
    return fail(group::errc::kStale, "the session was loaded anew or forgotten: this object is out of date");
  return store()->write(writer.batch);
}

}  // namespace dmls::sendgroup
