#include "key_packages.h"

namespace dmls::interop {

// The library's client makes key packages of its own and never shows their private keys. The interface asks for them,
// so they are made here.
Result<treekem::KeyPackageBundle> new_key_package(Party& party) {
  const group::ClientConfig& config = party.config;
  treekem::KeyPackageOptions options{
      .credential = config.credential,
      .capabilities = config.capabilities,
      .lifetime = treekem::Lifetime::from_now(config.clock->now(), config.key_package_lifetime),
      .grease = config.grease};
  DMLS_TRY(auto bundle, treekem::make_key_package(config.suite, *config.signer, std::move(options), *config.random));
  DMLS_CHECK(party.client.import_key_package({bundle.key_package, bundle.init.clone(), bundle.encryption.clone()}));
  return bundle;
}

}  // namespace dmls::interop
