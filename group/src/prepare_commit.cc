#include "prepare_commit.h"

#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/transcript.h>

#include "make_welcome.h"
#include "public_step.h"

namespace dmls::group {
namespace {

void describe(Changes& changes, const PublicEpoch& before, const Committing& committing, const PreparedCommit& out,
              std::optional<LeafIndex> replaced) {
  const bool external = committing.role.kind == treekem::Committer::external;
  const auto former = external ? replaced : std::optional(committing.role.leaf);
  changes.committer = member_at(*out.next.tree.leaf(out.next.tree_secrets.leaf_index()));
  if (former) changes.committer_before = member_at(*before.tree.leaf(*former));
  if (external) changes.origin = former ? CommitOrigin::rejoiner : CommitOrigin::joiner;
  changes.has_path = out.path.has_value();
}

CommitContribution contribution_of(const crypto::CipherSuite& suite, const PreparedCommit& prepared) {
  CommitContribution out = CommitContribution::without_path(suite);
  if (prepared.path) {
    out.commit_secret = keyschedule::CommitSecret(prepared.path->commit_secret().into_bytes());
    out.last_path_secret = SecretBytes(prepared.path->path_secret().expose());
  }
  out.psks = prepared.changes.psks;
  return out;
}

}  // namespace

Result<PreparedCommit> prepare_commit(const PublicEpoch& before, const Committing& committing,
                                      std::vector<ProposalOrRef> proposals, ProposedState proposed,
                                      const ClientConfig& config) {
  const auto& suite = before.suite;
  std::optional<treekem::PathDraft> path;
  if (committing.present == nullptr || proposed.path_required || committing.path == PathChoice::always) {
    treekem::LeafNode leaf = committing.leaf;
    leaf.credential = committing.identity.credential;
    leaf.signature_key = committing.identity.signer->public_key();
    DMLS_TRY(path, treekem::PathDraft::make(proposed.tree,
                                            {.committer = committing.role.kind,
                                             .index = committing.role.leaf,
                                             .leaf = std::move(leaf),
                                             .group_id = before.context.group_id,
                                             .signer = committing.identity.signer.get()},
                                            *config.random));
  }

  std::optional<treekem::TreeSecrets> secrets;
  if (path) {
    secrets = path->secrets();
  } else {
    DMLS_TRY(secrets, committing.present->pruned(proposed.tree));
  }
  std::vector<treekem::KeyPackage> added_packages;  // before the proposals that they are borrowed from move
  for (const auto* package : proposed.added_packages) added_packages.push_back(*package);
  PreparedCommit out{{suite, before.context, std::move(proposed.extensions),
                      path ? path->tree() : std::move(proposed.tree), *std::move(secrets)},
                     {std::move(proposals), std::nullopt},
                     std::move(path),
                     std::move(proposed.added),
                     std::move(added_packages),
                     std::move(proposed.changes)};
  out.next.context.epoch += 1;
  out.next.context.tree_hash = to_bytes(out.next.tree.tree_hash());
  out.next.context.extensions = extensions_content(out.next.extensions);
  describe(out.changes, before, committing, out, proposed.replaced);
  if (out.path) {
    const LeafIndex at = out.path->index();
    const auto former = out.changes.committer_before;
    DMLS_CHECK(validate_path_leaf(before, out.next.extensions, at, former ? std::optional(former->leaf) : std::nullopt,
                                  out.path->tree().leaf(at)->node(), Judgement::own(config)));
    DMLS_CHECK(out.path->tree().check_credential_types());
  }
  DMLS_CHECK(config.policy->accept(before, out.changes));

  // The provisional GroupContext still has the old confirmed transcript hash.
  if (out.path) {
    DMLS_TRY(out.commit.path,
             out.path->seal(tls_codec::encode(out.next.context), out.added, *config.random, config.executor.get()));
  }
  return out;
}

Result<FinishedCommit> finish_commit(const PublicEpoch& before, PreparedCommit prepared,
                                     const AuthenticatedContent& signed_commit, const SigningIdentity& identity,
                                     WelcomeStyle style, const PskSource& psks, const ClientConfig& config,
                                     InitSeam seam) {
  const auto& suite = before.suite;
  NextEpoch& next = prepared.next;
  next.context.confirmed_transcript_hash = keyschedule::confirmed_transcript_hash(
      suite, before.interim_transcript_hash, confirmed_transcript_hash_input(signed_commit));
  Bytes encoded_context = tls_codec::encode(next.context);
  DMLS_TRY(auto derived, derive_next(suite, contribution_of(suite, prepared), encoded_context, psks, seam));
  Bytes tag =
      keyschedule::confirmation_tag(suite, derived.secrets.confirmation_key, next.context.confirmed_transcript_hash);

  std::vector<WelcomeMessage> welcomes;
  if (!prepared.added.empty()) {
    DMLS_TRY(welcomes, make_welcomes(prepared, tag, derived, identity, style, config, seam.notes));
  }
  DMLS_TRY(auto epoch,
           assemble_epoch(std::move(next), std::move(encoded_context), tag, std::move(derived.secrets), config));
  return FinishedCommit{{std::move(epoch), std::move(prepared.changes)}, std::move(tag), std::move(welcomes)};
}

}  // namespace dmls::group
