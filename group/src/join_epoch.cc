// RFC 9420 §12.4.3.1

#include <dmls/crypto/aead.h>
#include <dmls/group/transition.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/transcript.h>

#include <algorithm>

#include "descent.h"
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
  DMLS_TRY(auto secrets, tls_codec::decode<GroupSecrets>(octets.expose()));
  DMLS_CHECK(keyschedule::check_distinct(secrets.psks));
  for (const auto& psk : secrets.psks) DMLS_CHECK(keyschedule::check_psk_nonce(suite, psk));
  return secrets;
}

// Where the owner of the key package stands.
Result<treekem::TreeLeaf> own_leaf_in(const treekem::RatchetTree& tree, const treekem::LeafNode& leaf) {
  const auto node = tree.find_encryption_key(leaf.encryption_key.octets);
  const auto index = node ? LeafIndex::from(*node) : std::nullopt;
  const auto found = index ? tree.leaf(*index) : std::nullopt;
  const Bytes encoded = tls_codec::encode(leaf);
  if (!found || !std::equal(encoded.begin(), encoded.end(), found->encoded().begin(), found->encoded().end()))
    return fail(errc::kInvalidWelcome, "RFC 9420 §12.4.3.1: no leaf of the tree is that of this key package");
  return *found;
}

}  // namespace

Result<StagedEpoch> join_epoch(const Welcome& welcome, const treekem::KeyPackageBundle& bundle, BytesView ratchet_tree,
                               const AncestorSource* ancestors, const PskSource& psks, const ClientConfig& config,
                               keyschedule::EpochSuccession& succession, const GroupInfoNotes* notes) {
  const auto& suite = config.suite;
  if (welcome.cipher_suite != suite.id() || bundle.key_package.cipher_suite != suite.id())
    return fail(errc::kInvalidWelcome, "RFC 9420 §12.4.3.1: the Welcome is for another cipher suite");

  DMLS_TRY(auto group_secrets, open_group_secrets(suite, welcome, bundle));
  DMLS_TRY(const auto descent, find_descent(group_secrets.psks, ancestors));
  DMLS_TRY(auto member_secret, member_secret_of(suite, group_secrets.joiner_secret, group_secrets.psks, psks));
  const auto key = keyschedule::welcome_key_and_nonce(suite, keyschedule::welcome_secret(suite, member_secret));
  DMLS_TRY(const auto info_octets,
           crypto::aead_open(suite, key.key.expose(), key.nonce.expose(), {}, welcome.encrypted_group_info));
  DMLS_TRY(const GroupInfo info, tls_codec::decode<GroupInfo>(info_octets.expose()));
  DMLS_TRY(PublicEpoch joined,
           import_group_info(info, ratchet_tree, suite, *config.policy, config.clock->now(), config.executor.get()));
  if (descent) DMLS_CHECK(check_descent(*descent, joined, *config.policy));

  DMLS_TRY(const auto mine, own_leaf_in(joined.tree, bundle.key_package.leaf_node));
  std::optional<treekem::PathSecret> path_secret;
  if (group_secrets.path_secret) path_secret.emplace(std::move(group_secrets.path_secret->path_secret));
  DMLS_TRY(auto tree_secrets, treekem::TreeSecrets::join(joined.tree, mine.index(), bundle.encryption.clone(),
                                                         LeafIndex(info.signer), path_secret));

  DMLS_TRY(auto secrets,
           keyschedule::derive_epoch(
               suite, keyschedule::epoch_secret(suite, std::move(member_secret), joined.encoded_context), succession));
  if (!keyschedule::verify_confirmation_tag(suite, secrets.confirmation_key, joined.context.confirmed_transcript_hash,
                                            info.confirmation_tag))
    return fail(errc::kConfirmationMismatch, "RFC 9420 §12.4.3.1: the confirmation tag does not verify");
  if (notes != nullptr) DMLS_CHECK(notes->check(info.extensions));

  Changes changes;
  changes.group_id = joined.context.group_id;
  changes.epoch = joined.context.epoch;
  changes.committer = member_at(*joined.tree.leaf(LeafIndex(info.signer)));
  changes.added.push_back({member_at(mine), MemberSender{info.signer}});
  changes.psks = std::move(group_secrets.psks);
  changes.has_path = path_secret.has_value();
  DMLS_CHECK(config.policy->accept(joined, changes));
  NextEpoch next{suite, std::move(joined.context), std::move(joined.extensions), std::move(joined.tree),
                 std::move(tree_secrets)};
  DMLS_TRY(auto epoch, assemble_epoch(std::move(next), std::move(joined.encoded_context),
                                      std::move(joined.confirmation_tag), std::move(secrets), config));
  return StagedEpoch{std::move(epoch), std::move(changes)};
}

}  // namespace dmls::group
