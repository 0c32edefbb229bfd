#include "pending.h"

#include <map>

#include "verify_content.h"

namespace dmls::group {
namespace {

// No leaf has this index: trees are smaller (RFC 9420 §4.1: at most 2^31 leaves; this is the last of them).
constexpr LeafIndex kSomebodyElse{0x7fffffff};

// The leaf that a proposal decides about.
std::optional<std::uint32_t> leaf_of(const Proposal& proposal, const Sender& sender) {
  if (const auto* remove = std::get_if<Remove>(&proposal)) return remove->removed;
  const auto* member = std::get_if<MemberSender>(&sender);
  if (std::holds_alternative<Update>(proposal) && member != nullptr) return member->leaf_index;
  return std::nullopt;
}

class Selection {
 public:
  Selection(const PublicEpoch& epoch, LeafIndex committer, const ProposalStore& store,
            std::vector<ProposalOrRef> asked_for, const Judgement& judgement)
      : epoch_(epoch),
        role_{treekem::Committer::member, committer},
        store_(store),
        judgement_(judgement),
        asked_for_(std::move(asked_for)) {}

  std::vector<ProposalOrRef> run() {
    std::vector<const StoredProposal*> candidates = preferred();
    const StoredProposal* reinit = nullptr;
    std::erase_if(candidates, [&](const StoredProposal* stored) {
      const bool is_reinit = std::holds_alternative<ReInit>(stored->proposal);
      if (is_reinit) reinit = stored;
      return is_reinit;
    });
    auto out = together(candidates);
    if (out.empty() && asked_for_.empty() && reinit != nullptr) out = together({reinit});
    return out;
  }

 private:
  // Of those that are valid: a Remove before all Updates of its leaf, the latest Update before the others.
  std::vector<const StoredProposal*> preferred() const {
    std::vector<const StoredProposal*> out;
    std::map<std::uint32_t, const StoredProposal*> decides;
    for (const auto& stored : store_.all()) {
      if (stored->objection) continue;
      out.push_back(stored.get());
      const auto leaf = leaf_of(stored->proposal, stored->sender);
      if (!leaf || !fits({stored.get()}, {})) continue;
      auto& present = decides[*leaf];
      if (present == nullptr || !std::holds_alternative<Remove>(present->proposal)) present = stored.get();
    }
    std::erase_if(out, [&](const StoredProposal* stored) {
      const auto leaf = leaf_of(stored->proposal, stored->sender);
      return leaf && decides[*leaf] != stored;
    });
    return out;
  }

  // All of them if they go together with what is asked for; else as many as do, the earlier first.
  std::vector<ProposalOrRef> together(const std::vector<const StoredProposal*>& candidates) const {
    std::vector<const StoredProposal*> taken = candidates;
    if (!taken.empty() && !fits(taken, asked_for_)) {
      taken.clear();
      for (const StoredProposal* candidate : candidates) {
        taken.push_back(candidate);
        if (!fits(taken, asked_for_)) taken.pop_back();
      }
    }
    std::vector<ProposalOrRef> out;
    for (const StoredProposal* stored : taken) out.push_back(ProposalByReference{stored->reference});
    return out;
  }

  bool fits(const std::vector<const StoredProposal*>& taken, const std::vector<ProposalOrRef>& others) const {
    std::vector<ProposalOrRef> list;
    for (const StoredProposal* stored : taken) list.push_back(ProposalByReference{stored->reference});
    list.insert(list.end(), others.begin(), others.end());
    const auto resolved = resolve(list, role_, store_);
    return resolved && apply_proposals(epoch_, role_, resolved->found, judgement_);
  }

  const PublicEpoch& epoch_;
  CommitterRole role_;
  const ProposalStore& store_;
  const Judgement& judgement_;
  std::vector<ProposalOrRef> asked_for_;
};

}  // namespace

Result<void> is_valid_alone(const PublicEpoch& epoch, const StoredProposal& stored, const Judgement& judgement) {
  const CommitterRole role{treekem::Committer::member, kSomebodyElse};
  DMLS_CHECK(apply_proposals(epoch, role, {{&stored.proposal, stored.sender}}, judgement));
  return {};
}

Result<void> judge_proposal(const PublicEpoch& epoch, const StoredProposal& stored, const Judgement& judgement) {
  DMLS_CHECK(judgement.policy.accept_proposal(epoch, stored));
  return is_valid_alone(epoch, stored, judgement);
}

std::vector<ProposalOrRef> committable(const PublicEpoch& epoch, LeafIndex committer, const ProposalStore& store,
                                       const std::vector<ProposalOrRef>& asked_for, const Judgement& judgement) {
  if (store.all().empty()) return {};
  return Selection(epoch, committer, store, asked_for, judgement).run();
}

}  // namespace dmls::group
