#include "boundary.h"

#include <dmls/sendgroup/exporter_psk.h>

using namespace dmls;
using namespace dmls::capi;

namespace {

dmls_error give_outgoing(dmls_octets_list** out, Result<sendgroup::Outgoing> outgoing) {
  DMLS_RETURN_IF(outgoing);
  return give(out, outgoing->messages());
}

// An epoch has the form of a PSK id: 8 octets, then the group id.
std::vector<Bytes> names_of(const std::vector<sendgroup::EpochName>& epochs) {
  std::vector<Bytes> names;
  for (const auto& epoch : epochs) names.push_back(sendgroup::psk_id(epoch));
  return names;
}

Result<sendgroup::SessionConfig> session_config(const dmls_config* const* configs, std::size_t count) {
  sendgroup::SessionConfig config;
  for (std::size_t i = 0; i < count; ++i) {
    if (configs[i] == nullptr) return fail(kMissing);
    DMLS_TRY(auto built, configs[i]->build());
    config.clients.push_back(std::make_shared<const group::ClientConfig>(std::move(built)));
  }
  config.updates = configs[0]->updates;
  config.name = configs[0]->session_name;
  return config;
}

constexpr Error kUnknownGroup = {sendgroup::errc::kUnknownGroup, "dmls.h: no Send Group of this name is followed"};

}  // namespace

extern "C" {

dmls_error dmls_sendgroup_new(const dmls_config* const* configs, size_t count, dmls_sendgroup** out) noexcept {
  DMLS_NEED(reset(out) && configs != nullptr && count != 0);
  auto config = session_config(configs, count);
  DMLS_RETURN_IF(config);
  return give(out, sendgroup::Session::create(*std::move(config)));
}
dmls_error dmls_sendgroup_load(const dmls_config* const* configs, size_t count, dmls_sendgroup** out) noexcept {
  DMLS_NEED(reset(out) && configs != nullptr && count != 0);
  auto config = session_config(configs, count);
  DMLS_RETURN_IF(config);
  return give(out, sendgroup::load_session(*std::move(config)));
}
dmls_error dmls_sendgroup_stored_sessions(const dmls_config* config, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && config != nullptr);
  if (config->store == nullptr) return give(out, std::vector<Bytes>{});
  return give(out, sendgroup::stored_sessions(*config->store));
}
dmls_error dmls_sendgroup_forget_session(const dmls_config* config) noexcept {
  DMLS_NEED(config != nullptr);
  const auto built = config->build();
  DMLS_RETURN_IF(built);
  return to_c(sendgroup::forget_session(*built, config->session_name));
}
void dmls_sendgroup_free(dmls_sendgroup* session) noexcept { delete session; }

