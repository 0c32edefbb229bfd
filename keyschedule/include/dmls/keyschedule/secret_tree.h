#pragma once
// The secret tree and its ratchets: which key protects which message of an epoch. RFC 9420 §9, §6.3.1
//
// Receiving is look, then spend: look() is const and free; the keys die in spend(), which the caller reaches only after
// the message has proved genuine. A forged message costs its receiver no key.
//
//   DMLS_TRY(auto key, tree.look(sender, RatchetKind::application, generation));
//   ... open the AEAD, verify the signature ...
//   DMLS_CHECK(tree.spend(std::move(key)));

#include <dmls/base/result.h>
#include <dmls/crypto/suite.h>
#include <dmls/keyschedule/error.h>
#include <dmls/keyschedule/key_and_nonce.h>
#include <dmls/keyschedule/secrets.h>
#include <dmls/keyschedule/tree_record.h>
#include <dmls/tree_math/tree_math.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace dmls::keyschedule {

// How far a ratchet follows messages that arrive out of order.
struct RatchetLimits {
  // The furthest generation that look() derives is `next + max_ahead`, where `next` is the first one that was not
  // derived yet. Anything beyond is refused at once.
  std::uint32_t max_ahead = 1000;
  // How many keys of skipped generations one ratchet keeps; the oldest go first. It bounds what a sender can make its
  // receivers remember: about 50 octets a key, in each of its two ratchets.
  std::uint32_t max_kept = 1000;
  bool operator==(const RatchetLimits&) const = default;
};

// RatchetKey is the key of one generation, looked at but not spent.
class RatchetKey {
 public:
  // What was moved from belongs to no tree: kMisuse when it is spent.
  RatchetKey(RatchetKey&&) noexcept;
  RatchetKey& operator=(RatchetKey&&) noexcept;

  // The sender that look() was asked about.
  [[nodiscard]] tree_math::LeafIndex leaf() const { return leaf_; }
  // Which of the sender's two ratchets.
  [[nodiscard]] RatchetKind kind() const { return kind_; }
  // How often that ratchet had advanced: 0 for its first key.
  [[nodiscard]] std::uint32_t generation() const { return generation_; }
  // AEAD.Nk octets, borrowed from this object.
  [[nodiscard]] BytesView key() const { return material_.expose().first(key_size_); }
  // AEAD.Nn octets, borrowed likewise, before the reuse guard is applied.
  [[nodiscard]] BytesView nonce() const { return material_.expose().subspan(key_size_); }

 private:
  friend class SecretTree;
  friend class Ratchet;
  RatchetKey() = default;
  void wipe();

  std::uint64_t tree_ = 0;  // which tree it came from; 0: none, moved from
  tree_math::LeafIndex leaf_;
  RatchetKind kind_ = RatchetKind::handshake;
  std::uint32_t generation_ = 0;
  std::size_t key_size_ = 0;
  SecretBytes material_;  // key and nonce, in one piece
  // What the ratchet becomes when the key is spent: the keys of generations skipped, the secret of generation_ + 1.
  SecretBytes skipped_;
  SecretBytes next_secret_;
};

// SentKey is the key of the caller's own next message. It is spent already: the tree has forgotten it.
struct SentKey {
  std::uint32_t generation = 0;  // for the message's SenderData
  KeyAndNonce material;          // before the reuse guard is applied
};

// PreparedSpend is a spend that was worked out and has not happened: dropping it changes nothing.
class PreparedSpend {
 public:
  // What was moved from cannot be finished: kMisuse.
  PreparedSpend(PreparedSpend&&) noexcept;
  PreparedSpend& operator=(PreparedSpend&&) noexcept;
  ~PreparedSpend();
  // What it changes in the records of the tree.
  [[nodiscard]] const std::vector<RecordChange>& changes() const { return changes_; }

 private:
  friend class SecretTree;
  struct Scratch;
  explicit PreparedSpend(std::unique_ptr<Scratch>);
  std::unique_ptr<Scratch> scratch_;
  std::vector<RecordChange> changes_;
};

