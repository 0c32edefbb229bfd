#include <dmls/group/epoch_record.h>
#include <dmls/keyschedule/transcript.h>
#include <dmls/storage/error.h>
#include <dmls/tls_codec/codec.h>

#include <utility>
#include <vector>

#include "next_epoch.h"

namespace dmls::group {
namespace {

using storage::below;

constexpr std::uint16_t kVersion = 1;

struct PublicRecord {
  std::uint16_t version = kVersion;
  std::uint32_t leaf_count = 0;
  keyschedule::GroupContext context;
  Bytes confirmation_tag;
  std::uint64_t entered_at = 0;
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.leaf_count, s.context, s.confirmation_tag, s.entered_at);
  }
};

struct SecretRecord {
  std::uint16_t version = kVersion;
  keyschedule::SenderDataSecret sender_data_secret;
  keyschedule::ExporterSecret exporter_secret;
  keyschedule::ExternalSecret external_secret;
  keyschedule::MembershipKey membership_key;
  keyschedule::ResumptionPsk resumption_psk;
  keyschedule::EpochAuthenticator epoch_authenticator;
  SecretBytes tree_secrets;
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.sender_data_secret, s.exporter_secret, s.external_secret, s.membership_key,
                    s.resumption_psk, s.epoch_authenticator, s.tree_secrets);
  }
};

Bytes nodes_key(BytesView group) { return below(group, "n"); }
Bytes epoch_key(BytesView group, BytesView id) { return below(below(group, "e"), id); }
Bytes public_key(BytesView epoch) { return below(epoch, "p"); }
Bytes secret_key(BytesView epoch) { return below(epoch, "s"); }
Bytes message_keys_key(BytesView epoch) { return below(epoch, "m"); }

SecretBytes secrets_of(const MemberSecrets& own) {
  return tls_codec::encode_secret(SecretRecord{kVersion, own.sender_data.secret().clone(), own.exporter_secret.clone(),
                                               own.external_secret.clone(), own.membership_key.clone(),
                                               own.resumption_psk.clone(), own.epoch_authenticator.clone(),
                                               own.tree_secrets.encode()});
}

Unexpected malformed(const char* rule) { return fail(storage::errc::kMalformedRecord, rule); }

// A record that has to be there, and starts with a version.
template <class T>
Result<T> read_record(storage::Store& store, BytesView key) {
  DMLS_TRY(const auto octets, store.read(key));
  if (!octets) return malformed("stored epoch: a record is missing");
  auto record = tls_codec::decode<T>(octets->expose());
  if (!record) return malformed("stored epoch: a record cannot be read");
  if (record->version != kVersion) return fail(storage::errc::kUnknownFormat, "stored epoch: of another version");
  return record;
}

}  // namespace

Bytes EpochPlace::key() const { return epoch_key(group, id); }

void put_epoch(storage::Batch& batch, const EpochPlace& place, const Epoch& epoch,
               std::span<const treekem::RatchetTree> stored) {
  const PublicEpoch& shared = epoch.shared();
  const Bytes nodes = nodes_key(place.group), key = place.key(), message_keys = message_keys_key(key);
  treekem::for_each_node_beyond(shared.tree, stored, [&](const treekem::TreeNodeHandle& node) {
    batch.put(below(nodes, node.tree_hash()), SecretBytes(BytesView(node.encode())));
  });
  const Bytes record = tls_codec::encode(PublicRecord{kVersion, shared.tree.leaf_count().value(), shared.context,
                                                      shared.confirmation_tag, shared.entered_at});
  batch.put(public_key(key), SecretBytes(BytesView(record)));
  batch.put(secret_key(key), secrets_of(epoch.own()));
  for (auto& secret : epoch.own().message_keys.records())
    batch.put(below(message_keys, BytesView(tls_codec::encode(secret.key))), std::move(secret.value));
}

void put_retired(storage::Batch& batch, const EpochPlace& place, const Epoch& epoch) {
  const MemberSecrets& own = epoch.own();
  batch.put(secret_key(place.key()),
            tls_codec::encode_secret(SecretRecord{kVersion,
                                                  own.sender_data.secret().clone(),
                                                  {},
                                                  {},
                                                  own.membership_key.clone(),
                                                  {},
                                                  {},
                                                  treekem::TreeSecrets(epoch.own_leaf(), {}).encode()}));
}

