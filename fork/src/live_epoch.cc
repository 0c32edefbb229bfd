#include "live_epoch.h"

#include <dmls/keyschedule/transcript.h>

namespace dmls::fork {

CommitHash commit_hash(const group::PublicEpoch& parent, const group::AuthenticatedContent& commit) {
  return CommitHash(keyschedule::confirmed_transcript_hash(parent.suite, parent.interim_transcript_hash,
                                                           group::confirmed_transcript_hash_input(commit)));
}

std::optional<tree_math::LeafIndex> find_member(const treekem::RatchetTree& tree, const group::Member& member,
                                                const treekem::CredentialValidator& validator) {
  const auto encoded = treekem::EncodedCredential::of(member.credential);
  if (!encoded) return std::nullopt;
  const Bytes client = validator.client_id(encoded->view(), member.signature_key);
  std::optional<tree_math::LeafIndex> found;
  tree.for_each_leaf([&](const treekem::TreeLeaf& leaf) {
    if (!found && validator.client_id(leaf.view().credential, leaf.view().signature_key) == client)
      found = leaf.index();
  });
  if (found) return found;
  const auto there = tree.leaf(member.leaf);
  if (there && validator.identity(there->view().credential) == validator.identity(encoded->view())) return member.leaf;
  return std::nullopt;
}

Result<keyschedule::Psk> BranchPsks::find(const keyschedule::PreSharedKeyID& id) const {
  const auto* resumption = std::get_if<keyschedule::ResumptionPskId>(&id.psk);
  if (resumption == nullptr) {
    if (application_ != nullptr) return application_->find(id);
    return fail(group::errc::kUnknownPsk, "RFC 9420 §12.4.2: a pre-shared key that this client does not hold");
  }
  if (resumption->psk_group_id != live_.epoch.shared().context.group_id)
    return fail(errc::kForeignResumption,
                "DeMLS: the resumption PSK of another group does not say on which fork; use an external PSK");
  if (resumption->psk_epoch == live_.epoch.number()) return keyschedule::Psk(live_.own_psk->psk.clone().into_bytes());
  for (const auto& past : live_.past_psks)
    if (past->epoch == resumption->psk_epoch) return keyschedule::Psk(past->psk.clone().into_bytes());
  return fail(group::errc::kUnknownPsk, "RFC 9420 §8.6: the resumption PSK of that epoch of this branch is not kept");
}

Result<std::unique_ptr<LiveEpoch>> enter_epoch(group::Epoch epoch, DemlsSuccession succession, const LiveEpoch* parent,
                                               group::SigningIdentity identity, std::size_t kept_psks) {
  NodeId id = succession.id();
  DMLS_TRY(auto pprf, std::move(succession).into_pprf(epoch.suite()));
  DMLS_TRY(const auto signalling, signalling_of(epoch.shared().extensions));
  if (signalling.external_commits() == ExternalCommits::refused) epoch.forget_external_secret();
  auto live = std::make_unique<LiveEpoch>(std::move(id), std::move(epoch), std::move(pprf), std::move(identity));
  live->own_psk = std::make_shared<const PastPsk>(
      PastPsk{live->id, live->epoch.number(), live->epoch.own().resumption_psk.clone()});
  if (parent == nullptr || kept_psks == 0) return live;
  live->past_psks = parent->past_psks;
  live->past_psks.push_back(parent->own_psk);
  while (live->past_psks.size() > kept_psks) live->past_psks.erase(live->past_psks.begin());
  return live;
}

}  // namespace dmls::fork
