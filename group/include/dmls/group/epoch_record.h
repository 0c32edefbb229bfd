#pragma once
// How epochs are kept in a store. For whoever keeps epochs: a linear history, or one that forks.
//
// All epochs of one group live below one key G, so that they share what their ratchet trees have in common:
//
//   G "n" tree_hash          a node of one or several ratchet trees, see <dmls/treekem/tree_record.h>
//   G "e" id "p"             what all members share:  struct { uint16 version = 1; uint32 leaf_count;
//                            GroupContext context; opaque confirmation_tag<V>; uint64 entered_at; }
//   G "e" id "s"             what this member holds:  struct { uint16 version = 1; opaque sender_data_secret<V>;
//                            opaque exporter_secret<V>; opaque external_secret<V>; opaque membership_key<V>;
//                            opaque resumption_psk<V>; opaque epoch_authenticator<V>; opaque tree_secrets<V>; }
//   G "e" id "m" RecordKey   the secret tree, one record for each secret, see <dmls/keyschedule/tree_record.h>
//   G "e" id ...             anything else of the epoch, at the keeper's choice; it goes when the epoch is erased
//
// An epoch that follows one that is stored costs O(log n) octets; a message, one record or a few.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/group/epoch.h>
#include <dmls/keyschedule/tree_record.h>
#include <dmls/storage/store.h>
#include <dmls/treekem/tree_record.h>

#include <memory>
#include <span>

namespace dmls::group {

// EpochPlace says where one epoch of a group is kept. `id`: up to 255 octets (panic otherwise), unique in the group.
struct EpochPlace {
  Bytes group;  // the key G
  Bytes id;     // the keeper's own name for the epoch, see above
  // The key that all records of this epoch alone begin with.
  [[nodiscard]] Bytes key() const;
};

// Puts all records of an epoch. `stored`: trees of the same group whose nodes are in the store, or earlier in the
// batch; the more of them, the less is written. Call message_keys().track_changes() before its first message.
void put_epoch(storage::Batch&, const EpochPlace&, const Epoch&, std::span<const treekem::RatchetTree> stored);

// Puts what Epoch::retire() leaves of its secrets over those of a stored epoch, whether it was called already or is
// about to be.
void put_retired(storage::Batch&, const EpochPlace&, const Epoch&);

// Puts and erases what changed in the secret tree of a stored epoch.
void put_message_keys(storage::Batch&, const EpochPlace&, std::span<const keyschedule::RecordChange>);

// Erases everything below place.key(), and the nodes that only this epoch's tree has. `living`: the trees of all epochs
// of the group that stay.
void erase_epoch(storage::Batch&, const EpochPlace&, const treekem::RatchetTree&,
                 std::span<const treekem::RatchetTree> living);

// EpochLoader reads epochs of one group back. Their trees share memory. Borrows the store.
class EpochLoader {
 public:
  // `group`: the key G. The suite is the one that the group was written with.
  EpochLoader(storage::Store&, Bytes group, const crypto::CipherSuite&);

  // The epoch, which notes from now on what changes in its message keys. storage::errc::kMalformedRecord,
  // kUnknownFormat, or errors of the store and the layers below.
  Result<Epoch> load(BytesView id);

 private:
  Result<std::shared_ptr<const PublicEpoch>> load_shared(const EpochPlace&);
  Result<MemberSecrets> load_secrets(const EpochPlace&);

  storage::Store* store_;
  Bytes group_;
  crypto::CipherSuite suite_;
  treekem::TreeLoader trees_;
};

}  // namespace dmls::group
