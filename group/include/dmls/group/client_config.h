#pragma once
#include <dmls/base/random.h>
#include <dmls/crypto/signature.h>
#include <dmls/crypto/suite.h>
#include <dmls/group/clock.h>
#include <dmls/group/policy.h>
#include <dmls/group/psk_source.h>
#include <dmls/treekem/capabilities.h>
#include <dmls/treekem/credential.h>

#include <cstdint>
#include <memory>

namespace dmls::group {

// Who a client is, and what it relies on. Shared by a client and all its groups; nothing here changes once a client is
// made. `policy` has no default on purpose.
struct ClientConfig {
  crypto::CipherSuite suite;
  treekem::Credential credential;
  std::shared_ptr<const crypto::Signer> signer;  // holds the private key that `credential` vouches for
  std::shared_ptr<const Policy> policy;
  std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
  std::shared_ptr<Random> random = std::make_shared<SystemRandom>();
  std::shared_ptr<const PskSource> psks = std::make_shared<ExternalPsks>();
  treekem::Capabilities capabilities = treekem::default_capabilities();
  std::size_t past_epochs = 2;                          // how many left epochs' application messages are still read
  std::uint64_t key_package_lifetime = 90 * 24 * 3600;  // seconds
};

}  // namespace dmls::group
