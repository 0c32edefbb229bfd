#include "group_store.h"

#include <dmls/crypto/hash.h>
#include <dmls/group/error.h>

#include <algorithm>

namespace dmls::group {

Bytes GroupStore::key_of(const crypto::CipherSuite& suite, BytesView group_id) {
  return storage::below(storage::below({}, "g"), BytesView(crypto::hash(suite, group_id)));
}

Bytes GroupStore::index_key_of(const crypto::CipherSuite& suite, BytesView group_id) {
  return storage::below(storage::below({}, "i"), BytesView(crypto::hash(suite, group_id)));
}

GroupStore::GroupStore(std::shared_ptr<ClientState> client, BytesView group_id)
    : client_(std::move(client)), key_(key_of(client_->config->suite, group_id)) {}

Result<void> GroupStore::write(const storage::Batch& batch) {
  if (client_->owners[key_] != owner_)
    return fail(errc::kStale, "the group was entered anew, loaded or forgotten: this object is out of date");
  return client_->config->store->write(batch);
}

EpochPlace GroupStore::place(std::uint64_t epoch_id) const {
  EpochPlace place{key_, Bytes(8)};
  for (std::size_t i = 0; i < 8; ++i) place.id[i] = static_cast<std::uint8_t>(epoch_id >> (56 - 8 * i));
  return place;
}

const GroupStore::ReceivedCommit* GroupStore::find_received(BytesView message_hash) const {
  const auto found = std::find_if(received.begin(), received.end(), [&](const ReceivedCommit& commit) {
    return std::equal(commit.message_hash.begin(), commit.message_hash.end(), message_hash.begin(), message_hash.end());
  });
  return found == received.end() ? nullptr : &*found;
}

void GroupStore::keep_received(const ReceivedCommit& commit, storage::Batch& batch) const {
  batch.put(below("c", commit.number), record_of(commit.content, commit.message_hash));
  if (received.size() >= kMaxReceived) batch.erase(below("c", received.front().number));
}

void GroupStore::kept_received(ReceivedCommit commit) {
  if (received.size() >= kMaxReceived) received.pop_front();
  received.push_back(std::move(commit));
}

SecretBytes record_of(const detail::TransitionState& state) {
  OwnCommitRecord record{kRecordVersion,
                         state.changes,
                         state.message,
                         {},
                         state.authenticated_data,
                         record_of(state.identity),
                         static_cast<std::uint8_t>(state.new_identity ? 1 : 0),
                         state.init_secret.clone()};
  for (const OutgoingWelcome& welcome : state.welcomes) {
    WelcomeRecord& out = record.welcomes.emplace_back(WelcomeRecord{welcome.message, {}});
    for (const LeafIndex leaf : welcome.recipients) out.recipients.push_back(leaf.value());
  }
  return tls_codec::encode_secret(record);
}

Result<std::shared_ptr<detail::TransitionState>> transition_from(OwnCommitRecord record, const ClientConfig& config) {
  auto state = std::make_shared<detail::TransitionState>();
  DMLS_TRY(state->identity, identity_from(std::move(record.identity), config));
  state->own = true;
  state->changes = std::move(record.changes);
  state->message = std::move(record.message);
  state->authenticated_data = std::move(record.authenticated_data);
  state->new_identity = record.new_identity != 0;
  state->init_secret = std::move(record.init_secret);
  for (WelcomeRecord& welcome : record.welcomes) {
    OutgoingWelcome& out = state->welcomes.emplace_back(OutgoingWelcome{std::move(welcome.message), {}});
    for (const std::uint32_t recipient : welcome.recipients) {
      const auto leaf = LeafIndex::from(std::uint64_t{recipient});
      if (!leaf) return fail(storage::errc::kMalformedRecord, "stored client: a leaf out of range");
      out.recipients.push_back(*leaf);
    }
  }
  return state;
}

}  // namespace dmls::group
