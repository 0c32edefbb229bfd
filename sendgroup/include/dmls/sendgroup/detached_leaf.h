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

// Private use (RFC 9420 §17.4). Members list both in their capabilities, Send Groups in their required_capabilities.
inline constexpr treekem::ProposalType kDetachedLeafProposal{0xfdf0};
inline constexpr treekem::ProposalType kPublishedLeavesProposal{0xfdf1};

// Payload of kDetachedLeafProposal, beside the PSK of the same name: the owner of that Send Group gets this leaf.
struct DetachedLeaf {
  Bytes psk_id;  // see psk_id(EpochName)
  treekem::LeafNode leaf;
  static constexpr auto fields(auto& s) { return std::tie(s.psk_id, s.leaf); }
  bool operator==(const DetachedLeaf&) const = default;
};

// Payload of kPublishedLeavesProposal, in an UPDATE: the leaves that others give the owner when they import the PSK of
// the epoch that the commit starts. One for each suite of the universe.
struct PublishedLeaf {
  crypto::CipherSuiteId suite{};
  treekem::LeafNode leaf;
  static constexpr auto fields(auto& s) { return std::tie(s.suite, s.leaf); }
  bool operator==(const PublishedLeaf&) const = default;
};
struct PublishedLeaves {
  std::vector<PublishedLeaf> leaves;
  static constexpr auto fields(auto& s) { return std::tie(s.leaves); }
  bool operator==(const PublishedLeaves&) const = default;
};

// These capabilities and those that a universe with detached leaves asks of its members.
[[nodiscard]] treekem::Capabilities with_detached_leaves(treekem::Capabilities);
[[nodiscard]] bool supports_detached_leaves(const treekem::Capabilities&);
// For the GroupContext of a Send Group, and whether it is there.
[[nodiscard]] treekem::ExtensionList requiring_detached_leaves();
[[nodiscard]] bool requires_detached_leaves(const treekem::ExtensionList&);

struct OwnDetachedLeaf {
  treekem::LeafNode leaf;
  crypto::HpkeKeyPair pair;
};
// A fresh one of this client, in its suite. Errors of the random source and the signer.
Result<OwnDetachedLeaf> make_detached_leaf(const group::ClientConfig&);

}  // namespace dmls::sendgroup
