// Key packages, and what is made of one without a group. RFC 9420 §10
#include <dmls/group/client.h>
#include <dmls/group/member_record.h>

#include "client_state.h"

namespace dmls::group {

Result<Bytes> Client::new_key_package(const KeyPackageRequest& request) {
  const ClientConfig& own = config();
  treekem::KeyPackageOptions options{
      .credential = own.credential,
      .capabilities = own.capabilities,
      .lifetime = treekem::Lifetime::from_now(own.clock->now(), request.lifetime.value_or(own.key_package_lifetime)),
      .leaf_extensions = request.leaf_extensions,
      .grease = own.grease};
  if (request.reuse == KeyPackageReuse::last_resort) {
    options.last_resort = true;
    auto& supported = options.capabilities.extensions;
    if (!options.capabilities.supports(treekem::ExtensionType::last_resort_key_package))
      supported.push_back(treekem::ExtensionType::last_resort_key_package);
  }
  DMLS_TRY(auto bundle, treekem::make_key_package(own.suite, *own.signer, std::move(options), *own.random));
  Bytes reference = treekem::key_package_ref(own.suite, bundle.key_package);
  Bytes message = tls_codec::encode(MlsMessage{bundle.key_package});
  DMLS_CHECK(save_key_package(reference, bundle));
  key_packages_.emplace(std::move(reference), std::move(bundle));
  return message;
}

Result<void> Client::import_key_package(treekem::KeyPackageBundle bundle) {
  const auto& package = bundle.key_package;
  if (package.cipher_suite != config().suite.id())
    return fail(dmls::errc::kMisuse, "the key package is for another cipher suite than the client");
  if (package.init_key != bundle.init.public_key || package.leaf_node.encryption_key != bundle.encryption.public_key)
    return fail(dmls::errc::kMisuse, "the private keys are not those of the key package");
  DMLS_CHECK(identity_of(package.leaf_node, config()));
  Bytes reference = treekem::key_package_ref(config().suite, package);
  DMLS_CHECK(save_key_package(reference, bundle));
  key_packages_.insert_or_assign(std::move(reference), std::move(bundle));
  return {};
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
  DMLS_TRY(out.auth.signature, crypto::sign_with_label(*config().signer, "FramedContentTBS", tbs));
  return tls_codec::encode(MlsMessage{std::move(out)});
}

}  // namespace dmls::group
