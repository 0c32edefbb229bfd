#include <dmls/group/group.h>
#include <dmls/keyschedule/error.h>
#include <dmls/keyschedule/exporter.h>
#include <dmls/keyschedule/succession.h>

#include <algorithm>

namespace dmls::group {
namespace {

// How many resumption PSKs of left epochs a group keeps. RFC 9420 §8.6 leaves the bound to the application.
constexpr std::size_t kKeptResumptionPsks = 16;

}  // namespace

class Group::Psks final : public PskSource {
 public:
  explicit Psks(const Group& group) : group_(group) {}
  Result<keyschedule::Psk> find(const keyschedule::PreSharedKeyID& id) const override {
    const auto* resumption = std::get_if<keyschedule::ResumptionPskId>(&id.psk);
    const BytesView own = group_.group_id();
    if (resumption == nullptr ||
        !std::equal(own.begin(), own.end(), resumption->psk_group_id.begin(), resumption->psk_group_id.end()))
      return group_.config_->psks->find(id);
    if (resumption->psk_epoch == group_.epoch()) return psk(group_.epoch_.own().resumption_psk);
    const auto kept = group_.resumption_psks_.find(resumption->psk_epoch);
    if (kept == group_.resumption_psks_.end())
      return fail(errc::kUnknownPsk, "RFC 9420 §8.6: the resumption PSK of that epoch is not kept");
    return psk(kept->second);
  }

