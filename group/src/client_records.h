#pragma once
// Keys of a client's own records, see stored_records.h.
#include <dmls/storage/key.h>

namespace dmls::group {

inline Bytes client_key() { return storage::below({}, "v"); }
inline Bytes key_packages_key() { return storage::below({}, "k"); }
inline Bytes key_package_key(BytesView reference) { return storage::below(key_packages_key(), reference); }
inline Bytes psks_key() { return storage::below({}, "p"); }
inline Bytes index_key() { return storage::below({}, "i"); }
inline Bytes entries_key() { return storage::below({}, "x"); }
inline Bytes entry_key(std::uint64_t number) { return storage::below(entries_key(), number); }

}  // namespace dmls::group
