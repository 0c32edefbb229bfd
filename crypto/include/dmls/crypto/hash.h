#pragma once
// Hash, MAC and the hash-based references of RFC 9420 §5.2.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/crypto/suite.h>

#include <string_view>

namespace dmls::crypto {

// Hash(data); Nh octets.
[[nodiscard]] Bytes hash(const CipherSuite&, BytesView data);
// Hash(part[0] || part[1] || ...), without copying the parts together.
[[nodiscard]] Bytes hash(const CipherSuite&, Parts parts);
// The same into `out`, Nh octets, for callers that allocate nothing.
void hash_into(const CipherSuite&, Parts parts, MutableBytes out);

// MAC(key, data), RFC 9420 §5.1: HMAC with the suite's hash; Nh octets.
[[nodiscard]] Bytes mac(const CipherSuite&, BytesView key, BytesView data);
// Compares in constant time; kBadTag for another tag, a shorter one and a longer one alike.
Result<void> verify_mac(const CipherSuite&, BytesView key, BytesView data, BytesView tag);

// RefHash(label, value), RFC 9420 §5.2: Hash(RefHashInput); `label` without a prefix of ours, e.g.
// "MLS 1.0 KeyPackage Reference". Nh octets.
[[nodiscard]] Bytes ref_hash(const CipherSuite&, std::string_view label, BytesView value);

}  // namespace dmls::crypto
