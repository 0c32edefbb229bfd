#pragma once
// Names of records.
//
// A key is a sequence of components, each struct { uint8 length; opaque component[length]; }. A prefix of whole
// components names everything below it, and nothing else: no component is the beginning of another.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace dmls::storage {

// `prefix` with one more component, of at most 255 octets (panic otherwise).
[[nodiscard]] Bytes below(BytesView prefix, BytesView component);
// The same with the characters of a string.
[[nodiscard]] Bytes below(BytesView prefix, std::string_view component);
// With one component of 8 octets, big-endian: keys sort as the numbers do.
[[nodiscard]] Bytes below(BytesView prefix, std::uint64_t number);

// The components of a key, borrowed from it. kMalformedKey.
Result<std::vector<BytesView>> components(BytesView key);

// Whether `key` begins with `prefix`.
[[nodiscard]] bool starts_with(BytesView key, BytesView prefix);

}  // namespace dmls::storage
