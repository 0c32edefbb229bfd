// RFC 9420 §11

#include <dmls/group/transition.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/transcript.h>
#include <dmls/treekem/key_package.h>
#include <dmls/treekem/required_capabilities.h>

#include "external_senders.h"
#include "next_epoch.h"

namespace dmls::group {
namespace {

// The first member is one like any other: its leaf lists what the group demands of all.
Result<void> check_creator(const treekem::ExtensionList& extensions, const treekem::Capabilities& own) {
  DMLS_TRY(const auto required, treekem::get_extension<treekem::RequiredCapabilities>(extensions));
  if (required && !treekem::check_required_capabilities(*required, own))
    return fail(treekem::errc::kUnsupportedCapability,
                "RFC 9420 §11.1: the creator of a group does not list what its required_capabilities name");
  for (const auto& extension : extensions) {
    if (!own.supports(extension.extension_type))
      return fail(treekem::errc::kUnsupportedCapability,
                  "RFC 9420 §12.1.7: the creator of a group does not list the type of one of its extensions");
  }
  return {};
}

}  // namespace

Result<Epoch> create_epoch(BytesView group_id, treekem::ExtensionList extensions, const ClientConfig& config,
                           keyschedule::EpochSuccession& succession) {
  const auto& suite = config.suite;
  DMLS_CHECK(treekem::check_extensions(extensions));
  DMLS_CHECK(check_creator(extensions, config.capabilities));
  DMLS_CHECK(check_external_senders(extensions, {}, *config.policy));
  // The leaf of a key package of our own: every leaf that enters a group without a commit of its owner comes from one.
  DMLS_TRY(auto bundle, treekem::make_key_package(
                            suite, *config.signer,
                            {.credential = config.credential,
                             .capabilities = config.capabilities,
                             .lifetime = treekem::Lifetime::from_now(config.clock->now(), config.key_package_lifetime),
                             .grease = config.grease},
                            *config.random));
  treekem::RatchetTree tree(suite);
  DMLS_TRY(const LeafIndex own_leaf, tree.add(bundle.key_package.leaf_node));

  NextEpoch next{suite,
                 {.cipher_suite = suite.id(),
                  .group_id = to_bytes(group_id),
                  .tree_hash = to_bytes(tree.tree_hash()),
                  .confirmed_transcript_hash = {},
                  .extensions = extensions_content(extensions)},
                 std::move(extensions),
                 tree,
                 treekem::TreeSecrets(own_leaf, std::move(bundle.encryption))};
  Bytes encoded_context = tls_codec::encode(next.context);
  DMLS_TRY(auto epoch_secret, keyschedule::fresh_epoch_secret(suite, *config.random));
  DMLS_TRY(auto secrets, keyschedule::derive_epoch(suite, std::move(epoch_secret), succession));
  Bytes tag = keyschedule::confirmation_tag(suite, secrets.confirmation_key, next.context.confirmed_transcript_hash);
  return assemble_epoch(std::move(next), std::move(encoded_context), std::move(tag), std::move(secrets), config);
}

}  // namespace dmls::group
