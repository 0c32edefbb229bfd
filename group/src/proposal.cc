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

namespace dmls::tls_codec {

Result<group::Proposal> Codec<group::Proposal>::read(Reader& in) {
  DMLS_TRY(const auto type, Codec<group::ProposalType>::read(in));
  if (type == group::ProposalType{})
    return fail(errc::kInvalidValue, "RFC 9420 §17.4: the proposal type 0 is reserved");
  if (!treekem::is_default(type)) {
    DMLS_TRY(auto payload, Codec<Bytes>::read(in));
    return group::Proposal(group::CustomProposal{type, std::move(payload)});
  }
  DMLS_TRY(auto known, Codec<group::KnownProposal>::read_body(in, type));
  return std::visit([](auto&& alternative) { return group::Proposal(std::move(alternative)); }, std::move(known));
}

}  // namespace dmls::tls_codec
