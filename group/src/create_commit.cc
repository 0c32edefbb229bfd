// RFC 9420 §12.4.1

#include <dmls/crypto/aead.h>
#include <dmls/group/transition.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/transcript.h>
#include <dmls/treekem/path.h>

#include "make_welcome.h"
#include "next_epoch.h"
#include "proposals.h"

namespace dmls::group {
namespace {

// An encoded KeyPackage, or an MLSMessage that carries one.
Result<treekem::KeyPackage> decode_key_package(BytesView octets) {
  auto bare = tls_codec::decode<treekem::KeyPackage>(octets);
  if (bare) return bare;
  DMLS_TRY(auto message, tls_codec::decode<MlsMessage>(octets));
  if (auto* package = std::get_if<treekem::KeyPackage>(&message.body)) return std::move(*package);
  return fail(errc::kInvalidProposal, "RFC 9420 §12.1.1: what is to be added is no KeyPackage");
}

Result<std::vector<ProposalOrRef>> requested_proposals(const CommitRequest& request) {
  std::vector<ProposalOrRef> out;
  for (const Bytes& octets : request.adds()) {
    DMLS_TRY(auto package, decode_key_package(octets));
    out.push_back(ProposalByValue{Add{std::move(package)}});
  }
  for (const LeafIndex leaf : request.removes()) out.push_back(ProposalByValue{Remove{leaf.value()}});
  return out;
}

}  // namespace

Result<OwnCommit> create_commit(Epoch& parent, const CommitRequest& request, const ClientConfig& config,
                                InitSeam seam) {
  const PublicEpoch& before = parent.shared();
  const auto& suite = before.suite;
  const LeafIndex own_leaf = parent.own_leaf();

  // Proposals and path.
  Commit commit;
  DMLS_TRY(commit.proposals, requested_proposals(request));
  DMLS_TRY(auto proposed, apply_proposals(before, own_leaf, commit.proposals, config));
  NextEpoch next{suite, before.context, before.extensions, proposed.tree, parent.own().tree_secrets};
  next.context.epoch += 1;

  std::optional<treekem::PathDraft> path;
  keyschedule::CommitSecret commit_secret = keyschedule::commit_secret_without_path(suite);
  SecretBytes last_path_secret(suite.hash_length());  // zero without a path, see InitSecretSource
  if (proposed.path_required || request.path() == PathChoice::always) {
    const auto present = before.tree.leaf(own_leaf);
    if (!present) return fail(errc::kRemoved, "this client is not a member of the group");
    DMLS_TRY(path, treekem::PathDraft::make(proposed.tree,
                                            {.index = own_leaf,
                                             .leaf = present->node(),
                                             .group_id = before.context.group_id,
                                             .signer = config.signer.get()},
                                            *config.random));
    next.tree = path->tree();
    next.tree_secrets = path->secrets();
    commit_secret = keyschedule::CommitSecret(path->commit_secret().into_bytes());
    last_path_secret = SecretBytes(path->path_secret().expose());
  } else {
    DMLS_TRY(next.tree_secrets, next.tree_secrets.pruned(next.tree));
  }
  next.context.tree_hash = to_bytes(next.tree.tree_hash());

  proposed.changes.committer = member_at(*next.tree.leaf(own_leaf));
  proposed.changes.has_path = path.has_value();
  DMLS_CHECK(config.policy->accept(proposed.changes));

  // The provisional GroupContext still has the old confirmed transcript hash.
  if (path) {
    DMLS_TRY(commit.path, path->seal(tls_codec::encode(next.context), proposed.added, *config.random));
  }

  // Sign under the old context, then let the key schedule run under the new one.
  DMLS_TRY(auto content, parent.sign(request.wire_format(), CommitContent{std::move(commit)},
                                     request.authenticated_data(), *config.signer));
  next.context.confirmed_transcript_hash = keyschedule::confirmed_transcript_hash(
      suite, before.interim_transcript_hash, confirmed_transcript_hash_input(content));
  Bytes encoded_context = tls_codec::encode(next.context);
  DMLS_TRY(const auto joiner,
           joiner_secret_for(suite, last_path_secret.expose(), std::move(commit_secret), encoded_context, seam.source));
  DMLS_TRY(const auto psk_secret, keyschedule::psk_secret(suite, {}));
  DMLS_TRY(auto member_secret, keyschedule::member_secret(suite, joiner, psk_secret));
  const auto welcome_secret = keyschedule::welcome_secret(suite, member_secret);
  DMLS_TRY(auto secrets,
           keyschedule::derive_epoch(suite, keyschedule::epoch_secret(suite, std::move(member_secret), encoded_context),
                                     seam.succession));
  Bytes tag = keyschedule::confirmation_tag(suite, secrets.confirmation_key, next.context.confirmed_transcript_hash);
  content.auth.confirmation_tag = tag;

  std::optional<MlsMessage> welcome;
  if (!proposed.added.empty()) {
    DMLS_TRY(auto made, make_welcome(next, tag, own_leaf, proposed.added, content, path, joiner, welcome_secret,
                                     request.tree(), config));
    welcome = MlsMessage{std::move(made)};
  }
  DMLS_TRY(auto epoch, assemble_epoch(std::move(next), std::move(encoded_context), std::move(tag), std::move(secrets)));

  // Everything else has succeeded: now the message key may be spent.
  DMLS_TRY(auto message, parent.protect(content, request.padding(), *config.random));
  return OwnCommit{{std::move(epoch), std::move(proposed.changes)}, std::move(message), std::move(welcome)};
}

}  // namespace dmls::group
