#pragma once
// The transcript hashes, and the two MACs that are keyed by the key schedule. RFC 9420 §8.2, §6.1, §6.2

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/crypto/provider.h>
#include <dmls/crypto/suite.h>
#include <dmls/keyschedule/secrets.h>

namespace dmls::keyschedule {

// confirmed_transcript_hash_[n] = Hash(interim_transcript_hash_[n-1] || ConfirmedTranscriptHashInput_[n]); Hash.Nh
// octets. `confirmed_input`: the encoded ConfirmedTranscriptHashInput { wire_format, content, signature<V> }, in pieces
// that are read as their concatenation.
[[nodiscard]] Bytes confirmed_transcript_hash(const crypto::CipherSuite&, BytesView interim_before,
                                              crypto::Parts confirmed_input);
// The same in one piece.
[[nodiscard]] Bytes confirmed_transcript_hash(const crypto::CipherSuite&, BytesView interim_before,
                                              BytesView confirmed_input);

// interim_transcript_hash_[n] = Hash(confirmed_transcript_hash_[n] || InterimTranscriptHashInput_[n]), where the input
// is the confirmation tag as opaque<V>. In epoch 0 `confirmed` is empty and the tag is the one of §11. Hash.Nh octets.
[[nodiscard]] Bytes interim_transcript_hash(const crypto::CipherSuite&, BytesView confirmed,
                                            BytesView confirmation_tag);

// confirmation_tag = MAC(confirmation_key, confirmed_transcript_hash), RFC 9420 §6.1; KDF.Nh octets.
[[nodiscard]] Bytes confirmation_tag(const crypto::CipherSuite&, const ConfirmationKey&, BytesView confirmed);
// In constant time; kBadTag (crypto) for another tag, a shorter and a longer one.
Result<void> verify_confirmation_tag(const crypto::CipherSuite&, const ConfirmationKey&, BytesView confirmed,
                                     BytesView tag);

// membership_tag = MAC(membership_key, AuthenticatedContentTBM), RFC 9420 §6.2; KDF.Nh octets.
[[nodiscard]] Bytes membership_tag(const crypto::CipherSuite&, const MembershipKey&, BytesView tbm);
// In constant time; kBadTag (crypto) for another tag, a shorter and a longer one.
Result<void> verify_membership_tag(const crypto::CipherSuite&, const MembershipKey&, BytesView tbm, BytesView tag);

}  // namespace dmls::keyschedule
