// A group out of its client's store.
#include <dmls/group/group.h>

#include "ahead_buffer.h"
#include "group_store.h"

namespace dmls::group {

Result<Group> Group::load(std::shared_ptr<ClientState> client, BytesView group_id) {
  const ClientConfig& config = *client->config;
  storage::Store& store = *client->store();
  const Bytes key = GroupStore::key_of(config.suite, group_id);
  DMLS_TRY(const auto octets, store.read(storage::below(key, "s")));
  if (!octets) return fail(dmls::errc::kMisuse, "no group of this id is stored");
  DMLS_TRY(auto record, decode_record<GroupRecord>(octets->expose()));
  if (record.status > static_cast<std::uint8_t>(GroupStatus::closed) ||
      !std::equal(group_id.begin(), group_id.end(), record.group_id.begin(), record.group_id.end()))
    return fail(storage::errc::kMalformedRecord, "stored client: the record of another group, or an unknown status");

  auto stored = std::make_unique<GroupStore>(client, group_id);
  stored->head = record.head;
  stored->past.assign(record.past.begin(), record.past.end());
  stored->skip_numbers(record.head);
  for (const std::uint64_t number : record.past) stored->skip_numbers(number);
  EpochLoader epochs(store, key, config.suite);
  DMLS_TRY(auto head, epochs.load(stored->place(record.head).id));
  DMLS_TRY(auto identity, identity_from(std::move(record.identity), config));
  Group group(std::move(head), std::move(record.init_secret), std::move(client), std::move(identity),
              std::move(stored));
  group.status_ = static_cast<GroupStatus>(record.status);
  group.reinit_ = std::move(record.reinit);
  DMLS_CHECK(group.load_past(epochs));
  DMLS_CHECK(group.load_proposals());
  DMLS_CHECK(group.load_commits(epochs));
  DMLS_TRY(const auto ahead, numbered_records(store, group.stored_->below("a")));
  for (const NumberedRecord& entry : ahead) {
    group.stored_->skip_numbers(entry.number);
    DMLS_TRY(const auto waits, decode_record<AheadRecord>(entry.value.expose()));
    group.ahead_->keep({}, entry.number, waits.message, waits.epoch);
  }
  group.stored_->take_over();
  if (group.status_ == GroupStatus::removed) DMLS_CHECK(group.retire_last());
  return group;
}

// Earlier versions left the last epoch of a group that removed this client as it was.
Result<void> Group::retire_last() {
  if (epoch_.own().exporter_secret.empty()) return {};
  storage::Batch batch;
  put_retired(batch, stored_->place(stored_->head), epoch_);
  put_resumption_psk(batch);
  DMLS_CHECK(stored_->write(batch));
  keep_resumption_psk();
  epoch_.retire();
  return {};
}

Result<void> Group::load_past(EpochLoader& epochs) {
  for (const std::uint64_t id : stored_->past) {
    DMLS_TRY(auto epoch, epochs.load(stored_->place(id).id));
    past_.push_back(std::move(epoch));
  }
  DMLS_TRY(auto psks, numbered_records(*client_->store(), stored_->below("r")));
  for (NumberedRecord& psk : psks)
    resumption_psks_.emplace(psk.number, keyschedule::ResumptionPsk(std::move(psk.value)));
  return {};
}

Result<void> Group::load_proposals() {
  DMLS_TRY(const auto records, numbered_records(*client_->store(), stored_->below("q")));
  for (const NumberedRecord& entry : records) {
    stored_->skip_numbers(entry.number);
    DMLS_TRY(auto record, decode_record<ProposalRecord>(entry.value.expose()));
    DMLS_CHECK(restore_proposal(std::move(record), epoch_.shared(), *config_, proposals_));
  }
  return {};
}

Result<void> Group::load_commits(EpochLoader& epochs) {
  storage::Store& store = *client_->store();
  DMLS_TRY(const auto own, numbered_records(store, stored_->below("o")));
  for (const NumberedRecord& entry : own) {
    stored_->skip_numbers(entry.number);
    DMLS_TRY(auto record, decode_record<OwnCommitRecord>(entry.value.expose()));
    DMLS_TRY(auto state, transition_from(std::move(record), *client_->config));
    DMLS_TRY(state->next, epochs.load(stored_->place(entry.number).id));
    state->parent = epoch_.shared_pointer();
    state->stored_as = entry.number;
    own_commits_.emplace(state->message, std::move(state));
  }
  DMLS_TRY(const auto received, numbered_records(store, stored_->below("c")));
  for (const NumberedRecord& entry : received) {
    stored_->skip_numbers(entry.number);
    DMLS_TRY(auto record, decode_record<ReceivedCommitRecord>(entry.value.expose()));
    Bytes hash = std::move(record.message_hash);
    stored_->received.push_back({entry.number, std::move(hash), content_from(std::move(record))});
  }
  return {};
}

}  // namespace dmls::group
