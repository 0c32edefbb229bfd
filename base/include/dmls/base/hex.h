#pragma once
// Octets as lower-case hexadecimal digits, for vectors, tools and tests.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>

#include <string>
#include <string_view>

namespace dmls {

// Two digits for each octet.
[[nodiscard]] std::string to_hex(BytesView octets);
// Accepts both cases and nothing but digits; kMisuse for an odd count or any other character.
Result<Bytes> from_hex(std::string_view digits);

}  // namespace dmls
