#include <dmls/sendgroup/detached_leaf.h>
#include <dmls/treekem/grease.h>
#include <dmls/treekem/required_capabilities.h>

#include <algorithm>

namespace dmls::sendgroup {
namespace {

constexpr treekem::ProposalType kTypes[] = {kDetachedLeafProposal, kPublishedLeavesProposal};

}  // namespace

treekem::Capabilities with_detached_leaves(treekem::Capabilities capabilities) {
  for (const auto type : kTypes)
    if (!capabilities.supports(type)) capabilities.proposals.push_back(type);
  return capabilities;
}

bool supports_detached_leaves(const treekem::Capabilities& capabilities) {
  return std::ranges::all_of(kTypes, [&](const auto type) { return capabilities.supports(type); });
}

treekem::ExtensionList requiring_detached_leaves() {
  treekem::ExtensionList out;
  treekem::set_extension(out, treekem::RequiredCapabilities{{}, {kTypes[0], kTypes[1]}, {}});
  return out;
}

bool requires_detached_leaves(const treekem::ExtensionList& extensions) {
  const auto required = treekem::get_extension<treekem::RequiredCapabilities>(extensions);
  return required && *required && std::ranges::all_of(kTypes, [&](const auto type) {
           return std::ranges::find((*required)->proposal_types, type) != (*required)->proposal_types.end();
         });
}

Result<OwnDetachedLeaf> make_detached_leaf(const group::ClientConfig& cfg) {
  DMLS_TRY(auto pair, crypto::generate_hpke_key_pair(cfg.suite, *cfg.random));
  treekem::LeafNode leaf;
  leaf.encryption_key = pair.public_key;
  leaf.signature_key = cfg.signer->public_key();
  leaf.credential = cfg.credential;
  leaf.capabilities = cfg.capabilities;
  if (cfg.grease) {
    DMLS_TRY(leaf.capabilities, treekem::with_grease(cfg.capabilities, *cfg.random));
  }
  leaf.leaf_node_source =
      treekem::LeafFromKeyPackage{treekem::Lifetime::from_now(cfg.clock->now(), cfg.key_package_lifetime)};
  DMLS_CHECK(treekem::sign_leaf_node(leaf, *cfg.signer, std::nullopt));
  return OwnDetachedLeaf{std::move(leaf), std::move(pair)};
}

}  // namespace dmls::sendgroup
