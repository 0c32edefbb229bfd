#include "boundary.h"

#include <dmls/group/public_epoch.h>
#include <dmls/tls_codec/codec.h>

using namespace dmls;
using namespace dmls::capi;

namespace {

std::uint32_t leaf_of(const group::Sender& sender) {
  const auto* member = std::get_if<group::MemberSender>(&sender);
  return member != nullptr ? member->leaf_index : DMLS_NO_LEAF;
}

dmls_members::Entry entry_of(const group::Member& member, std::uint32_t proposer = DMLS_NO_LEAF) {
  const auto* basic = std::get_if<treekem::BasicCredential>(&member.credential);
  return {member.leaf.value(),
          proposer,
          {tls_codec::encode(member.credential)},
          {basic != nullptr ? basic->identity : Bytes{}},
          {member.signature_key}};
}

dmls_origin origin_of(group::CommitOrigin origin) {
  switch (origin) {
    case group::CommitOrigin::member: return DMLS_ORIGIN_MEMBER;
    case group::CommitOrigin::joiner: return DMLS_ORIGIN_JOINER;
    case group::CommitOrigin::rejoiner: break;
  }
  return DMLS_ORIGIN_REJOINER;
}

const dmls_members::Entry* at(const dmls_members* members, std::size_t index) {
  return members != nullptr && index < members->entries.size() ? &members->entries[index] : nullptr;
}

}  // namespace

dmls_members dmls::capi::members_of(const std::vector<group::Member>& members) {
  dmls_members list;
  for (const auto& member : members) list.entries.push_back(entry_of(member));
  return list;
}

dmls_changes::dmls_changes(const group::Changes& c)
    : group_id{c.group_id},
      epoch(c.epoch),
      origin(origin_of(c.origin)),
      has_path(c.has_path),
      ends_group(c.reinit.has_value()),
      replaces_extensions(c.extensions.has_value()),
      psk_count(c.psks.size()) {
  committer.entries.push_back(entry_of(c.committer));
  if (c.committer_before) committer_before.entries.push_back(entry_of(*c.committer_before));
  for (const auto& a : c.added) added.entries.push_back(entry_of(a.member, leaf_of(a.proposer)));
  for (const auto& r : c.removed) removed.entries.push_back(entry_of(r.member, leaf_of(r.proposer)));
  for (const auto& u : c.updated) {
    updated.entries.push_back(entry_of(u.after, leaf_of(u.proposer)));
    updated_before.entries.push_back(entry_of(u.before, leaf_of(u.proposer)));
  }
}

dmls_public_epoch::dmls_public_epoch(const group::PublicEpoch& e) : epoch(e), group_id{e.context.group_id} {
  for (const auto& extension : e.extensions)
    extensions.emplace_back(extension.extension_type, dmls_octets{extension.extension_data});
}

extern "C" {

size_t dmls_members_size(const dmls_members* members) noexcept {
  return members != nullptr ? members->entries.size() : 0;
}
uint32_t dmls_members_leaf(const dmls_members* members, size_t index) noexcept {
  const auto* entry = at(members, index);
  return entry != nullptr ? entry->leaf : DMLS_NO_LEAF;
}
uint32_t dmls_members_proposer(const dmls_members* members, size_t index) noexcept {
  const auto* entry = at(members, index);
  return entry != nullptr ? entry->proposer : DMLS_NO_LEAF;
}
const dmls_octets* dmls_members_credential(const dmls_members* members, size_t index) noexcept {
  const auto* entry = at(members, index);
  return entry != nullptr ? &entry->credential : nullptr;
}
const dmls_octets* dmls_members_identity(const dmls_members* members, size_t index) noexcept {
  const auto* entry = at(members, index);
  return entry != nullptr ? &entry->identity : nullptr;
}
const dmls_octets* dmls_members_signature_key(const dmls_members* members, size_t index) noexcept {
  const auto* entry = at(members, index);
  return entry != nullptr ? &entry->signature_key : nullptr;
}
void dmls_members_free(dmls_members* members) noexcept { delete members; }

const dmls_octets* dmls_changes_group_id(const dmls_changes* c) noexcept {
  return c != nullptr ? &c->group_id : nullptr;
}
uint64_t dmls_changes_epoch(const dmls_changes* c) noexcept { return c != nullptr ? c->epoch : 0; }
dmls_origin dmls_changes_origin(const dmls_changes* c) noexcept {
  return c != nullptr ? c->origin : DMLS_ORIGIN_MEMBER;
}
int dmls_changes_has_path(const dmls_changes* c) noexcept { return c != nullptr && c->has_path; }
int dmls_changes_ends_group(const dmls_changes* c) noexcept { return c != nullptr && c->ends_group; }
int dmls_changes_replaces_extensions(const dmls_changes* c) noexcept { return c != nullptr && c->replaces_extensions; }
size_t dmls_changes_psk_count(const dmls_changes* c) noexcept { return c != nullptr ? c->psk_count : 0; }
const dmls_members* dmls_changes_committer(const dmls_changes* c) noexcept {
  return c != nullptr ? &c->committer : nullptr;
}
const dmls_members* dmls_changes_committer_before(const dmls_changes* c) noexcept {
  return c != nullptr ? &c->committer_before : nullptr;
}
const dmls_members* dmls_changes_added(const dmls_changes* c) noexcept { return c != nullptr ? &c->added : nullptr; }
const dmls_members* dmls_changes_removed(const dmls_changes* c) noexcept {
  return c != nullptr ? &c->removed : nullptr;
}
const dmls_members* dmls_changes_updated(const dmls_changes* c) noexcept {
  return c != nullptr ? &c->updated : nullptr;
}
const dmls_members* dmls_changes_updated_before(const dmls_changes* c) noexcept {
  return c != nullptr ? &c->updated_before : nullptr;
}

const dmls_public_epoch* dmls_changes_before(const dmls_changes* c) noexcept {
  return c != nullptr ? c->before : nullptr;
}
const dmls_octets* dmls_public_epoch_group_id(const dmls_public_epoch* e) noexcept {
  return e != nullptr ? &e->group_id : nullptr;
}
uint64_t dmls_public_epoch_number(const dmls_public_epoch* e) noexcept {
  return e != nullptr ? e->epoch.context.epoch : 0;
}
const dmls_octets* dmls_public_epoch_extension(const dmls_public_epoch* e, uint16_t type) noexcept {
  if (e == nullptr) return nullptr;
  for (const auto& [known, octets] : e->extensions)
    if (static_cast<std::uint16_t>(known) == type) return &octets;
  return nullptr;
}
const dmls_members* dmls_public_epoch_members(const dmls_public_epoch* e) noexcept {
  if (e == nullptr) return nullptr;
  if (!e->members) e->members = std::make_unique<const dmls_members>(members_of(group::members_of(e->epoch.tree)));
  return e->members.get();
}

}  // extern "C"
