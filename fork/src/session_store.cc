#include "session_store.h"

#include <dmls/crypto/hash.h>
#include <dmls/group/error.h>

#include <algorithm>

namespace dmls::fork {

Bytes SessionStore::key_of(const crypto::CipherSuite& suite, BytesView group_id) {
  return storage::below(demls_key("s"), BytesView(crypto::hash(suite, group_id)));
}

Bytes SessionStore::index_key_of(const crypto::CipherSuite& suite, BytesView group_id) {
  return storage::below(demls_key("i"), BytesView(crypto::hash(suite, group_id)));
}

SessionStore::SessionStore(std::shared_ptr<ClientState> client, BytesView group_id)
    : client_(std::move(client)), group_id_(to_bytes(group_id)), key_(key_of(client_->config->suite, group_id)) {}

SessionStore::~SessionStore() {
  if (owner_ == 0) return;
  if (const auto found = client_->sessions.find(group_id_); found != client_->sessions.end())
    client_->sessions.erase(found);
}

void SessionStore::take_over() {
  if (owner_ == 0) client_->sessions.insert(group_id_);
  owner_ = ++client_->owners[key_];
}

Result<void> SessionStore::check_owner() const {
  if (owner_ == 0)
    return fail(dmls::errc::kMisuse, "this session was not entered: Client::enter(), or Session::replace_with()");
  if (client_->owners[key_] != owner_)
    return fail(group::errc::kStale, "the session was entered anew, loaded or forgotten: this object is out of date");
  return {};
}

Result<void> SessionStore::write(const storage::Batch& batch) {
  DMLS_CHECK(check_owner());
  return batch.empty() ? Result<void>() : store().write(batch);
}

Result<void> SessionStore::write_first(const storage::Batch& batch) {
  DMLS_CHECK(store().write(batch));
  take_over();
  used_up.clear();
  return {};
}

void SessionStore::put_live(storage::Batch& batch, const LiveEpoch& at) const {
  LiveRecord record{kRecordVersion,
                    group::record_of(at.identity),
                    at.left_at,
                    static_cast<std::uint8_t>(at.closed),
                    static_cast<std::uint8_t>(at.punctured),
                    at.removed_here,
                    {}};
  for (const auto& past : at.past_psks) record.past_psks.push_back(past->id.octets());
  batch.put(of_epoch(at.id, "l"), SecretBytes(BytesView(tls_codec::encode(record))));
}

void SessionStore::put_epoch(storage::Batch& batch, LiveEpoch& at, std::span<const treekem::RatchetTree> stored) const {
  at.epoch.message_keys().track_changes();
  group::put_epoch(batch, place(at.id), at.epoch, stored);
  put_live(batch, at);
  const Bytes pprf = of_epoch(at.id, "r");
  std::uint64_t number = 0;
  const pprf::SavedState saved = at.pprf.save();
  for (const SecretBytes& record : saved.records()) batch.put(storage::below(pprf, number++), record.clone());
}

void SessionStore::put_pending(storage::Batch& batch, const NodeId& parent, const PendingCommit& pending) const {
  PendingRecord record{kRecordVersion,
                       pending.shown.node.octets(),
                       pending.shown.changes,
                       pending.shown.message,
                       {},
                       pending.inner_hash,
                       pending.evaluation ? SecretBytes(pending.evaluation->input()) : SecretBytes()};
  for (const Welcome& welcome : pending.welcomes) {
    group::WelcomeRecord& out = record.welcomes.emplace_back(group::WelcomeRecord{welcome.message, {}});
    for (const LeafIndex leaf : welcome.recipients) out.recipients.push_back(leaf.value());
  }
  batch.put(storage::below(of_epoch(parent, "o"), BytesView(pending.shown.commit.octets())),
            tls_codec::encode_secret(record));
}

Result<void> SessionStore::put_puncture(storage::Batch& batch, const NodeId& id, pprf::Delta delta) const {
  const Bytes records = of_epoch(id, "r");
  Bytes key = storage::below(records, std::uint64_t{delta.erased_record});
  DMLS_TRY(auto old, store().read(key));
  if (!old || delta.erased_offset > old->size() || delta.erased_length > old->size() - delta.erased_offset)
    return fail(storage::errc::kMalformedRecord, "stored session: a record of a PPRF is missing, or too short");
  const auto range = old->expose_mut().subspan(delta.erased_offset, delta.erased_length);
  std::fill(range.begin(), range.end(), std::uint8_t{0});
  batch.put(std::move(key), *std::move(old));
  if (!delta.octets.empty()) batch.put(storage::below(records, std::uint64_t{delta.record}), std::move(delta.octets));
  return {};
}

void SessionStore::erase_pending(storage::Batch& batch, const NodeId& parent, const PendingCommit& pending,
                                 std::span<const treekem::RatchetTree> living) const {
  batch.erase(storage::below(of_epoch(parent, "o"), BytesView(pending.shown.commit.octets())));
  group::erase_epoch(batch, place(pending.shown.node), pending.child->epoch.shared().tree, living);
}

}  // namespace dmls::fork
