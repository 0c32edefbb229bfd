#include "boundary.h"

using namespace dmls;
using namespace dmls::capi;

namespace {

const dmls_events::Record* at(const dmls_events* events, std::size_t index) {
  return events != nullptr && index < events->records.size() ? &events->records[index] : nullptr;
}

}  // namespace

extern "C" {

size_t dmls_events_size(const dmls_events* events) noexcept { return events != nullptr ? events->records.size() : 0; }
dmls_event dmls_events_kind(const dmls_events* events, size_t index) noexcept {
  const auto* r = at(events, index);
  return r != nullptr ? r->kind : DMLS_EVENT_NONE;
}
dmls_skipped dmls_events_skipped(const dmls_events* events, size_t index) noexcept {
  const auto* r = at(events, index);
  return r != nullptr ? r->skipped : DMLS_SKIPPED_NONE;
}
uint64_t dmls_events_epoch(const dmls_events* events, size_t index) noexcept {
  const auto* r = at(events, index);
  return r != nullptr ? r->epoch : 0;
}
uint32_t dmls_events_leaf(const dmls_events* events, size_t index) noexcept {
  const auto* r = at(events, index);
  return r != nullptr ? r->leaf : DMLS_NO_LEAF;
}
const dmls_octets* dmls_events_node(const dmls_events* events, size_t index) noexcept {
  const auto* r = at(events, index);
  return r != nullptr ? &r->node : nullptr;
}
const dmls_octets* dmls_events_parent(const dmls_events* events, size_t index) noexcept {
  const auto* r = at(events, index);
  return r != nullptr ? &r->parent : nullptr;
}
const dmls_octets* dmls_events_sender(const dmls_events* events, size_t index) noexcept {
  const auto* r = at(events, index);
  return r != nullptr ? &r->sender : nullptr;
}
const dmls_octets* dmls_events_data(const dmls_events* events, size_t index) noexcept {
  const auto* r = at(events, index);
  return r != nullptr ? &r->data : nullptr;
}
const dmls_octets* dmls_events_authenticated_data(const dmls_events* events, size_t index) noexcept {
  const auto* r = at(events, index);
  return r != nullptr ? &r->authenticated_data : nullptr;
}
const dmls_octets_list* dmls_events_messages(const dmls_events* events, size_t index) noexcept {
  const auto* r = at(events, index);
  return r != nullptr ? &r->messages : nullptr;
}
const dmls_members* dmls_events_members(const dmls_events* events, size_t index) noexcept {
  const auto* r = at(events, index);
  return r != nullptr ? &r->members : nullptr;
}
const dmls_changes* dmls_events_changes(const dmls_events* events, size_t index) noexcept {
  const auto* r = at(events, index);
  return r != nullptr ? r->changes.get() : nullptr;
}
int dmls_events_self(const dmls_events* events, size_t index) noexcept {
  const auto* r = at(events, index);
  return r != nullptr && r->self;
}
dmls_error dmls_events_error(const dmls_events* events, size_t index) noexcept {
  const auto* r = at(events, index);
  return r != nullptr ? r->error : kOk;
}
dmls_error dmls_events_take_transition(dmls_events* events, size_t index, dmls_transition** out) noexcept {
  DMLS_NEED(reset(out) && events != nullptr);
  if (index >= events->records.size() || !events->records[index].transition) return to_c(kIndex);
  *out = new dmls_transition(std::move(*events->records[index].transition));
  events->records[index].transition.reset();
  return kOk;
}
void dmls_events_free(dmls_events* events) noexcept { delete events; }

}  // extern "C"
