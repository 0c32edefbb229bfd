// RFC 9420 §12.4.3.2

#include <dmls/group/transition.h>
#include <dmls/keyschedule/external_init.h>
#include <dmls/treekem/external_sender.h>

#include "prepare_commit.h"

namespace dmls::group {

namespace {

// Where this client stood before it lost the group, by its identity.
Result<LeafIndex> former_leaf(const PublicEpoch& epoch, const ClientConfig& config) {
  const auto found = find_identity(epoch.tree, config.credential, *config.policy);
  if (!found) return fail(errc::kNotAMember, "RFC 9420 §12.4.3.2: no member has this client's identity");
  return *found;
}

Result<std::vector<ProposalOrRef>> proposals_of(const PublicEpoch& before, Bytes kem_output,
                                                const ExternalCommitRequest& request, const ClientConfig& config) {
  std::vector<ProposalOrRef> out;
  out.push_back(ProposalByValue{ExternalInit{std::move(kem_output)}});
  if (request.resync == Resync::replace_own_leaf) {
    DMLS_TRY(const LeafIndex former, former_leaf(before, config));
    out.push_back(ProposalByValue{Remove{former.value()}});
  }
  for (const Bytes& psk_id : request.external_psks) {
    DMLS_TRY(auto nonce, config.random->bytes(before.suite.hash_length()));
    out.push_back(ProposalByValue{PreSharedKey{{keyschedule::ExternalPskId{psk_id}, std::move(nonce)}}});
  }
  return out;
}

}  // namespace

Result<OwnCommit> create_external_commit(const GroupInfo& info, BytesView ratchet_tree,
                                         const ExternalCommitRequest& request, const PskSource& psks,
                                         const ClientConfig& config, keyschedule::EpochSuccession& succession) {
  const auto& suite = config.suite;
  DMLS_TRY(const PublicEpoch before,
           import_group_info(info, ratchet_tree, suite, *config.policy, config.clock->now(), config.executor.get()));
  DMLS_TRY(const auto external_pub, treekem::get_extension<treekem::ExternalPub>(info.extensions));
  if (!external_pub) return fail(errc::kInvalidGroupInfo, "RFC 9420 §12.4.3.2: the GroupInfo has no external_pub");
  DMLS_TRY(auto init, keyschedule::send_external_init(suite, external_pub->external_pub, *config.random));
  DMLS_TRY(auto proposals, proposals_of(before, std::move(init.kem_output), request, config));

  CommitterRole committer{treekem::Committer::external, {}};
  DMLS_TRY(const auto resolved, resolve(proposals, committer, ProposalStore()));
  DMLS_TRY(auto proposed, apply_proposals(before, committer, resolved.found, Judgement::own(config)));
  DMLS_TRY(committer.leaf, proposed.tree.first_blank_leaf());
  Committing committing{committer, {config.credential, config.signer}, {}, nullptr};
  committing.leaf.capabilities = config.capabilities;
  DMLS_TRY(auto prepared, prepare_commit(before, committing, std::move(proposals), std::move(proposed), config));

  // An external sender has no membership key: a PublicMessage without a membership tag.
  AuthenticatedContent content;
  content.wire_format = WireFormat::mls_public_message;
  content.content = {before.context.group_id, before.context.epoch, NewMemberCommit{}, request.authenticated_data,
                     CommitContent{prepared.commit}};
  const Bytes tbs = framed_content_tbs(content.wire_format, content.content, before.encoded_context);
  DMLS_TRY(content.auth.signature, crypto::sign_with_label(*config.signer, "FramedContentTBS", tbs));
  keyschedule::ExternalInitSource source(std::move(init.init_secret));
  DMLS_TRY(auto finished, finish_commit(before, std::move(prepared), content, committing.identity, {}, psks, config,
                                        {source, succession}));
  content.auth.confirmation_tag = std::move(finished.confirmation_tag);
  return OwnCommit{std::move(finished.staged),
                   MlsMessage{PublicMessage{std::move(content.content), std::move(content.auth), std::nullopt}},
                   {}};
}

Result<GroupInfo> make_group_info(const Epoch& epoch, TreeDelivery delivery, ExternalJoins joins,
                                  const SigningIdentity& identity, treekem::ExtensionList further) {
  GroupInfo info{
      epoch.shared().context, std::move(further), epoch.shared().confirmation_tag, epoch.own_leaf().value(), {}};
  if (delivery == TreeDelivery::inside)
    info.extensions.push_back({treekem::ExtensionType::ratchet_tree, epoch.shared().tree.encode()});
  if (joins == ExternalJoins::allowed) {
    if (epoch.own().external_secret.empty())
      return fail(dmls::errc::kMisuse, "RFC 9420 §8.3: the external secret of this epoch was deleted");
    DMLS_TRY(auto external, keyschedule::external_key_pair(epoch.suite(), epoch.own().external_secret));
    treekem::set_extension(info.extensions, treekem::ExternalPub{std::move(external.public_key)});
  }
  DMLS_CHECK(sign_group_info(info, *identity.signer));
  return info;
}

}  // namespace dmls::group
