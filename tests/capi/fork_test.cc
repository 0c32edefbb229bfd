// DeMLS sessions through the C interface.
#include "handles.h"

using namespace capi_test;

namespace {

constexpr std::size_t kNone = 0;

Handle<dmls_fork_client> fork_client(std::string_view name) {
  auto config = config_for(name);
  EXPECT_OK(dmls_config_fork_choice(config.get(), DMLS_CHOICE_TICKET));
  EXPECT_OK(dmls_config_fork_retention(config.get(), DMLS_RETAIN_ALWAYS, 1, 16, 3600));
  return make<dmls_fork_client>(dmls_fork_client_new, config.get());
}

struct Own {
  std::string commit, message;
};
Own commit_on(Handle<dmls_fork_session>& s, dmls_commit_request* request = nullptr) {
  dmls_octets *commit = nullptr, *message = nullptr;
  EXPECT_OK(dmls_fork_commit(s.get(), nullptr, 0, request, &commit, &message));
  Own own{text(commit), text(message)};
  dmls_octets_free(commit);
  dmls_octets_free(message);
  return own;
}
Handle<dmls_events> accept(Handle<dmls_fork_session>& s, const Own& own) {
  return make<dmls_events>(dmls_fork_accept, s.get(), bytes(own.commit), own.commit.size());
}
Handle<dmls_events> deliver(Handle<dmls_fork_session>& s, const std::string& m) {
  return make<dmls_events>(dmls_fork_process, s.get(), bytes(m), m.size());
}
bool has(const Handle<dmls_events>& events, dmls_event kind) {
  for (std::size_t i = 0; i < dmls_events_size(events.get()); ++i)
    if (dmls_events_kind(events.get(), i) == kind) return true;
  return false;
}
std::string head(const Handle<dmls_fork_session>& s) { return text(make<dmls_octets>(dmls_fork_head, s.get())); }

struct Two {
  Handle<dmls_fork_client> alice = fork_client("alice"), bob = fork_client("bob");
  Handle<dmls_fork_session> a, b;
  Two() {
    a = make<dmls_fork_session>(dmls_fork_client_create_group, alice.get(), bytes("g"), std::size_t{1}, 1);
    const auto package = text(make<dmls_octets>(dmls_fork_client_key_package, bob.get()));
    EXPECT_EQ(dmls_fork_client_key_package_count(bob.get()), 1u);
    auto request = make<dmls_commit_request>(dmls_commit_request_new);
    EXPECT_OK(dmls_commit_request_add(request.get(), bytes(package), package.size()));
    const auto events = accept(a, commit_on(a, request.get()));
    std::string welcome;
    for (std::size_t i = 0; i < dmls_events_size(events.get()); ++i)
      if (dmls_events_kind(events.get(), i) == DMLS_EVENT_INVITED)
        welcome = text(dmls_octets_list_get(dmls_events_messages(events.get(), i), 0));
    b = make<dmls_fork_session>(dmls_fork_client_join, bob.get(), bytes(welcome), welcome.size(), nullptr, kNone);
  }
};

}  // namespace

TEST(CapiFork, ForksAndHeals) {
  Two t;
  EXPECT_EQ(head(t.a), head(t.b));
  EXPECT_EQ(text(make<dmls_octets>(dmls_fork_group_id, t.b.get())), "g");
  const auto parent = head(t.a);
  const Own mine = commit_on(t.a), other = commit_on(t.b);
  EXPECT_EQ(texts(make<dmls_octets_list>(dmls_fork_pending, t.a.get())), std::vector<std::string>{mine.commit});
  accept(t.a, mine);
  accept(t.b, other);
  EXPECT_NE(head(t.a), head(t.b));
  EXPECT_TRUE(has(deliver(t.a, other.message), DMLS_EVENT_FORKED));
  EXPECT_TRUE(has(deliver(t.b, mine.message), DMLS_EVENT_FORKED));
  EXPECT_EQ(head(t.a), head(t.b));
  const auto tips = texts(make<dmls_octets_list>(dmls_fork_tips, t.a.get()));
  ASSERT_EQ(tips.size(), 2u);
  for (const auto& tip : tips) EXPECT_EQ(dmls_fork_holds(t.a.get(), bytes(tip), tip.size()), 1);
  const auto loser = tips[0] == head(t.a) ? tips[1] : tips[0];

  std::uint8_t x[32], y[32];
  EXPECT_OK(dmls_fork_epoch_authenticator(t.a.get(), nullptr, 0, x, 32));
  EXPECT_OK(dmls_fork_epoch_authenticator(t.b.get(), nullptr, 0, y, 32));
  EXPECT_EQ(std::string(x, x + 32), std::string(y, y + 32));
  EXPECT_OK(dmls_fork_export(t.a.get(), bytes(loser), loser.size(), "l", nullptr, 0, x, 32));
  EXPECT_OK(dmls_fork_export(t.b.get(), bytes(loser), loser.size(), "l", nullptr, 0, y, 32));
  EXPECT_EQ(std::string(x, x + 32), std::string(y, y + 32));

  dmls_members *added = nullptr, *removed = nullptr;
  EXPECT_OK(dmls_fork_lost_changes(t.a.get(), bytes(loser), loser.size(), &added, &removed));
  EXPECT_EQ(dmls_members_size(added) + dmls_members_size(removed), 0u);
  dmls_members_free(added);
  dmls_members_free(removed);
  EXPECT_GT(dmls_fork_secret_octets(t.a.get(), bytes(loser), loser.size()), 0u);
  EXPECT_TRUE(
      has(make<dmls_events>(dmls_fork_forget_branch, t.a.get(), bytes(loser), loser.size()), DMLS_EVENT_DELETED));
  EXPECT_TRUE(has(make<dmls_events>(dmls_fork_forget, t.a.get(), bytes(parent), parent.size()), DMLS_EVENT_DELETED));
  make<dmls_events>(dmls_fork_set_retain, t.a.get(), 1);
  make<dmls_events>(dmls_fork_tick, t.a.get());
  make<dmls_events>(dmls_fork_retry, t.a.get());
}

