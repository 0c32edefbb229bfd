#include <dmls/crypto/keys.h>
#include <dmls/group/client.h>
#include <dmls/group/error.h>

namespace dmls::group {

Result<Client> Client::create(ClientConfig config) {
  if (!config.signer || !config.policy || !config.clock || !config.random)
    return fail(dmls::errc::kMisuse, "a client needs a signer, a policy, a clock and a random source");
  return Client(std::make_shared<const ClientConfig>(std::move(config)));
}

Result<Client> Client::create(const crypto::CipherSuite& suite, std::string_view identity,
                              std::shared_ptr<const Policy> policy, std::shared_ptr<Random> random) {
  if (!random) return fail(dmls::errc::kMisuse, "a client needs a random source");
  DMLS_TRY(auto pair, crypto::generate_signature_key_pair(suite, *random));
  ClientConfig config{suite, treekem::BasicCredential{to_bytes(as_bytes(identity))},
                      std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair)), std::move(policy)};
  config.random = std::move(random);
  return create(std::move(config));
}

Result<Bytes> Client::new_key_package() {
  const auto& config = *config_;
  DMLS_TRY(auto bundle, treekem::make_key_package(
                            config.suite, *config.signer,
                            {.credential = config.credential,
                             .capabilities = config.capabilities,
                             .lifetime = treekem::Lifetime::from_now(config.clock->now(), config.key_package_lifetime)},
                            *config.random));
  Bytes reference = treekem::key_package_ref(config.suite, bundle.key_package);
  Bytes message = tls_codec::encode(MlsMessage{bundle.key_package});
  key_packages_.emplace(std::move(reference), std::move(bundle));
  return message;
}

Result<Group> Client::create_group() {
  DMLS_TRY(const Bytes group_id, config_->random->bytes(config_->suite.hash_length()));
  return create_group(group_id);
}

Result<Group> Client::create_group(BytesView group_id, treekem::ExtensionList extensions) {
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(auto epoch, create_epoch(group_id, std::move(extensions), *config_, succession));
  return Group(std::move(epoch), std::move(succession).into_init_secret(), config_);
}

Result<Group> Client::join(BytesView octets, BytesView ratchet_tree) {
  DMLS_TRY(const auto message, tls_codec::decode<MlsMessage>(octets));
  const auto* welcome = std::get_if<Welcome>(&message.body);
  if (welcome == nullptr) return fail(errc::kInvalidWelcome, "RFC 9420 §12.4.3.1: the message is not a Welcome");
  for (const auto& secrets : welcome->secrets) {
    const auto found = key_packages_.find(secrets.new_member);
    if (found == key_packages_.end()) continue;
    keyschedule::OrdinarySuccession succession;
    DMLS_TRY(auto staged, join_epoch(*welcome, found->second, ratchet_tree, *config_->psks, *config_, succession));
    key_packages_.erase(found);  // RFC 9420 §16.8: its init key must not decrypt the Welcome again
    return Group(std::move(staged.next), std::move(succession).into_init_secret(), config_);
  }
  return fail(errc::kNotForUs, "RFC 9420 §12.4.3.1: the Welcome names none of this client's key packages");
}

Result<ExternalJoin> Client::join_by_commit(BytesView octets, const ExternalCommitRequest& request,
                                            BytesView ratchet_tree) {
  DMLS_TRY(const auto message, tls_codec::decode<MlsMessage>(octets));
  const auto* info = std::get_if<GroupInfo>(&message.body);
  if (info == nullptr) return fail(errc::kInvalidGroupInfo, "RFC 9420 §12.4.3.2: the message is not a GroupInfo");
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(auto made, create_external_commit(*info, ratchet_tree, request, *config_->psks, *config_, succession));
  return ExternalJoin{tls_codec::encode(made.commit),
                      Group(std::move(made.staged.next), std::move(succession).into_init_secret(), config_)};
}

Result<Bytes> Client::propose_to_join(BytesView group_id, std::uint64_t epoch) {
  DMLS_TRY(const Bytes package, new_key_package());
  DMLS_TRY(auto message, tls_codec::decode<MlsMessage>(package));
  PublicMessage out{{to_bytes(group_id),
                     epoch,
                     NewMemberProposal{},
                     {},
                     ProposalContent{Add{std::move(*std::get_if<treekem::KeyPackage>(&message.body))}}},
                    {},
                    std::nullopt};
  const Bytes tbs = framed_content_tbs(WireFormat::mls_public_message, out.content, {});
  DMLS_TRY(out.auth.signature, crypto::sign_with_label(*config_->signer, "FramedContentTBS", tbs));
  return tls_codec::encode(MlsMessage{std::move(out)});
}

Result<void> Client::import_key_package(treekem::KeyPackageBundle bundle) {
  const auto& package = bundle.key_package;
  if (package.cipher_suite != config_->suite.id())
    return fail(dmls::errc::kMisuse, "the key package is for another cipher suite than the client");
  if (package.init_key != bundle.init.public_key || package.leaf_node.encryption_key != bundle.encryption.public_key)
    return fail(dmls::errc::kMisuse, "the private keys are not those of the key package");
  key_packages_.insert_or_assign(treekem::key_package_ref(config_->suite, package), std::move(bundle));
  return {};
}

}  // namespace dmls::group
