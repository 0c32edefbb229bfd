#include "make_welcome.h"

#include <dmls/crypto/aead.h>
#include <dmls/keyschedule/key_schedule.h>

#include <optional>

namespace dmls::group {
namespace {

Result<Bytes> encrypted_group_info(const PreparedCommit& commit, const Bytes& confirmation_tag,
                                   const keyschedule::WelcomeSecret& welcome_secret, const SigningIdentity& identity,
                                   TreeDelivery tree, const GroupInfoNotes* notes) {
  const auto& suite = commit.next.suite;
  GroupInfo info{commit.next.context, {}, confirmation_tag, commit.next.tree_secrets.leaf_index().value(), {}};
  if (tree == TreeDelivery::inside)
    info.extensions.push_back({treekem::ExtensionType::ratchet_tree, commit.next.tree.encode()});
  if (notes != nullptr) notes->write(info.extensions);
  // With the key of the new leaf, which may be another than the one that signed the commit.
  DMLS_CHECK(sign_group_info(info, *identity.signer));
  const auto key = keyschedule::welcome_key_and_nonce(suite, welcome_secret);
  return crypto::aead_seal(suite, key.key.expose(), key.nonce.expose(), {}, tls_codec::encode(info));
}

// What the new member `i` gets.
Result<EncryptedGroupSecrets> secrets_for(std::size_t i, const PreparedCommit& commit, const DerivedEpoch& derived,
                                          const crypto::HpkeInfo& info, const SecretBytes& ephemeral) {
  GroupSecrets secrets{derived.joiner_secret.clone(), std::nullopt, commit.changes.psks};
  if (commit.path) {
    DMLS_TRY(auto path_secret, commit.path->path_secret_for(commit.added[i]));
    secrets.path_secret = PathSecret{std::move(path_secret).into_bytes()};
  }
  const SecretBytes plaintext = tls_codec::encode_secret(secrets);
  const treekem::KeyPackage& package = commit.added_packages[i];
  DMLS_TRY(auto sealed, crypto::hpke_seal(info, package.init_key, {}, plaintext.expose(), ephemeral));
  return EncryptedGroupSecrets{treekem::key_package_ref(commit.next.suite, package), std::move(sealed)};
}

}  // namespace

Result<std::vector<WelcomeMessage>> make_welcomes(const PreparedCommit& commit, const Bytes& confirmation_tag,
                                                  const DerivedEpoch& derived, const SigningIdentity& identity,
                                                  WelcomeStyle style, const ClientConfig& config,
                                                  const GroupInfoNotes* notes) {
  const auto& suite = commit.next.suite;
  Welcome all{suite.id(), {}, {}};
  DMLS_TRY(all.encrypted_group_info,
           encrypted_group_info(commit, confirmation_tag, derived.welcome_secret, identity, style.tree, notes));

  // All recipients share the HPKE info, which holds the whole encrypted GroupInfo: hashed once.
  const auto hpke_info = crypto::HpkeInfo::with_label(suite, "Welcome", all.encrypted_group_info);
  // Drawn in order; sealed by whom and when it suits the executor.
  const std::size_t count = commit.added.size();
  std::vector<SecretBytes> ephemerals;
  ephemerals.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    DMLS_TRY(auto drawn, config.random->secret(crypto::kem_sizes(suite.kem()).private_key));
    ephemerals.push_back(std::move(drawn));
  }
  std::vector<std::optional<Result<EncryptedGroupSecrets>>> sealed(count);
  run_tasks(config.executor.get(), count,
            [&](std::size_t i) { sealed[i].emplace(secrets_for(i, commit, derived, hpke_info, ephemerals[i])); });
  all.secrets.reserve(count);
  for (auto& one : sealed) {
    DMLS_TRY(auto secrets, *std::move(one));
    all.secrets.push_back(std::move(secrets));
  }

  std::vector<WelcomeMessage> out;
  if (style.split == WelcomeSplit::one_for_all) {
    out.push_back({MlsMessage{std::move(all)}, commit.added});
    return out;
  }
  for (std::size_t i = 0; i < commit.added.size(); ++i)
    out.push_back(
        {MlsMessage{Welcome{suite.id(), {std::move(all.secrets[i])}, all.encrypted_group_info}}, {commit.added[i]}});
  return out;
}

}  // namespace dmls::group
