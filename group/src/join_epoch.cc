// RFC 9420 §12.4.3.1

#include <dmls/crypto/aead.h>
#include <dmls/group/transition.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/transcript.h>
#include <dmls/treekem/tree_import.h>

#include <algorithm>

#include "next_epoch.h"
#include "proposals.h"

namespace dmls::group {
namespace {

Result<GroupSecrets> open_group_secrets(const crypto::CipherSuite& suite, const Welcome& welcome,
                                        const treekem::KeyPackageBundle& bundle) {
  const Bytes reference = treekem::key_package_ref(suite, bundle.key_package);
  const auto entry = std::find_if(welcome.secrets.begin(), welcome.secrets.end(),
                                  [&](const auto& secrets) { return secrets.new_member == reference; });
  if (entry == welcome.secrets.end())
    return fail(errc::kNotForUs, "RFC 9420 §12.4.3.1: the Welcome does not name this key package");
  DMLS_TRY(const auto octets, crypto::decrypt_with_label(suite, bundle.init, "Welcome", welcome.encrypted_group_info,
                                                         entry->encrypted_group_secrets));
  return tls_codec::decode<GroupSecrets>(octets.expose());
}

Result<treekem::RatchetTree> import_tree(const GroupInfo& info, const treekem::ExtensionList& group_extensions,
                                         BytesView aside, const ClientConfig& config) {
  const auto* inside = treekem::find_extension(info.extensions, treekem::ExtensionType::ratchet_tree);
  if (inside == nullptr && aside.empty())
    return fail(errc::kInvalidWelcome, "RFC 9420 §12.4.3.3: the ratchet tree is neither in the Welcome nor aside");
  DMLS_TRY(const auto required, treekem::get_extension<treekem::RequiredCapabilities>(group_extensions));
  std::vector<treekem::ExtensionType> types;
  for (const auto& extension : group_extensions) types.push_back(extension.extension_type);
  return treekem::import_ratchet_tree(config.suite, inside != nullptr ? BytesView(inside->extension_data) : aside,
                                      {.group_id = info.group_context.group_id,
                                       .tree_hash = info.group_context.tree_hash,
                                       .required = required ? &*required : nullptr,
                                       .group_extensions = types,
                                       .lifetime = {config.clock->now(), config.policy->maximum_lifetime()}},
                                      *config.policy);
}

}  // namespace

Result<StagedEpoch> join_epoch(const Welcome& welcome, const treekem::KeyPackageBundle& bundle, BytesView ratchet_tree,
                               const ClientConfig& config, keyschedule::EpochSuccession& succession) {
  const auto& suite = config.suite;
  if (welcome.cipher_suite != suite.id() || bundle.key_package.cipher_suite != suite.id())
    return fail(errc::kInvalidWelcome, "RFC 9420 §12.4.3.1: the Welcome is for another cipher suite");

  DMLS_TRY(auto group_secrets, open_group_secrets(suite, welcome, bundle));
  if (!group_secrets.psks.empty())
    return fail(errc::kUnknownPsk, "RFC 9420 §12.4.3.1: the Welcome names a pre-shared key that is not here");
  DMLS_TRY(const auto psk_secret, keyschedule::psk_secret(suite, {}));
  DMLS_TRY(auto member_secret, keyschedule::member_secret(suite, group_secrets.joiner_secret, psk_secret));
  const auto welcome_key = keyschedule::welcome_key_and_nonce(suite, keyschedule::welcome_secret(suite, member_secret));
  DMLS_TRY(const auto info_octets, crypto::aead_open(suite, welcome_key.key.expose(), welcome_key.nonce.expose(), {},
                                                     welcome.encrypted_group_info));
  DMLS_TRY(GroupInfo info, tls_codec::decode<GroupInfo>(info_octets.expose()));

  if (info.group_context.version != crypto::ProtocolVersion::mls10 || info.group_context.cipher_suite != suite.id())
    return fail(errc::kInvalidWelcome, "RFC 9420 §12.4.3.1: the GroupInfo has another version or cipher suite");
  DMLS_CHECK(treekem::check_extensions(info.extensions));
  DMLS_TRY(auto group_extensions, parse_extensions_content(info.group_context.extensions));
  DMLS_TRY(auto tree, import_tree(info, group_extensions, ratchet_tree, config));

  const auto signer = LeafIndex::from(info.signer);
  const auto signer_leaf = signer ? tree.leaf(*signer) : std::nullopt;
  if (!signer_leaf) return fail(errc::kInvalidGroupInfo, "RFC 9420 §12.4.3: the signer's leaf is blank");
  DMLS_CHECK(verify_group_info(info, suite, signer_leaf->signature_key()));

  const Bytes my_leaf = tls_codec::encode(bundle.key_package.leaf_node);
  const auto my_node = tree.find_encryption_key(bundle.key_package.leaf_node.encryption_key.octets);
  const auto my_index = my_node ? LeafIndex::from(*my_node) : std::nullopt;
  const auto found = my_index ? tree.leaf(*my_index) : std::nullopt;
  if (!found || !std::equal(my_leaf.begin(), my_leaf.end(), found->encoded().begin(), found->encoded().end()))
    return fail(errc::kInvalidWelcome, "RFC 9420 §12.4.3.1: no leaf of the tree is that of this key package");

  std::optional<treekem::PathSecret> path_secret;
  if (group_secrets.path_secret) path_secret.emplace(std::move(group_secrets.path_secret->path_secret));
  DMLS_TRY(auto tree_secrets,
           treekem::TreeSecrets::join(tree, *my_index, bundle.encryption.clone(), *signer, path_secret));

  Bytes encoded_context = tls_codec::encode(info.group_context);
  DMLS_TRY(auto secrets,
           keyschedule::derive_epoch(suite, keyschedule::epoch_secret(suite, std::move(member_secret), encoded_context),
                                     succession));
  if (!keyschedule::verify_confirmation_tag(suite, secrets.confirmation_key,
                                            info.group_context.confirmed_transcript_hash, info.confirmation_tag))
    return fail(errc::kConfirmationMismatch, "RFC 9420 §12.4.3.1: the confirmation tag does not verify");

  Changes changes;
  changes.epoch = info.group_context.epoch;
  changes.committer = member_at(*signer_leaf);
  changes.added.push_back(member_at(*found));
  changes.has_path = path_secret.has_value();
  DMLS_CHECK(config.policy->accept(changes));
  NextEpoch next{suite, std::move(info.group_context), std::move(group_extensions), std::move(tree),
                 std::move(tree_secrets)};
  DMLS_TRY(auto epoch, assemble_epoch(std::move(next), std::move(encoded_context), std::move(info.confirmation_tag),
                                      std::move(secrets)));
  return StagedEpoch{std::move(epoch), std::move(changes)};
}

}  // namespace dmls::group
