#include <dmls/crypto/hash.h>

#include <array>

#include "labels.h"

namespace dmls::crypto {

void hash_into(const CipherSuite& suite, Parts parts, MutableBytes out) {
  if (out.size() != suite.hash_length()) panic("hash_into: the output has Nh octets");
  suite.provider().hash(suite.hash(), parts, out);
}

Bytes hash(const CipherSuite& suite, Parts parts) {
  Bytes out(suite.hash_length());
  suite.provider().hash(suite.hash(), parts, out);
  return out;
}

Bytes hash(const CipherSuite& suite, BytesView data) { return hash(suite, Parts(&data, 1)); }

Bytes mac(const CipherSuite& suite, BytesView key, BytesView data) {
  Bytes out(suite.hash_length());
  suite.provider().hmac(suite.hash(), key, Parts(&data, 1), out);
  return out;
}

Result<void> verify_mac(const CipherSuite& suite, BytesView key, BytesView data, BytesView tag) {
  std::array<std::uint8_t, kMaxHashLength> expected;
  const auto out = MutableBytes(expected).first(suite.hash_length());
  suite.provider().hmac(suite.hash(), key, Parts(&data, 1), out);
  const bool equal = constant_time_equal(out, tag);
  // The right tag of a forged message is as good as a key for it.
  secure_wipe(expected.data(), expected.size());
  if (!equal) return fail(errc::kBadTag, "RFC 9420 §5.1: the MAC does not verify");
  return {};
}

Bytes ref_hash(const CipherSuite& suite, std::string_view label, BytesView value) {
  // struct { opaque label<V>; opaque value<V>; } RefHashInput;
  const LengthHeader label_header(label.size());
  const LengthHeader value_header(value.size());
  const std::array<BytesView, 4> input{label_header.view(), as_bytes(label), value_header.view(), value};
  return hash(suite, input);
}

}  // namespace dmls::crypto
