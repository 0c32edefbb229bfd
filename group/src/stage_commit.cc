// RFC 9420 §12.4.2

#include <dmls/group/transition.h>
#include <dmls/keyschedule/external_init.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/transcript.h>

#include <algorithm>

#include "next_epoch.h"
#include "pending.h"
#include "public_step.h"

namespace dmls::group {
namespace {

// RFC 9420 §8.3: the init secret that an external committer encapsulated to this epoch.
Result<keyschedule::InitSecret> external_init_secret(const Epoch& parent, BytesView kem_output) {
  if (parent.own().external_secret.empty())
    return fail(errc::kInvalidSender, "RFC 9420 §8.3: the external secret of this epoch was deleted");
  DMLS_TRY(const auto pair, keyschedule::external_key_pair(parent.suite(), parent.own().external_secret));
  return keyschedule::receive_external_init(parent.suite(), pair, kem_output);
}

// The PSKs that this client does not hold.
Result<std::vector<keyschedule::PreSharedKeyID>> missing_psks(const std::vector<keyschedule::PreSharedKeyID>& ids,
                                                              const PskSource& source) {
  std::vector<keyschedule::PreSharedKeyID> out;
  for (const auto& id : ids) {
    const auto psk = source.find(id);
    if (psk) continue;
    if (psk.error().code != errc::kUnknownPsk) return fail(psk.error());
    out.push_back(id);
  }
  return out;
}

bool removes(const Changes& changes, LeafIndex own) {
  // Somebody with our identity joined anew, in our place: this client on another device, or after it lost its state.
  if (changes.origin == CommitOrigin::rejoiner && changes.committer_before->leaf == own) return true;
  return std::any_of(changes.removed.begin(), changes.removed.end(),
                     [&](const Removal& removal) { return removal.member.leaf == own; });
}

struct SecretStep {
  treekem::TreeSecrets tree_secrets;
  CommitContribution contribution;
};

Result<SecretStep> take_secret_step(const Epoch& parent, const PublicStep& step) {
  const auto& suite = parent.suite();
  SecretStep out{parent.own().tree_secrets, CommitContribution::without_path(suite)};
  if (const OwnUpdate* update = step.proposed.own_update)
    out.tree_secrets = out.tree_secrets.with_leaf(update->pair.clone());
  DMLS_TRY(out.tree_secrets, out.tree_secrets.pruned(step.proposed.tree));
  if (step.path) {
    DMLS_TRY(auto opened, step.path->open(out.tree_secrets, step.provisional_context));
    out.tree_secrets = std::move(opened.secrets);
    out.contribution.commit_secret = keyschedule::CommitSecret(std::move(opened.commit_secret).into_bytes());
    out.contribution.last_path_secret = std::move(opened.path_secret).into_bytes();
  }
  out.contribution.psks = step.proposed.changes.psks;
  return out;
}

}  // namespace

Result<Staging> stage_commit(const Epoch& parent, const VerifiedContent& received, const CommitInputs& inputs,
                             InitSeam seam) {
  const PublicEpoch& before = parent.shared();
  const auto& suite = before.suite;
  const ClientConfig& config = inputs.config;
  if (received.epoch() != parent.shared_pointer())
    return fail(errc::kStale, "the commit was not verified in the epoch that it is staged on");
  if (received.sender_leaf() == parent.own_leaf())
    return fail(errc::kOwnMessage, "RFC 9420 §12.4.2: an own commit is merged where it was made, not processed");

  DMLS_TRY(auto outcome, take_public_step(before, received, inputs.proposals, Judgement::received(before, config)));
  if (auto* waiting = std::get_if<Waiting>(&outcome)) return Staging(std::move(*waiting));
  PublicStep& step = *std::get_if<PublicStep>(&outcome);
  Changes& changes = step.proposed.changes;
  if (removes(changes, parent.own_leaf())) {
    DMLS_CHECK(config.policy->accept(before, changes));
    return Staging(RemovedByCommit{std::move(changes)});
  }
  DMLS_TRY(auto missing, missing_psks(changes.psks, inputs.psks));
  if (!missing.empty()) return Staging(Waiting{{}, std::move(missing)});

  DMLS_TRY(auto secret, take_secret_step(parent, step));
  std::optional<keyschedule::ExternalInitSource> from_outside;
  if (step.proposed.kem_output) {
    DMLS_TRY(auto init_secret, external_init_secret(parent, *step.proposed.kem_output));
    from_outside.emplace(std::move(init_secret));
  }
  keyschedule::InitSecretSource& source = from_outside ? *from_outside : seam.source;
  DMLS_TRY(auto derived, derive_next(suite, std::move(secret.contribution), step.encoded_context, inputs.psks,
                                     {source, seam.succession}));
  const Bytes& tag = *received->auth.confirmation_tag;
  if (!keyschedule::verify_confirmation_tag(suite, derived.secrets.confirmation_key,
                                            step.context.confirmed_transcript_hash, tag))
    return fail(errc::kConfirmationMismatch, "RFC 9420 §12.4.2: the confirmation tag does not verify");

  DMLS_CHECK(config.policy->accept(before, changes));
  NextEpoch next{suite, std::move(step.context), std::move(step.proposed.extensions), std::move(step.tree),
                 std::move(secret.tree_secrets)};
  DMLS_TRY(auto epoch,
           assemble_epoch(std::move(next), std::move(step.encoded_context), tag, std::move(derived.secrets), config));
  StagedEpoch out{std::move(epoch), std::move(changes)};
  if (const OwnUpdate* update = step.proposed.own_update) out.identity = update->identity;
  return Staging(std::move(out));
}

Result<void> check_proposal(const PublicEpoch& epoch, const StoredProposal& stored, const ClientConfig& config) {
  return judge_proposal(epoch, stored, Judgement::received(epoch, config));
}

}  // namespace dmls::group
