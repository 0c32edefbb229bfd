#include "proposals.h"

#include <dmls/group/error.h>

#include <algorithm>
#include <memory>
#include <set>

#include "external_senders.h"
#include "proposal_list.h"
#include "verify_content.h"

namespace dmls::group {
namespace {

// Takes the proposals of one commit one by one, in the order of RFC 9420 §12.3.
class Applier {
 public:
  Applier(const PublicEpoch& parent, const CommitterRole& committer, const Judgement& judgement)
      : parent_(parent), committer_(committer), judgement_(judgement), out_{parent.tree, parent.extensions} {
    out_.changes.group_id = parent.context.group_id;
    out_.changes.epoch = parent.context.epoch + 1;
  }

  Result<ProposedState> run(const std::vector<ResolvedProposal>& list) {
    out_.path_required = list.empty();
    // New extensions come first: the other proposals are judged by them.
    for (const auto& item : list) {
      const auto* extensions = std::get_if<GroupContextExtensions>(item.proposal);
      if (extensions != nullptr) DMLS_CHECK(replace_extensions(extensions->extensions));
    }
    DMLS_TRY(group_, GroupExpectations::of(out_.extensions, judgement_.lifetime));
    DMLS_CHECK(verify_adds(list));
    for (const auto& item : list) DMLS_CHECK(take(item));
    DMLS_CHECK(check_clients());

    DMLS_TRY(out_.added, out_.tree.apply(tree_changes_));
    DMLS_CHECK(out_.tree.check_credential_types());
    DMLS_CHECK(check_new_extensions());
    DMLS_CHECK(check_custom_types());
    for (std::size_t i = 0; i < out_.added.size(); ++i)
      out_.changes.added.push_back({member_at(*out_.tree.leaf(out_.added[i])), adders_[i]});
    return std::move(out_);
  }

 private:
  Result<void> take(const ResolvedProposal& item) {
    return std::visit([&](const auto& proposal) { return take(proposal, item); }, *item.proposal);
  }

  // The key packages of all Adds, but for what the policy thinks of them: nearly all the work there is when many are
  // added. The error is that of the first which is bad.
  Result<void> verify_adds(const std::vector<ResolvedProposal>& list) {
    std::vector<const treekem::KeyPackage*> packages;
    for (const auto& item : list)
      if (const auto* add = std::get_if<Add>(item.proposal)) packages.push_back(&add->key_package);
    const auto expectations = group_.expectations(parent_.suite);
    std::vector<std::optional<Error>> failures(packages.size());
    run_tasks(judgement_.executor, packages.size(), [&](std::size_t i) {
      const Bytes encoded = tls_codec::encode(*packages[i]);
      const auto view = treekem::KeyPackageView::parse(encoded);
      const auto verified = view ? treekem::verify_key_package(*view, expectations) : fail(view.error());
      if (!verified) failures[i] = verified.error();
    });
    for (const auto& failure : failures)
      if (failure) return fail(*failure);
    return {};
  }

  Result<void> take(const Add& add, const ResolvedProposal& item) {
    const Bytes encoded = tls_codec::encode(add.key_package);
    DMLS_TRY(const auto view, treekem::KeyPackageView::parse(encoded));
    DMLS_CHECK(treekem::check_credential(view.leaf_node, group_.expectations(parent_.suite), judgement_.policy));
    Bytes client = judgement_.policy.client_id(view.leaf_node.credential, view.leaf_node.signature_key);
    // A client that is its signature key cannot be there twice: the tree sees to that.
    by_other_id_ = by_other_id_ || client != to_bytes(view.leaf_node.signature_key);
    if (!added_clients_.insert(std::move(client)).second)
      return fail(errc::kInvalidProposalList, "RFC 9420 §12.2: two Add proposals for the same client");
    tree_changes_.adds.push_back(&add.key_package.leaf_node);
    out_.added_packages.push_back(&add.key_package);
    adders_.push_back(item.proposer);
    return {};
  }

  Result<void> take(const Update& update, const ResolvedProposal& item) {
    const auto index = member_leaf(item.proposer);
    if (!index || !parent_.tree.is_member(*index))
      return fail(errc::kInvalidProposal, "RFC 9420 §12.1.2: an Update comes from a member");
    DMLS_CHECK(replace_leaf(*index, update.leaf_node, treekem::LeafNodeSource::update, item));
    if (item.own_update != nullptr) out_.own_update = item.own_update;
    out_.path_required = true;
    return {};
  }