void put_message_keys(storage::Batch& batch, const EpochPlace& place,
                      std::span<const keyschedule::RecordChange> changes) {
  const Bytes message_keys = message_keys_key(place.key());
  for (const auto& change : changes) {
    Bytes key = below(message_keys, BytesView(tls_codec::encode(change.key)));
    if (change.value) {
      batch.put(std::move(key), change.value->clone());
    } else {
      batch.erase(std::move(key));
    }
  }
}

void erase_epoch(storage::Batch& batch, const EpochPlace& place, const treekem::RatchetTree& tree,
                 std::span<const treekem::RatchetTree> living) {
  batch.erase_all(place.key());
  const Bytes nodes = nodes_key(place.group);
  treekem::for_each_node_beyond(
      tree, living, [&](const treekem::TreeNodeHandle& node) { batch.erase(below(nodes, node.tree_hash())); });
}

EpochLoader::EpochLoader(storage::Store& store, Bytes group, const crypto::CipherSuite& suite)
    : store_(&store),
      group_(std::move(group)),
      suite_(suite),
      trees_(suite, [s = &store, nodes = nodes_key(group_)](BytesView name) -> Result<std::optional<Bytes>> {
        DMLS_TRY(const auto record, s->read(below(nodes, name)));
        if (!record) return std::optional<Bytes>();
        return std::optional<Bytes>(to_bytes(record->expose()));
      }) {}

Result<Epoch> EpochLoader::load(BytesView id) {
  const EpochPlace place{group_, to_bytes(id)};
  DMLS_TRY(auto shared, load_shared(place));
  DMLS_TRY(auto own, load_secrets(place));
  if (!shared->tree.is_member(own.tree_secrets.leaf_index()) ||
      own.message_keys.leaf_count() != shared->tree.leaf_count())
    return malformed("stored epoch: secrets of another epoch");
  return Epoch(std::move(shared), std::move(own));
}

Result<std::shared_ptr<const PublicEpoch>> EpochLoader::load_shared(const EpochPlace& place) {
  DMLS_TRY(auto record, read_record<PublicRecord>(*store_, public_key(place.key())));
  const auto size = tree_math::LeafCount::from(record.leaf_count);
  if (!size || record.context.cipher_suite != suite_.id()) return malformed("stored epoch: another suite, or no size");
  DMLS_TRY(auto extensions, parse_extensions_content(record.context.extensions));
  DMLS_TRY(auto tree, trees_.load(*size, record.context.tree_hash));
  Bytes interim =
      keyschedule::interim_transcript_hash(suite_, record.context.confirmed_transcript_hash, record.confirmation_tag);
  Bytes encoded = tls_codec::encode(record.context);
  return std::make_shared<const PublicEpoch>(
      PublicEpoch{suite_, std::move(record.context), std::move(encoded), std::move(extensions), std::move(tree),
                  std::move(record.confirmation_tag), std::move(interim), record.entered_at});
}

Result<MemberSecrets> EpochLoader::load_secrets(const EpochPlace& place) {
  DMLS_TRY(auto record, read_record<SecretRecord>(*store_, secret_key(place.key())));
  DMLS_TRY(auto tree_secrets, treekem::TreeSecrets::decode(suite_, record.tree_secrets.expose()));
  const Bytes prefix = message_keys_key(place.key());
  std::vector<keyschedule::Record> records;
  DMLS_CHECK(store_->for_each(prefix, [&](BytesView key, BytesView value) -> Result<void> {
    DMLS_TRY(const auto parts, storage::components(key.subspan(prefix.size())));
    if (parts.size() != 1) return malformed("stored epoch: a message key with another name");
    auto name = tls_codec::decode<keyschedule::RecordKey>(parts[0]);
    if (!name) return malformed("stored epoch: a message key with another name");
    records.push_back({*name, SecretBytes(value)});
    return {};
  }));
  DMLS_TRY(auto message_keys, keyschedule::SecretTree::restore(suite_, records));
  message_keys.track_changes();
  return MemberSecrets{std::move(tree_secrets),
                       std::move(message_keys),
                       keyschedule::SenderDataKeys(suite_, record.sender_data_secret),
                       std::move(record.exporter_secret),
                       std::move(record.external_secret),
                       std::move(record.membership_key),
                       std::move(record.resumption_psk),
                       std::move(record.epoch_authenticator)};
}

}  // namespace dmls::group
