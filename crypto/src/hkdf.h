#pragma once
// HKDF (RFC 5869) over a Provider's HMAC, and the labelled forms that HPKE builds on it. Nothing here allocates.

#include <dmls/base/bytes.h>
#include <dmls/crypto/provider.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dmls::crypto {

// The most parts that one info may be made of.
inline constexpr std::size_t kMaxInfoParts = 6;

// HKDF-Extract(salt, ikm), RFC 5869 §2.2; prk: Nh octets.
void hkdf_extract(const Provider&, HashId, BytesView salt, Parts ikm, MutableBytes prk);
// HKDF-Expand(prk, info, out.size()), RFC 5869 §2.3; panics beyond 255 * Nh octets. `out` must not overlap the inputs,
// except that it may be `prk` itself if it has at most Nh octets.
void hkdf_expand(const Provider&, HashId, BytesView prk, Parts info, MutableBytes out);

// The suite_id of RFC 9180 §4.1 (a KEM's own derivations) and §5.1 (everything else).
std::array<std::uint8_t, 5> kem_suite_id(KemId);
std::array<std::uint8_t, 10> hpke_suite_id(KemId, KdfId, AeadId);

// LabeledExtract(salt, label, ikm), RFC 9180 §4; prk: Nh octets.
void labeled_extract(const Provider&, HashId, BytesView suite_id, BytesView salt, std::string_view label, BytesView ikm,
                     MutableBytes prk);
// LabeledExpand(prk, label, first || second, out.size()), RFC 9180 §4.
void labeled_expand(const Provider&, HashId, BytesView suite_id, BytesView prk, std::string_view label, BytesView first,
                    BytesView second, MutableBytes out);

}  // namespace dmls::crypto
