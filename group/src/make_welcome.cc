#include "make_welcome.h"

#include <dmls/crypto/aead.h>
#include <dmls/keyschedule/key_schedule.h>

namespace dmls::group {

Result<Welcome> make_welcome(const PreparedCommit& commit, const Bytes& confirmation_tag,
                             const keyschedule::JoinerSecret& joiner, const keyschedule::WelcomeSecret& welcome_secret,
                             TreeDelivery delivery, const ClientConfig& config) {
  const auto& suite = commit.next.suite;
  GroupInfo info{commit.next.context, {}, confirmation_tag, commit.next.tree_secrets.leaf_index().value(), {}};
  if (delivery == TreeDelivery::in_welcome)
    info.extensions.push_back({treekem::ExtensionType::ratchet_tree, commit.next.tree.encode()});
  DMLS_CHECK(sign_group_info(info, *config.signer));

  Welcome out{suite.id(), {}, {}};
  const auto key = keyschedule::welcome_key_and_nonce(suite, welcome_secret);
  DMLS_TRY(out.encrypted_group_info,
           crypto::aead_seal(suite, key.key.expose(), key.nonce.expose(), {}, tls_codec::encode(info)));

  // All recipients share the HPKE info, which holds the whole encrypted GroupInfo: hashed once.
  const auto hpke_info = crypto::HpkeInfo::with_label(suite, "Welcome", out.encrypted_group_info);
  out.secrets.reserve(commit.added.size());
  for (std::size_t i = 0; i < commit.added.size(); ++i) {
    GroupSecrets secrets{joiner.clone(), std::nullopt, commit.psks};
    if (commit.path) {
      DMLS_TRY(auto path_secret, commit.path->path_secret_for(commit.added[i]));
      secrets.path_secret = PathSecret{std::move(path_secret).into_bytes()};
    }
    const SecretBytes plaintext = tls_codec::encode_secret(secrets);
    const treekem::KeyPackage& package = commit.added_packages[i];
    DMLS_TRY(auto sealed, crypto::hpke_seal(hpke_info, package.init_key, {}, plaintext.expose(), *config.random));
    out.secrets.push_back({treekem::key_package_ref(suite, package), std::move(sealed)});
  }
  return out;
}

}  // namespace dmls::group