TEST(CapiFork, MessagesProposalsAndMembers) {
  Two t;
  std::uint64_t epoch = 0;
  std::uint32_t leaf = 0;
  EXPECT_OK(dmls_fork_epoch(t.b.get(), nullptr, 0, &epoch));
  EXPECT_EQ(epoch, 1u);
  EXPECT_OK(dmls_fork_own_leaf(t.b.get(), nullptr, 0, &leaf));
  EXPECT_EQ(leaf, 1u);
  EXPECT_EQ(dmls_fork_may_send(t.b.get(), nullptr, 0), 1);
  EXPECT_EQ(dmls_members_size(make<dmls_members>(dmls_fork_members, t.b.get(), nullptr, kNone).get()), 2u);
  const auto hello = text(
      make<dmls_octets>(dmls_fork_protect, t.a.get(), nullptr, kNone, bytes("hello"), std::size_t{5}, nullptr, kNone));
  const auto events = deliver(t.b, hello);
  EXPECT_EQ(dmls_events_kind(events.get(), 0), DMLS_EVENT_APPLICATION_MESSAGE);
  EXPECT_EQ(text(dmls_events_data(events.get(), 0)), "hello");
  EXPECT_EQ(text(dmls_events_node(events.get(), 0)), head(t.b));
  EXPECT_TRUE(has(deliver(t.b, "garbage"), DMLS_EVENT_REJECTED));

  const auto carol = fork_client("carol");
  const auto package = text(make<dmls_octets>(dmls_fork_client_key_package, carol.get()));
  EXPECT_TRUE(
      has(deliver(t.a, text(make<dmls_octets>(dmls_fork_propose_add, t.b.get(), bytes(package), package.size(), 0))),
          DMLS_EVENT_PROPOSED));
  make<dmls_octets>(dmls_fork_propose_remove, t.b.get(), 0u, 0);
  EXPECT_TRUE(has(deliver(t.a, text(make<dmls_octets>(dmls_fork_propose_update, t.b.get(), 0))), DMLS_EVENT_PROPOSED));
  const Own own = commit_on(t.a);
  EXPECT_OK(dmls_fork_discard(t.a.get(), bytes(own.commit), own.commit.size()));
  EXPECT_EQ(dmls_fork_discard(t.a.get(), bytes(own.commit), own.commit.size()).code, DMLS_E_FORK_UNKNOWN_COMMIT);
}

TEST(CapiFork, JoinsFromOutsideAndAgain) {
  Two t;
  const auto info = text(make<dmls_octets>(dmls_fork_group_info, t.a.get(), 1));
  const auto carol = fork_client("carol");
  make<dmls_octets>(dmls_fork_client_propose_to_join, carol.get(), bytes(info), info.size());
  dmls_octets* message = nullptr;
  dmls_fork_session* session = nullptr;
  EXPECT_OK(dmls_fork_client_join_by_commit(carol.get(), bytes(info), info.size(), nullptr, 0, 0, &message, &session));
  Handle<dmls_fork_session> c(session);
  EXPECT_TRUE(has(deliver(t.a, text(message)), DMLS_EVENT_ADVANCED));
  dmls_octets_free(message);
  EXPECT_EQ(head(c), head(t.a));
  auto* events = reinterpret_cast<dmls_events*>(&message);  // something that is not NULL
  EXPECT_EQ(dmls_fork_replace_with(c.get(), c.get(), &events).code, DMLS_E_MISUSE);
  EXPECT_EQ(events, nullptr);
  EXPECT_EQ(head(c), head(t.a));  // it is still there

  // Her keys, but not her state: she comes back in her own place.
  const auto newer = text(make<dmls_octets>(dmls_fork_group_info, t.a.get(), 1));
  EXPECT_OK(
      dmls_fork_client_join_by_commit(carol.get(), bytes(newer), newer.size(), nullptr, 0, 1, &message, &session));
  deliver(t.a, text(message));
  dmls_octets_free(message);
  make<dmls_events>(dmls_fork_replace_with, c.get(), session);
  EXPECT_EQ(head(c), head(t.a));
}
