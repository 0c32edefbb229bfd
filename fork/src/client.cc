#include <dmls/fork/client.h>
#include <dmls/tls_codec/codec.h>

#include "application_psks.h"
#include "session_state.h"

namespace dmls::fork {
namespace {

// A GroupInfo from an encoded MLSMessage, and the epoch it names.
struct NamedGroupInfo {
  group::GroupInfo info;
  NodeId epoch;
  Signalling signalling;
};

Result<NamedGroupInfo> read_group_info(BytesView octets, const crypto::CipherSuite& suite) {
  DMLS_TRY(auto message, tls_codec::decode<group::MlsMessage>(octets));
  auto* info = std::get_if<group::GroupInfo>(&message.body);
  if (info == nullptr)
    return fail(group::errc::kInvalidGroupInfo, "RFC 9420 §12.4.3.2: the message is not a GroupInfo");
  treekem::ExtensionList extensions;
  for (tls_codec::Reader in(info->group_context.extensions); !in.empty();) {
    DMLS_TRY(auto extension, tls_codec::Codec<treekem::Extension>::read(in));
    extensions.push_back(std::move(extension));
  }
  DMLS_TRY(const auto signalling, signalling_of(extensions));
  DMLS_TRY(auto named, treekem::get_extension<EpochName>(info->extensions));
  if (!named || named->dmls_epoch.size() != suite.hash_length())
    return fail(errc::kNotBound, "DeMLS: the GroupInfo does not name its dmls_epoch");
  return NamedGroupInfo{std::move(*info), NodeId(std::move(named->dmls_epoch)), signalling};
}

Result<Bytes> bound_proposal(const NodeId& epoch, const keyschedule::GroupContext& context, group::Sender sender,
                             group::Proposal proposal, const crypto::Signer& signer, BytesView further) {
  Bytes authenticated = tls_codec::encode(epoch.octets());
  authenticated.insert(authenticated.end(), further.begin(), further.end());
  group::PublicMessage out{{context.group_id, context.epoch, std::move(sender), std::move(authenticated),
                            group::ProposalContent{std::move(proposal)}},
                           {},
                           std::nullopt};
  const Bytes tbs = group::framed_content_tbs(group::WireFormat::mls_public_message, out.content, {});
  DMLS_TRY(out.auth.signature, crypto::sign_with_label(signer, "FramedContentTBS", tbs));
  return encode_dmls_message({group::MlsMessage{std::move(out)}, epoch});
}

}  // namespace

Result<Client> Client::create(group::ClientConfig config, SessionOptions options) {
  if (!config.signer || !config.policy || !config.clock || !config.random || !config.padding || !options.fork_choice)
    return fail(dmls::errc::kMisuse,
                "a client needs a signer, a policy, a clock, a padding, a random source and a fork choice");
  add_demls_capabilities(config.capabilities);
  Client client(std::make_shared<ClientState>(
      ClientState{std::make_shared<const group::ClientConfig>(std::move(config)), std::move(options)}));
  DMLS_CHECK(client.load());
  return client;
}

Client::Client(std::shared_ptr<ClientState> state) : state_(std::move(state)), config_(state_->config) {}

Result<Bytes> Client::new_key_package() {
  const auto& config = *config_;
  DMLS_TRY(auto bundle, treekem::make_key_package(
                            config.suite, *config.signer,
                            {.credential = config.credential,
                             .capabilities = config.capabilities,
                             .lifetime = treekem::Lifetime::from_now(config.clock->now(), config.key_package_lifetime)},
                            *config.random));
  Bytes reference = treekem::key_package_ref(config.suite, bundle.key_package);
  Bytes message = tls_codec::encode(group::MlsMessage{bundle.key_package});
  DMLS_CHECK(save_key_package(reference, bundle));
  key_packages_.emplace(std::move(reference), std::move(bundle));
  return message;
}

Result<void> Client::import_key_package(treekem::KeyPackageBundle bundle) {
  const auto& package = bundle.key_package;
  if (package.cipher_suite != config_->suite.id())
    return fail(dmls::errc::kMisuse, "the key package is for another cipher suite than the client");
  if (package.init_key != bundle.init.public_key || package.leaf_node.encryption_key != bundle.encryption.public_key)
    return fail(dmls::errc::kMisuse, "the private keys are not those of the key package");
  DMLS_CHECK(group::identity_of(package.leaf_node, *config_));
  DMLS_TRY(const auto theirs, treekem::EncodedCredential::of(package.leaf_node.credential));
  DMLS_TRY(const auto ours, treekem::EncodedCredential::of(config_->credential));
  if (config_->policy->identity(theirs.view()) != config_->policy->identity(ours.view()))
    return fail(dmls::errc::kMisuse, "the credential of the key package is somebody else's");
  Bytes reference = treekem::key_package_ref(config_->suite, package);
  DMLS_CHECK(save_key_package(reference, bundle));
  key_packages_.insert_or_assign(std::move(reference), std::move(bundle));
  return {};
}

Result<Session> Client::create_group(BytesView group_id, ExternalCommits choice, treekem::ExtensionList extensions) {
  DMLS_TRY(const bool known, knows(group_id));
  if (known) return fail(group::errc::kKnownGroup, "a session of a group of this id is stored");
  DMLS_TRY(auto all, demls_extensions(choice, std::move(extensions)));
  DemlsSuccession succession;
  DMLS_TRY(auto epoch, group::create_epoch(group_id, std::move(all), *config_, succession));
  DMLS_TRY(auto live, enter_epoch(std::move(epoch), std::move(succession), nullptr, identity(), 0));
  auto state = std::make_unique<Session::State>(state_, Signalling::with(choice));
  state->begin(std::move(live), std::nullopt, std::nullopt);
  DMLS_CHECK(state->store_first());
  return Session(std::move(state));
}

Result<Client::Invitation> Client::read_welcome(BytesView octets) const {
  DMLS_TRY(auto message, tls_codec::decode<group::MlsMessage>(octets));
  auto* welcome = std::get_if<group::Welcome>(&message.body);
  if (welcome == nullptr) return fail(group::errc::kInvalidWelcome, "RFC 9420 §12.4.3.1: the message is not a Welcome");
  for (const auto& secrets : welcome->secrets)
    if (const auto found = key_packages_.find(secrets.new_member); found != key_packages_.end())
      return Invitation{std::move(*welcome), &*found};
  return fail(group::errc::kNotForUs, "RFC 9420 §12.4.3.1: the Welcome names none of this client's key packages");
}

Result<Session> Client::join(BytesView octets, BytesView ratchet_tree) {
  DMLS_TRY(const auto invitation, read_welcome(octets));
  const auto& [reference, bundle] = *invitation.key_package;
  DemlsSuccession succession;
  const EpochNotes notes(succession.id());
  DMLS_TRY(auto staged, group::join_epoch(invitation.welcome, bundle, ratchet_tree, nullptr, ApplicationPsks(*config_),
                                          *config_, succession, &notes));
  return take_in(std::move(staged), std::move(succession), reference);
}

Result<Session> Client::take_in(group::StagedEpoch staged, DemlsSuccession succession, const Bytes& key_package) {
  DMLS_TRY(const auto signalling, signalling_of(staged.next.shared().extensions));
  const auto used = key_packages_.find(key_package);
  DMLS_TRY(auto own, group::identity_of(used->second.key_package.leaf_node, *config_));
  DMLS_TRY(auto live, enter_epoch(std::move(staged.next), std::move(succession), nullptr, std::move(own), 0));
  auto state = std::make_unique<Session::State>(state_, signalling);
  state->begin(std::move(live), std::nullopt, std::nullopt);
  // Its init key and the Welcome would derive the unpunctured root again.
  if (state->stored) state->stored->used_up.push_back(storage::below(demls_key("k"), BytesView(key_package)));
  DMLS_TRY(const bool known, knows(state->group_id));
  if (!known) DMLS_CHECK(state->store_first());
  key_packages_.erase(used);
  return Session(std::move(state));
}

Result<ExternalJoin> Client::join_by_commit(BytesView octets, const group::ExternalCommitRequest& request,
                                            BytesView ratchet_tree) {
  DMLS_TRY(const auto named, read_group_info(octets, config_->suite));
  if (named.signalling.external_commits() == ExternalCommits::refused)
    return fail(errc::kExternalCommits, "DeMLS: this group allows no external commits");
  DemlsSuccession succession;
  DMLS_TRY(auto made, group::create_external_commit(named.info, ratchet_tree, request, ApplicationPsks(*config_),
                                                    *config_, succession));
  DMLS_TRY(auto live, enter_epoch(std::move(made.staged.next), std::move(succession), nullptr, identity(), 0));
  const auto& shared = live->epoch.shared();
  Candidate edge{CommitHash(shared.context.confirmed_transcript_hash), shared.confirmation_tag,
                 std::move(made.staged.changes)};
  auto state = std::make_unique<Session::State>(state_, named.signalling);
  state->entered.add(state->hash_of(tls_codec::encode(made.commit)));
  state->begin(std::move(live), named.epoch, std::move(edge));
  return ExternalJoin{encode_dmls_message({std::move(made.commit), named.epoch}), Session(std::move(state))};
}

Result<Bytes> Client::propose_to_join(BytesView octets) {
  DMLS_TRY(const auto named, read_group_info(octets, config_->suite));
  DMLS_TRY(const Bytes package, new_key_package());
  DMLS_TRY(auto message, tls_codec::decode<group::MlsMessage>(package));
  return bound_proposal(named.epoch, named.info.group_context, group::NewMemberProposal{},
                        group::Add{std::move(*std::get_if<treekem::KeyPackage>(&message.body))}, *config_->signer, {});
}

Result<Bytes> external_proposal(const NodeId& epoch, const keyschedule::GroupContext& context,
                                std::uint32_t sender_index, group::Proposal proposal, const crypto::Signer& signer,
                                BytesView authenticated_data) {
  return bound_proposal(epoch, context, group::ExternalSender{sender_index}, std::move(proposal), signer,
                        authenticated_data);
}

}  // namespace dmls::fork
