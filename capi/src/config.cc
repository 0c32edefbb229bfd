#include "callbacks.h"

#include <dmls/storage/memory_store.h>
#if DMLS_WITH_SQLITE
#include <dmls/storage_sqlite/sqlite_store.h>
#endif

using namespace dmls;
using namespace dmls::capi;

Result<group::SigningIdentity> dmls_config::identity() const {
  if (!credential) return fail(errc::kMisuse, "dmls.h: the configuration has no identity");
  if (key) return group::SigningIdentity{*credential, std::make_shared<crypto::KeyPairSigner>(suite, key->clone())};
  DMLS_TRY(auto fresh, crypto::generate_signature_key_pair(suite, *random));
  return group::SigningIdentity{*credential, std::make_shared<crypto::KeyPairSigner>(suite, std::move(fresh))};
}

Result<group::ClientConfig> dmls_config::build() const {
  if (!policy) return fail(errc::kMisuse, "dmls.h: the configuration has no policy");
  DMLS_TRY(auto who, identity());
  group::ClientConfig config{
      .suite = suite, .credential = who.credential, .signer = who.signer, .policy = policy(client_ids)};
  config.clock = clock;
  config.random = random;
  config.padding = padding;
  config.window = window;
  config.store = store;
  config.capabilities = capabilities;
  config.key_package_lifetime = key_package_lifetime;
  config.grease = grease;
  for (const auto& other : other_keys)
    config.other_signers.push_back(std::make_shared<crypto::KeyPairSigner>(suite, other.clone()));
  return config;
}

fork::SessionOptions dmls_config::fork_options() const {
  fork::SessionOptions options;
  if (fork_choice == DMLS_CHOICE_TICKET) options.fork_choice = std::make_shared<fork::Ticket>();
  options.retention = retention;
  return options;
}

namespace {

dmls_error set_identity(dmls_config& config, treekem::Credential credential, BytesView key) {
  std::optional<crypto::SignatureKeyPair> pair;
  if (!key.empty()) {
    auto made = crypto::signature_key_pair_from_private(config.suite, crypto::SignaturePrivateKey(SecretBytes(key)));
    DMLS_RETURN_IF(made);
    pair = *std::move(made);
  }
  config.credential = std::move(credential);
  config.key = std::move(pair);
  return kOk;
}

// Lists a code point once. RFC 9420 §7.2: default types are not listed; credentials have none.
template <class Type>
dmls_error add_capability(std::vector<Type>& listed, Type type) {
  if constexpr (!std::is_same_v<Type, treekem::CredentialType>) {
    if (treekem::is_default(type)) return to_c({errc::kMisuse, "RFC 9420 §7.2: default types are not listed"});
  }
  if (std::find(listed.begin(), listed.end(), type) == listed.end()) listed.push_back(type);
  return kOk;
}

}  // namespace

