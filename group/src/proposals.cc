#include "proposals.h"

#include <dmls/group/error.h>

#include <algorithm>
#include <set>

#include "proposal_list.h"

namespace dmls::group {
namespace {

// Takes the proposals of one commit one by one, in the order of RFC 9420 §12.3.
class Applier {
 public:
  Applier(const PublicEpoch& parent, const CommitterRole& committer, const ClientConfig& config)
      : parent_(parent), committer_(committer), config_(config), out_{parent.tree, parent.extensions} {
    out_.changes.epoch = parent.context.epoch + 1;
  }

  Result<ProposedState> run(const std::vector<ResolvedProposal>& list) {
    out_.path_required = list.empty();
    // New extensions come first: the other proposals are judged by them.
    for (const auto& item : list) {
      const auto* extensions = std::get_if<GroupContextExtensions>(item.proposal);
      if (extensions != nullptr) DMLS_CHECK(replace_extensions(extensions->extensions));
    }
    DMLS_TRY(group_, GroupExpectations::of(out_.extensions, config_));
    for (const auto& item : list) DMLS_CHECK(take(item));

    DMLS_TRY(out_.added, out_.tree.apply(tree_changes_));
    DMLS_CHECK(out_.tree.check_credential_types());
    DMLS_CHECK(check_new_extensions());
    for (const LeafIndex leaf : out_.added) out_.changes.added.push_back(member_at(*out_.tree.leaf(leaf)));
    for (const auto& update : tree_changes_.updates)
      out_.changes.updated.push_back(member_at(*out_.tree.leaf(update.index)));
    return std::move(out_);
  }

 private:
  Result<void> take(const ResolvedProposal& item) {
    return std::visit([&](const auto& proposal) { return take(proposal, item); }, *item.proposal);
  }

  Result<void> take(const Add& add, const ResolvedProposal&) {
    const Bytes encoded = tls_codec::encode(add.key_package);
    DMLS_TRY(const auto view, treekem::KeyPackageView::parse(encoded));
    DMLS_CHECK(treekem::validate_key_package(view, group_.expectations(parent_.suite), *config_.policy));
    const Bytes client = config_.policy->client_id(view.leaf_node.credential, view.leaf_node.signature_key);
    if (!added_clients_.insert(client).second)
      return fail(errc::kInvalidProposalList, "RFC 9420 §12.2: two Add proposals for the same client");
    tree_changes_.adds.push_back(&add.key_package.leaf_node);
    out_.added_packages.push_back(&add.key_package);
    return {};
  }

  Result<void> take(const Update& update, const ResolvedProposal& item) {
    const auto present = item.sender ? parent_.tree.leaf(*item.sender) : std::nullopt;
    if (!present) return fail(errc::kInvalidProposal, "RFC 9420 §12.1.2: an Update comes from a member");
    const Bytes encoded = tls_codec::encode(update.leaf_node);
    DMLS_TRY(const auto view, treekem::LeafNodeView::parse(encoded));
    const auto replaced = present->view();
    auto expectations = group_.expectations(parent_.suite);
    expectations.source = treekem::LeafNodeSource::update;
    expectations.position = treekem::LeafPosition{parent_.context.group_id, *item.sender};
    expectations.replaces = &replaced;
    DMLS_CHECK(treekem::validate_leaf_node(view, expectations, *config_.policy));
    tree_changes_.updates.push_back({*item.sender, &update.leaf_node});
    if (item.own_update != nullptr) out_.own_update = item.own_update;
    out_.path_required = true;
    return {};
  }

  Result<void> take(const Remove& remove, const ResolvedProposal&) {
    const auto leaf = LeafIndex::from(remove.removed);
    const auto member = leaf ? parent_.tree.leaf(*leaf) : std::nullopt;
    if (!member) return fail(errc::kInvalidProposal, "RFC 9420 §12.1.3: a Remove names a leaf that is blank");
    tree_changes_.removes.push_back(*leaf);
    out_.changes.removed.push_back(member_at(*member));
    if (committer_.kind == treekem::Committer::external) out_.replaced = leaf;
    out_.path_required = true;
    return {};
  }

  Result<void> take(const PreSharedKey& psk, const ResolvedProposal&) {
    const auto* resumption = std::get_if<keyschedule::ResumptionPskId>(&psk.psk.psk);
    if (resumption != nullptr && resumption->usage != keyschedule::ResumptionPSKUsage::application)
      return fail(errc::kInvalidProposal, "RFC 9420 §12.1.4: a PSK for reinit or branch in an ordinary commit");
    DMLS_CHECK(keyschedule::check_psk_nonce(parent_.suite, psk.psk));
    out_.psks.push_back(psk.psk);
    out_.changes.psks.push_back(psk.psk);
    return {};
  }

