#include <dmls/group/proposal.h>

#include <type_traits>

namespace dmls::group {

ProposalType proposal_type(const Proposal& proposal) {
  return std::visit(
      []<class Alternative>(const Alternative& alternative) {
        if constexpr (std::is_same_v<Alternative, CustomProposal>) {
          return alternative.type;
        } else {
          return Alternative::kTag;
        }
      },
      proposal);
}

}  // namespace dmls::group
