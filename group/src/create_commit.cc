// RFC 9420 §12.4.1

#include <dmls/group/key_package_octets.h>
#include <dmls/group/transition.h>

#include "pending.h"
#include "prepare_commit.h"

namespace dmls::group {
namespace {

// What is asked for, by value.
Result<std::vector<ProposalOrRef>> asked_for(const crypto::CipherSuite& suite, const CommitRequest& request,
                                             Random& random) {
  std::vector<ProposalOrRef> out;
  if (request.group_context_extensions())
    out.push_back(ProposalByValue{GroupContextExtensions{*request.group_context_extensions()}});
  for (const Bytes& octets : request.adds()) {
    DMLS_TRY(auto package, decode_key_package(octets));
    out.push_back(ProposalByValue{Add{std::move(package)}});
  }
  for (const LeafIndex leaf : request.removes()) out.push_back(ProposalByValue{Remove{leaf.value()}});
  for (const auto& psk : request.psks()) {
    DMLS_TRY(auto nonce, random.bytes(suite.hash_length()));
    out.push_back(ProposalByValue{PreSharedKey{{psk, std::move(nonce)}}});
  }
  if (request.reinit()) out.push_back(ProposalByValue{*request.reinit()});
  for (const auto& custom : request.custom()) out.push_back(ProposalByValue{custom});
  return out;
}

// What waits, then what is asked for.
Result<std::vector<ProposalOrRef>> all_proposals(const PublicEpoch& epoch, LeafIndex committer,
                                                 const CommitRequest& request, const CommitInputs& inputs,
                                                 const Judgement& judgement) {
  DMLS_TRY(auto asked, asked_for(epoch.suite, request, *inputs.config.random));
  std::vector<ProposalOrRef> out;
  if (request.references()) {
    for (const ProposalRef& reference : *request.references()) out.push_back(ProposalByReference{reference});
  } else if (request.pending() == PendingProposals::include) {
    out = committable(epoch, committer, inputs.proposals, asked, judgement);
  }
  for (auto& item : asked) out.push_back(std::move(item));
  return out;
}

}  // namespace

Result<OwnCommit> create_commit(Epoch& parent, const CommitRequest& request, const CommitInputs& inputs,
                                InitSeam seam) {
  const PublicEpoch& before = parent.shared();
  const ClientConfig& config = inputs.config;
  const Judgement judgement = Judgement::own(config);
  const CommitterRole committer{treekem::Committer::member, parent.own_leaf()};
  const auto present = before.tree.leaf(committer.leaf);
  if (!present) return fail(errc::kRemoved, "this client is not a member of the group");

  DMLS_TRY(auto proposals, all_proposals(before, committer.leaf, request, inputs, judgement));
  DMLS_TRY(const auto resolved, resolve(proposals, committer, inputs.proposals));
  if (!resolved.missing.empty())
    return fail(errc::kUnknownProposal, "a proposal that was asked for by reference does not wait in this epoch");
  DMLS_TRY(auto proposed, apply_proposals(before, committer, resolved.found, judgement));
  Committing committing{committer, request.identity().value_or(SigningIdentity{config.credential, config.signer}),
                        present->node(), &parent.own().tree_secrets,
                        request.identity() ? PathChoice::always : request.path()};
  DMLS_TRY(auto prepared, prepare_commit(before, committing, std::move(proposals), std::move(proposed), config));
  DMLS_TRY(auto content, parent.sign(wire_format_of(request.handshake()), CommitContent{prepared.commit},
                                     request.authenticated_data(), *config.signer));
  DMLS_TRY(auto finished, finish_commit(before, std::move(prepared), content, committing.identity,
                                        {request.tree(), request.welcomes()}, inputs.psks, config, seam));
  content.auth.confirmation_tag = std::move(finished.confirmation_tag);
  finished.staged.identity = request.identity();

  // Everything else has succeeded: now the message key may be spent.
  DMLS_TRY(auto message, parent.protect(content, *config.padding, *config.random));
  return OwnCommit{std::move(finished.staged), std::move(message), std::move(finished.welcomes)};
}

}  // namespace dmls::group
