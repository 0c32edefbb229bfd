#include "proposal_list.h"

#include <dmls/group/error.h>

#include <array>

#include "verify_content.h"

namespace dmls::group {
namespace {

Result<void> check_regular(LeafIndex committer, const std::vector<ResolvedProposal>& list,
                           const std::array<std::size_t, 8>& count) {
  if (count[std::size_t(ProposalType::external_init)] > 0)
    return fail(errc::kInvalidProposalList, "RFC 9420 §12.2: an ExternalInit in a commit of a member");
  if (count[std::size_t(ProposalType::group_context_extensions)] > 1)
    return fail(errc::kInvalidProposalList, "RFC 9420 §12.2: several GroupContextExtensions proposals");
  if (count[std::size_t(ProposalType::reinit)] > 0 && list.size() > 1)
    return fail(errc::kInvalidProposalList, "RFC 9420 §12.2: a ReInit together with another proposal");
  for (const auto& item : list) {
    if (std::holds_alternative<Update>(*item.proposal) && member_leaf(item.proposer) == committer)
      return fail(errc::kInvalidProposalList, "RFC 9420 §12.2: an Update of the committer");
    const auto* remove = std::get_if<Remove>(item.proposal);
    if (remove != nullptr && remove->removed == committer.value())
      return fail(errc::kInvalidProposalList, "RFC 9420 §12.2: a Remove of the committer");
  }
  return {};
}

Result<void> check_external(const std::vector<ResolvedProposal>& list, const std::array<std::size_t, 8>& count) {
  if (count[std::size_t(ProposalType::external_init)] != 1)
    return fail(errc::kInvalidProposalList, "RFC 9420 §12.2: an external commit has exactly one ExternalInit");
  if (count[std::size_t(ProposalType::remove)] > 1)
    return fail(errc::kInvalidProposalList, "RFC 9420 §12.2: an external commit has at most one Remove");
  const std::size_t allowed = count[std::size_t(ProposalType::external_init)] +
                              count[std::size_t(ProposalType::remove)] + count[std::size_t(ProposalType::psk)];
  if (allowed != list.size())
    return fail(errc::kInvalidProposalList, "RFC 9420 §12.2: an external commit has a proposal of another type");
  return {};
}

}  // namespace

Result<void> check_proposal_list(const CommitterRole& committer, const std::vector<ResolvedProposal>& list) {
  std::array<std::size_t, 8> count{};  // by proposal type; [0]: those that RFC 9420 does not define
  std::vector<keyschedule::PreSharedKeyID> psks;
  for (const auto& item : list) {
    const auto type = proposal_type(*item.proposal);
    ++count[treekem::is_default(type) ? std::size_t(type) : 0];
    if (const auto* psk = std::get_if<PreSharedKey>(item.proposal)) psks.push_back(psk->psk);
  }
  DMLS_CHECK(keyschedule::check_distinct(psks));
  return committer.kind == treekem::Committer::external ? check_external(list, count)
                                                        : check_regular(committer.leaf, list, count);
}

}  // namespace dmls::group