// SecretTree holds the message keys of one epoch. Nothing is derived before it is needed: an untouched tree is one
// secret, whatever its size, and a leaf costs log n node secrets when its first key is spent. Node secrets die as their
// children are derived, ratchet secrets as the ratchet advances (RFC 9420 §9.2). Move-only. look() may be called from
// several threads at a time; the others may not.
class SecretTree {
 public:
  // kWrongLength unless the secret has KDF.Nh octets.
  static Result<SecretTree> create(const crypto::CipherSuite&, tree_math::LeafCount, EncryptionSecret,
                                   RatchetLimits = {});
  // What was moved from may only be assigned to, or destroyed.
  SecretTree(SecretTree&&) noexcept;
  SecretTree& operator=(SecretTree&&) noexcept;
  ~SecretTree();

  // The key of one generation, without changing anything.
  // kNoSuchLeaf; kGenerationSpent if it was spent, or dropped from the window; kGenerationTooFarAhead (at no cost).
  Result<RatchetKey> look(tree_math::LeafIndex leaf, RatchetKind kind, std::uint32_t generation) const;

  // Spends a key that look() gave: the key and every secret it was derived from are gone, skipped generations are kept
  // within the window. Keys may be spent in any order, whatever happened since they were looked at.
  // The key object is wiped, whatever the outcome. kGenerationSpent if the same generation was spent meanwhile; kMisuse
  // for a key of another tree: nothing changed then.
  Result<void> spend(RatchetKey&&);

  // The same in two steps, for a store that has to know first: this one says what would change. Takes the key, and
  // fails, as spend() does.
  Result<PreparedSpend> prepare(RatchetKey&&) const;
  // With this one it happens; take_changes() does not give the changes again. kMisuse, and nothing changed, if the tree
  // changed in between, or is not the one that prepared it.
  Result<void> finish(PreparedSpend&&);

  // The key of the next message that `own` sends; spent at once, and never given again.
  // kNoSuchLeaf; kRatchetExhausted when no generation is left.
  Result<SentKey> next(tree_math::LeafIndex own, RatchetKind);
  // The generation that next() would use; 2^32 when none is left. kNoSuchLeaf.
  Result<std::uint64_t> next_generation(tree_math::LeafIndex, RatchetKind) const;

  // What create() or restore() was given.
  [[nodiscard]] const crypto::CipherSuite& suite() const;
  // Leaves of the ratchet tree that create() was told of, blank ones included.
  [[nodiscard]] tree_math::LeafCount leaf_count() const;
  // What create() was given; they stand in the records too.
  [[nodiscard]] const RatchetLimits& limits() const;

  // The whole tree as records, in order of their keys.
  [[nodiscard]] std::vector<Record> records() const;
  // From now on the tree notes which records change. A message changes one or two (the ratchet; a skipped key), a jump
  // one more for each generation skipped, the first message of a leaf log n more.
  void track_changes();
  // What spend() and next() changed since the last call, each key once, in order. To be stored in one transaction, and
  // durably so before a message that next() gave the key for leaves (RFC 9420 §6.3.1): the tree does not give the same
  // changes again.
  [[nodiscard]] std::vector<RecordChange> take_changes();
  // They could not be stored: the next take_changes() gives these keys again, with the values they have by then. Only
  // for what take_changes() of this tree gave; keys of ratchets that it does not have are left aside.
  void changes_not_stored(std::span<const RecordChange>);
  // The tree that has these records, in any order. kInvalidState if they are not exactly those of one tree of `suite`.
  static Result<SecretTree> restore(const crypto::CipherSuite& suite, std::span<const Record> records);

  // What remembering costs: secrets of tree nodes, each for the leaves below it that have not been started.
  [[nodiscard]] std::size_t node_secrets() const;
  // Leaves that have been started: a key of theirs was spent, and both ratchets are kept.
  [[nodiscard]] std::size_t started_leaves() const;
  // Keys of skipped generations, of all leaves. Linear in the number of started ones.
  [[nodiscard]] std::size_t skipped_keys() const;

 private:
  friend class PreparedSpend;
  struct State;
  Result<void> look_into(RatchetKey&) const;
  explicit SecretTree(std::unique_ptr<State>);
  std::unique_ptr<State> state_;
};

}  // namespace dmls::keyschedule
