#include "states.h"

#include <dmls/group/policy.h>

namespace dmls::interop {
namespace {

// How much is remembered: the scripts of the interface reach back further than an application would.
group::MessageWindow long_memory() {
  group::MessageWindow window;
  window.past_epochs = 256;
  window.resumption_psks = 1024;
  return window;
}

}  // namespace

Party& States::party(std::uint32_t state_or_transaction) const {
  const auto found = things_.find(state_or_transaction);
  if (found != things_.end()) {
    if (const auto* member = std::get_if<std::shared_ptr<Member>>(&found->second)) return *(*member)->party;
    if (const auto* invited = std::get_if<Invited>(&found->second)) return *invited->party;
  }
  throw NotFound{"there is no state or transaction " + std::to_string(state_or_transaction)};
}

void States::erase(std::uint32_t id) {
  if (things_.erase(id) == 0) throw NotFound{"there is nothing under the number " + std::to_string(id)};
}

Result<std::shared_ptr<Party>> States::new_party(crypto::CipherSuiteId id, const std::string& identity) const {
  DMLS_TRY(const auto suite, crypto::CipherSuite::find(id));
  DMLS_TRY(auto keys, crypto::generate_signature_key_pair(suite, *random_));
  group::ClientConfig config{suite, treekem::BasicCredential{to_bytes(as_bytes(identity))},
                             std::make_shared<crypto::KeyPairSigner>(suite, keys.clone()),
                             std::make_shared<group::AcceptEverything>()};
  config.random = random_;
  config.window = long_memory();
  config.grease = grease_;
  DMLS_TRY(auto client, group::Client::create(config));
  return std::make_shared<Party>(Party{std::move(client), std::move(config), std::move(keys)});
}

}  // namespace dmls::interop
