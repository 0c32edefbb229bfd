// RFC 9420 §12.4.2

#include <dmls/crypto/error.h>
#include <dmls/group/transition.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/transcript.h>
#include <dmls/treekem/leaf_validation.h>
#include <dmls/treekem/path.h>

#include "next_epoch.h"
#include "proposals.h"

namespace dmls::group {
namespace {

// The committer's new leaf, RFC 9420 §7.3. What the tree can judge better (keys, credential types) it judges itself.
Result<void> validate_path_leaf(const PublicEpoch& before, LeafIndex sender, const treekem::LeafNode& leaf,
                                const ClientConfig& config) {
  DMLS_TRY(const auto required, treekem::get_extension<treekem::RequiredCapabilities>(before.extensions));
  std::vector<treekem::ExtensionType> group_extensions;
  for (const auto& extension : before.extensions) group_extensions.push_back(extension.extension_type);
  const auto replaced_leaf = before.tree.leaf(sender);
  if (!replaced_leaf) return fail(errc::kInvalidSender, "RFC 9420 §12.4.2: the committer's leaf is blank");
  const treekem::LeafNodeView replaced = replaced_leaf->view();

  const Bytes encoded = tls_codec::encode(leaf);
  DMLS_TRY(const auto view, treekem::LeafNodeView::parse(encoded));
  return treekem::validate_leaf_node(view,
                                     {.suite = before.suite,
                                      .source = treekem::LeafNodeSource::commit,
                                      .position = treekem::LeafPosition{before.context.group_id, sender},
                                      .replaces = &replaced,
                                      .required = required ? &*required : nullptr,
                                      .group_extensions = group_extensions},
                                     *config.policy);
}

}  // namespace

Result<StagedEpoch> stage_commit(const Epoch& parent, const VerifiedContent& received, const ClientConfig& config,
                                 InitSeam seam) {
  const PublicEpoch& before = parent.shared();
  const auto& suite = before.suite;
  const auto* content = std::get_if<CommitContent>(&received->content.content);
  if (content == nullptr) return fail(errc::kInvalidCommit, "RFC 9420 §12.4: the message is not a commit");
  const Commit& commit = content->commit;
  const LeafIndex sender = received.sender_leaf();
  if (sender == parent.own_leaf())
    return fail(errc::kInvalidSender, "RFC 9420 §12.4.2: an own commit is merged where it was made, not processed");

  DMLS_TRY(auto proposed, apply_proposals(before, sender, commit.proposals, config));
  if (!proposed.tree.is_member(parent.own_leaf()))
    return fail(errc::kRemoved, "RFC 9420 §12.4.2: the commit removes this member");
  if (proposed.path_required && !commit.path)
    return fail(errc::kInvalidCommit, "RFC 9420 §12.4.2: these proposals need a path, and the commit has none");

  NextEpoch next{suite, before.context, before.extensions, proposed.tree, parent.own().tree_secrets};
  next.context.epoch += 1;
  keyschedule::CommitSecret commit_secret = keyschedule::commit_secret_without_path(suite);
  SecretBytes last_path_secret(suite.hash_length());  // zero without a path, see InitSecretSource
  DMLS_TRY(next.tree_secrets, next.tree_secrets.pruned(proposed.tree));
  if (commit.path) {
    DMLS_CHECK(validate_path_leaf(before, sender, commit.path->leaf_node, config));
    DMLS_TRY(const auto path, treekem::ReceivedPath::apply(proposed.tree, treekem::Committer::member, sender,
                                                           *commit.path, proposed.added));
    next.tree = path.tree();
    next.context.tree_hash = to_bytes(next.tree.tree_hash());
    DMLS_TRY(auto opened, path.open(next.tree_secrets, tls_codec::encode(next.context)));
    next.tree_secrets = std::move(opened.secrets);
    commit_secret = keyschedule::CommitSecret(std::move(opened.commit_secret).into_bytes());
    last_path_secret = std::move(opened.path_secret).into_bytes();
  }
  next.context.tree_hash = to_bytes(next.tree.tree_hash());

  proposed.changes.committer = member_at(*next.tree.leaf(sender));
  proposed.changes.has_path = commit.path.has_value();

  next.context.confirmed_transcript_hash = keyschedule::confirmed_transcript_hash(
      suite, before.interim_transcript_hash, confirmed_transcript_hash_input(*received));
  Bytes encoded_context = tls_codec::encode(next.context);
  DMLS_TRY(const auto joiner,
           joiner_secret_for(suite, last_path_secret.expose(), std::move(commit_secret), encoded_context, seam.source));
  DMLS_TRY(const auto psk_secret, keyschedule::psk_secret(suite, {}));
  DMLS_TRY(auto member_secret, keyschedule::member_secret(suite, joiner, psk_secret));
  DMLS_TRY(auto secrets,
           keyschedule::derive_epoch(suite, keyschedule::epoch_secret(suite, std::move(member_secret), encoded_context),
                                     seam.succession));
  const Bytes& tag = *received->auth.confirmation_tag;
  if (!keyschedule::verify_confirmation_tag(suite, secrets.confirmation_key, next.context.confirmed_transcript_hash,
                                            tag))
    return fail(errc::kConfirmationMismatch, "RFC 9420 §12.4.2: the confirmation tag does not verify");

  DMLS_CHECK(config.policy->accept(proposed.changes));
  DMLS_TRY(auto epoch, assemble_epoch(std::move(next), std::move(encoded_context), tag, std::move(secrets)));
  return StagedEpoch{std::move(epoch), std::move(proposed.changes)};
}

}  // namespace dmls::group
