#include "boundary.h"

#include <dmls/group/key_package_octets.h>

using namespace dmls;
using namespace dmls::capi;

namespace {

// The node that is named, or the head.
fork::NodeId node_of(const dmls_fork_session& s, const std::uint8_t* node, std::size_t size) {
  return size == 0 ? s.session.head() : fork::NodeId(to_bytes(view(node, size)));
}

constexpr Error kSameSession = {errc::kMisuse, "dmls.h: a session cannot take its own place"};

dmls_error give_events(dmls_events** out, fork::Events events) {
  *out = new dmls_events(events_of(std::move(events)));
  return kOk;
}
dmls_error give_events(dmls_events** out, Result<fork::Events> events) {
  DMLS_RETURN_IF(events);
  return give_events(out, *std::move(events));
}

}  // namespace

extern "C" {

dmls_error dmls_fork_client_new(const dmls_config* config, dmls_fork_client** out) noexcept {
  DMLS_NEED(reset(out) && config != nullptr);
  auto built = config->build();
  DMLS_RETURN_IF(built);
  return give(out, fork::Client::create(*std::move(built), config->fork_options()));
}
void dmls_fork_client_free(dmls_fork_client* client) noexcept { delete client; }

dmls_error dmls_fork_client_key_package(dmls_fork_client* client, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr);
  return give(out, client->client.new_key_package());
}
size_t dmls_fork_client_key_package_count(const dmls_fork_client* client) noexcept {
  return client != nullptr ? client->client.key_package_count() : 0;
}
dmls_error dmls_fork_client_create_group(dmls_fork_client* client, const uint8_t* group_id, size_t size,
                                         int external_commits, dmls_fork_session** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr);
  DMLS_READ(group_id, size);
  return give(
      out, client->client.create_group(view(group_id, size), external_commits != 0 ? fork::ExternalCommits::allowed
                                                                                   : fork::ExternalCommits::refused));
}
dmls_error dmls_fork_client_join(dmls_fork_client* client, const uint8_t* welcome, size_t size, const uint8_t* tree,
                                 size_t tree_size, dmls_fork_session** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr);
  DMLS_READ(welcome, size);
  DMLS_READ(tree, tree_size);
  return give(out, client->client.join(view(welcome, size), view(tree, tree_size)));
}
dmls_error dmls_fork_client_join_by_commit(dmls_fork_client* client, const uint8_t* group_info, size_t size,
                                           const uint8_t* tree, size_t tree_size, int resync, dmls_octets** message,
                                           dmls_fork_session** out) noexcept {
  DMLS_NEED(reset(message, out) && client != nullptr);
  DMLS_READ(group_info, size);
  DMLS_READ(tree, tree_size);
  group::ExternalCommitRequest request;
  if (resync != 0) request.resync = group::Resync::replace_own_leaf;
  auto joined = client->client.join_by_commit(view(group_info, size), request, view(tree, tree_size));
  DMLS_RETURN_IF(joined);
  *message = new dmls_octets{std::move(joined->message)};
  *out = new dmls_fork_session{std::move(joined->session)};
  return kOk;
}
dmls_error dmls_fork_client_enter(dmls_fork_client* client, dmls_fork_session* consumed,
                                  dmls_fork_session** out) noexcept {
  const std::unique_ptr<dmls_fork_session> joined(consumed);
  DMLS_NEED(reset(out) && client != nullptr && joined != nullptr);
  return give(out, client->client.enter(std::move(joined->session)));
}
dmls_error dmls_fork_client_stored_sessions(const dmls_fork_client* client, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr);
  return give(out, client->client.stored_sessions());
}
dmls_error dmls_fork_client_load_session(dmls_fork_client* client, const uint8_t* group_id, size_t size,
                                         dmls_fork_session** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr);
  DMLS_READ(group_id, size);
  return give(out, client->client.load_session(view(group_id, size)));
}
dmls_error dmls_fork_client_forget_session(dmls_fork_client* client, const uint8_t* group_id, size_t size) noexcept {
  DMLS_NEED(client != nullptr);
  DMLS_READ(group_id, size);
  return to_c(client->client.forget_session(view(group_id, size)));
}
dmls_error dmls_fork_client_propose_to_join(dmls_fork_client* client, const uint8_t* group_info, size_t size,
                                            dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && client != nullptr);
  DMLS_READ(group_info, size);
  return give(out, client->client.propose_to_join(view(group_info, size)));
}

