#include "proposals.h"

#include <dmls/group/error.h>
#include <dmls/treekem/leaf_validation.h>

#include <optional>
#include <set>

namespace dmls::group {
namespace {

// What a leaf that joins or changes has to fit, RFC 9420 §7.3. Owns what LeafExpectations borrows.
class GroupExpectations {
 public:
  static Result<GroupExpectations> of(const PublicEpoch& parent, const ClientConfig& config) {
    GroupExpectations out;
    DMLS_TRY(out.required_, treekem::get_extension<treekem::RequiredCapabilities>(parent.extensions));
    for (const auto& extension : parent.extensions) out.extensions_.push_back(extension.extension_type);
    out.lifetime_ = {config.clock->now(), config.policy->maximum_lifetime()};
    return out;
  }
  [[nodiscard]] treekem::LeafExpectations expectations(const crypto::CipherSuite& suite) const {
    return {.suite = suite,
            .required = required_ ? &*required_ : nullptr,
            .group_extensions = extensions_,
            .lifetime = lifetime_};
  }

 private:
  std::optional<treekem::RequiredCapabilities> required_;
  std::vector<treekem::ExtensionType> extensions_;
  treekem::LifetimePolicy lifetime_;
};

}  // namespace

Member member_at(const treekem::TreeLeaf& leaf) {
  const auto view = leaf.view();
  return {leaf.index(), view.credential.decode(), to_bytes(view.signature_key)};
}

Result<ProposedState> apply_proposals(const PublicEpoch& parent, LeafIndex committer,
                                      const std::vector<ProposalOrRef>& proposals, const ClientConfig& config) {
  ProposedState out{parent.tree, {}, {}, proposals.empty()};
  out.changes.epoch = parent.context.epoch + 1;
  DMLS_TRY(const auto group, GroupExpectations::of(parent, config));

  treekem::TreeChanges tree_changes;
  std::set<Bytes, OctetOrder> clients;  // RFC 9420 §12.2: no two Adds for one client
  for (const ProposalOrRef& item : proposals) {
    const auto* by_value = std::get_if<ProposalByValue>(&item);
    if (by_value == nullptr)
      return fail(errc::kUnknownProposal, "RFC 9420 §12.4.2: the commit names a proposal that was not received");
    if (const auto* add = std::get_if<Add>(&by_value->proposal)) {
      const Bytes encoded = tls_codec::encode(add->key_package);
      DMLS_TRY(const auto view, treekem::KeyPackageView::parse(encoded));
      DMLS_CHECK(treekem::validate_key_package(view, group.expectations(parent.suite), *config.policy));
      if (!clients.insert(config.policy->client_id(view.leaf_node.credential, view.leaf_node.signature_key)).second)
        return fail(errc::kInvalidProposalList, "RFC 9420 §12.2: two Add proposals for the same client");
      tree_changes.adds.push_back(&add->key_package.leaf_node);
    } else if (const auto* remove = std::get_if<Remove>(&by_value->proposal)) {
      const auto leaf = LeafIndex::from(remove->removed);
      const auto member = leaf ? parent.tree.leaf(*leaf) : std::nullopt;
      if (!member) return fail(errc::kInvalidProposal, "RFC 9420 §12.1.3: Remove names a leaf that is blank");
      if (*leaf == committer) return fail(errc::kInvalidProposalList, "RFC 9420 §12.2: a Remove of the committer");
      tree_changes.removes.push_back(*leaf);
      out.changes.removed.push_back(member_at(*member));
      out.path_required = true;
    } else {
      return fail(dmls::errc::kUnsupported, "this version commits Add and Remove proposals only");
    }
  }

  DMLS_TRY(out.added, out.tree.apply(tree_changes));
  DMLS_CHECK(out.tree.check_credential_types());
  for (const LeafIndex leaf : out.added) out.changes.added.push_back(member_at(*out.tree.leaf(leaf)));
  return out;
}

}  // namespace dmls::group
