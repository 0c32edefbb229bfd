// UNPROTECT. draft-xue-distributed-mls, "UNPROTECT", "Group Operations": who may say what

#include <dmls/keyschedule/error.h>
#include <dmls/sendgroup/stapled_commit.h>

#include <algorithm>
#include <iterator>

#include "state.h"

namespace dmls::sendgroup {
namespace {

using group::ContentType;
using treekem::LeafIndex;

struct Header {
  const Bytes& group_id;
  std::uint64_t epoch;
  ContentType type;
  BytesView authenticated_data;
  bool from_member;
};

std::optional<Header> header_of(const group::MlsMessage& message) {
  if (const auto* m = std::get_if<group::PrivateMessage>(&message.body))
    return Header{m->group_id, m->epoch, m->content_type, m->authenticated_data, true};
  if (const auto* m = std::get_if<group::PublicMessage>(&message.body))
    return Header{m->content.group_id, m->content.epoch, tls_codec::tag_of(m->content.content),
                  m->content.authenticated_data, std::holds_alternative<group::MemberSender>(m->content.sender)};
  return std::nullopt;
}

bool is_announcement(const Header& header) {
  return header.type == ContentType::application &&
         std::ranges::equal(header.authenticated_data, as_bytes(kAnnouncementMark));
}

}  // namespace

// Nothing about a staple is signed: each message is judged by itself, whatever becomes of the others.
Result<Events> Session::State::unprotect_stapled(BytesView octets) {
  DMLS_TRY(const auto parts, tls_codec::decode<StapledCommit>(octets));
  if (parts.stapled.size() > config.limits.stapled_messages)
    return fail(dmls::errc::kLimit, "too many messages are stapled to a commit");
  Events before;
  for (const Bytes& message : parts.stapled) receive_part(message, true, before);
  Events events;
  receive_part(parts.commit, false, events);
  std::ranges::move(before, std::back_inserter(events));
  return events;
}

void Session::State::receive_part(BytesView octets, bool is_stapled, Events& events) {
  EpochName at;
  const auto received = [&]() -> Result<void> {
    DMLS_TRY(const auto message, tls_codec::decode<group::MlsMessage>(octets));
    const auto header = header_of(message);
    if (!header) return fail(errc::kInvalidContent, "commits and proposals are stapled to a commit, nothing else");
    at = {header->group_id, header->epoch};
    if (header->type != ContentType::commit && !(is_stapled && header->type == ContentType::proposal))
      return fail(errc::kInvalidContent, "commits and proposals are stapled to a commit, nothing else");
    return receive(message, octets, events);
  }();
  if (!received) events.push_back(Rejected{std::move(at), received.error()});
  settle(events);
}

Result<Events> Session::State::unprotect(BytesView octets) {
  if (is_stapled(octets)) return unprotect_stapled(octets);
  DMLS_TRY(const auto message, tls_codec::decode<group::MlsMessage>(octets));
  Events events;
  DMLS_CHECK(receive(message, octets, events));
  settle(events);
  return events;
}

Result<void> Session::State::receive(const group::MlsMessage& message, BytesView octets, Events& events) {
  if (const auto* welcome = std::get_if<group::Welcome>(&message.body))
    return receive_welcome(*welcome, octets, events);
  const auto header = header_of(message);
  if (!header) return fail(group::errc::kInvalidMessage, "a KeyPackage or GroupInfo is no message of a session");
  if (!header->from_member)
    return fail(errc::kNotOwner, "draft-xue-distributed-mls, Group Operations: only the owner speaks, nobody outside");
  if (own && own->id == header->group_id) return receive_own(message, octets, events);

  FollowedGroup* group = find_group(header->group_id);
  const EpochName at{header->group_id, header->epoch};
  if (group == nullptr) return receive_early(at, header->type == ContentType::commit, octets, events);
  if (group->lost) return fail(errc::kNeedsResync, "the Send Group cannot be followed any more");
  if (!group->confirmed && !is_announcement(*header))
    return receive_early(at, header->type == ContentType::commit, octets, events);
  if (header->epoch > group->epoch.number())
    return receive_early(at, header->type == ContentType::commit, octets, events);
  if (header->epoch < group->epoch.number()) return receive_late(*group, message, octets, events);
  return receive_present(*group, message, octets, events);
}

// The message needs an epoch, or a Welcome, that has not come yet.
Result<void> Session::State::receive_early(const EpochName& at, bool is_commit, BytesView octets, Events& events) {
  const FollowedGroup* group = find_group(at.group_id);
  if (left.contains(at.group_id)) {
    events.push_back(Skipped::too_old);
    return {};
  }
  if (group == nullptr && universe) {
    const Bytes* owner = owner_of(at.group_id);
    if (owner != nullptr && removed.contains(*owner))
      return fail(errc::kUnknownParticipant, "a message of somebody who was removed");
    // Somebody who was added may have a Send Group whose name we do not know yet.
    const bool all_are_named = std::ranges::all_of(groups, [&](const auto& item) {
      return std::ranges::all_of(*item.second.roster, [&](const Bytes& c) { return participants.contains(c); });
    });
    if (owner == nullptr && all_are_named && early_welcomes.empty())
      return fail(errc::kUnknownGroup, "the group id belongs to nobody who takes part");
  }
  if (group != nullptr && at.epoch > group->epoch.number() &&
      at.epoch - group->epoch.number() > config.limits.epochs_ahead)
    return fail(dmls::errc::kLimit, "the message is of an epoch too far ahead");
  DMLS_TRY(const auto kept, postbox.keep(at, is_commit, octets, config.limits));
  if (kept == Postbox::Kept::before) {
    events.push_back(Skipped::duplicate);
  } else {
    events.push_back(Waiting{at, {{at.group_id, group == nullptr || !group->confirmed ? 0 : at.epoch}}});
  }
  return {};
}

// Of the own Send Group comes back what we have sent, and perhaps the Updates of others.
Result<void> Session::State::receive_own(const group::MlsMessage& message, BytesView octets, Events& events) {
  const auto header = header_of(message);
  if (header->epoch < own->epoch.number()) {
    events.push_back(header->type == ContentType::proposal ? Skipped::too_old : Skipped::own_message);
    return {};
  }
  auto verified = own->epoch.unprotect(message);
  if (!verified) {
    const auto code = verified.error().code;
    if (code != group::errc::kOwnMessage && code != keyschedule::errc::kGenerationSpent) return fail(verified.error());
    events.push_back(code == group::errc::kOwnMessage ? Skipped::own_message : Skipped::duplicate);
    return {};
  }
  if (verified->sender_leaf() == own->epoch.own_leaf()) {
    events.push_back(Skipped::own_message);
    return {};
  }
  return take_proposal(nullptr, *std::move(verified), octets, events);
}

// Of an epoch that was left: application messages are read for a while, and a second commit is noticed.
Result<void> Session::State::receive_late(FollowedGroup& group, const group::MlsMessage& message, BytesView octets,
                                          Events& events) {
  const auto header = header_of(message);
  const auto past = std::ranges::find_if(group.past, [&](const auto& e) { return e.number() == header->epoch; });
  if (header->type == ContentType::proposal) {
    events.push_back(Skipped::too_old);
    return {};
  }
  const EpochName starts{group.id, header->epoch + 1};
  const auto* logged = header->type == ContentType::commit ? log.find(starts) : nullptr;
  if (logged != nullptr && is_same(logged->message, octets)) {
    events.push_back(Skipped::duplicate);
    return {};
  }
  if (past == group.past.end()) {
    events.push_back(Skipped::too_old);
    return {};
  }
  auto verified = past->unprotect(message);
  if (!verified) {
    if (verified.error().code == group::errc::kOwnMessage) {  // a proposal of ours that is served again
      events.push_back(Skipped::own_message);
      return {};
    }
    if (verified.error().code != keyschedule::errc::kGenerationSpent) return fail(verified.error());
    if (logged != nullptr) {
      events.push_back(Equivocation{starts, group.owner, false, logged->message, to_bytes(octets)});
    } else {
      events.push_back(Skipped::duplicate);
    }
    return {};
  }
  if (verified->sender_leaf() != LeafIndex(0))
    return fail(errc::kNotOwner, "draft-xue-distributed-mls, Group Operations: only the owner speaks");
  if (header->type == ContentType::application)
    return take_application(group, *std::move(verified), header->epoch, events);
  if (logged != nullptr && (*verified)->auth.confirmation_tag == logged->confirmation_tag) {
    events.push_back(Skipped::duplicate);
  } else if (logged != nullptr) {
    events.push_back(Equivocation{starts, group.owner, true, logged->message, to_bytes(octets)});
  } else {
    events.push_back(Skipped::too_old);
  }
  return {};
}

Result<void> Session::State::receive_present(FollowedGroup& group, const group::MlsMessage& message, BytesView octets,
                                             Events& events) {
  const auto header = header_of(message);
  const bool is_commit = header->type == ContentType::commit;
  const EpochName starts{group.id, header->epoch + 1};
  if (is_commit && group.blocked && is_same(group.blocked->message, octets)) {
    events.push_back(Skipped::duplicate);
    return {};
  }
  auto verified = group.epoch.unprotect(message);
  if (!verified) {
    if (verified.error().code == group::errc::kOwnMessage) {  // a proposal of ours that is served again
      events.push_back(Skipped::own_message);
      return {};
    }
    if (verified.error().code != keyschedule::errc::kGenerationSpent) return fail(verified.error());
    if (is_commit && group.blocked) {
      events.push_back(Equivocation{starts, group.owner, false, group.blocked->message, to_bytes(octets)});
    } else {
      events.push_back(Skipped::duplicate);
    }
    return {};
  }
  if (header->type == ContentType::proposal) return take_proposal(&group, *std::move(verified), octets, events);
  if (verified->sender_leaf() != LeafIndex(0))
    return fail(errc::kNotOwner, "draft-xue-distributed-mls, Group Operations: only the owner speaks");
  if (!is_commit) return take_application(group, *std::move(verified), header->epoch, events);
  if (!group.blocked) return take_commit(group, *std::move(verified), octets, events);
  if ((*verified)->auth.confirmation_tag == group.blocked->content->auth.confirmation_tag) {
    events.push_back(Skipped::duplicate);
  } else {
    events.push_back(Equivocation{starts, group.owner, true, group.blocked->message, to_bytes(octets)});
  }
  return {};
}

Result<void> Session::State::take_application(FollowedGroup& group, group::VerifiedContent verified,
                                              std::uint64_t epoch, Events& events) {
  group::AuthenticatedContent content = std::move(verified).into_content();
  Bytes& data = std::get_if<group::ApplicationData>(&content.content.content)->data;
  if (is_same(content.content.authenticated_data, as_bytes(kAnnouncementMark)))
    return receive_announcement(group, data, events);
  if (group.closing) return fail(errc::kUnknownParticipant, "a message of somebody who was removed");
  events.push_back(ApplicationMessage{
      group.owner, {group.id, epoch}, std::move(data), std::move(content.content.authenticated_data)});
  return {};
}

// Others than the owner may propose to renew their own leaf, where the universe has it so.
Result<void> Session::State::take_proposal(FollowedGroup* group, group::VerifiedContent verified, BytesView octets,
                                           Events& events) {
  const group::Epoch& epoch = group != nullptr ? group->epoch : own->epoch;
  if (!std::holds_alternative<group::ProposalContent>(verified->content.content))
    return fail(errc::kNotOwner, "draft-xue-distributed-mls, Group Operations: only the owner speaks");
  if (universe->parameters.leaf_keys != LeafKeys::update_proposal || verified.sender_leaf() == LeafIndex(0))
    return fail(errc::kForbiddenProposal, "draft-xue-distributed-mls, Group Operations: nobody proposes by reference");
  group::AuthenticatedContent content = std::move(verified).into_content();
  auto& proposal = std::get_if<group::ProposalContent>(&content.content.content)->proposal;
  if (!std::holds_alternative<group::Update>(proposal))
    return fail(errc::kForbiddenProposal, "the members of a Send Group propose nothing but Updates of their own");
  group::StoredProposal waiting{group::make_proposal_ref(epoch.suite(), content), std::move(proposal),
                                content.content.sender, std::move(content.content.authenticated_data)};
  // An invalid one stays out of our commits. If the owner commits it nevertheless, the commit is refused.
  const auto valid = group::check_proposal(epoch.shared(), waiting, group != nullptr ? *group->config : client());
  if (!valid) waiting.objection = valid.error();
  const Bytes reference = waiting.reference.octets;
  DMLS_CHECK((group != nullptr ? group->proposals : own->proposals).add(std::move(waiting)));
  (group != nullptr ? group->proposal_messages : own->proposal_messages).insert_or_assign(reference, to_bytes(octets));
  events.push_back(Proposed{group != nullptr ? group->id : own->id});
  if (group != nullptr && retry(Bytes(group->id), events)) ++deferrals;  // a commit may have been waiting for it
  return {};
}

}  // namespace dmls::sendgroup
