#pragma once
// A PPRF as records in a store: one record for the root, one for each chain of nodes that a puncture added. A puncture
// adds one record and overwrites a few octets of an older one.
//
//   record 0:    uint16 version = 1; uint16 cipher_suite; uint16 depth; uint8 finisher; uint16 kept_depth;
//                uint8 held; secret                                  held: 1, or 0 with an all-zero secret
//   record n:    uint32 parent; uint16 place; uint16 from; uint16 count; uint8 has_end; depth / 8 octets of input;
//                for each place 0 ... count - 1, and one more if has_end: uint8 held; secret
//
// Place i < count of a record holds the sibling at depth from + i + 1 of the path to `input`; the place after those
// holds the node at depth from + count on that path. A place that is not held is all zero; it is where the record that
// names it as (parent, place) goes on. Record 0 has the single place 0, the root.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/base/secret.h>
#include <dmls/pprf/error.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dmls::pprf {

// Delta is what one puncture changes in a saved state. Both changes, or neither, must become durable.
struct Delta {
  std::uint32_t record = 0;         // number of the record to add: one more than the last
  SecretBytes octets;               // its content; empty if the puncture adds no record
  std::uint32_t erased_record = 0;  // the record of the node that was spent: a part of it is overwritten with zeros
  std::size_t erased_offset = 0;    // where that begins, in octets
  std::size_t erased_length = 0;    // how long it is, in octets
};

// SavedState is the records in memory, in the order of their numbers.
class SavedState {
 public:
  SavedState() = default;
  // Out of a store, record 0 first; Pprf::restore() judges them.
  explicit SavedState(std::vector<SecretBytes> records) : records_(std::move(records)) {}

  // Record n is at place n. They hold secrets.
  [[nodiscard]] const std::vector<SecretBytes>& records() const { return records_; }
  // kMalformed, and no change, if the delta does not follow on this state.
  Result<void> apply(Delta delta);

 private:
  std::vector<SecretBytes> records_;
};

}  // namespace dmls::pprf
