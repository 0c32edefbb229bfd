#include "boundary.h"

#include <dmls/group/key_package_octets.h>

using namespace dmls;
using namespace dmls::capi;

extern "C" {

void dmls_group_free(dmls_group* group) noexcept { delete group; }

dmls_error dmls_group_id(const dmls_group* group, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && group != nullptr);
  return give(out, to_bytes(group->group.group_id()));
}
uint64_t dmls_group_epoch(const dmls_group* group) noexcept { return group != nullptr ? group->group.epoch() : 0; }
uint16_t dmls_group_suite(const dmls_group* group) noexcept {
  return group != nullptr ? static_cast<std::uint16_t>(group->group.suite().id()) : std::uint16_t{0};
}
dmls_group_status dmls_group_status_of(const dmls_group* group) noexcept {
  if (group == nullptr) return DMLS_GROUP_NONE;
  switch (group->group.status()) {
    case group::GroupStatus::active: return DMLS_GROUP_ACTIVE;
    case group::GroupStatus::removed: return DMLS_GROUP_REMOVED;
    case group::GroupStatus::closed: return DMLS_GROUP_CLOSED;
  }
  return DMLS_GROUP_NONE;
}
uint32_t dmls_group_own_leaf(const dmls_group* group) noexcept {
  return group != nullptr ? group->group.own_leaf().value() : DMLS_NO_LEAF;
}
dmls_error dmls_group_members(const dmls_group* group, dmls_members** out) noexcept {
  DMLS_NEED(reset(out) && group != nullptr);
  *out = new dmls_members(members_of(group->group.members()));
  return kOk;
}
dmls_error dmls_group_epoch_authenticator(const dmls_group* group, uint8_t* out, size_t size) noexcept {
  DMLS_NEED(group != nullptr);
  if (group->group.status() == group::GroupStatus::removed)
    return to_c({group::errc::kRemoved, "dmls.h: the epoch that a removal left has no secrets any more"});
  return copy_out(group->group.epoch_authenticator().expose(), out, size);
}
dmls_error dmls_group_export(const dmls_group* group, const char* label, const uint8_t* context, size_t context_size,
                             uint8_t* out, size_t size) noexcept {
  DMLS_NEED(group != nullptr && label != nullptr && out != nullptr);
  DMLS_READ(context, context_size);
  const auto secret = group->group.export_secret(label, view(context, context_size), size);
  DMLS_RETURN_IF(secret);
  return copy_out(secret->expose(), out, size);
}
dmls_error dmls_group_ratchet_tree(const dmls_group* group, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && group != nullptr);
  return give(out, group->group.ratchet_tree());
}
dmls_error dmls_group_group_info(const dmls_group* group, int tree_inside, int external_joins,
                                 dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && group != nullptr);
  return give(out, group->group.group_info(
                       tree_inside != 0 ? group::TreeDelivery::inside : group::TreeDelivery::aside,
                       external_joins != 0 ? group::ExternalJoins::allowed : group::ExternalJoins::refused));
}
dmls_error dmls_group_protect(dmls_group* group, const uint8_t* data, size_t size, const uint8_t* authenticated_data,
                              size_t authenticated_size, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && group != nullptr);
  DMLS_READ(data, size);
  DMLS_READ(authenticated_data, authenticated_size);
  return give(out, group->group.protect(view(data, size), view(authenticated_data, authenticated_size)));
}
dmls_error dmls_group_propose_add(dmls_group* group, const uint8_t* key_package, size_t size, int public_message,
                                  dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && group != nullptr);
  DMLS_READ(key_package, size);
  auto package = group::decode_key_package(view(key_package, size));
  DMLS_RETURN_IF(package);
  return give(out, group->group.propose(group::Add{*std::move(package)}, options_of(public_message)));
}
dmls_error dmls_group_propose_remove(dmls_group* group, uint32_t leaf, int public_message, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && group != nullptr);
  return give(out, group->group.propose(group::Remove{leaf}, options_of(public_message)));
}
dmls_error dmls_group_propose_update(dmls_group* group, int public_message, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && group != nullptr);
  return give(out, group->group.propose_update(options_of(public_message)));
}
dmls_error dmls_group_commit(dmls_group* group, const dmls_commit_request* request, dmls_transition** out) noexcept {
  DMLS_NEED(reset(out) && group != nullptr);
  return give(out, group->group.commit(request != nullptr ? request->request : group::CommitRequest()));
}
dmls_error dmls_group_process(dmls_group* group, const uint8_t* message, size_t size, dmls_events** out) noexcept {
  DMLS_NEED(reset(out) && group != nullptr);
  DMLS_READ(message, size);
  auto event = group->group.process(view(message, size));
  DMLS_RETURN_IF(event);
  *out = new dmls_events(events_of(*std::move(event)));
  return kOk;
}
dmls_error dmls_group_resume(dmls_group* group, dmls_events* events, size_t index, dmls_events** out) noexcept {
  DMLS_NEED(reset(out) && group != nullptr && events != nullptr);
  if (index >= events->records.size() || !events->records[index].waiting) return to_c(kIndex);
  auto event = group->group.resume(std::move(*events->records[index].waiting));
  events->records[index].waiting.reset();
  DMLS_RETURN_IF(event);
  *out = new dmls_events(events_of(*std::move(event)));
  return kOk;
}
dmls_error dmls_group_merge(dmls_group* group, dmls_transition* consumed) noexcept {
  const std::unique_ptr<dmls_transition> transition(consumed);
  DMLS_NEED(group != nullptr && transition != nullptr);
  return to_c(group->group.merge(std::move(transition->transition)));
}
dmls_error dmls_group_discard(dmls_group* group, dmls_transition* consumed) noexcept {
  const std::unique_ptr<dmls_transition> transition(consumed);
  DMLS_NEED(group != nullptr && transition != nullptr);
  return to_c(group->group.discard(std::move(transition->transition)));
}
dmls_error dmls_group_pending(dmls_group* group, dmls_transitions** out) noexcept {
  DMLS_NEED(reset(out) && group != nullptr);
  return give(out, group->group.pending());
}
dmls_error dmls_group_take_due(dmls_group* group, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && group != nullptr);
  return give(out, group->group.take_due());
}

}  // extern "C"
