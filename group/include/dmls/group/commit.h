#pragma once
// Commit. RFC 9420 §12.4

#include <dmls/group/proposal.h>
#include <dmls/treekem/update_path.h>

#include <cstdint>
#include <optional>

namespace dmls::group {

// Which alternative of a ProposalOrRef follows.
enum class ProposalOrRefType : std::uint8_t {
  proposal = 1,   // ProposalByValue
  reference = 2,  // ProposalByReference
};

// A proposal of the committer, in the commit itself.
struct ProposalByValue {
  static constexpr ProposalOrRefType kTag = ProposalOrRefType::proposal;
  Proposal proposal;  // not an Update: its sender cannot commit it, RFC 9420 §12.2
  static constexpr auto fields(auto& s) { return std::tie(s.proposal); }
  bool operator==(const ProposalByValue&) const = default;
};

// A proposal that was sent before, in the same epoch. Not in external commits.
struct ProposalByReference {
  static constexpr ProposalOrRefType kTag = ProposalOrRefType::reference;
  ProposalRef reference;  // Nh octets, see make_proposal_ref()
  static constexpr auto fields(auto& s) { return std::tie(s.reference); }
  bool operator==(const ProposalByReference&) const = default;
};

// struct { ProposalOrRefType type; select (type) {...}; }
using ProposalOrRef = std::variant<ProposalByValue, ProposalByReference>;

// What a commit says, before it is framed and signed.
struct Commit {
  std::vector<ProposalOrRef> proposals;     // may be empty if there is a path
  std::optional<treekem::UpdatePath> path;  // nothing only if there are proposals, and none of them needs it
  static constexpr auto fields(auto& s) { return std::tie(s.proposals, s.path); }
  bool operator==(const Commit&) const = default;
};

}  // namespace dmls::group
