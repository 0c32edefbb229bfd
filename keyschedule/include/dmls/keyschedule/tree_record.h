#pragma once
// How a SecretTree is kept in a store: one record per secret, so that a message changes a record or two, whatever the
// size of the group.

#include <dmls/base/secret.h>
#include <dmls/tls_codec/codec.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <tuple>

namespace dmls::keyschedule {

// Each leaf has two ratchets.
enum class RatchetKind : std::uint8_t {
  handshake = 0,    // of proposals and commits
  application = 1,  // of application data
};

// Which secret a record holds.
enum class RecordType : std::uint8_t {
  tree = 0,     // one per tree: version, suite, size, limits
  node = 1,     // the secret of a tree node
  ratchet = 2,  // where a ratchet stands, and its secret
  skipped = 3,  // key and nonce of a generation that was skipped
};

// RecordKey names a record. Its encoding has 10 octets; it sorts as the key does.
struct RecordKey {
  RecordType type = RecordType::tree;         // decides the order first
  std::uint32_t index = 0;                    // of a node, or of a leaf; 0 for `tree`
  RatchetKind kind = RatchetKind::handshake;  // of `ratchet` and `skipped`; handshake for the others
  std::uint32_t generation = 0;               // of `skipped`; 0 for the others

  static constexpr auto fields(auto& s) { return std::tie(s.type, s.index, s.kind, s.generation); }
  auto operator<=>(const RecordKey&) const = default;
};

// Record is a key and its value. What the value means is between SecretTree::records() and SecretTree::restore(), and
// stays readable by later versions. It is secret.
struct Record {
  RecordKey key;      // each once in a tree
  SecretBytes value;  // its form depends on key.type
};

// RecordChange is a new value for a key, or the end of its record: then nothing of it may stay behind (RFC 9420 §9.2).
struct RecordChange {
  RecordKey key;                     // each once in a list of changes
  std::optional<SecretBytes> value;  // nothing: the record is to be erased
};

}  // namespace dmls::keyschedule
