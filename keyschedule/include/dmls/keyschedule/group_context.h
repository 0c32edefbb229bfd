#pragma once
#include <dmls/base/bytes.h>
#include <dmls/crypto/protocol_version.h>
#include <dmls/crypto/suite.h>
#include <dmls/tls_codec/codec.h>

#include <cstdint>
#include <tuple>

namespace dmls::keyschedule {

// GroupContext summarises the state of the group; nearly every secret and signature is bound to its encoding, which is
// what the functions of this layer take. RFC 9420 §8.1
struct GroupContext {
  crypto::ProtocolVersion version = crypto::ProtocolVersion::mls10;  // uint16
  crypto::CipherSuiteId cipher_suite{};                              // uint16
  Bytes group_id;           // opaque<V>; chosen by the creator, and never changed
  std::uint64_t epoch = 0;  // uint64; 0 when the group is created, one more with each Commit
  Bytes tree_hash;          // opaque<V>; Nh octets, of the root (RFC 9420 §7.8)
  // opaque<V>; Nh octets, none in epoch 0. RFC 9420 §8.2, §11
  Bytes confirmed_transcript_hash;
  // Extension extensions<V>: the content of the vector, without its length header. An opaque<V> has the same encoding,
  // so this layer needs no words for extensions.
  Bytes extensions;

  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.cipher_suite, s.group_id, s.epoch, s.tree_hash, s.confirmed_transcript_hash,
                    s.extensions);
  }
  bool operator==(const GroupContext&) const = default;
};

}  // namespace dmls::keyschedule