  Result<void> take(const Remove& remove, const ResolvedProposal& item) {
    const auto leaf = LeafIndex::from(remove.removed);
    const auto member = leaf ? parent_.tree.leaf(*leaf) : std::nullopt;
    if (!member) return fail(errc::kInvalidProposal, "RFC 9420 §12.1.3: a Remove names a leaf that is blank");
    tree_changes_.removes.push_back(*leaf);
    if (committer_.kind == treekem::Committer::external) {
      out_.replaced = leaf;
    } else {
      out_.changes.removed.push_back({member_at(*member), item.proposer});
    }
    out_.path_required = true;
    return {};
  }

  Result<void> take(const PreSharedKey& psk, const ResolvedProposal&) {
    const auto* resumption = std::get_if<keyschedule::ResumptionPskId>(&psk.psk.psk);
    // The first commit of a group that descends from another (RFC 9420 §11.2, §11.3) is seen by nobody but its maker.
    const bool descends =
        judgement_.of == Judgement::Of::own && parent_.context.epoch == 0 && parent_.tree.member_count() == 1;
    if (resumption != nullptr && resumption->usage != keyschedule::ResumptionPSKUsage::application && !descends)
      return fail(errc::kInvalidProposal, "RFC 9420 §12.1.4: a PSK for reinit or branch in an ordinary commit");
    DMLS_CHECK(keyschedule::check_psk_nonce(parent_.suite, psk.psk));
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

  Result<void> take(const CustomProposal& proposal, const ResolvedProposal& item) {
    out_.changes.custom.push_back(proposal);
    if (judgement_.custom == nullptr) return {};
    DMLS_TRY(auto effect, judgement_.custom->apply(parent_, proposal, item.proposer));
    out_.path_required = out_.path_required || effect.path_required;
    for (auto& one : effect.leaves) {
      if (committer_.kind == treekem::Committer::member && one.index == committer_.leaf)
        return fail(errc::kInvalidProposal, "RFC 9420 §12.4: the committer's leaf is replaced by its path alone");
      const auto leaf = std::make_shared<treekem::LeafNode>(std::move(one.leaf));
      custom_leaves_.push_back(leaf);
      DMLS_CHECK(replace_leaf(one.index, *leaf, std::nullopt, item));
      if (one.own != nullptr) out_.own_update = one.own;
    }
    return {};
  }

  // `leaf` is borrowed until the tree has taken it.
  Result<void> replace_leaf(LeafIndex index, const treekem::LeafNode& leaf,
                            std::optional<treekem::LeafNodeSource> source, const ResolvedProposal& item) {
    const auto present = parent_.tree.leaf(index);
    if (!present) return fail(errc::kInvalidProposal, "RFC 9420 §12.1.2: the leaf to be replaced is blank");
    const Bytes encoded = tls_codec::encode(leaf);
    DMLS_TRY(const auto view, treekem::LeafNodeView::parse(encoded));
    const auto replaced = present->view();
    auto expectations = group_.expectations(parent_.suite);
    expectations.source = source;
    expectations.position = treekem::LeafPosition{parent_.context.group_id, index};
    expectations.replaces = &replaced;
    DMLS_CHECK(treekem::validate_leaf_node(view, expectations, judgement_.policy));
    tree_changes_.updates.push_back({index, &leaf});
    out_.changes.updated.push_back(
        {member_at(*present), {index, leaf.credential, leaf.signature_key.octets}, item.proposer});
    return {};
  }

  Result<void> replace_extensions(const treekem::ExtensionList& extensions) {
    DMLS_CHECK(treekem::check_extensions(extensions));
    DMLS_CHECK(check_external_senders(extensions, parent_.extensions, judgement_.policy));
    out_.extensions = extensions;
    out_.changes.extensions = extensions;
    out_.path_required = true;
    return {};
  }

  // RFC 9420 §12.2: an Add for a client that is in the group already, by the application's own idea of a client.
  Result<void> check_clients() const {
    if (!by_other_id_) return {};
    const auto& removes = tree_changes_.removes;
    bool twice = false;
    parent_.tree.for_each_leaf([&](const treekem::TreeLeaf& leaf) {
      if (std::find(removes.begin(), removes.end(), leaf.index()) != removes.end()) return;
      const auto view = leaf.view();
      twice = twice || added_clients_.contains(judgement_.policy.client_id(view.credential, view.signature_key));
    });
    if (twice) return fail(errc::kInvalidProposalList, "RFC 9420 §12.2: an Add for a client that is in the group");
    return {};
  }

  // RFC 9420 §12.1.7, §13.4: all who are members now support what the new extensions ask for.
  Result<void> check_new_extensions() const {
    if (!out_.changes.extensions) return {};
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

  // RFC 9420 §12.2: whoever processes the commit supports its custom types; those it adds need not.
  Result<void> check_custom_types() const {
    for (const auto& proposal : out_.changes.custom) {
      std::uint32_t supporting = out_.tree.members_supporting(proposal.type);
      for (const LeafIndex leaf : out_.added) {
        if (out_.tree.leaf(leaf)->node().capabilities.supports(proposal.type)) --supporting;
      }
      if (supporting != out_.tree.member_count() - out_.added.size())
        return fail(errc::kInvalidProposalList, "RFC 9420 §12.2: a member does not support a proposal's type");
    }
    return {};
  }

  const PublicEpoch& parent_;
  const CommitterRole& committer_;
  const Judgement& judgement_;
  ProposedState out_;
  GroupExpectations group_;
  treekem::TreeChanges tree_changes_;
  std::vector<std::shared_ptr<const treekem::LeafNode>> custom_leaves_;  // borrowed by tree_changes_
  std::vector<Sender> adders_;
  std::set<Bytes, OctetOrder> added_clients_;
  bool by_other_id_ = false;
};

}  // namespace

Member member_at(const treekem::TreeLeaf& leaf) {
  const auto view = leaf.view();
  return {leaf.index(), view.credential.decode(), to_bytes(view.signature_key)};
}

std::vector<Member> members_of(const treekem::RatchetTree& tree) {
  std::vector<Member> out;
  out.reserve(tree.member_count());
  tree.for_each_leaf([&out](const treekem::TreeLeaf& leaf) { out.push_back(member_at(leaf)); });
  return out;
}

std::optional<LeafIndex> find_identity(const treekem::RatchetTree& tree, const treekem::Credential& credential,
                                       const treekem::CredentialValidator& validator) {
  const auto encoded = treekem::EncodedCredential::of(credential);
  if (!encoded) return std::nullopt;
  const Bytes wanted = validator.identity(encoded->view());
  std::optional<LeafIndex> found;
  tree.for_each_leaf([&](const treekem::TreeLeaf& leaf) {
    if (!found && validator.identity(leaf.view().credential) == wanted) found = leaf.index();
  });
  return found;
}

Result<GroupExpectations> GroupExpectations::of(const treekem::ExtensionList& extensions,
                                                const treekem::LifetimePolicy& lifetime) {
  GroupExpectations out;
  DMLS_TRY(out.required_, treekem::get_extension<treekem::RequiredCapabilities>(extensions));
  for (const auto& extension : extensions) out.extension_types_.push_back(extension.extension_type);
  out.lifetime_ = lifetime;
  return out;
}

treekem::LeafExpectations GroupExpectations::expectations(const crypto::CipherSuite& suite) const {
  return {.suite = suite,
          .required = required_ ? &*required_ : nullptr,
          .group_extensions = extension_types_,
          .lifetime = lifetime_};
}

Result<ResolvedList> resolve(const std::vector<ProposalOrRef>& list, const CommitterRole& committer,
                             const ProposalStore& store) {
  const bool external = committer.kind == treekem::Committer::external;
  const Sender own = external ? Sender(NewMemberCommit{}) : Sender(MemberSender{committer.leaf.value()});
  ResolvedList out;
  out.found.reserve(list.size());
  for (const ProposalOrRef& item : list) {
    if (const auto* by_value = std::get_if<ProposalByValue>(&item)) {
      out.found.push_back({&by_value->proposal, own});
      continue;
    }
    if (external) return fail(errc::kInvalidCommit, "RFC 9420 §12.4.3.2: an external commit refers to a proposal");
    const auto& reference = std::get_if<ProposalByReference>(&item)->reference;
    const StoredProposal* stored = store.find(reference);
    if (stored == nullptr) {
      out.missing.push_back(reference);
    } else {
      out.found.push_back({&stored->proposal, stored->sender, store.own_update(reference)});
    }
  }
  return out;
}

Result<ProposedState> apply_proposals(const PublicEpoch& parent, const CommitterRole& committer,
                                      const std::vector<ResolvedProposal>& list, const Judgement& judgement) {
  DMLS_CHECK(check_proposal_list(committer, list));
  return Applier(parent, committer, judgement).run(list);
}

}  // namespace dmls::group