void dmls_fork_free(dmls_fork_session* session) noexcept { delete session; }

dmls_error dmls_fork_group_id(const dmls_fork_session* session, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give(out, to_bytes(session->session.group_id()));
}
dmls_error dmls_fork_head(const dmls_fork_session* session, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give(out, session->session.head().octets());
}
dmls_error dmls_fork_tips(const dmls_fork_session* session, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  std::vector<Bytes> tips;
  for (const auto& tip : session->session.history().tips()) tips.push_back(tip.octets());
  return give(out, std::move(tips));
}
int dmls_fork_holds(const dmls_fork_session* session, const uint8_t* node, size_t size) noexcept {
  return session != nullptr && readable(node, size) && session->session.holds(node_of(*session, node, size));
}
int dmls_fork_may_send(const dmls_fork_session* session, const uint8_t* node, size_t size) noexcept {
  if (session == nullptr || !readable(node, size)) return 0;
  const auto may = session->session.may_send(node_of(*session, node, size));
  return may && *may;
}
dmls_error dmls_fork_epoch(const dmls_fork_session* session, const uint8_t* node, size_t size, uint64_t* out) noexcept {
  DMLS_NEED(session != nullptr && out != nullptr);
  DMLS_READ(node, size);
  const auto epoch = session->session.epoch(node_of(*session, node, size));
  DMLS_RETURN_IF(epoch);
  *out = (*epoch)->context.epoch;
  return kOk;
}
dmls_error dmls_fork_own_leaf(const dmls_fork_session* session, const uint8_t* node, size_t size,
                              uint32_t* out) noexcept {
  DMLS_NEED(session != nullptr && out != nullptr);
  DMLS_READ(node, size);
  const auto leaf = session->session.own_leaf(node_of(*session, node, size));
  DMLS_RETURN_IF(leaf);
  *out = leaf->value();
  return kOk;
}
dmls_error dmls_fork_members(const dmls_fork_session* session, const uint8_t* node, size_t size,
                             dmls_members** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(node, size);
  const auto members = session->session.members(node_of(*session, node, size));
  DMLS_RETURN_IF(members);
  *out = new dmls_members(members_of(*members));
  return kOk;
}
dmls_error dmls_fork_epoch_authenticator(const dmls_fork_session* session, const uint8_t* node, size_t node_size,
                                         uint8_t* out, size_t size) noexcept {
  DMLS_NEED(session != nullptr);
  DMLS_READ(node, node_size);
  const auto authenticator = session->session.epoch_authenticator(node_of(*session, node, node_size));
  DMLS_RETURN_IF(authenticator);
  return copy_out((*authenticator)->expose(), out, size);
}
dmls_error dmls_fork_export(const dmls_fork_session* session, const uint8_t* node, size_t node_size, const char* label,
                            const uint8_t* context, size_t context_size, uint8_t* out, size_t size) noexcept {
  DMLS_NEED(session != nullptr && label != nullptr && out != nullptr);
  DMLS_READ(node, node_size);
  DMLS_READ(context, context_size);
  const auto secret =
      session->session.export_secret(node_of(*session, node, node_size), label, view(context, context_size), size);
  DMLS_RETURN_IF(secret);
  return copy_out(secret->expose(), out, size);
}
dmls_error dmls_fork_group_info(const dmls_fork_session* session, int tree_inside, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give(out,
              session->session.group_info(tree_inside != 0 ? group::TreeDelivery::inside : group::TreeDelivery::aside));
}
dmls_error dmls_fork_process(dmls_fork_session* session, const uint8_t* message, size_t size,
                             dmls_events** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(message, size);
  return give_events(out, session->session.process(view(message, size)));
}
dmls_error dmls_fork_protect(dmls_fork_session* session, const uint8_t* node, size_t node_size, const uint8_t* data,
                             size_t size, const uint8_t* authenticated_data, size_t authenticated_size,
                             dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(node, node_size);
  DMLS_READ(data, size);
  DMLS_READ(authenticated_data, authenticated_size);
  return give(out, session->session.protect_in(node_of(*session, node, node_size), view(data, size),
                                               view(authenticated_data, authenticated_size)));
}
dmls_error dmls_fork_propose_add(dmls_fork_session* session, const uint8_t* key_package, size_t size,
                                 int public_message, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(key_package, size);
  auto package = group::decode_key_package(view(key_package, size));
  DMLS_RETURN_IF(package);
  return give(out, session->session.propose(group::Add{*std::move(package)}, options_of(public_message)));
}
dmls_error dmls_fork_propose_remove(dmls_fork_session* session, uint32_t leaf, int public_message,
                                    dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give(out, session->session.propose(group::Remove{leaf}, options_of(public_message)));
}
dmls_error dmls_fork_propose_update(dmls_fork_session* session, int public_message, dmls_octets** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give(out, session->session.propose_update(options_of(public_message)));
}
dmls_error dmls_fork_commit(dmls_fork_session* session, const uint8_t* node, size_t node_size,
                            const dmls_commit_request* request, dmls_octets** commit, dmls_octets** message) noexcept {
  DMLS_NEED(reset(commit, message) && session != nullptr);
  DMLS_READ(node, node_size);
  auto made = session->session.commit_in(node_of(*session, node, node_size),
                                         request != nullptr ? request->request : group::CommitRequest());
  DMLS_RETURN_IF(made);
  *commit = new dmls_octets{made->commit.octets()};
  *message = new dmls_octets{std::move(made->message)};
  return kOk;
}
dmls_error dmls_fork_accept(dmls_fork_session* session, const uint8_t* commit, size_t size,
                            dmls_events** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(commit, size);
  auto accepted = session->session.accept(fork::CommitHash(to_bytes(view(commit, size))));
  DMLS_RETURN_IF(accepted);
  return give_events(out, std::move(accepted->events));
}
dmls_error dmls_fork_discard(dmls_fork_session* session, const uint8_t* commit, size_t size) noexcept {
  DMLS_NEED(session != nullptr);
  DMLS_READ(commit, size);
  return to_c(session->session.discard(fork::CommitHash(to_bytes(view(commit, size)))));
}
dmls_error dmls_fork_pending(const dmls_fork_session* session, dmls_octets_list** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  std::vector<Bytes> commits;
  for (const auto& commit : session->session.pending_commits()) commits.push_back(commit.octets());
  return give(out, std::move(commits));
}
dmls_error dmls_fork_retry(dmls_fork_session* session, dmls_events** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give_events(out, session->session.retry());
}
dmls_error dmls_fork_set_retain(dmls_fork_session* session, int retain, dmls_events** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give_events(out, session->session.set_retain(retain != 0));
}
dmls_error dmls_fork_tick(dmls_fork_session* session, dmls_events** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  return give_events(out, session->session.tick());
}
dmls_error dmls_fork_forget(dmls_fork_session* session, const uint8_t* node, size_t size, dmls_events** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(node, size);
  return give_events(out, session->session.forget(node_of(*session, node, size)));
}
dmls_error dmls_fork_forget_branch(dmls_fork_session* session, const uint8_t* node, size_t size,
                                   dmls_events** out) noexcept {
  DMLS_NEED(reset(out) && session != nullptr);
  DMLS_READ(node, size);
  return give_events(out, session->session.forget_branch(node_of(*session, node, size)));
}
size_t dmls_fork_secret_octets(const dmls_fork_session* session, const uint8_t* node, size_t size) noexcept {
  if (session == nullptr || !readable(node, size)) return 0;
  return session->session.secret_octets(node_of(*session, node, size));
}
dmls_error dmls_fork_lost_changes(const dmls_fork_session* session, const uint8_t* loser, size_t size,
                                  dmls_members** added, dmls_members** removed) noexcept {
  DMLS_NEED(reset(added, removed) && session != nullptr);
  DMLS_READ(loser, size);
  const auto lost = session->session.lost_changes(node_of(*session, loser, size));
  DMLS_RETURN_IF(lost);
  const auto members = session->session.members(session->session.head());
  DMLS_RETURN_IF(members);
  std::vector<group::Member> to_remove;
  for (const auto& member : *members)
    if (std::find(lost->removed.begin(), lost->removed.end(), member.leaf) != lost->removed.end())
      to_remove.push_back(member);
  *added = new dmls_members(members_of(lost->added));
  *removed = new dmls_members(members_of(to_remove));
  return kOk;
}
dmls_error dmls_fork_replace_with(dmls_fork_session* session, dmls_fork_session* consumed, dmls_events** out) noexcept {
  const bool complete = reset(out);
  if (session != nullptr && session == consumed) return to_c(kSameSession);  // it stays: it is still used as `session`
  const std::unique_ptr<dmls_fork_session> joined(consumed);
  DMLS_NEED(complete && session != nullptr && joined != nullptr);
  return give_events(out, session->session.replace_with(std::move(joined->session)));
}

}  // extern "C"
