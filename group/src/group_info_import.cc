#include <dmls/group/error.h>
#include <dmls/group/transition.h>
#include <dmls/keyschedule/transcript.h>
#include <dmls/treekem/tree_import.h>

#include "external_senders.h"
#include "next_epoch.h"
#include "proposals.h"

namespace dmls::group {

Result<PublicEpoch> import_group_info(const GroupInfo& info, BytesView tree_aside, const crypto::CipherSuite& suite,
                                      const Policy& policy, std::uint64_t entered_at, Executor* executor) {
  const auto& context = info.group_context;
  if (context.version != crypto::ProtocolVersion::mls10 || context.cipher_suite != suite.id())
    return fail(errc::kInvalidGroupInfo, "RFC 9420 §12.4.3.1: the GroupInfo has another version or cipher suite");
  DMLS_CHECK(treekem::check_extensions(info.extensions));
  DMLS_TRY(auto extensions, parse_extensions_content(context.extensions));

  const auto* inside = treekem::find_extension(info.extensions, treekem::ExtensionType::ratchet_tree);
  if (inside == nullptr && tree_aside.empty())
    return fail(errc::kInvalidGroupInfo, "RFC 9420 §12.4.3.3: the ratchet tree is neither inside nor aside");
  DMLS_TRY(const auto group, GroupExpectations::of(extensions, policy.lifetimes(entered_at)));
  const auto expectations = group.expectations(suite);
  DMLS_TRY(auto tree,
           treekem::import_ratchet_tree(suite, inside != nullptr ? BytesView(inside->extension_data) : tree_aside,
                                        {.group_id = context.group_id,
                                         .tree_hash = context.tree_hash,
                                         .required = expectations.required,
                                         .group_extensions = expectations.group_extensions,
                                         .lifetime = expectations.lifetime},
                                        policy, executor));

  const auto signer = LeafIndex::from(info.signer);
  const auto signer_leaf = signer ? tree.leaf(*signer) : std::nullopt;
  if (!signer_leaf) return fail(errc::kInvalidGroupInfo, "RFC 9420 §12.4.3: the signer's leaf is blank");
  DMLS_CHECK(verify_group_info(info, suite, signer_leaf->signature_key()));
  DMLS_CHECK(check_external_senders(extensions, {}, policy));

  Bytes interim = keyschedule::interim_transcript_hash(suite, context.confirmed_transcript_hash, info.confirmation_tag);
  return PublicEpoch{suite,
                     context,
                     tls_codec::encode(context),
                     std::move(extensions),
                     std::move(tree),
                     info.confirmation_tag,
                     std::move(interim),
                     entered_at};
}

}  // namespace dmls::group
