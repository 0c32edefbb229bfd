// Groups that descend from a DeMLS group: re-initialised and branched ones. RFC 9420 §11.2, §11.3
#include <dmls/crypto/error.h>
#include <dmls/fork/client.h>
#include <dmls/group/descend.h>
#include <dmls/group/error.h>

#include "application_psks.h"
#include "session_state.h"

namespace dmls::fork {
namespace {

using keyschedule::ResumptionPSKUsage;

// Hears which epoch a Welcome names, and knows none.
class Listener final : public group::AncestorSource {
 public:
  [[nodiscard]] std::optional<group::Ancestor> find(BytesView group_id, std::uint64_t epoch) const override {
    named_group = to_bytes(group_id);
    named_epoch = epoch;
    return std::nullopt;
  }
  mutable std::optional<Bytes> named_group;
  mutable std::uint64_t named_epoch = 0;
};

std::optional<group::ReInit> reinit_of(const History& history, const NodeId& id) {
  const HistoryNode* node = history.find(id);
  return node != nullptr && node->edge ? node->edge->changes.reinit : std::nullopt;
}

// One epoch, of whatever number is asked for: it was looked up by it.
class OneEpoch final : public group::AncestorSource {
 public:
  OneEpoch(const LiveEpoch& live, const History& history)
      : ancestor_{live.epoch.shared_pointer(), reinit_of(history, live.id)} {}
  [[nodiscard]] std::optional<group::Ancestor> find(BytesView, std::uint64_t) const override { return ancestor_; }

 private:
  group::Ancestor ancestor_;
};

}  // namespace

Result<Session> Client::join_descendant(BytesView octets, const Session& ancestor, BytesView ratchet_tree) {
  DMLS_TRY(const auto invitation, read_welcome(octets));
  const auto& [reference, bundle] = *invitation.key_package;
  const auto open = [&, &own = bundle](const group::AncestorSource& source, const group::PskSource& psks,
                                       DemlsSuccession& succession) {
    const EpochNotes notes(succession.id());
    return group::join_epoch(invitation.welcome, own, ratchet_tree, &source, psks, *config_, succession, &notes);
  };
  Listener listener;
  DemlsSuccession unused;
  const auto first = open(listener, ApplicationPsks(*config_), unused);
  if (!listener.named_group) return fail(first.error());
  Error error{group::errc::kUnknownPsk, "RFC 9420 §8.6: the Welcome links to an epoch that is not held"};
  if (*listener.named_group != ancestor.state_->group_id) return fail(error);
  for (const auto& [id, live] : ancestor.state_->live) {
    if (live->epoch.number() != listener.named_epoch) continue;
    DemlsSuccession succession;
    auto staged = open(OneEpoch(*live, ancestor.history()), BranchPsks(*live, *config_), succession);
    if (staged) return take_in(*std::move(staged), std::move(succession), reference);
    error = staged.error();
    if (error.code != crypto::errc::kOpenFailed) break;  // this is the fork that is meant
  }
  return fail(error);
}

Result<Descendant> Client::start_descendant(const Session& parent, const NodeId& node, ResumptionPSKUsage usage,
                                            BytesView group_id, treekem::ExtensionList extensions,
                                            const std::vector<Bytes>& key_packages, group::TreeDelivery tree) {
  DMLS_TRY(const LiveEpoch* old, parent.state_->need(node));
  DMLS_TRY(const bool known, knows(group_id));
  if (known) return fail(group::errc::kKnownGroup, "a session of a group of this id is stored");
  DMLS_TRY(const auto signalling, signalling_of(extensions));
  DMLS_TRY(const auto request, group::descent_request(usage, old->epoch.shared(), key_packages, tree, *config_));
  DemlsSuccession succession;
  DMLS_TRY(auto epoch, group::create_epoch(group_id, std::move(extensions), *config_, succession));
  DMLS_TRY(auto live, enter_epoch(std::move(epoch), std::move(succession), nullptr, identity(), 0));
  auto state = std::make_unique<Session::State>(state_, signalling);
  state->begin(std::move(live), std::nullopt, std::nullopt);
  // Epoch 0 and the commit are written together.
  auto stored = std::move(state->stored);
  const BranchPsks psks(*old, *config_);
  DMLS_TRY(auto commit, state->create(*state->find(state->head), request, &psks));
  state->stored = std::move(stored);
  DMLS_CHECK(state->store_first());
  return Descendant{Session(std::move(state)), std::move(commit)};
}

Result<Descendant> Client::branch(const Session& parent, const NodeId& node, const group::BranchRequest& request) {
  Bytes group_id = request.group_id;
  if (group_id.empty()) {
    DMLS_TRY(group_id, config_->random->bytes(config_->suite.hash_length()));
  }
  DMLS_TRY(auto extensions, demls_extensions(parent.external_commits(), request.extensions));
  return start_descendant(parent, node, ResumptionPSKUsage::branch, group_id, std::move(extensions),
                          request.key_packages, request.tree);
}

Result<Descendant> Client::reinitialize(const Session& closed, const NodeId& node,
                                        const std::vector<Bytes>& key_packages, group::TreeDelivery tree) {
  DMLS_CHECK(closed.state_->need(node));
  const auto reinit = reinit_of(closed.history(), node);
  if (!reinit) return fail(dmls::errc::kMisuse, "RFC 9420 §11.2: no ReInit started this epoch");
  DMLS_CHECK(group::check_reinit(*reinit, *config_));
  return start_descendant(closed, node, ResumptionPSKUsage::reinit, reinit->group_id, reinit->extensions, key_packages,
                          tree);
}

}  // namespace dmls::fork
