// What a client keeps in its store.
#include <dmls/crypto/hash.h>
#include <dmls/group/client.h>
#include <dmls/group/epoch_record.h>
#include <dmls/group/error.h>

#include "client_records.h"
#include "group_store.h"

namespace dmls::group {
namespace {

Bytes psk_key(const crypto::CipherSuite& suite, BytesView psk_id) {
  return storage::below(psks_key(), BytesView(crypto::hash(suite, psk_id)));
}

// The one epoch of an entry that has not happened.
EpochPlace entry_place(std::uint64_t number) { return {entry_key(number), Bytes{1}}; }

// All values below a prefix.
Result<std::vector<SecretBytes>> values_below(storage::Store& store, BytesView prefix) {
  std::vector<SecretBytes> out;
  DMLS_CHECK(store.for_each(prefix, [&](BytesView, BytesView value) -> Result<void> {
    out.push_back(SecretBytes(value));
    return {};
  }));
  return out;
}

}  // namespace

Result<void> Client::load() {
  storage::Store* const store = state_->store();
  if (store == nullptr) return {};
  const crypto::CipherSuite& suite = config().suite;
  DMLS_TRY(const auto present, store->read(client_key()));
  if (!present) {
    storage::Batch batch;
    batch.put(client_key(), tls_codec::encode_secret(ClientRecord{kRecordVersion, suite.id()}));
    return store->write(batch);
  }
  DMLS_TRY(const auto record, decode_record<ClientRecord>(present->expose()));
  if (record.cipher_suite != suite.id())
    return fail(dmls::errc::kMisuse, "the store holds a client of another cipher suite");
  DMLS_TRY(const auto packages, values_below(*store, key_packages_key()));
  for (const SecretBytes& octets : packages) {
    DMLS_TRY(auto stored, decode_record<KeyPackageRecord>(octets.expose()));
    DMLS_TRY(auto bundle, bundle_from(std::move(stored), suite));
    Bytes reference = treekem::key_package_ref(suite, bundle.key_package);
    key_packages_.emplace(std::move(reference), std::move(bundle));
  }
  DMLS_TRY(const auto psks, values_below(*store, psks_key()));
  for (const SecretBytes& octets : psks) {
    DMLS_TRY(auto stored, decode_record<PskRecord>(octets.expose()));
    state_->psks.add(stored.id, std::move(stored.value));
  }
  return {};
}

Result<void> Client::save_key_package(const Bytes& reference, const treekem::KeyPackageBundle& bundle) {
  if (state_->store() == nullptr) return {};
  storage::Batch batch;
  batch.put(key_package_key(reference), record_of(bundle));
  return state_->store()->write(batch);
}

Result<void> Client::add_psk(BytesView psk_id, keyschedule::Psk psk) {
  if (storage::Store* const store = state_->store()) {
    storage::Batch batch;
    batch.put(psk_key(config().suite, psk_id),
              tls_codec::encode_secret(PskRecord{kRecordVersion, to_bytes(psk_id), psk.clone()}));
    DMLS_CHECK(store->write(batch));
  }
  state_->psks.add(psk_id, std::move(psk));
  return {};
}

Result<void> Client::remove_psk(BytesView psk_id) {
  if (storage::Store* const store = state_->store()) {
    storage::Batch batch;
    batch.erase(psk_key(config().suite, psk_id));
    DMLS_CHECK(store->write(batch));
  }
  state_->psks.remove(psk_id);
  return {};
}

// ---- groups --------------------------------------------------------------------------------------------------------

Result<std::unique_ptr<GroupStore>> Client::save_group(Epoch& epoch, const keyschedule::InitSecret& init_secret,
                                                       const SigningIdentity& identity, storage::Batch batch) {
  std::unique_ptr<GroupStore> stored;
  if (state_->store() == nullptr) return stored;
  const Bytes& group_id = epoch.shared().context.group_id;
  stored = std::make_unique<GroupStore>(state_, group_id);
  epoch.message_keys().track_changes();
  batch.erase_all(stored->key());
  batch.put(GroupStore::index_key_of(config().suite, group_id), SecretBytes(BytesView(group_id)));
  put_epoch(batch, stored->place(stored->head), epoch, {});
  batch.put(stored->below("s"), tls_codec::encode_secret(GroupRecord{kRecordVersion,
                                                                     group_id,
                                                                     static_cast<std::uint8_t>(GroupStatus::active),
                                                                     stored->head,
                                                                     {},
                                                                     {},
                                                                     record_of(identity),
                                                                     init_secret.clone()}));
  DMLS_CHECK(state_->store()->write(batch));
  stored->take_over();
  return stored;
}

Result<bool> Client::knows_group(BytesView group_id) const {
  if (state_->store() == nullptr) return false;
  const Bytes key = storage::below(GroupStore::key_of(config().suite, group_id), "s");
  DMLS_TRY(const auto octets, state_->store()->read(key));
  if (!octets) return false;
  DMLS_TRY(const auto record, decode_record<GroupRecord>(octets->expose()));
  // Who was removed may come back: enter() replaces what is stored.
  return record.status != static_cast<std::uint8_t>(GroupStatus::removed);
}

Result<std::vector<Bytes>> Client::stored_groups() const {
  std::vector<Bytes> out;
  if (state_->store() == nullptr) return out;
  DMLS_TRY(const auto entries, values_below(*state_->store(), index_key()));
  for (const SecretBytes& id : entries) out.push_back(to_bytes(id.expose()));
  return out;
}

Result<Group> Client::load_group(BytesView group_id) {
  if (state_->store() == nullptr) return fail(dmls::errc::kMisuse, "this client has no store");
  if (state_->groups.contains(group_id)) return fail(errc::kKnownGroup, "there is a Group object of this id already");
  return Group::load(state_, group_id);
}

Result<void> Client::forget_group(BytesView group_id) {
  storage::Store* const store = state_->store();
  if (store == nullptr) return {};
  storage::Batch batch;
  const Bytes key = GroupStore::key_of(config().suite, group_id);
  batch.erase_all(key);
  batch.erase(GroupStore::index_key_of(config().suite, group_id));
  DMLS_CHECK(store->write(batch));
  ++state_->owners[key];
  return {};
}

// ---- entries that have not happened --------------------------------------------------------------------------------

Result<void> Client::save_entry(detail::TransitionState& state) {
  storage::Store* const store = state_->store();
  if (store == nullptr) return {};
  DMLS_TRY(const auto present, numbered_records(*store, entries_key()));
  const std::uint64_t number = present.empty() ? 1 : present.back().number + 1;
  storage::Batch batch;
  put_epoch(batch, entry_place(number), *state.next, {});
  batch.put(entry_key(number), record_of(state));
  DMLS_CHECK(store->write(batch));
  state.stored_as = number;
  return {};
}

// A number is given again once its record is gone: it is the content that tells.
Result<bool> Client::is_pending(const detail::TransitionState& state) const {
  storage::Store* const store = state_->store();
  if (store == nullptr) return false;
  DMLS_TRY(const auto present, store->read(entry_key(state.stored_as)));
  return present && *present == record_of(state);
}

Result<std::vector<Transition>> Client::pending_entries() const {
  std::vector<Transition> out;
  storage::Store* const store = state_->store();
  if (store == nullptr) return out;
  DMLS_TRY(const auto records, numbered_records(*store, entries_key()));
  for (const NumberedRecord& entry : records) {
    DMLS_TRY(auto record, decode_record<OwnCommitRecord>(entry.value.expose()));
    DMLS_TRY(auto state, transition_from(std::move(record), config()));
    const EpochPlace place = entry_place(entry.number);
    DMLS_TRY(state->next, EpochLoader(*store, place.group, config().suite).load(place.id));
    state->kind = TransitionKind::entry;
    state->stored_as = entry.number;
    out.push_back(Transition(std::move(state)));
  }
  return out;
}

Result<void> Client::discard(Transition transition) {
  const detail::TransitionState& state = *transition.state_;
  if (state.kind != TransitionKind::entry)
    return fail(dmls::errc::kMisuse, "a transition within a group is for Group::discard()");
  if (state.stored_as == 0) return {};
  DMLS_TRY(const bool pending, is_pending(state));
  if (!pending) return {};  // forgotten already
  storage::Batch batch;
  batch.erase_all(entry_key(state.stored_as));
  return state_->store()->write(batch);
}

}  // namespace dmls::group
