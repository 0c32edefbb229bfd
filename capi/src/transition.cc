#include "boundary.h"

using namespace dmls;
using namespace dmls::capi;

extern "C" {

dmls_transition_kind dmls_transition_kind_of(const dmls_transition* t) noexcept {
  if (t == nullptr) return DMLS_TRANSITION_NONE;
  switch (t->transition.kind()) {
    case group::TransitionKind::advance: return DMLS_TRANSITION_ADVANCE;
    case group::TransitionKind::entry: return DMLS_TRANSITION_ENTRY;
    case group::TransitionKind::removal: return DMLS_TRANSITION_REMOVAL;
  }
  return DMLS_TRANSITION_NONE;
}
int dmls_transition_is_own(const dmls_transition* t) noexcept { return t != nullptr && t->transition.is_own(); }
const dmls_changes* dmls_transition_changes(const dmls_transition* t) noexcept {
  return t != nullptr ? &t->changes : nullptr;
}
dmls_error dmls_transition_message(const dmls_transition* t, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && t != nullptr);
  return give(out, t->transition.message());
}
dmls_error dmls_transition_welcomes(const dmls_transition* t, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && t != nullptr);
  std::vector<Bytes> messages;
  for (const auto& welcome : t->transition.welcomes()) messages.push_back(welcome.message);
  return give(out, std::move(messages));
}
dmls_error dmls_transition_recipients(const dmls_transition* t, size_t welcome, uint32_t* leaves, size_t capacity,
                                      size_t* count) noexcept {
  DMLS_NEED(t != nullptr && count != nullptr && (leaves != nullptr || capacity == 0));
  if (welcome >= t->transition.welcomes().size()) return to_c(kIndex);
  const auto& recipients = t->transition.welcomes()[welcome].recipients;
  *count = recipients.size();
  for (std::size_t i = 0; i < std::min(capacity, recipients.size()); ++i) leaves[i] = recipients[i].value();
  return kOk;
}
dmls_error dmls_transition_authenticated_data(const dmls_transition* t, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && t != nullptr);
  return give(out, t->transition.authenticated_data());
}
dmls_error dmls_transition_ratchet_tree(const dmls_transition* t, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && t != nullptr);
  return give(out, t->transition.ratchet_tree());
}
dmls_error dmls_transition_group_info(const dmls_transition* t, int tree_inside, int external_joins,
                                      dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && t != nullptr);
  return give(out, t->transition.group_info(
                       tree_inside != 0 ? group::TreeDelivery::inside : group::TreeDelivery::aside,
                       external_joins != 0 ? group::ExternalJoins::allowed : group::ExternalJoins::refused));
}
dmls_error dmls_transition_epoch_authenticator(const dmls_transition* t, uint8_t* out, size_t size) noexcept {
  DMLS_NEED(t != nullptr);
  const auto* authenticator = t->transition.epoch_authenticator();
  if (authenticator == nullptr) return to_c({group::errc::kRemoved, "dmls.h: whoever is removed cannot know it"});
  return copy_out(authenticator->expose(), out, size);
}
void dmls_transition_free(dmls_transition* t) noexcept { delete t; }

size_t dmls_transitions_size(const dmls_transitions* list) noexcept { return list != nullptr ? list->items.size() : 0; }
dmls_error dmls_transitions_take(dmls_transitions* list, size_t index, dmls_transition** out) noexcept {
  DMLS_NEED(reset(out) && list != nullptr);
  if (index >= list->items.size() || !list->items[index]) return to_c(kIndex);
  *out = new dmls_transition(std::move(*list->items[index]));
  list->items[index].reset();
  return kOk;
}
void dmls_transitions_free(dmls_transitions* list) noexcept { delete list; }

}  // extern "C"
