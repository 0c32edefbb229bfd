#include "boundary.h"

using namespace dmls;
using namespace dmls::capi;

extern "C" {

dmls_error dmls_client_new(const dmls_config* config, dmls_client** out) noexcept {
  DMLS_NEED(reset(out) && config != nullptr);
  auto built = config->build();
  DMLS_RETURN_IF(built);
  return give(out, group::Client::create(*std::move(built)));
}
void dmls_client_free(dmls_client* client) noexcept { delete client; }

dmls_error dmls_client_key_package(dmls_client* client, int last_resort, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr);
  group::KeyPackageRequest request;
  if (last_resort != 0) request.reuse = group::KeyPackageReuse::last_resort;
  return give(out, client->client.new_key_package(request));
}
size_t dmls_client_key_package_count(const dmls_client* client) noexcept {
  return client != nullptr ? client->client.key_package_count() : 0;
}
dmls_error dmls_client_add_psk(dmls_client* client, const uint8_t* psk_id, size_t id_size, const uint8_t* psk,
                               size_t psk_size) noexcept {
  DMLS_NEED(client != nullptr);
  DMLS_READ(psk_id, id_size);
  DMLS_READ(psk, psk_size);
  return to_c(client->client.add_psk(view(psk_id, id_size), keyschedule::Psk(SecretBytes(view(psk, psk_size)))));
}
dmls_error dmls_client_remove_psk(dmls_client* client, const uint8_t* psk_id, size_t id_size) noexcept {
  DMLS_NEED(client != nullptr);
  DMLS_READ(psk_id, id_size);
  return to_c(client->client.remove_psk(view(psk_id, id_size)));
}
dmls_error dmls_client_create_group(dmls_client* client, const uint8_t* group_id, size_t size,
                                    dmls_group** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr);
  DMLS_READ(group_id, size);
  return give(out, size == 0 ? client->client.create_group() : client->client.create_group(view(group_id, size)));
}
int dmls_client_is_invited(const dmls_client* client, const uint8_t* welcome, size_t size) noexcept {
  return client != nullptr && readable(welcome, size) && client->client.is_invited(view(welcome, size));
}
dmls_error dmls_client_join(dmls_client* client, const uint8_t* welcome, size_t size, const uint8_t* tree,
                            size_t tree_size, const dmls_group* descends_from, dmls_transition** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr);
  DMLS_READ(welcome, size);
  DMLS_READ(tree, tree_size);
  group::JoinRequest request;
  request.ratchet_tree = to_bytes(view(tree, tree_size));
  if (descends_from != nullptr) request.descends_from = &descends_from->group;
  return give(out, client->client.join(view(welcome, size), request));
}
dmls_error dmls_client_join_by_commit(dmls_client* client, const uint8_t* group_info, size_t size, const uint8_t* tree,
                                      size_t tree_size, int resync, dmls_transition** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr);
  DMLS_READ(group_info, size);
  DMLS_READ(tree, tree_size);
  group::ExternalCommitRequest request;
  if (resync != 0) request.resync = group::Resync::replace_own_leaf;
  return give(out, client->client.join_by_commit(view(group_info, size), request, view(tree, tree_size)));
}
dmls_error dmls_client_propose_to_join(dmls_client* client, const uint8_t* group_id, size_t size, uint64_t epoch,
                                       dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr);
  DMLS_READ(group_id, size);
  return give(out, client->client.propose_to_join(view(group_id, size), epoch));
}
dmls_error dmls_client_branch(dmls_client* client, const dmls_group* group, const uint8_t* group_id, size_t size,
                              const uint8_t* const* key_packages, const size_t* sizes, size_t count,
                              dmls_transition** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr && group != nullptr);
  DMLS_READ(group_id, size);
  auto packages = read_list(key_packages, sizes, count);
  DMLS_RETURN_IF(packages);
  group::BranchRequest request;
  request.group_id = to_bytes(view(group_id, size));
  request.key_packages = *std::move(packages);
  return give(out, client->client.branch(group->group, request));
}
dmls_error dmls_client_reinitialize(dmls_client* client, const dmls_group* closed, const uint8_t* const* key_packages,
                                    const size_t* sizes, size_t count, dmls_transition** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr && closed != nullptr);
  const auto packages = read_list(key_packages, sizes, count);
  DMLS_RETURN_IF(packages);
  return give(out, client->client.reinitialize(closed->group, *packages));
}
dmls_error dmls_client_enter(dmls_client* client, dmls_transition* consumed, dmls_group** out) noexcept {
  const std::unique_ptr<dmls_transition> transition(consumed);
  DMLS_NEED(reset(out) && client != nullptr && transition != nullptr);
  return give(out, client->client.enter(std::move(transition->transition)));
}
dmls_error dmls_client_discard(dmls_client* client, dmls_transition* consumed) noexcept {
  const std::unique_ptr<dmls_transition> transition(consumed);
  DMLS_NEED(client != nullptr && transition != nullptr);
  return to_c(client->client.discard(std::move(transition->transition)));
}
dmls_error dmls_client_stored_groups(const dmls_client* client, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr);
  return give(out, client->client.stored_groups());
}
dmls_error dmls_client_load_group(dmls_client* client, const uint8_t* group_id, size_t size,
                                  dmls_group** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr);
  DMLS_READ(group_id, size);
  return give(out, client->client.load_group(view(group_id, size)));
}
dmls_error dmls_client_forget_group(dmls_client* client, const uint8_t* group_id, size_t size) noexcept {
  DMLS_NEED(client != nullptr);
  DMLS_READ(group_id, size);
  return to_c(client->client.forget_group(view(group_id, size)));
}
dmls_error dmls_client_pending_entries(const dmls_client* client, dmls_transitions** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr);
  auto entries = client->client.pending_entries();
  DMLS_RETURN_IF(entries);
  return give(out, *std::move(entries));
}

}  // extern "C"
