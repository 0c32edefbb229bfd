#include "pending.h"

#include <map>
#include <set>

namespace dmls::group {
namespace {

bool is_valid_alone(const PublicEpoch& epoch, LeafIndex committer, const ProposalRef& reference,
                    const ProposalStore& store, const ClientConfig& config) {
  const CommitterRole role{treekem::Committer::member, committer};
  const auto resolved = resolve({ProposalByReference{reference}}, role, store);
  return resolved && apply_proposals(epoch, role, *resolved, config);
}

std::optional<std::uint32_t> leaf_of(const StoredProposal& stored) {
  if (const auto* remove = std::get_if<Remove>(&stored.proposal)) return remove->removed;
  const auto* member = std::get_if<MemberSender>(&stored.sender);
  if (std::holds_alternative<Update>(stored.proposal) && member != nullptr) return member->leaf_index;
  return std::nullopt;
}

}  // namespace

std::vector<ProposalOrRef> committable(const PublicEpoch& epoch, LeafIndex committer, const ProposalStore& store,
                                       const ClientConfig& config) {
  std::vector<const StoredProposal*> valid;
  for (const auto& stored : store.all()) {
    if (is_valid_alone(epoch, committer, stored->reference, store, config)) valid.push_back(stored.get());
  }

  // Which proposal decides about a leaf: a Remove, else the latest Update.
  std::map<std::uint32_t, const StoredProposal*> decides;
  for (const auto* stored : valid) {
    const auto leaf = leaf_of(*stored);
    if (!leaf) continue;
    auto& present = decides[*leaf];
    if (present == nullptr || !std::holds_alternative<Remove>(present->proposal)) present = stored;
  }

  std::vector<ProposalOrRef> out;
  std::set<Bytes, OctetOrder> clients;
  std::set<Bytes, OctetOrder> psks;
  bool extensions = false;
  const StoredProposal* reinit = nullptr;
  for (const auto* stored : valid) {
    const auto leaf = leaf_of(*stored);
    if (leaf && decides[*leaf] != stored) continue;
    if (const auto* add = std::get_if<Add>(&stored->proposal)) {
      if (!clients.insert(add->key_package.leaf_node.signature_key.octets).second) continue;
    } else if (const auto* psk = std::get_if<PreSharedKey>(&stored->proposal)) {
      if (!psks.insert(tls_codec::encode(psk->psk)).second) continue;
    } else if (std::holds_alternative<GroupContextExtensions>(stored->proposal)) {
      if (extensions) continue;
      extensions = true;
    } else if (std::holds_alternative<ReInit>(stored->proposal)) {
      reinit = stored;
      continue;
    }
    out.push_back(ProposalByReference{stored->reference});
  }
  if (out.empty() && reinit != nullptr) out.push_back(ProposalByReference{reinit->reference});
  return out;
}

}  // namespace dmls::group
