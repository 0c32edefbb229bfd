#include <dmls/group/error.h>
#include <dmls/group/proposal_store.h>

namespace dmls::group {

Result<void> ProposalStore::add(StoredProposal proposal) {
  if (find(proposal.reference) != nullptr) return {};
  DMLS_CHECK(check_room(proposal.reference));
  auto stored = std::make_shared<const StoredProposal>(std::move(proposal));
  by_reference_.emplace(stored->reference.octets, stored);
  order_.push_back(std::move(stored));
  return {};
}

Result<void> ProposalStore::check_room(const ProposalRef& reference) const {
  if (order_.size() >= kMaxProposals && find(reference) == nullptr)
    return fail(dmls::errc::kLimit, "too many proposals wait in this epoch");
  return {};
}

void ProposalStore::add_own_update(const ProposalRef& reference, OwnUpdate update) {
  own_updates_.insert_or_assign(reference.octets, std::move(update));
}

const StoredProposal* ProposalStore::find(const ProposalRef& reference) const {
  const auto found = by_reference_.find(reference.octets);
  return found == by_reference_.end() ? nullptr : found->second.get();
}

const OwnUpdate* ProposalStore::own_update(const ProposalRef& reference) const {
  const auto found = own_updates_.find(reference.octets);
  return found == own_updates_.end() ? nullptr : &found->second;
}

void ProposalStore::clear() {
  order_.clear();
  by_reference_.clear();
  own_updates_.clear();
}

}  // namespace dmls::group
