#include <dmls/group/observer.h>
#include <dmls/keyschedule/transcript.h>

#include <algorithm>

#include "pending.h"
#include "public_step.h"

namespace dmls::group {
namespace {

Judgement judgement(const ObserverConfig& config, const PublicEpoch& epoch) {
  return Judgement::received(epoch, *config.policy, config.custom_proposals.get(), config.executor.get(),
                             config.clock->now());
}

}  // namespace

Result<Observer> Observer::create(ObserverConfig config, BytesView octets, BytesView ratchet_tree) {
  if (!config.policy || !config.clock || config.provider == nullptr)
    return fail(dmls::errc::kMisuse, "an observer needs a policy, a clock and a crypto provider");
  DMLS_TRY(const auto message, tls_codec::decode<MlsMessage>(octets));
  const auto* info = std::get_if<GroupInfo>(&message.body);
  if (info == nullptr) return fail(errc::kInvalidGroupInfo, "RFC 9420 §12.4.3: the message is not a GroupInfo");
  DMLS_TRY(const auto suite, crypto::CipherSuite::find(info->group_context.cipher_suite, *config.provider));
  DMLS_TRY(auto epoch,
           import_group_info(*info, ratchet_tree, suite, *config.policy, config.clock->now(), config.executor.get()));
  return Observer(std::move(config), std::make_shared<const PublicEpoch>(std::move(epoch)));
}

std::vector<Member> Observer::members() const { return members_of(epoch_->tree); }

Result<ObserverEvent> Observer::process(BytesView octets) {
  DMLS_TRY(const auto message, tls_codec::decode<MlsMessage>(octets));
  const auto* in_public = std::get_if<PublicMessage>(&message.body);
  const auto* in_private = std::get_if<PrivateMessage>(&message.body);
  if (in_public == nullptr && in_private == nullptr)
    return fail(errc::kInvalidMessage, "RFC 9420 §6: a Welcome, GroupInfo or KeyPackage is no message within a group");
  const Bytes& group_id = in_public != nullptr ? in_public->content.group_id : in_private->group_id;
  const std::uint64_t epoch = in_public != nullptr ? in_public->content.epoch : in_private->epoch;
  if (group_id != epoch_->context.group_id) return ObserverEvent(Skipped::not_for_us);
  if (epoch < this->epoch()) return ObserverEvent(Skipped::too_old);
  if (epoch > this->epoch()) return ObserverEvent(Skipped::dropped);
  if (in_private != nullptr) return ObserverEvent(EncryptedMessage{in_private->content_type});
  return process_public(*in_public);
}

Result<ObserverEvent> Observer::process_public(const PublicMessage& message) {
  DMLS_TRY(auto content, verify_signed(epoch_, message));
  if (std::holds_alternative<ProposalContent>(content->content.content)) return process_proposal(std::move(content));
  return stage(content);
}

Result<ObserverEvent> Observer::process_proposal(SignedContent verified) {
  AuthenticatedContent content = std::move(verified).into_content();
  StoredProposal stored{make_proposal_ref(epoch_->suite, content),
                        {},
                        content.content.sender,
                        std::move(content.content.authenticated_data)};
  stored.proposal = std::move(std::get_if<ProposalContent>(&content.content.content)->proposal);
  const auto verdict = judge_proposal(*epoch_, stored, judgement(config_, *epoch_));
  if (!verdict) stored.objection = verdict.error();
  DMLS_CHECK(proposals_.add(stored));
  return ObserverEvent(std::move(stored));
}

Result<ObserverEvent> Observer::stage(const SignedContent& content) const {
  DMLS_TRY(auto outcome, take_public_step(*epoch_, content, proposals_, judgement(config_, *epoch_)));
  if (auto* waiting = std::get_if<Waiting>(&outcome)) return ObserverEvent(std::move(*waiting));
  PublicStep& step = *std::get_if<PublicStep>(&outcome);
  DMLS_CHECK(config_.policy->accept(*epoch_, step.proposed.changes));

  ObservedCommit out;
  out.parent_ = epoch_;
  out.changes_ = std::move(step.proposed.changes);
  out.authenticated_data_ = content->content.authenticated_data;
  const Bytes& tag = *content->auth.confirmation_tag;
  Bytes interim = keyschedule::interim_transcript_hash(epoch_->suite, step.context.confirmed_transcript_hash, tag);
  out.next_ = std::make_shared<const PublicEpoch>(PublicEpoch{
      epoch_->suite, std::move(step.context), std::move(step.encoded_context), std::move(step.proposed.extensions),
      std::move(step.tree), tag, std::move(interim), config_.clock->now()});
  return ObserverEvent(std::move(out));
}

Result<void> Observer::merge(ObservedCommit commit) {
  if (commit.parent_ != epoch_) return fail(errc::kStale, "the commit was not observed in the present epoch");
  epoch_ = std::move(commit.next_);
  proposals_.clear();
  group_info_.clear();
  return {};
}

Result<void> Observer::offer_group_info(BytesView octets) {
  DMLS_TRY(const auto message, tls_codec::decode<MlsMessage>(octets));
  const auto* info = std::get_if<GroupInfo>(&message.body);
  if (info == nullptr) return fail(errc::kInvalidGroupInfo, "RFC 9420 §12.4.3: the message is not a GroupInfo");
  if (info->group_context != epoch_->context || info->confirmation_tag != epoch_->confirmation_tag)
    return fail(errc::kInvalidGroupInfo, "RFC 9420 §12.4.3: the GroupInfo is of another epoch, or another state of it");
  const auto signer = LeafIndex::from(info->signer);
  const auto leaf = signer ? epoch_->tree.leaf(*signer) : std::nullopt;
  if (!leaf) return fail(errc::kInvalidGroupInfo, "RFC 9420 §12.4.3: the signer's leaf is blank");
  DMLS_CHECK(verify_group_info(*info, epoch_->suite, leaf->signature_key()));
  group_info_ = to_bytes(octets);
  return {};
}

}  // namespace dmls::group
