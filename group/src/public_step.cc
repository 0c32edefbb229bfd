#include "public_step.h"

#include <dmls/keyschedule/transcript.h>

#include "next_epoch.h"

namespace dmls::group {
namespace {

CommitOrigin origin_of(const CommitterRole& committer, const ProposedState& proposed) {
  if (committer.kind == treekem::Committer::member) return CommitOrigin::member;
  return proposed.replaced ? CommitOrigin::rejoiner : CommitOrigin::joiner;
}

}  // namespace

Result<void> validate_path_leaf(const PublicEpoch& before, const treekem::ExtensionList& extensions, LeafIndex at,
                                std::optional<LeafIndex> replaces, const treekem::LeafNode& leaf,
                                const Judgement& judgement) {
  DMLS_TRY(const auto group, GroupExpectations::of(extensions, judgement.lifetime));
  auto expectations = group.expectations(before.suite);
  expectations.source = treekem::LeafNodeSource::commit;
  expectations.position = treekem::LeafPosition{before.context.group_id, at};
  std::optional<treekem::TreeLeaf> replaced_leaf;
  treekem::LeafNodeView replaced;
  if (replaces) {
    replaced_leaf = before.tree.leaf(*replaces);
    if (!replaced_leaf) return fail(errc::kInvalidSender, "RFC 9420 §12.4.2: the committer's leaf is blank");
    replaced = replaced_leaf->view();
    expectations.replaces = &replaced;
  }
  const Bytes encoded = tls_codec::encode(leaf);
  DMLS_TRY(const auto view, treekem::LeafNodeView::parse(encoded));
  if (judgement.of == Judgement::Of::received) return treekem::validate_leaf_node(view, expectations, judgement.policy);
  DMLS_CHECK(treekem::check_leaf_node(view, expectations));  // this client has just signed it
  return treekem::check_credential(view, expectations, judgement.policy);
}

Result<std::variant<PublicStep, Waiting>> take_public_step(const PublicEpoch& before, const SignedContent& received,
                                                           const ProposalStore& store, const Judgement& judgement) {
  using Step = std::variant<PublicStep, Waiting>;
  const auto* content = std::get_if<CommitContent>(&received->content.content);
  if (content == nullptr) return fail(errc::kInvalidCommit, "RFC 9420 §12.4: the message is not a commit");
  const Commit& commit = content->commit;

  CommitterRole committer;
  const auto sender = received.sender_leaf();
  if (sender) {
    committer.leaf = *sender;
  } else {
    committer.kind = treekem::Committer::external;
  }
  DMLS_TRY(auto resolved, resolve(commit.proposals, committer, store));
  if (!resolved.missing.empty()) return Step(Waiting{std::move(resolved.missing), {}});
  DMLS_TRY(auto proposed, apply_proposals(before, committer, resolved.found, judgement));
  if (proposed.path_required && !commit.path)
    return fail(errc::kInvalidCommit, "RFC 9420 §12.4: these proposals need a path, and the commit has none");
  if (!sender) {
    DMLS_TRY(committer.leaf, proposed.tree.first_blank_leaf());
  }

  const auto former = sender ? sender : proposed.replaced;
  Changes& changes = proposed.changes;
  changes.origin = origin_of(committer, proposed);
  changes.has_path = commit.path.has_value();
  if (former) changes.committer_before = member_at(*before.tree.leaf(*former));

  PublicStep step{committer, std::move(proposed), std::nullopt, before.tree, before.context, {}, {}};
  step.context.epoch += 1;
  step.context.extensions = extensions_content(step.proposed.extensions);
  step.tree = step.proposed.tree;
  if (commit.path) {
    DMLS_CHECK(validate_path_leaf(before, step.proposed.extensions, committer.leaf, former, commit.path->leaf_node,
                                  judgement));
    DMLS_TRY(step.path, treekem::ReceivedPath::apply(step.proposed.tree, committer.kind, committer.leaf, *commit.path,
                                                     step.proposed.added));
    step.tree = step.path->tree();
  }
  step.context.tree_hash = to_bytes(step.tree.tree_hash());
  step.provisional_context = tls_codec::encode(step.context);
  step.context.confirmed_transcript_hash = keyschedule::confirmed_transcript_hash(
      before.suite, before.interim_transcript_hash, confirmed_transcript_hash_input(*received));
  step.encoded_context = tls_codec::encode(step.context);
  step.proposed.changes.committer = member_at(*step.tree.leaf(committer.leaf));
  return Step(std::move(step));
}

}  // namespace dmls::group