extern "C" {

dmls_error dmls_config_new(uint16_t suite, dmls_config** out) noexcept {
  DMLS_NEED(reset(out));
  return give(out, crypto::CipherSuite::find(static_cast<crypto::CipherSuiteId>(suite)));
}
void dmls_config_free(dmls_config* config) noexcept { delete config; }

dmls_error dmls_config_basic_identity(dmls_config* config, const uint8_t* identity, size_t identity_size,
                                      const uint8_t* key, size_t key_size) noexcept {
  DMLS_NEED(config != nullptr);
  DMLS_READ(identity, identity_size);
  DMLS_READ(key, key_size);
  return set_identity(*config, treekem::BasicCredential{to_bytes(view(identity, identity_size))}, view(key, key_size));
}

dmls_error dmls_config_x509_identity(dmls_config* config, const uint8_t* const* certificates, const size_t* sizes,
                                     size_t count, const uint8_t* key, size_t key_size) noexcept {
  DMLS_NEED(config != nullptr && count != 0);
  DMLS_READ(key, key_size);
  auto chain = read_list(certificates, sizes, count);
  DMLS_RETURN_IF(chain);
  treekem::X509Credential credential;
  for (Bytes& certificate : *chain) credential.certificates.push_back({std::move(certificate)});
  return set_identity(*config, std::move(credential), view(key, key_size));
}

dmls_error dmls_config_policy(dmls_config* config, const dmls_policy* policy) noexcept {
  DMLS_NEED(config != nullptr && complete(policy) && policy->validate != nullptr && policy->accept != nullptr);
  config->policy = make_policy(*policy);
  return kOk;
}
dmls_error dmls_config_accept_everything(dmls_config* config) noexcept {
  DMLS_NEED(config != nullptr);
  config->policy = make_permissive_policy();
  return kOk;
}
dmls_error dmls_config_client_ids(dmls_config* config, dmls_client_ids ids) noexcept {
  DMLS_NEED(config != nullptr);
  if (ids != DMLS_CLIENT_BY_KEY && ids != DMLS_CLIENT_BY_CREDENTIAL) return to_c(kEnum);
  config->client_ids = ids;
  return kOk;
}
dmls_error dmls_config_random(dmls_config* config, const dmls_random* random) noexcept {
  DMLS_NEED(config != nullptr && complete(random) && random->fill != nullptr);
  config->random = make_random(*random);
  return kOk;
}
dmls_error dmls_config_clock(dmls_config* config, const dmls_clock* clock) noexcept {
  DMLS_NEED(config != nullptr && complete(clock) && clock->now != nullptr);
  config->clock = make_clock(*clock);
  return kOk;
}
dmls_error dmls_config_store(dmls_config* config, const dmls_store* store) noexcept {
  DMLS_NEED(config != nullptr && complete(store) && store->write != nullptr && store->read != nullptr &&
            store->for_each != nullptr);
  config->store = make_store(*store);
  return kOk;
}
dmls_error dmls_config_memory_store(dmls_config* config) noexcept {
  DMLS_NEED(config != nullptr);
  config->store = std::make_shared<storage::MemoryStore>();
  return kOk;
}
dmls_error dmls_config_sqlite_store(dmls_config* config, const char* path) noexcept {
  DMLS_NEED(config != nullptr && path != nullptr);
#if DMLS_WITH_SQLITE
  auto store = storage::SqliteStore::open({.path = path});
  DMLS_RETURN_IF(store);
  config->store = *std::move(store);
  return kOk;
#else
  return to_c({errc::kUnsupported, "dmls.h: this build has no SQLite"});
#endif
}
dmls_error dmls_config_other_key(dmls_config* config, const uint8_t* key, size_t size) noexcept {
  DMLS_NEED(config != nullptr && key != nullptr);
  auto made =
      crypto::signature_key_pair_from_private(config->suite, crypto::SignaturePrivateKey(SecretBytes(view(key, size))));
  DMLS_RETURN_IF(made);
  config->other_keys.push_back(*std::move(made));
  return kOk;
}
dmls_error dmls_config_session_name(dmls_config* config, const uint8_t* name, size_t size) noexcept {
  DMLS_NEED(config != nullptr);
  DMLS_READ(name, size);
  if (size > sendgroup::kMaxSessionName) return to_c({errc::kMisuse, "dmls.h: the name of a session is too long"});
  config->session_name = to_bytes(view(name, size));
  return kOk;
}
dmls_error dmls_config_capability(dmls_config* config, dmls_capability kind, uint16_t type) noexcept {
  DMLS_NEED(config != nullptr);
  switch (kind) {
    case DMLS_CAPABILITY_EXTENSION:
      return add_capability(config->capabilities.extensions, treekem::ExtensionType{type});
    case DMLS_CAPABILITY_PROPOSAL: return add_capability(config->capabilities.proposals, treekem::ProposalType{type});
    case DMLS_CAPABILITY_CREDENTIAL:
      return add_capability(config->capabilities.credentials, treekem::CredentialType{type});
  }
  return to_c(kEnum);
}
dmls_error dmls_config_key_package_lifetime(dmls_config* config, uint64_t seconds) noexcept {
  DMLS_NEED(config != nullptr);
  config->key_package_lifetime = seconds;
  return kOk;
}
dmls_error dmls_config_grease(dmls_config* config, int grease) noexcept {
  DMLS_NEED(config != nullptr);
  config->grease = grease != 0;
  return kOk;
}
dmls_error dmls_config_window(dmls_config* config, size_t past_epochs, size_t ahead_messages,
                              size_t ahead_octets) noexcept {
  DMLS_NEED(config != nullptr);
  config->window.past_epochs = past_epochs;
  config->window.ahead_messages = ahead_messages;
  config->window.ahead_octets = ahead_octets;
  return kOk;
}
dmls_error dmls_config_ratchets(dmls_config* config, uint32_t max_ahead, uint32_t max_kept) noexcept {
  DMLS_NEED(config != nullptr);
  config->window.ratchets = {max_ahead, max_kept};
  return kOk;
}
dmls_error dmls_config_padding(dmls_config* config, dmls_padding padding, size_t block) noexcept {
  DMLS_NEED(config != nullptr);
  switch (padding) {
    case DMLS_PADDING_NONE: config->padding = std::make_shared<group::NoPadding>(); return kOk;
    case DMLS_PADDING_MULTIPLE: config->padding = std::make_shared<group::PadToMultiple>(block); return kOk;
    case DMLS_PADDING_LOGARITHMIC: config->padding = std::make_shared<group::PadLogarithmically>(); return kOk;
  }
  return to_c(kEnum);
}
dmls_error dmls_config_fork_choice(dmls_config* config, dmls_fork_choice choice) noexcept {
  DMLS_NEED(config != nullptr);
  if (choice != DMLS_CHOICE_HIGHEST_TAG && choice != DMLS_CHOICE_TICKET) return to_c(kEnum);
  config->fork_choice = choice;
  return kOk;
}
dmls_error dmls_config_fork_retention(dmls_config* config, dmls_retention rule, int keep_losing_forks,
                                      size_t max_epochs, uint64_t max_age) noexcept {
  DMLS_NEED(config != nullptr);
  if (rule < DMLS_RETAIN_UNTIL_ALL_COMMITTED || rule > DMLS_RETAIN_ALWAYS) return to_c(kEnum);
  config->retention.rule = rule == DMLS_RETAIN_NOT      ? fork::DeletionRule::at_once
                           : rule == DMLS_RETAIN_ALWAYS ? fork::DeletionRule::never
                                                        : fork::DeletionRule::all_members_committed;
  config->retention.losing_forks = keep_losing_forks != 0 ? fork::LosingForks::keep : fork::LosingForks::delete_at_once;
  config->retention.max_epochs = max_epochs;
  config->retention.max_age = max_age;
  return kOk;
}
dmls_error dmls_config_updates(dmls_config* config, dmls_incorporate incorporate, size_t batch,
                               uint64_t self_update_seconds, uint64_t self_update_messages) noexcept {
  DMLS_NEED(config != nullptr);
  if (incorporate < DMLS_INCORPORATE_ALWAYS || incorporate > DMLS_INCORPORATE_NEVER) return to_c(kEnum);
  config->updates.incorporate = incorporate == DMLS_INCORPORATE_ALWAYS    ? sendgroup::Incorporate::always
                                : incorporate == DMLS_INCORPORATE_BATCHED ? sendgroup::Incorporate::batched
                                                                          : sendgroup::Incorporate::never;
  config->updates.batch = batch;
  config->updates.self_update_seconds = self_update_seconds;
  config->updates.self_update_messages = self_update_messages;
  return kOk;
}

}  // extern "C"
