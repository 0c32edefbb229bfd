#include <dmls/group/group.h>
#include <dmls/keyschedule/error.h>
#include <dmls/keyschedule/exporter.h>
#include <dmls/keyschedule/succession.h>

namespace dmls::group {

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

Result<Bytes> Group::protect(BytesView data, BytesView authenticated_data) {
  DMLS_TRY(const auto content, epoch_.sign(WireFormat::mls_private_message, ApplicationData{to_bytes(data)},
                                           authenticated_data, *config_->signer));
  DMLS_TRY(const auto message, epoch_.protect(content, 0, *config_->random));
  return tls_codec::encode(message);
}

Result<StagedCommit> Group::commit(const CommitRequest& request) {
  keyschedule::OrdinaryInitSource source(init_secret_);
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(auto made, create_commit(epoch_, request, *config_, {source, succession}));
  StagedCommit out(epoch_.shared_pointer(), std::move(made.staged), std::move(succession).into_init_secret());
  out.message_ = tls_codec::encode(made.commit);
  if (made.welcome) out.welcome_ = tls_codec::encode(*made.welcome);
  return out;
}

Result<Event> Group::process(BytesView octets) {
  DMLS_TRY(const auto message, tls_codec::decode<MlsMessage>(octets));
  auto verified = epoch_.unprotect(message);
  if (!verified) {
    if (verified.error().code == keyschedule::errc::kGenerationSpent) return Event(Skipped::duplicate);
    return fail(verified.error());
  }
  // Only a PublicMessage of our own gets here: the keys of our PrivateMessages are gone when they are sent.
  if (verified->sender_leaf() == own_leaf()) return Event(Skipped::own_message);

  const Content& content = (*verified)->content.content;
  if (std::holds_alternative<CommitContent>(content)) {
    keyschedule::OrdinaryInitSource source(init_secret_);
    keyschedule::OrdinarySuccession succession;
    DMLS_TRY(auto staged, stage_commit(epoch_, *verified, *config_, {source, succession}));
    return Event(StagedCommit(epoch_.shared_pointer(), std::move(staged), std::move(succession).into_init_secret()));
  }
  if (std::holds_alternative<ProposalContent>(content))
    return fail(dmls::errc::kUnsupported, "this version does not take proposals by reference");

  const LeafIndex sender = verified->sender_leaf();
  AuthenticatedContent authenticated = (*std::move(verified)).into_content();
  return Event(ApplicationMessage{sender, std::move(std::get<ApplicationData>(authenticated.content.content).data),
                                  std::move(authenticated.content.authenticated_data)});
}

Result<void> Group::merge(StagedCommit commit) {
  if (commit.parent_ != epoch_.shared_pointer())
    return fail(errc::kStale, "the commit was not staged on the present epoch of this group");
  epoch_ = std::move(commit.staged_.next);
  init_secret_ = std::move(commit.init_secret_);
  return {};
}

}  // namespace dmls::group
