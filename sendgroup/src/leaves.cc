// LeafKeys::detached_leaf: leaves that an UPDATE publishes, and that go along when its PSK is imported.

#include "leaves.h"

#include <algorithm>

#include "leaf_rules.h"
#include "state.h"

namespace dmls::sendgroup {
namespace {

const group::CustomProposal* custom_of(const group::ProposalOrRef& item) {
  const auto* by_value = std::get_if<group::ProposalByValue>(&item);
  return by_value == nullptr ? nullptr : std::get_if<group::CustomProposal>(&by_value->proposal);
}

}  // namespace

std::optional<group::CustomProposal> detached_leaf(const PskLedger& ledger, const EpochName& import,
                                                   crypto::CipherSuiteId suite) {
  const auto* entry = ledger.entry(import);
  const auto* leaf = entry != nullptr ? entry->published(suite) : nullptr;
  if (leaf == nullptr) return std::nullopt;
  return group::CustomProposal{kDetachedLeafProposal, tls_codec::encode(DetachedLeaf{psk_id(import), *leaf})};
}

std::vector<PublishedLeaf> published_leaves(const group::Commit& commit) {
  for (const auto& item : commit.proposals) {
    const auto* custom = custom_of(item);
    if (custom == nullptr || custom->type != kPublishedLeavesProposal) continue;
    auto published = tls_codec::decode<PublishedLeaves>(custom->payload);
    if (published) return std::move(published->leaves);
  }
  return {};
}

group::ClientConfig Session::State::judging(const group::ClientConfig& cfg) const {
  group::ClientConfig out = cfg;
  if (detaches_leaves()) out.custom_proposals = std::make_shared<LeafRules>(ledger, owners, policy());
  return out;
}

// What can be judged without the epochs that are imported.
Result<void> Session::State::check_leaves(const group::Commit& commit, const std::vector<EpochName>& imports,
                                          bool adds) const {
  std::set<EpochName> renewed;
  bool publishes = false;
  for (const auto& item : commit.proposals) {
    const auto* custom = custom_of(item);
    if (custom == nullptr) continue;
    if (custom->type == kDetachedLeafProposal) {
      DMLS_TRY(const auto detached, tls_codec::decode<DetachedLeaf>(custom->payload));
      DMLS_TRY(const auto name, parse_psk_id(detached.psk_id));
      if (std::ranges::find(imports, name) == imports.end() || !renewed.insert(name).second)
        return fail(errc::kInvalidImport, "the commit brings a leaf without the PSK of its epoch, or two");
      continue;
    }
    if (custom->type != kPublishedLeavesProposal || publishes)
      return fail(errc::kForbiddenProposal,
                  "a custom proposal that Send Groups do not have, or leaves published twice");
    publishes = true;
    DMLS_TRY(const auto published, tls_codec::decode<PublishedLeaves>(custom->payload));
    std::set<crypto::CipherSuiteId> suites(universe->parameters.suites.begin(), universe->parameters.suites.end());
    for (const auto& one : published.leaves)
      if (suites.erase(one.suite) == 0)
        return fail(errc::kForbiddenProposal, "a leaf is published for a suite that the universe does not have");
    if (!suites.empty()) return fail(errc::kForbiddenProposal, "a suite of the universe gets no leaf");
  }
  if (publishes && (adds || !commit.path))
    return fail(errc::kForbiddenProposal, "leaves are published in an UPDATE, and with an Add there is none");
  return {};
}

// All that is imported is here: what was published with it comes along. (That it is the same leaf, see LeafRules.)
Result<void> Session::State::check_leaves_are_there(const FollowedGroup& group, const group::Commit& commit,
                                                    const std::vector<EpochName>& imports) const {
  const auto published = static_cast<std::size_t>(std::ranges::count_if(imports, [&](const EpochName& import) {
    return ledger.entry(import)->published(group.epoch.suite().id()) != nullptr;
  }));
  const auto brought = static_cast<std::size_t>(std::ranges::count_if(commit.proposals, [](const auto& item) {
    const auto* custom = custom_of(item);
    return custom != nullptr && custom->type == kDetachedLeafProposal;
  }));
  if (brought != published)
    return fail(errc::kInvalidImport, "the commit imports a PSK without the leaf that was published with it");
  return {};
}

Result<PskLedger::Entry> Session::State::publish_leaves(group::CommitRequest& request) const {
  PskLedger::Entry out;
  for (const auto suite : universe->parameters.suites) {
    const auto* cfg = client_for(suite);
    if (cfg == nullptr) return fail(errc::kSuiteNotAllowed, "a suite of the universe in which we cannot receive");
    DMLS_TRY(auto own_leaf, make_detached_leaf(*cfg));
    out.leaves.push_back({suite, std::move(own_leaf.leaf)});
    out.own_leaves.emplace(suite, group::OwnUpdate{std::move(own_leaf.pair), std::nullopt});
  }
  request.custom({kPublishedLeavesProposal, tls_codec::encode(PublishedLeaves{out.leaves})});
  return out;
}

bool Session::State::fits(const EpochName& import) const {
  auto proposal = detached_leaf(ledger, import, client().suite.id());
  if (!proposal) return true;
  const group::StoredProposal alone{{}, *std::move(proposal), group::MemberSender{0}, {}};
  return group::check_proposal(own->epoch.shared(), alone, judging(client())).has_value();
}

}  // namespace dmls::sendgroup
