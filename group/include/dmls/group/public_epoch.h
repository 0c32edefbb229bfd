#pragma once
// The public half of an epoch: what all its members agree on, and what an observer of public handshakes can compute.

#include <dmls/base/bytes.h>
#include <dmls/crypto/suite.h>
#include <dmls/keyschedule/group_context.h>
#include <dmls/treekem/extension.h>
#include <dmls/treekem/ratchet_tree.h>

#include <cstdint>

namespace dmls::group {

using tree_math::LeafIndex;

// Immutable once it is made, and shared (std::shared_ptr<const PublicEpoch>) by whoever needs it: versions, forks,
// observers. Only the transitions make one; its parts agree with each other.
struct PublicEpoch {
  crypto::CipherSuite suite;          // of the group
  keyschedule::GroupContext context;  // complete. RFC 9420 §8.1
  Bytes encoded_context;              // of `context`
  treekem::ExtensionList extensions;  // of `context`, decoded
  treekem::RatchetTree tree;          // with the tree hash that `context` names
  Bytes confirmation_tag;             // Nh octets
  Bytes interim_transcript_hash;      // Nh octets
  // When this client entered the epoch, by its own clock, in seconds since 1970. Late commits are judged by it: what
  // was valid at some time since then is not refused because the commit took long.
  std::uint64_t entered_at = 0;
};

}  // namespace dmls::group
