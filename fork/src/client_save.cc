// What a client keeps in its store.

#include <dmls/fork/client.h>
#include <dmls/group/error.h>

#include "session_state.h"

namespace dmls::fork {

Result<void> Client::load() {
  storage::Store* const store = state_->store();
  if (store == nullptr) return {};
  DMLS_TRY(const auto present, store->read(demls_key("v")));
  if (!present) {
    storage::Batch batch;
    batch.put(demls_key("v"),
              SecretBytes(BytesView(tls_codec::encode(ClientRecord{kRecordVersion, config_->suite.id()}))));
    return store->write(batch);
  }
  DMLS_TRY(const auto record, group::decode_record<ClientRecord>(present->expose()));
  if (record.cipher_suite != config_->suite.id())
    return fail(dmls::errc::kMisuse, "the store holds a client of another cipher suite");
  std::vector<SecretBytes> packages;
  DMLS_CHECK(store->for_each(demls_key("k"), [&](BytesView, BytesView value) -> Result<void> {
    packages.push_back(SecretBytes(value));
    return {};
  }));
  for (const SecretBytes& octets : packages) {
    DMLS_TRY(auto stored, group::decode_record<group::KeyPackageRecord>(octets.expose()));
    DMLS_TRY(auto bundle, group::bundle_from(std::move(stored), config_->suite));
    Bytes reference = treekem::key_package_ref(config_->suite, bundle.key_package);
    key_packages_.emplace(std::move(reference), std::move(bundle));
  }
  return {};
}

Result<void> Client::save_key_package(const Bytes& reference, const treekem::KeyPackageBundle& bundle) {
  if (state_->store() == nullptr) return {};
  storage::Batch batch;
  batch.put(storage::below(demls_key("k"), BytesView(reference)), group::record_of(bundle));
  return state_->store()->write(batch);
}

Result<bool> Client::knows(BytesView group_id) const {
  if (state_->store() == nullptr) return false;
  const Bytes key = storage::below(SessionStore::key_of(config_->suite, group_id), "s");
  DMLS_TRY(const auto octets, state_->store()->read(key));
  return octets.has_value();
}

Result<Session> Client::enter(Session session) {
  Session::State& state = *session.state_;
  if (state.client != state_) return fail(dmls::errc::kMisuse, "the session is another client's");
  DMLS_CHECK(state.store_first());
  return session;
}

Result<std::vector<Bytes>> Client::stored_sessions() const {
  std::vector<Bytes> out;
  if (state_->store() == nullptr) return out;
  DMLS_CHECK(state_->store()->for_each(demls_key("i"), [&](BytesView, BytesView value) -> Result<void> {
    out.push_back(to_bytes(value));
    return {};
  }));
  return out;
}

Result<Session> Client::load_session(BytesView group_id) {
  if (state_->store() == nullptr) return fail(dmls::errc::kMisuse, "this client has no store");
  if (state_->sessions.count(to_bytes(group_id)) != 0)
    return fail(group::errc::kKnownGroup, "there is a Session object of this group already");
  auto state = std::make_unique<Session::State>(state_, Signalling{});
  state->group_id = to_bytes(group_id);
  state->stored = std::make_unique<SessionStore>(state_, group_id);
  DMLS_CHECK(state->load());
  return Session(std::move(state));
}

Result<void> Client::forget_session(BytesView group_id) {
  storage::Store* const store = state_->store();
  if (store == nullptr) return {};
  storage::Batch batch;
  const Bytes key = SessionStore::key_of(config_->suite, group_id);
  batch.erase_all(key);
  batch.erase(SessionStore::index_key_of(config_->suite, group_id));
  DMLS_CHECK(store->write(batch));
  ++state_->owners[key];
  return {};
}

}  // namespace dmls::fork