 private:
  static keyschedule::Psk psk(const keyschedule::ResumptionPsk& secret) {
    return keyschedule::Psk(secret.clone().into_bytes());
  }
  const Group& group_;
};

std::vector<Member> Group::members() const {
  std::vector<Member> out;
  out.reserve(epoch_.shared().tree.member_count());
  epoch_.shared().tree.for_each_leaf([&out](const treekem::TreeLeaf& leaf) {
    const auto view = leaf.view();
    out.push_back({leaf.index(), view.credential.decode(), to_bytes(view.signature_key)});
  });
  return out;
}

Result<SecretBytes> Group::export_secret(std::string_view label, BytesView context, std::size_t length) const {
  return keyschedule::mls_exporter(epoch_.suite(), epoch_.own().exporter_secret, label, context, length);
}

Result<Bytes> Group::group_info(TreeDelivery delivery, ExternalJoins joins) const {
  DMLS_TRY(auto info, make_group_info(epoch_, delivery, joins, *config_));
  return tls_codec::encode(MlsMessage{std::move(info)});
}

Result<void> Group::check_open() const {
  if (reinit_) return fail(errc::kClosed, "RFC 9420 §12.4.2: the group was re-initialised and takes no more messages");
  return {};
}

Result<Bytes> Group::protect(BytesView data, BytesView authenticated_data) {
  DMLS_CHECK(check_open());
  DMLS_TRY(const auto content, epoch_.sign(WireFormat::mls_private_message, ApplicationData{to_bytes(data)},
                                           authenticated_data, *config_->signer));
  DMLS_TRY(const auto message, epoch_.protect(content, 0, *config_->random));
  return tls_codec::encode(message);
}

Result<Bytes> Group::propose(Proposal proposal, WireFormat format) {
  DMLS_CHECK(check_open());
  DMLS_TRY(auto content, epoch_.sign(format, ProposalContent{std::move(proposal)}, {}, *config_->signer));
  DMLS_TRY(const auto message, epoch_.protect(content, 0, *config_->random));
  auto reference = make_proposal_ref(epoch_.suite(), content);
  DMLS_CHECK(
      proposals_.add({std::move(reference), std::move(std::get_if<ProposalContent>(&content.content.content)->proposal),
                      content.content.sender}));
  return tls_codec::encode(message);
}

Result<Bytes> Group::propose_update(WireFormat format) {
  const auto present = epoch_.shared().tree.leaf(own_leaf());
  if (!present) return fail(errc::kRemoved, "this client is not a member of the group");
  DMLS_TRY(auto pair, crypto::generate_hpke_key_pair(epoch_.suite(), *config_->random));
  treekem::LeafNode leaf = present->node();
  leaf.encryption_key = pair.public_key;
  leaf.leaf_node_source = treekem::LeafFromUpdate{};
  DMLS_CHECK(treekem::sign_leaf_node(leaf, *config_->signer, treekem::LeafPosition{group_id(), own_leaf()}));
  DMLS_TRY(auto message, propose(Update{std::move(leaf)}, format));
  proposals_.add_own_update(proposals_.all().back()->reference, std::move(pair));
  return message;
}

Result<StagedCommit> Group::commit(const CommitRequest& request) {
  DMLS_CHECK(check_open());
  keyschedule::OrdinaryInitSource source(init_secret_);
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(auto made, create_commit(epoch_, request, {proposals_, Psks(*this), *config_}, {source, succession}));
  StagedCommit out(epoch_.shared_pointer(), std::move(made.staged), std::move(succession).into_init_secret());
  out.message_ = tls_codec::encode(made.commit);
  if (made.welcome) out.welcome_ = tls_codec::encode(*made.welcome);
  return out;
}

Result<Event> Group::process(BytesView octets) {
  DMLS_TRY(const auto message, tls_codec::decode<MlsMessage>(octets));
  const auto* is_public = std::get_if<PublicMessage>(&message.body);
  const auto* is_private = std::get_if<PrivateMessage>(&message.body);
  if (is_public != nullptr || is_private != nullptr) {
    const Bytes& group_id = is_public != nullptr ? is_public->content.group_id : is_private->group_id;
    const std::uint64_t epoch = is_public != nullptr ? is_public->content.epoch : is_private->epoch;
    if (group_id == epoch_.shared().context.group_id && epoch != this->epoch()) return process_past(message, epoch);
  }

  auto verified = epoch_.unprotect(message);
  if (!verified) {
    if (verified.error().code == keyschedule::errc::kGenerationSpent) return Event(Skipped::duplicate);
    return fail(verified.error());
  }
  // Only a PublicMessage of our own gets here: the keys of our PrivateMessages are gone when they are sent.
  if (verified->sender_leaf() == own_leaf()) return Event(Skipped::own_message);
  DMLS_CHECK(check_open());
  switch (tls_codec::tag_of((*verified)->content.content)) {
    case ContentType::commit: return process_commit(*verified);
    case ContentType::proposal: return process_proposal((*std::move(verified)).into_content());
    case ContentType::application: break;
  }
  return application_message(*std::move(verified));
}

// RFC 9420 §15.3: application messages of epochs that were left are read for a while; handshakes are not.
Result<Event> Group::process_past(const MlsMessage& message, std::uint64_t epoch) {
  if (epoch > this->epoch()) return Event(Skipped::ahead);
  const auto found = std::find_if(past_.begin(), past_.end(), [&](const Epoch& e) { return e.number() == epoch; });
  const auto* is_private = std::get_if<PrivateMessage>(&message.body);
  if (found == past_.end() || is_private == nullptr || is_private->content_type != ContentType::application)
    return Event(Skipped::too_old);
  auto verified = found->unprotect(message);
  if (!verified) {
    if (verified.error().code == keyschedule::errc::kGenerationSpent) return Event(Skipped::duplicate);
    return fail(verified.error());
  }
  return application_message(*std::move(verified));
}

Result<Event> Group::process_commit(const VerifiedContent& verified) {
  keyschedule::OrdinaryInitSource source(init_secret_);
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(auto staged, stage_commit(epoch_, verified, {proposals_, Psks(*this), *config_}, {source, succession}));
  if (auto* removed = std::get_if<RemovedByCommit>(&staged)) return Event(Removed{std::move(removed->changes)});
  return Event(StagedCommit(epoch_.shared_pointer(), std::move(*std::get_if<StagedEpoch>(&staged)),
                            std::move(succession).into_init_secret()));
}

Result<Event> Group::process_proposal(AuthenticatedContent content) {
  ReceivedProposal received{make_proposal_ref(epoch_.suite(), content),
                            std::move(std::get_if<ProposalContent>(&content.content.content)->proposal),
                            content.content.sender};
  DMLS_CHECK(proposals_.add({received.reference, received.proposal, received.sender}));
  return Event(std::move(received));
}

Event Group::application_message(VerifiedContent verified) const {
  const LeafIndex sender = *verified.sender_leaf();
  AuthenticatedContent content = std::move(verified).into_content();
  return ApplicationMessage{sender, std::move(std::get_if<ApplicationData>(&content.content.content)->data),
                            std::move(content.content.authenticated_data)};
}

Result<void> Group::merge(StagedCommit commit) {
  if (commit.parent_ != epoch_.shared_pointer())
    return fail(errc::kStale, "the commit was not staged on the present epoch of this group");
  resumption_psks_.emplace(epoch(), epoch_.own().resumption_psk.clone());
  if (resumption_psks_.size() > kKeptResumptionPsks) resumption_psks_.erase(resumption_psks_.begin());
  past_.push_front(std::move(epoch_));
  if (past_.size() > config_->past_epochs) past_.pop_back();
  epoch_ = std::move(commit.staged_.next);
  init_secret_ = std::move(commit.init_secret_);
  proposals_.clear();
  reinit_ = std::move(commit.staged_.changes.reinit);
  return {};
}

}  // namespace dmls::group
