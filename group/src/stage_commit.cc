// RFC 9420 §12.4.2

#include <dmls/group/transition.h>
#include <dmls/keyschedule/external_init.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/transcript.h>

#include <algorithm>

#include "next_epoch.h"
#include "proposals.h"

namespace dmls::group {
namespace {

// The committer's new leaf, RFC 9420 §7.3. What the tree can judge better (keys, credential types) it judges itself.
// `replaces`: the leaf it takes the place of; one that an external committer removes counts as that (§12.2).
Result<void> validate_path_leaf(const PublicEpoch& before, const treekem::ExtensionList& extensions, LeafIndex at,
                                std::optional<LeafIndex> replaces, const treekem::LeafNode& leaf,
                                const ClientConfig& config) {
  DMLS_TRY(const auto group, GroupExpectations::of(extensions, config));
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
  return treekem::validate_leaf_node(view, expectations, *config.policy);
}

// RFC 9420 §8.3: the init secret that an external committer encapsulated to this epoch.
Result<keyschedule::InitSecret> external_init_secret(const Epoch& parent, BytesView kem_output) {
  DMLS_TRY(const auto pair, keyschedule::external_key_pair(parent.suite(), parent.own().external_secret));
  return keyschedule::receive_external_init(parent.suite(), pair, kem_output);
}

}  // namespace

Result<std::variant<StagedEpoch, RemovedByCommit>> stage_commit(const Epoch& parent, const VerifiedContent& received,
                                                                const CommitInputs& inputs, InitSeam seam) {
  using Staged = std::variant<StagedEpoch, RemovedByCommit>;
  const PublicEpoch& before = parent.shared();
  const auto& suite = before.suite;
  const ClientConfig& config = inputs.config;
  const auto* content = std::get_if<CommitContent>(&received->content.content);
  if (content == nullptr) return fail(errc::kInvalidCommit, "RFC 9420 §12.4: the message is not a commit");
  const Commit& commit = content->commit;

  CommitterRole committer;
  if (const auto sender = received.sender_leaf()) {
    committer.leaf = *sender;
    if (*sender == parent.own_leaf())
      return fail(errc::kInvalidSender, "RFC 9420 §12.4.2: an own commit is merged where it was made, not processed");
  } else {
    committer.kind = treekem::Committer::external;
  }
  const bool external = committer.kind == treekem::Committer::external;

  DMLS_TRY(const auto resolved, resolve(commit.proposals, committer, inputs.proposals));
  DMLS_TRY(auto proposed, apply_proposals(before, committer, resolved, config));
  if (proposed.path_required && !commit.path)
    return fail(errc::kInvalidCommit, "RFC 9420 §12.4: these proposals need a path, and the commit has none");
  if (external) {
    DMLS_TRY(committer.leaf, proposed.tree.first_blank_leaf());
  }
  proposed.changes.has_path = commit.path.has_value();
  proposed.changes.external = external;
  if (commit.path) {
    DMLS_CHECK(validate_path_leaf(before, proposed.extensions, committer.leaf,
                                  external ? proposed.replaced : std::optional(committer.leaf), commit.path->leaf_node,
                                  config));
    proposed.changes.committer = {committer.leaf, commit.path->leaf_node.credential,
                                  commit.path->leaf_node.signature_key.octets};
  } else {
    proposed.changes.committer = member_at(*proposed.tree.leaf(committer.leaf));
  }
  const auto& removed = proposed.changes.removed;
  if (std::any_of(removed.begin(), removed.end(), [&](const Member& m) { return m.leaf == parent.own_leaf(); })) {
    DMLS_CHECK(config.policy->accept(proposed.changes));
    return Staged(RemovedByCommit{std::move(proposed.changes)});
  }

  treekem::TreeSecrets secrets = parent.own().tree_secrets;
  if (proposed.own_update != nullptr) secrets = secrets.with_leaf(proposed.own_update->clone());
  DMLS_TRY(secrets, secrets.pruned(proposed.tree));
  NextEpoch next{suite, before.context, std::move(proposed.extensions), proposed.tree, std::move(secrets)};
  next.context.epoch += 1;
  next.context.extensions = extensions_content(next.extensions);
  keyschedule::CommitSecret commit_secret = keyschedule::commit_secret_without_path(suite);
  SecretBytes last_path_secret(suite.hash_length());  // zero without a path, see InitSecretSource
  if (commit.path) {
    DMLS_TRY(const auto path,
             treekem::ReceivedPath::apply(proposed.tree, committer.kind, committer.leaf, *commit.path, proposed.added));
    next.tree = path.tree();
    next.context.tree_hash = to_bytes(next.tree.tree_hash());
    DMLS_TRY(auto opened, path.open(next.tree_secrets, tls_codec::encode(next.context)));
    next.tree_secrets = std::move(opened.secrets);
    commit_secret = keyschedule::CommitSecret(std::move(opened.commit_secret).into_bytes());
    last_path_secret = std::move(opened.path_secret).into_bytes();
  }
  next.context.tree_hash = to_bytes(next.tree.tree_hash());
  next.context.confirmed_transcript_hash = keyschedule::confirmed_transcript_hash(
      suite, before.interim_transcript_hash, confirmed_transcript_hash_input(*received));
  Bytes encoded_context = tls_codec::encode(next.context);

  std::optional<keyschedule::ExternalInitSource> from_outside;
  if (proposed.kem_output) {
    DMLS_TRY(auto init_secret, external_init_secret(parent, *proposed.kem_output));
    from_outside.emplace(std::move(init_secret));
  }
  keyschedule::InitSecretSource& source = from_outside ? *from_outside : seam.source;
  DMLS_TRY(const auto joiner,
           joiner_secret_for(suite, last_path_secret.expose(), std::move(commit_secret), encoded_context, source));
  DMLS_TRY(const auto psk_secret, psk_secret_of(suite, proposed.psks, inputs.psks));
  DMLS_TRY(auto member_secret, keyschedule::member_secret(suite, joiner, psk_secret));
  DMLS_TRY(auto epoch_secrets,
           keyschedule::derive_epoch(suite, keyschedule::epoch_secret(suite, std::move(member_secret), encoded_context),
                                     seam.succession));
  const Bytes& tag = *received->auth.confirmation_tag;
  if (!keyschedule::verify_confirmation_tag(suite, epoch_secrets.confirmation_key,
                                            next.context.confirmed_transcript_hash, tag))
    return fail(errc::kConfirmationMismatch, "RFC 9420 §12.4.2: the confirmation tag does not verify");

  DMLS_CHECK(config.policy->accept(proposed.changes));
  DMLS_TRY(auto epoch, assemble_epoch(std::move(next), std::move(encoded_context), tag, std::move(epoch_secrets)));
  return Staged(StagedEpoch{std::move(epoch), std::move(proposed.changes)});
}

}  // namespace dmls::group
