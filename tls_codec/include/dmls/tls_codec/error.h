#pragma once
#include <dmls/base/error.h>

namespace dmls::tls_codec::errc {
inline constexpr Errc kTruncated{0x0100};       // the input ends inside a field
inline constexpr Errc kTrailingOctets{0x0101};  // the value was complete, the input was not
inline constexpr Errc kLengthEncoding{0x0102};  // a vector length is not minimal, or uses the reserved prefix
inline constexpr Errc kInvalidValue{0x0103};    // a discriminant or flag outside its closed set
}  // namespace dmls::tls_codec::errc
