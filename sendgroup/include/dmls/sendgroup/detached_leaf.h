#pragma once
// A leaf for the Send Groups of others, LeafKeys::detached_leaf. The newer text of draft-xue-distributed-mls puts the
// leaf of the owner's own commit there; its signature names group and place (RFC 9420 §7.2), so it is valid in no other
// group. This one has the source key_package, whose signature names neither: the tree that it goes into is a valid one
// of RFC 9420, also for those who join later. What binds it to an epoch is the owner's commit, which publishes it.

#include <dmls/base/result.h>
#include <dmls/crypto/keys.h>
#include <dmls/group/client_config.h>
#include <dmls/group/public_epoch.h>
#include <dmls/treekem/leaf_node.h>

#include <tuple>
#include <vector>

namespace dmls::sendgroup {

// Private use (RFC 9420 §17.4): a leaf that goes where the PSK of its epoch is imported. Members list both types in
// their capabilities, Send Groups in their required_capabilities.
inline constexpr treekem::ProposalType kDetachedLeafProposal{0xfdf0};
// Private use: the leaves that an UPDATE publishes.
inline constexpr treekem::ProposalType kPublishedLeavesProposal{0xfdf1};

// Payload of kDetachedLeafProposal, beside the PSK of the same name: the owner of that Send Group gets this leaf.
struct DetachedLeaf {
  Bytes psk_id;            // opaque<V>; see psk_id(EpochName)
  treekem::LeafNode leaf;  // the very one that was published in that epoch for the suite of the importing group
  static constexpr auto fields(auto& s) { return std::tie(s.psk_id, s.leaf); }
  bool operator==(const DetachedLeaf&) const = default;
};

// One of PublishedLeaves.
struct PublishedLeaf {
  crypto::CipherSuiteId suite{};  // of the Send Groups that it is for
  treekem::LeafNode leaf;         // of source key_package
  static constexpr auto fields(auto& s) { return std::tie(s.suite, s.leaf); }
  bool operator==(const PublishedLeaf&) const = default;
};
// Payload of kPublishedLeavesProposal, in an UPDATE: the leaves that others give the owner when they import the PSK of
// the epoch that the commit starts.
struct PublishedLeaves {
  std::vector<PublishedLeaf> leaves;  // one for each suite of the universe
  static constexpr auto fields(auto& s) { return std::tie(s.leaves); }
  bool operator==(const PublishedLeaves&) const = default;
};

// These capabilities and those that a universe with detached leaves asks of its members.
[[nodiscard]] treekem::Capabilities with_detached_leaves(treekem::Capabilities);
// Whether a member lists both types.
[[nodiscard]] bool supports_detached_leaves(const treekem::Capabilities&);
// For the GroupContext of a Send Group: required_capabilities with both types.
[[nodiscard]] treekem::ExtensionList requiring_detached_leaves();
// Whether they are there; false also if they cannot be read.
[[nodiscard]] bool requires_detached_leaves(const treekem::ExtensionList&);

// A leaf to be published, and what is behind it.
struct OwnDetachedLeaf {
  treekem::LeafNode leaf;    // signed
  crypto::HpkeKeyPair pair;  // of its encryption_key
};
// A fresh one of this client, in its suite. Errors of the random source and the signer.
Result<OwnDetachedLeaf> make_detached_leaf(const group::ClientConfig&);

}  // namespace dmls::sendgroup
