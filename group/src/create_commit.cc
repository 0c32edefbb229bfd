// RFC 9420 §12.4.1

#include <dmls/group/transition.h>

#include "pending.h"
#include "prepare_commit.h"

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

// What waits, then what is asked for. A request for new extensions takes the place of a waiting one.
Result<std::vector<ProposalOrRef>> requested_proposals(const PublicEpoch& epoch, LeafIndex committer,
                                                       const CommitRequest& request, const CommitInputs& inputs) {
  std::vector<ProposalOrRef> out;
  if (request.pending() == PendingProposals::include)
    out = committable(epoch, committer, inputs.proposals, inputs.config);
  if (request.group_context_extensions()) {
    std::erase_if(out, [&](const ProposalOrRef& item) {
      const auto* stored = inputs.proposals.find(std::get_if<ProposalByReference>(&item)->reference);
      return std::holds_alternative<GroupContextExtensions>(stored->proposal);
    });
    out.push_back(ProposalByValue{GroupContextExtensions{*request.group_context_extensions()}});
  }
  for (const Bytes& octets : request.adds()) {
    DMLS_TRY(auto package, decode_key_package(octets));
    out.push_back(ProposalByValue{Add{std::move(package)}});
  }
  for (const LeafIndex leaf : request.removes()) out.push_back(ProposalByValue{Remove{leaf.value()}});
  for (const auto& psk : request.psks()) {
    DMLS_TRY(auto nonce, inputs.config.random->bytes(epoch.suite.hash_length()));
    out.push_back(ProposalByValue{PreSharedKey{{psk, std::move(nonce)}}});
  }
  return out;
}

}  // namespace

Result<OwnCommit> create_commit(Epoch& parent, const CommitRequest& request, const CommitInputs& inputs,
                                InitSeam seam) {
  const PublicEpoch& before = parent.shared();
  const ClientConfig& config = inputs.config;
  const CommitterRole committer{treekem::Committer::member, parent.own_leaf()};
  const auto present = before.tree.leaf(committer.leaf);
  if (!present) return fail(errc::kRemoved, "this client is not a member of the group");

  DMLS_TRY(auto proposals, requested_proposals(before, committer.leaf, request, inputs));
  DMLS_TRY(const auto resolved, resolve(proposals, committer, inputs.proposals));
  DMLS_TRY(auto proposed, apply_proposals(before, committer, resolved, config));
  DMLS_TRY(auto prepared, prepare_commit(before, committer, present->node(), &parent.own().tree_secrets,
                                         std::move(proposals), std::move(proposed), request.path(), config));
  DMLS_TRY(auto content, parent.sign(request.wire_format(), CommitContent{prepared.commit},
                                     request.authenticated_data(), *config.signer));
  DMLS_TRY(auto finished,
           finish_commit(before, std::move(prepared), content, request.tree(), inputs.psks, config, seam));
  content.auth.confirmation_tag = std::move(finished.confirmation_tag);

  // Everything else has succeeded: now the message key may be spent.
  DMLS_TRY(auto message, parent.protect(content, request.padding(), *config.random));
  OwnCommit out{std::move(finished.staged), std::move(message), std::nullopt};
  if (finished.welcome) out.welcome = MlsMessage{*std::move(finished.welcome)};
  return out;
}

}  // namespace dmls::group
