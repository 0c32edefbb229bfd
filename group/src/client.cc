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
    DMLS_TRY(auto staged, join_epoch(*welcome, found->second, ratchet_tree, *config_, succession));
    key_packages_.erase(found);  // RFC 9420 §16.8: its init key must not decrypt the Welcome again
    return Group(std::move(staged.next), std::move(succession).into_init_secret(), config_);
  }
  return fail(errc::kNotForUs, "RFC 9420 §12.4.3.1: the Welcome names none of this client's key packages");
}

}  // namespace dmls::group
