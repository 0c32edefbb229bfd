#include "prepare_commit.h"

#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/transcript.h>

#include "make_welcome.h"

namespace dmls::group {

Result<PreparedCommit> prepare_commit(const PublicEpoch& before, const CommitterRole& committer, treekem::LeafNode leaf,
                                      const treekem::TreeSecrets* present, std::vector<ProposalOrRef> proposals,
                                      ProposedState proposed, PathChoice choice, const ClientConfig& config) {
  const auto& suite = before.suite;
  const bool external = committer.kind == treekem::Committer::external;
  std::optional<treekem::PathDraft> path;
  if (external || proposed.path_required || choice == PathChoice::always) {
    DMLS_TRY(path, treekem::PathDraft::make(proposed.tree,
                                            {.committer = committer.kind,
                                             .index = committer.leaf,
                                             .leaf = std::move(leaf),
                                             .group_id = before.context.group_id,
                                             .signer = config.signer.get()},
                                            *config.random));
  }

  std::optional<treekem::TreeSecrets> secrets;
  if (path) {
    secrets = path->secrets();
  } else {
    DMLS_TRY(secrets, present->pruned(proposed.tree));
  }
  std::vector<treekem::KeyPackage> added_packages;  // before the proposals that they are borrowed from move
  for (const auto* package : proposed.added_packages) added_packages.push_back(*package);
  PreparedCommit out{{suite, before.context, std::move(proposed.extensions),
                      path ? path->tree() : std::move(proposed.tree), *std::move(secrets)},
                     {std::move(proposals), std::nullopt},
                     std::nullopt,
                     path ? keyschedule::CommitSecret(path->commit_secret().into_bytes())
                          : keyschedule::commit_secret_without_path(suite),
                     path ? SecretBytes(path->path_secret().expose()) : SecretBytes(suite.hash_length()),
                     std::move(proposed.added),
                     std::move(added_packages),
                     std::move(proposed.psks),
                     std::move(proposed.changes)};
  out.next.context.epoch += 1;
  out.next.context.tree_hash = to_bytes(out.next.tree.tree_hash());
  out.next.context.extensions = extensions_content(out.next.extensions);

  out.changes.committer = member_at(*out.next.tree.leaf(out.next.tree_secrets.leaf_index()));
  out.changes.has_path = path.has_value();
  out.changes.external = external;
  DMLS_CHECK(config.policy->accept(out.changes));

  // The provisional GroupContext still has the old confirmed transcript hash.
  if (path) {
    DMLS_TRY(out.commit.path, path->seal(tls_codec::encode(out.next.context), out.added, *config.random));
  }
  out.path = std::move(path);
  return out;
}

Result<FinishedCommit> finish_commit(const PublicEpoch& before, PreparedCommit prepared,
                                     const AuthenticatedContent& signed_commit, TreeDelivery delivery,
                                     const PskSource& psks, const ClientConfig& config, InitSeam seam) {
  const auto& suite = before.suite;
  NextEpoch& next = prepared.next;
  next.context.confirmed_transcript_hash = keyschedule::confirmed_transcript_hash(
      suite, before.interim_transcript_hash, confirmed_transcript_hash_input(signed_commit));
  Bytes encoded_context = tls_codec::encode(next.context);

  DMLS_TRY(const auto joiner, joiner_secret_for(suite, prepared.last_path_secret.expose(),
                                                std::move(prepared.commit_secret), encoded_context, seam.source));
  DMLS_TRY(const auto psk_secret, psk_secret_of(suite, prepared.psks, psks));
  DMLS_TRY(auto member_secret, keyschedule::member_secret(suite, joiner, psk_secret));
  const auto welcome_secret = keyschedule::welcome_secret(suite, member_secret);
  DMLS_TRY(auto secrets,
           keyschedule::derive_epoch(suite, keyschedule::epoch_secret(suite, std::move(member_secret), encoded_context),
                                     seam.succession));
  Bytes tag = keyschedule::confirmation_tag(suite, secrets.confirmation_key, next.context.confirmed_transcript_hash);

  std::optional<Welcome> welcome;
  if (!prepared.added.empty()) {
    DMLS_TRY(welcome, make_welcome(prepared, tag, joiner, welcome_secret, delivery, config));
  }
  DMLS_TRY(auto epoch, assemble_epoch(std::move(next), std::move(encoded_context), tag, std::move(secrets)));
  return FinishedCommit{{std::move(epoch), std::move(prepared.changes)}, std::move(tag), std::move(welcome)};
}

}  // namespace dmls::group
