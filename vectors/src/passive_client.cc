// A client that joins by a Welcome and follows the group. RFC 9420 §12

#include <dmls/group/client.h>
#include <dmls/group/group.h>

#include <memory>

#include "families.h"
#include "scalar.h"

namespace dmls::vectors {
namespace {

using group::Client;
using group::Group;

Result<std::shared_ptr<group::ExternalPsks>> read_psks(const Value& vector) {
  auto psks = std::make_shared<group::ExternalPsks>();
  DMLS_TRY(const auto entries, vector.list_if_any("external_psks"));
  for (const Value& entry : entries) {
    DMLS_TRY(const Bytes id, entry.octets("psk_id"));
    DMLS_TRY(const Bytes psk, entry.octets("psk"));
    psks->add(id, keyschedule::Psk(SecretBytes(psk)));
  }
  return psks;
}

Result<treekem::KeyPackage> read_key_package(const Value& vector) {
  DMLS_TRY(const Bytes octets, vector.octets("key_package"));
  DMLS_TRY(auto message, vector.in("key_package", tls_codec::decode<group::MlsMessage>(octets)));
  auto* package = std::get_if<treekem::KeyPackage>(&message.body);
  DMLS_CHECK(vector.require(package != nullptr, "key_package", "an MLSMessage with a KeyPackage"));
  return std::move(*package);
}

Result<crypto::HpkeKeyPair> read_pair(const Value& vector, const crypto::CipherSuite& suite, std::string_view field) {
  DMLS_TRY(Bytes octets, vector.octets(field));
  octets = scalar_of_full_size(std::move(octets), crypto::kem_sizes(suite.kem()).private_key);
  return vector.in(field, crypto::hpke_key_pair_from_private(suite, crypto::HpkePrivateKey(SecretBytes(octets))));
}

Result<Client> read_client(const Value& vector, const crypto::CipherSuite& suite) {
  DMLS_TRY(auto package, read_key_package(vector));
  DMLS_TRY(auto init, read_pair(vector, suite, "init_priv"));
  DMLS_TRY(auto encryption, read_pair(vector, suite, "encryption_priv"));
  DMLS_CHECK(vector.require(init.public_key == package.init_key, "init_priv", "the private key of init_key"));
  DMLS_CHECK(vector.require(encryption.public_key == package.leaf_node.encryption_key, "encryption_priv",
                            "the private key of the leaf's encryption_key"));
  DMLS_TRY(Bytes signature_priv, vector.octets("signature_priv"));
  signature_priv =
      scalar_of_full_size(std::move(signature_priv), crypto::signature_sizes(suite.signature()).private_key);
  DMLS_TRY(auto pair,
           vector.in("signature_priv", crypto::signature_key_pair_from_private(
                                           suite, crypto::SignaturePrivateKey(SecretBytes(signature_priv)))));
  DMLS_CHECK(vector.require(pair.public_key == package.leaf_node.signature_key, "signature_priv",
                            "the private key of the leaf's signature_key"));

  group::ClientConfig config{suite, package.leaf_node.credential,
                             std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair)),
                             std::make_shared<group::AcceptEverything>()};
  DMLS_TRY(config.psks, read_psks(vector));
  DMLS_TRY(Client client, Client::create(std::move(config)));
  DMLS_CHECK(vector.in("key_package",
                       client.import_key_package({std::move(package), std::move(init), std::move(encryption)})));
  return client;
}

Result<void> follow(const Value& epoch, Group& member) {
  DMLS_TRY(const auto proposals, epoch.list_if_any("proposals"));
  for (const Value& proposal : proposals) {
    DMLS_TRY(const Bytes octets, proposal.octets());
    DMLS_TRY(const auto event, proposal.in("", member.process(octets)));
    DMLS_CHECK(proposal.require(std::holds_alternative<group::ReceivedProposal>(event), "", "a proposal"));
  }
  DMLS_TRY(const Bytes octets, epoch.octets("commit"));
  DMLS_TRY(auto event, epoch.in("commit", member.process(octets)));
  auto* staged = std::get_if<group::Transition>(&event);
  DMLS_CHECK(epoch.require(staged != nullptr, "commit", "a commit that this member follows"));
  DMLS_CHECK(epoch.in("commit", member.merge(std::move(*staged))));
  return epoch.expect("epoch_authenticator", member.epoch_authenticator());
}

}  // namespace

Result<void> verify_passive_client(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  DMLS_TRY(Client client, read_client(vector, suite));
  DMLS_TRY(const Bytes welcome, vector.octets("welcome"));
  Bytes tree;
  DMLS_TRY(const Value aside, vector.at("ratchet_tree"));
  if (!aside.is_null()) {
    DMLS_TRY(tree, aside.octets());
  }
  DMLS_TRY(auto entry, vector.in("welcome", client.join(welcome, {.ratchet_tree = tree})));
  DMLS_TRY(Group member, vector.in("welcome", client.enter(std::move(entry))));
  DMLS_CHECK(vector.expect("initial_epoch_authenticator", member.epoch_authenticator()));
  DMLS_TRY(const auto epochs, vector.list_if_any("epochs"));
  for (const Value& epoch : epochs) DMLS_CHECK(follow(epoch, member));
  return {};
}

}  // namespace dmls::vectors
