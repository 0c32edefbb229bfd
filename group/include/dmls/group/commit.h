#pragma once
// Commit. RFC 9420 §12.4

#include <dmls/group/proposal.h>
#include <dmls/treekem/update_path.h>

#include <cstdint>
#include <optional>

namespace dmls::group {

enum class ProposalOrRefType : std::uint8_t { proposal = 1, reference = 2 };

struct ProposalByValue {
  static constexpr ProposalOrRefType kTag = ProposalOrRefType::proposal;
  Proposal proposal;
  static constexpr auto fields(auto& s) { return std::tie(s.proposal); }
  bool operator==(const ProposalByValue&) const = default;
};

struct ProposalByReference {
  static constexpr ProposalOrRefType kTag = ProposalOrRefType::reference;
  ProposalRef reference;
  static constexpr auto fields(auto& s) { return std::tie(s.reference); }
  bool operator==(const ProposalByReference&) const = default;
};

using ProposalOrRef = std::variant<ProposalByValue, ProposalByReference>;

struct Commit {
  std::vector<ProposalOrRef> proposals;
  std::optional<treekem::UpdatePath> path;
  static constexpr auto fields(auto& s) { return std::tie(s.proposals, s.path); }
  bool operator==(const Commit&) const = default;
};

}  // namespace dmls::group
