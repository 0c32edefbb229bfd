// The events of the three layers in the words of dmls.h.
#include "boundary.h"

#include <dmls/sendgroup/exporter_psk.h>

namespace dmls::capi {
namespace {

using Record = dmls_events::Record;

Record record(dmls_event kind) {
  Record r;
  r.kind = kind;
  return r;
}
Record skipped(dmls_skipped why) {
  Record r = record(DMLS_EVENT_SKIPPED);
  r.skipped = why;
  return r;
}
dmls_octets octets(const Bytes& bytes) { return {bytes}; }
dmls_octets octets(const fork::NodeId& node) { return {node.octets()}; }

// ---- a group's

struct FromGroup {
  Record operator()(group::ApplicationMessage e) const {
    Record r = record(DMLS_EVENT_APPLICATION_MESSAGE);
    r.epoch = e.epoch;
    r.leaf = e.sender.leaf.value();
    r.members = members_of({e.sender});
    r.sender = r.members.entries[0].identity;
    r.data = {std::move(e.data)};
    r.authenticated_data = {std::move(e.authenticated_data)};
    return r;
  }
  Record operator()(group::ReceivedProposal e) const {
    Record r = record(DMLS_EVENT_PROPOSED);
    if (const auto* member = std::get_if<group::MemberSender>(&e.sender)) r.leaf = member->leaf_index;
    r.authenticated_data = {std::move(e.authenticated_data)};
    if (e.objection) r.error = to_c(*e.objection);
    return r;
  }
  Record operator()(group::Transition e) const {
    Record r = record(DMLS_EVENT_TRANSITION);
    r.changes = std::make_unique<dmls_changes>(e.changes());
    r.epoch = r.changes->epoch;
    r.transition = std::move(e);
    return r;
  }
  Record operator()(group::WaitingCommit e) const {
    Record r = record(DMLS_EVENT_WAITING);
    r.waiting = std::move(e);
    return r;
  }
  Record operator()(group::Skipped e) const {
    switch (e) {
      case group::Skipped::own_message: return skipped(DMLS_SKIPPED_OWN_MESSAGE);
      case group::Skipped::duplicate: return skipped(DMLS_SKIPPED_DUPLICATE);
      case group::Skipped::too_old: return skipped(DMLS_SKIPPED_TOO_OLD);
      case group::Skipped::kept: return skipped(DMLS_SKIPPED_KEPT);
      case group::Skipped::dropped: return skipped(DMLS_SKIPPED_DROPPED);
      case group::Skipped::not_for_us: break;
    }
    return skipped(DMLS_SKIPPED_NOT_FOR_US);
  }
};

// ---- a DeMLS session's

struct FromFork {
  static Record step(dmls_event kind, const fork::NodeId& node, const fork::NodeId& parent,
                     const group::Changes& changes) {
    Record r = record(kind);
    r.node = octets(node);
    r.parent = octets(parent);
    r.changes = std::make_unique<dmls_changes>(changes);
    r.epoch = changes.epoch;
    return r;
  }
  Record operator()(const fork::Advanced& e) const { return step(DMLS_EVENT_ADVANCED, e.node, e.parent, e.changes); }
  Record operator()(const fork::Forked& e) const { return step(DMLS_EVENT_FORKED, e.node, e.parent, e.changes); }
  Record operator()(const fork::Removed& e) const { return step(DMLS_EVENT_REMOVED, e.epoch, {}, e.changes); }
  Record operator()(const fork::Invited& e) const {
    Record r = record(DMLS_EVENT_INVITED);
    r.node = octets(e.node);
    r.messages = welcomes_of(e.welcomes);
    return r;
  }
  Record operator()(const fork::RolledBack& e) const {
    Record r = record(DMLS_EVENT_ROLLED_BACK);
    r.node = octets(e.to);
    r.parent = octets(e.from);
    return r;
  }
  Record operator()(const fork::Orphaned& e) const {
    Record r = record(DMLS_EVENT_ORPHANED);
    r.node = octets(e.branch);
    r.members = members_of(e.members);
    return r;
  }
  Record operator()(const fork::MustCommitAgain& e) const {
    Record r = record(DMLS_EVENT_MUST_COMMIT_AGAIN);
    r.node = octets(e.branch);
    r.members = members_of(e.members);
    r.self = e.self;
    return r;
  }
  Record operator()(const fork::ApplicationMessage& e) const {
    Record r = record(DMLS_EVENT_APPLICATION_MESSAGE);
    r.node = octets(e.epoch);
    r.leaf = e.sender.value();
    r.data = octets(e.data);
    r.authenticated_data = octets(e.authenticated_data);
    return r;
  }
  Record operator()(const fork::Proposed& e) const {
    Record r = FromGroup()(e.proposal);
    r.node = octets(e.epoch);
    return r;
  }
  Record operator()(const fork::Skipped& e) const {
    Record r = FromGroup()(e.reason);
    r.node = octets(e.epoch);
    return r;
  }
  Record operator()(const fork::Waiting& e) const {
    Record r = record(DMLS_EVENT_WAITING);
    r.node = octets(e.epoch);
    return r;
  }
  Record operator()(const fork::Rejected& e) const {
    Record r = record(DMLS_EVENT_REJECTED);
    r.node = octets(e.epoch);
    r.error = to_c(e.error);
    return r;
  }
  Record operator()(const fork::NotStored& e) const {
    Record r = record(DMLS_EVENT_REJECTED);
    r.node = octets(e.epoch);
    r.error = to_c(e.error);
    return r;
  }
  Record operator()(const fork::CannotFollow& e) const {
    Record r = record(DMLS_EVENT_CANNOT_FOLLOW);
    r.parent = octets(e.parent);
    if (e.commit) r.node = {e.commit->octets()};
    r.error = to_c(e.error);
    return r;
  }
  Record operator()(const fork::Superseded& e) const {
    Record r = record(DMLS_EVENT_SUPERSEDED);
    r.node = {e.commit.octets()};
    return r;
  }
  Record operator()(const fork::Deleted& e) const {
    Record r = record(DMLS_EVENT_DELETED);
    r.node = octets(e.node);
    return r;
  }
};

// ---- a DiMLS session's

struct FromSendGroup {
  static Record about(dmls_event kind, const sendgroup::EpochName& epoch, const Bytes& who) {
    Record r = record(kind);
    r.node = octets(epoch.group_id);
    r.epoch = epoch.epoch;
    r.sender = octets(who);
    return r;
  }
  Record operator()(const sendgroup::ApplicationMessage& e) const {
    Record r = about(DMLS_EVENT_APPLICATION_MESSAGE, e.epoch, e.sender);
    r.data = octets(e.data);
    r.authenticated_data = octets(e.authenticated_data);
    return r;
  }
  Record operator()(const sendgroup::Advanced& e) const { return about(DMLS_EVENT_ADVANCED, e.epoch, e.owner); }
  Record operator()(const sendgroup::Proposed& e) const { return about(DMLS_EVENT_PROPOSED, {e.group_id, 0}, {}); }
  Record operator()(const sendgroup::Joined& e) const { return about(DMLS_EVENT_JOINED, e.epoch, e.owner); }
  Record operator()(const sendgroup::Announced& e) const {
    return about(DMLS_EVENT_ANNOUNCED, {e.universe_id, 0}, e.by);
  }
  Record operator()(const sendgroup::Waiting& e) const { return about(DMLS_EVENT_WAITING, e.epoch, {}); }
  Record operator()(const sendgroup::Rejected& e) const {
    Record r = about(DMLS_EVENT_REJECTED, e.epoch, {});
    r.error = to_c(e.error);
    return r;
  }
  Record operator()(const sendgroup::Removed& e) const { return about(DMLS_EVENT_REMOVED, {e.group_id, 0}, e.owner); }
  Record operator()(const sendgroup::Equivocation& e) const {
    Record r = about(DMLS_EVENT_EQUIVOCATION, e.epoch, e.owner);
    r.messages = list_of({e.first, e.second});
    return r;
  }
  Record operator()(const sendgroup::NeedsResync& e) const {
    Record r = about(DMLS_EVENT_NEEDS_RESYNC, {e.group_id, 0}, e.owner);
    r.parent = octets(sendgroup::psk_id(e.because));
    return r;
  }
  Record operator()(sendgroup::Skipped e) const {
    switch (e) {
      case sendgroup::Skipped::duplicate: return skipped(DMLS_SKIPPED_DUPLICATE);
      case sendgroup::Skipped::own_message: return skipped(DMLS_SKIPPED_OWN_MESSAGE);
      case sendgroup::Skipped::too_old: return skipped(DMLS_SKIPPED_TOO_OLD);
      case sendgroup::Skipped::not_for_us: break;
    }
    return skipped(DMLS_SKIPPED_NOT_FOR_US);
  }
};

template <class Translate, class Events>
dmls_events translate(Events events) {
  dmls_events out;
  for (auto& event : events) out.records.push_back(std::visit(Translate(), std::move(event)));
  return out;
}

}  // namespace

dmls_events events_of(group::Event event) {
  dmls_events out;
  out.records.push_back(std::visit(FromGroup(), std::move(event)));
  return out;
}
dmls_events events_of(fork::Events events) { return translate<FromFork>(std::move(events)); }
dmls_events events_of(sendgroup::Events events) { return translate<FromSendGroup>(std::move(events)); }

dmls_octets_list welcomes_of(const std::vector<fork::Welcome>& welcomes) {
  dmls_octets_list list;
  for (const auto& welcome : welcomes) list.items.push_back({welcome.message});
  return list;
}

}  // namespace dmls::capi
