#include "make_welcome.h"

#include <dmls/crypto/aead.h>
#include <dmls/keyschedule/key_schedule.h>

namespace dmls::group {

Result<Welcome> make_welcome(const NextEpoch& next, const Bytes& confirmation_tag, LeafIndex signer,
                             std::span<const LeafIndex> added, const AuthenticatedContent& commit,
                             const std::optional<treekem::PathDraft>& path, const keyschedule::JoinerSecret& joiner,
                             const keyschedule::WelcomeSecret& welcome_secret, TreeDelivery delivery,
                             const ClientConfig& config) {
  const auto& suite = next.suite;
  GroupInfo info{next.context, {}, confirmation_tag, signer.value(), {}};
  if (delivery == TreeDelivery::in_welcome)
    info.extensions.push_back({treekem::ExtensionType::ratchet_tree, next.tree.encode()});
  DMLS_CHECK(sign_group_info(info, *config.signer));

  Welcome out{suite.id(), {}, {}};
  const auto welcome_key = keyschedule::welcome_key_and_nonce(suite, welcome_secret);
  DMLS_TRY(out.encrypted_group_info,
           crypto::aead_seal(suite, welcome_key.key.expose(), welcome_key.nonce.expose(), {}, tls_codec::encode(info)));

  // All recipients share the HPKE info, which holds the whole encrypted GroupInfo: hashed once.
  const auto hpke_info = crypto::HpkeInfo::with_label(suite, "Welcome", out.encrypted_group_info);
  std::size_t next_added = 0;
  for (const ProposalOrRef& item : std::get<CommitContent>(commit.content.content).commit.proposals) {
    const auto* by_value = std::get_if<ProposalByValue>(&item);
    const auto* add = by_value != nullptr ? std::get_if<Add>(&by_value->proposal) : nullptr;
    if (add == nullptr) continue;
    GroupSecrets secrets{joiner.clone(), std::nullopt, {}};
    if (path) {
      DMLS_TRY(auto path_secret, path->path_secret_for(added[next_added]));
      secrets.path_secret = PathSecret{std::move(path_secret).into_bytes()};
    }
    ++next_added;
    const SecretBytes plaintext = tls_codec::encode_secret(secrets);
    DMLS_TRY(auto sealed,
             crypto::hpke_seal(hpke_info, add->key_package.init_key, {}, plaintext.expose(), *config.random));
    out.secrets.push_back({treekem::key_package_ref(suite, add->key_package), std::move(sealed)});
  }
  return out;
}

}  // namespace dmls::group
