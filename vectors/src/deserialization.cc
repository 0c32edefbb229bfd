// Length headers of variable-size vectors. RFC 9420 §2.1.2

#include "families.h"

#include <dmls/base/hex.h>
#include <dmls/tls_codec/varint.h>

#include <array>

namespace dmls::vectors {
namespace {

Bytes header_of(std::size_t length) {
  tls_codec::Counter size;
  tls_codec::write_varint(size, length);
  Bytes header(size.size());
  tls_codec::Writer writer(header);
  tls_codec::write_varint(writer, length);
  return header;
}

}  // namespace

Result<void> verify_deserialization(const Value& vector) {
  DMLS_TRY(const Bytes header, vector.octets("vlbytes_header"));
  tls_codec::Reader reader(header);
  DMLS_TRY(const std::size_t length, vector.in("vlbytes_header", tls_codec::read_varint(reader)));
  DMLS_CHECK(vector.require(reader.empty(), "vlbytes_header", "nothing follows the length"));
  DMLS_CHECK(vector.expect("length", length));
  return vector.expect("vlbytes_header", header_of(length));
}

// Every size of header at both ends of its range, and three lengths from within each.
Result<Json> generate_deserialization(const Generation& generation) {
  struct Range {
    std::size_t first;
    std::size_t last;
  };
  constexpr std::array<Range, 3> kRanges{{{0, 63}, {64, 16383}, {16384, tls_codec::kMaxVectorLength}}};
  Json cases = Json::array();
  const auto add = [&cases](std::size_t length) {
    cases.push_back({{"vlbytes_header", to_hex(header_of(length))}, {"length", length}});
  };
  for (const auto [first, last] : kRanges) {
    add(first);
    for (int i = 0; i < 3; ++i) {
      DMLS_TRY(const Bytes octets, generation.random.bytes(4));
      std::size_t n = 0;
      for (const auto o : octets) n = n << 8 | o;
      add(first + n % (last - first + 1));
    }
    add(last);
  }
  return cases;
}

}  // namespace dmls::vectors