dmls_error dmls_sendgroup_key_package(dmls_sendgroup* session, int last_resort, size_t config,
                                      dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give(out,
              session->session.new_key_package(
                  last_resort != 0 ? sendgroup::KeyPackageUse::last_resort : sendgroup::KeyPackageUse::once, config));
}
dmls_error dmls_sendgroup_open_universe(dmls_sendgroup* session, const uint8_t* const* key_packages,
                                        const size_t* sizes, size_t count, dmls_leaf_keys leaf_keys,
                                        dmls_group_ids group_ids, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  const auto packages = read_list(key_packages, sizes, count);
  DMLS_RETURN_IF(packages);
  if (leaf_keys < DMLS_LEAF_KEYS_PSK_ONLY || leaf_keys > DMLS_LEAF_KEYS_DETACHED_LEAF) return to_c(kEnum);
  if (group_ids != DMLS_GROUP_IDS_DERIVED && group_ids != DMLS_GROUP_IDS_ASSIGNED) return to_c(kEnum);
  sendgroup::UniverseParameters parameters;
  if (leaf_keys == DMLS_LEAF_KEYS_UPDATE_PROPOSAL) parameters.leaf_keys = sendgroup::LeafKeys::update_proposal;
  if (leaf_keys == DMLS_LEAF_KEYS_DETACHED_LEAF) parameters.leaf_keys = sendgroup::LeafKeys::detached_leaf;
  if (group_ids == DMLS_GROUP_IDS_ASSIGNED) parameters.group_ids = sendgroup::GroupIds::assigned;
  return give_outgoing(out, session->session.open_universe(*packages, parameters));
}
dmls_error dmls_sendgroup_open_send_group(dmls_sendgroup* session, const uint8_t* const* key_packages,
                                          const size_t* sizes, size_t count, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  const auto packages = read_list(key_packages, sizes, count);
  DMLS_RETURN_IF(packages);
  return give_outgoing(out, session->session.open_send_group(*packages));
}
dmls_error dmls_sendgroup_commit(dmls_sendgroup* session, dmls_commit_kind kind, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  switch (kind) {
    case DMLS_COMMIT_EMPTY: return give_outgoing(out, session->session.commit(sendgroup::CommitKind::empty));
    case DMLS_COMMIT_PARTIAL: return give_outgoing(out, session->session.commit(sendgroup::CommitKind::partial));
    case DMLS_COMMIT_FULL: return give_outgoing(out, session->session.commit(sendgroup::CommitKind::full));
  }
  return to_c(kEnum);
}
dmls_error dmls_sendgroup_protect(dmls_sendgroup* session, const uint8_t* data, size_t size,
                                  const uint8_t* authenticated_data, size_t authenticated_size,
                                  dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(data, size);
  DMLS_READ(authenticated_data, authenticated_size);
  return give(out, session->session.protect(view(data, size), view(authenticated_data, authenticated_size)));
}
dmls_error dmls_sendgroup_maintain(dmls_sendgroup* session, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give(out, session->session.maintain());
}
dmls_error dmls_sendgroup_process(dmls_sendgroup* session, const uint8_t* message, size_t size,
                                  dmls_events** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(message, size);
  auto events = session->session.unprotect(view(message, size));
  DMLS_RETURN_IF(events);
  *out = new dmls_events(events_of(*std::move(events)));
  return kOk;
}
dmls_error dmls_sendgroup_add(dmls_sendgroup* session, const uint8_t* key_package, size_t size,
                              dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(key_package, size);
  return give_outgoing(out, session->session.add(view(key_package, size)));
}
dmls_error dmls_sendgroup_remove(dmls_sendgroup* session, const uint8_t* client, size_t size,
                                 dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(client, size);
  return give_outgoing(out, session->session.remove(view(client, size)));
}
dmls_error dmls_sendgroup_readmit(dmls_sendgroup* session, const uint8_t* client, size_t size,
                                  const uint8_t* key_package, size_t key_package_size,
                                  dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(client, size);
  DMLS_READ(key_package, key_package_size);
  return give_outgoing(out, session->session.readmit(view(client, size), view(key_package, key_package_size)));
}
dmls_error dmls_sendgroup_abandon(dmls_sendgroup* session, const uint8_t* group_id, size_t size) noexcept {
  DMLS_NEED(session != nullptr);
  DMLS_READ(group_id, size);
  return to_c(session->session.abandon(view(group_id, size)));
}
dmls_error dmls_sendgroup_missing(const dmls_sendgroup* session, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give(out, names_of(session->session.missing()));
}
dmls_error dmls_sendgroup_heads(const dmls_sendgroup* session, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give(out, names_of(session->session.heads()));
}
dmls_error dmls_sendgroup_lacking(const dmls_sendgroup* session, const uint8_t* const* heads, const size_t* sizes,
                                  size_t count, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  const auto list = read_list(heads, sizes, count);
  DMLS_RETURN_IF(list);
  std::vector<sendgroup::EpochName> epochs;
  for (const Bytes& head : *list) {
    auto epoch = sendgroup::parse_psk_id(head);
    DMLS_RETURN_IF(epoch);
    epochs.push_back(*std::move(epoch));
  }
  return give(out, names_of(session->session.lacking(epochs)));
}
dmls_error dmls_sendgroup_serve(const dmls_sendgroup* session, const uint8_t* epoch, size_t size,
                                dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(epoch, size);
  const auto wanted = sendgroup::parse_psk_id(view(epoch, size));
  DMLS_RETURN_IF(wanted);
  return give(out, session->session.serve(*wanted));
}
dmls_error dmls_sendgroup_lost(const dmls_sendgroup* session, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give(out, session->session.lost());
}
dmls_error dmls_sendgroup_client_id(const dmls_sendgroup* session, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give(out, session->session.client_id());
}
dmls_error dmls_sendgroup_universe_id(const dmls_sendgroup* session, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give(out, session->session.universe_id());
}
dmls_error dmls_sendgroup_group_id(const dmls_sendgroup* session, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give(out, session->session.group_id());
}
dmls_error dmls_sendgroup_epoch(const dmls_sendgroup* session, const uint8_t* group_id, size_t size,
                                uint64_t* out) noexcept {
  DMLS_NEED(session != nullptr && out != nullptr);
  DMLS_READ(group_id, size);
  const auto epoch = session->session.epoch(view(group_id, size));
  if (!epoch) return to_c(kUnknownGroup);
  *out = *epoch;
  return kOk;
}
dmls_error dmls_sendgroup_members(const dmls_sendgroup* session, const uint8_t* group_id, size_t size,
                                  dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(group_id, size);
  return give(out, session->session.members(view(group_id, size)));
}
dmls_error dmls_sendgroup_epoch_authenticator(const dmls_sendgroup* session, const uint8_t* group_id, size_t id_size,
                                              uint8_t* out, size_t size) noexcept {
  DMLS_NEED(session != nullptr);
  DMLS_READ(group_id, id_size);
  const auto* authenticator = session->session.epoch_authenticator(view(group_id, id_size));
  if (authenticator == nullptr) return to_c(kUnknownGroup);
  return copy_out(authenticator->expose(), out, size);
}
dmls_error dmls_sendgroup_owner_of(const dmls_sendgroup* session, const uint8_t* group_id, size_t size,
                                   dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(group_id, size);
  return give(out, session->session.owner_of(view(group_id, size)));
}
dmls_error dmls_sendgroup_send_group_of(const dmls_sendgroup* session, const uint8_t* client, size_t size,
                                        dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(client, size);
  return give(out, session->session.send_group_of(view(client, size)));
}
uint64_t dmls_sendgroup_imported(const dmls_sendgroup* session, const uint8_t* owner, size_t owner_size,
                                 const uint8_t* group_id, size_t id_size) noexcept {
  if (session == nullptr || !readable(owner, owner_size) || !readable(group_id, id_size)) return 0;
  return session->session.imported(view(owner, owner_size), view(group_id, id_size));
}
dmls_error dmls_sendgroup_pending(const dmls_sendgroup* session, dmls_octets_list** imports,
                                  dmls_octets_list** additions, dmls_octets_list** removals) noexcept {
  DMLS_NEED(reset(imports, additions, removals) && session != nullptr);
  auto pending = session->session.pending();
  *imports = new dmls_octets_list(list_of(names_of(pending.imports)));
  *additions = new dmls_octets_list(list_of(std::move(pending.additions)));
  *removals = new dmls_octets_list(list_of(std::move(pending.removals)));
  return kOk;
}
dmls_error dmls_sendgroup_staleness(const dmls_sendgroup* session, const uint8_t* client, size_t size,
                                    uint64_t* newest_update, uint64_t* seconds, uint64_t* imported) noexcept {
  DMLS_NEED(session != nullptr && newest_update != nullptr && seconds != nullptr && imported != nullptr);
  DMLS_READ(client, size);
  for (const auto& entry : session->session.staleness()) {
    if (!std::equal(entry.client.begin(), entry.client.end(), client, client + size)) continue;
    *newest_update = entry.newest_update;
    *seconds = entry.seconds;
    *imported = entry.imported;
    return kOk;
  }
  return to_c({sendgroup::errc::kUnknownParticipant, "dmls.h: nobody of that name takes part"});
}

}  // extern "C"
