#pragma once
// Length headers of variable-size vectors. RFC 9420 §2.1.2

#include <dmls/tls_codec/reader.h>
#include <dmls/tls_codec/writer.h>

#include <array>
#include <cstddef>

namespace dmls::tls_codec {

// The longest content a vector can have, in octets.
inline constexpr std::size_t kMaxVectorLength = (std::size_t{1} << 30) - 1;

// The two high bits give the size of the header: 1, 2 or 4 octets. Panics beyond kMaxVectorLength.
inline void write_varint(auto& sink, std::size_t n) {
  std::array<std::uint8_t, 4> b;
  if (n < (std::size_t{1} << 6)) {
    b[0] = static_cast<std::uint8_t>(n);
    sink.put(std::span(b).first(1));
  } else if (n < (std::size_t{1} << 14)) {
    b[0] = static_cast<std::uint8_t>(0x40 | (n >> 8));
    b[1] = static_cast<std::uint8_t>(n);
    sink.put(std::span(b).first(2));
  } else if (n <= kMaxVectorLength) {
    b[0] = static_cast<std::uint8_t>(0x80 | (n >> 24));
    b[1] = static_cast<std::uint8_t>(n >> 16);
    b[2] = static_cast<std::uint8_t>(n >> 8);
    b[3] = static_cast<std::uint8_t>(n);
    sink.put(b);
  } else {
    panic("tls_codec: a vector is longer than 2^30 - 1 octets");
  }
}

// The shortest form is the only valid one, and prefix 0b11 is reserved: else kLengthEncoding. kTruncated.
inline Result<std::size_t> read_varint(Reader& in) {
  DMLS_TRY(const BytesView first, in.take(1));
  const unsigned prefix = first[0] >> 6;
  if (prefix == 3) return fail(errc::kLengthEncoding, "RFC 9420 §2.1.2: length prefix 0b11 is invalid");
  DMLS_TRY(const BytesView rest, in.take((std::size_t{1} << prefix) - 1));
  std::size_t n = first[0] & 0x3f;
  for (const auto o : rest) n = (n << 8) | o;
  if (prefix > 0 && n < (std::size_t{1} << (prefix == 1 ? 6 : 14)))
    return fail(errc::kLengthEncoding, "RFC 9420 §2.1.2: a vector length is not minimally encoded");
  return n;
}

}  // namespace dmls::tls_codec
