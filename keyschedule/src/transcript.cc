#include <dmls/keyschedule/transcript.h>

#include <dmls/crypto/hash.h>
#include <dmls/tls_codec/codec.h>

#include <array>
#include <vector>

namespace dmls::keyschedule {

// RFC 9420 §8.2
Bytes confirmed_transcript_hash(const crypto::CipherSuite& suite, BytesView interim_before,
                                crypto::Parts confirmed_input) {
  std::vector<BytesView> parts;
  parts.reserve(1 + confirmed_input.size());
  parts.push_back(interim_before);
  parts.insert(parts.end(), confirmed_input.begin(), confirmed_input.end());
  return crypto::hash(suite, crypto::Parts(parts));
}

Bytes confirmed_transcript_hash(const crypto::CipherSuite& suite, BytesView interim_before, BytesView confirmed_input) {
  const std::array<BytesView, 2> parts{interim_before, confirmed_input};
  return crypto::hash(suite, crypto::Parts(parts));
}

// RFC 9420 §8.2: struct { MAC confirmation_tag; } InterimTranscriptHashInput, and a MAC is opaque<V>.
Bytes interim_transcript_hash(const crypto::CipherSuite& suite, BytesView confirmed, BytesView confirmation_tag) {
  const Bytes input = tls_codec::encode(confirmation_tag);
  const std::array<BytesView, 2> parts{confirmed, input};
  return crypto::hash(suite, crypto::Parts(parts));
}

Bytes confirmation_tag(const crypto::CipherSuite& suite, const ConfirmationKey& key, BytesView confirmed) {
  return crypto::mac(suite, key.expose(), confirmed);
}

Result<void> verify_confirmation_tag(const crypto::CipherSuite& suite, const ConfirmationKey& key, BytesView confirmed,
                                     BytesView tag) {
  return crypto::verify_mac(suite, key.expose(), confirmed, tag);
}

Bytes membership_tag(const crypto::CipherSuite& suite, const MembershipKey& key, BytesView tbm) {
  return crypto::mac(suite, key.expose(), tbm);
}

Result<void> verify_membership_tag(const crypto::CipherSuite& suite, const MembershipKey& key, BytesView tbm,
                                   BytesView tag) {
  return crypto::verify_mac(suite, key.expose(), tbm, tag);
}

}  // namespace dmls::keyschedule