  Result<void> take(const ReInit& reinit, const ResolvedProposal&) {
    if (reinit.version < parent_.context.version)
      return fail(errc::kInvalidProposal, "RFC 9420 §12.1.5: a ReInit to an older version");
    out_.changes.reinit = reinit;
    return {};
  }

  Result<void> take(const ExternalInit& init, const ResolvedProposal&) {
    out_.kem_output = init.kem_output;
    out_.path_required = true;
    return {};
  }

  Result<void> take(const GroupContextExtensions&, const ResolvedProposal&) { return {}; }

  Result<void> replace_extensions(const treekem::ExtensionList& extensions) {
    DMLS_CHECK(treekem::check_extensions(extensions));
    out_.extensions = extensions;
    out_.changes.context_extensions_changed = true;
    out_.path_required = true;
    return {};
  }

  // RFC 9420 §12.1.7, §13.4: all who are members now support what the new extensions ask for.
  Result<void> check_new_extensions() const {
    if (!out_.changes.context_extensions_changed) return {};
    const auto& tree = out_.tree;
    bool supported = true;
    for (const auto type : group_.extension_types()) supported = supported && tree.supported_by_all(type);
    if (group_.required()) {
      for (const auto type : group_.required()->extension_types) supported = supported && tree.supported_by_all(type);
      for (const auto type : group_.required()->proposal_types) supported = supported && tree.supported_by_all(type);
      for (const auto type : group_.required()->credential_types) supported = supported && tree.supported_by_all(type);
    }
    if (!supported)
      return fail(errc::kInvalidProposal, "RFC 9420 §12.1.7: a member does not support the new group extensions");
    return {};
  }

  const PublicEpoch& parent_;
  const CommitterRole& committer_;
  const ClientConfig& config_;
  ProposedState out_;
  GroupExpectations group_;
  treekem::TreeChanges tree_changes_;
  std::set<Bytes, OctetOrder> added_clients_;
};

}  // namespace

Member member_at(const treekem::TreeLeaf& leaf) {
  const auto view = leaf.view();
  return {leaf.index(), view.credential.decode(), to_bytes(view.signature_key)};
}

Result<GroupExpectations> GroupExpectations::of(const treekem::ExtensionList& extensions, const ClientConfig& config) {
  GroupExpectations out;
  DMLS_TRY(out.required_, treekem::get_extension<treekem::RequiredCapabilities>(extensions));
  for (const auto& extension : extensions) out.extension_types_.push_back(extension.extension_type);
  out.lifetime_ = config.policy->lifetimes(config.clock->now());
  return out;
}

treekem::LeafExpectations GroupExpectations::expectations(const crypto::CipherSuite& suite) const {
  return {.suite = suite,
          .required = required_ ? &*required_ : nullptr,
          .group_extensions = extension_types_,
          .lifetime = lifetime_};
}

Result<std::vector<ResolvedProposal>> resolve(const std::vector<ProposalOrRef>& list, const CommitterRole& committer,
                                              const ProposalStore& store) {
  const bool external = committer.kind == treekem::Committer::external;
  std::vector<ResolvedProposal> out;
  out.reserve(list.size());
  for (const ProposalOrRef& item : list) {
    if (const auto* by_value = std::get_if<ProposalByValue>(&item)) {
      out.push_back({&by_value->proposal, external ? std::nullopt : std::optional(committer.leaf)});
      continue;
    }
    if (external) return fail(errc::kInvalidCommit, "RFC 9420 §12.4.3.2: an external commit refers to a proposal");
    const auto& reference = std::get_if<ProposalByReference>(&item)->reference;
    const StoredProposal* stored = store.find(reference);
    if (stored == nullptr)
      return fail(errc::kUnknownProposal, "RFC 9420 §12.4.2: the commit names a proposal that was not received");
    const auto* member = std::get_if<MemberSender>(&stored->sender);
    out.push_back({&stored->proposal, member != nullptr ? LeafIndex::from(member->leaf_index) : std::nullopt,
                   store.own_update(reference)});
  }
  return out;
}

Result<ProposedState> apply_proposals(const PublicEpoch& parent, const CommitterRole& committer,
                                      const std::vector<ResolvedProposal>& list, const ClientConfig& config) {
  DMLS_CHECK(check_proposal_list(committer, list));
  return Applier(parent, committer, config).run(list);
}

}  // namespace dmls::group
