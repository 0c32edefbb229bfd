// MLS groups through the C interface.
#include "handles.h"

using namespace capi_test;

namespace {

struct Pair {
  Handle<dmls_client> alice = client_for("alice"), bob = client_for("bob");
  Handle<dmls_group> a, b;

  Pair() {
    a = make<dmls_group>(dmls_client_create_group, alice.get(), bytes("g"), std::size_t{1});
    b = invite(bob);
  }
  // Adds the owner of a fresh key package; `a` merges at once.
  Handle<dmls_group> invite(Handle<dmls_client>& who) {
    const auto package = text(make<dmls_octets>(dmls_client_key_package, who.get(), 0));
    auto request = make<dmls_commit_request>(dmls_commit_request_new);
    EXPECT_OK(dmls_commit_request_add(request.get(), bytes(package), package.size()));
    auto commit = make<dmls_transition>(dmls_group_commit, a.get(), request.get());
    const auto welcome = texts(make<dmls_octets_list>(dmls_transition_welcomes, commit.get())).at(0);
    const auto message = text(make<dmls_octets>(dmls_transition_message, commit.get()));
    EXPECT_OK(dmls_group_merge(a.get(), commit.release()));
    if (b) deliver(b, message);
    EXPECT_EQ(dmls_client_is_invited(who.get(), bytes(welcome), welcome.size()), 1);
    auto entry = make<dmls_transition>(dmls_client_join, who.get(), bytes(welcome), welcome.size(), nullptr,
                                       std::size_t{0}, nullptr);
    EXPECT_EQ(dmls_transition_kind_of(entry.get()), DMLS_TRANSITION_ENTRY);
    return make<dmls_group>(dmls_client_enter, who.get(), entry.release());
  }
  // Processes a message, and merges what it leads to.
  static Handle<dmls_events> deliver(Handle<dmls_group>& to, const std::string& message) {
    auto events = make<dmls_events>(dmls_group_process, to.get(), bytes(message), message.size());
    if (dmls_events_kind(events.get(), 0) == DMLS_EVENT_TRANSITION) {
      auto step = make<dmls_transition>(dmls_events_take_transition, events.get(), std::size_t{0});
      EXPECT_OK(dmls_group_merge(to.get(), step.release()));
    }
    return events;
  }
  std::string commit(Handle<dmls_group>& by, dmls_commit_request* request = nullptr) {
    auto made = make<dmls_transition>(dmls_group_commit, by.get(), request);
    auto message = text(make<dmls_octets>(dmls_transition_message, made.get()));
    EXPECT_OK(dmls_group_merge(by.get(), made.release()));
    return message;
  }
};

std::vector<std::uint8_t> authenticator(const Handle<dmls_group>& group) {
  std::vector<std::uint8_t> out(dmls_suite_hash_size(kSuite));
  EXPECT_OK(dmls_group_epoch_authenticator(group.get(), out.data(), out.size()));
  return out;
}

}  // namespace

TEST(CapiLibrary, SaysWhatItIs) {
  EXPECT_EQ(dmls_abi_version(), std::uint32_t{DMLS_ABI_VERSION});
  EXPECT_STREQ(dmls_version(), "0.1.0");
  EXPECT_EQ(dmls_suite_supported(1), 1);
  EXPECT_EQ(dmls_suite_supported(0xfff0), 0);
  EXPECT_EQ(dmls_suite_hash_size(1), 32u);
  EXPECT_EQ(dmls_suite_hash_size(0), 0u);
  std::vector<std::uint8_t> key(dmls_suite_signature_key_size(1)), other(key.size());
  EXPECT_OK(dmls_signature_key_generate(1, key.data(), key.size()));
  EXPECT_OK(dmls_signature_key_generate(1, other.data(), other.size()));
  EXPECT_NE(key, other);
  EXPECT_EQ(dmls_signature_key_generate(1, key.data(), key.size() - 1).code, DMLS_E_MISUSE);
  EXPECT_EQ(dmls_signature_key_generate(0, key.data(), key.size()).code, DMLS_E_CRYPTO_UNKNOWN_SUITE);
}

TEST(CapiGroup, TwoMembersAgreeAndTalk) {
  Pair p;
  EXPECT_EQ(authenticator(p.a), authenticator(p.b));
  EXPECT_EQ(text(make<dmls_octets>(dmls_group_id, p.b.get())), "g");
  EXPECT_EQ(dmls_group_epoch(p.b.get()), 1u);
  EXPECT_EQ(dmls_group_suite(p.b.get()), kSuite);
  EXPECT_EQ(dmls_group_status_of(p.b.get()), DMLS_GROUP_ACTIVE);
  EXPECT_EQ(dmls_group_own_leaf(p.b.get()), 1u);

  const auto members = make<dmls_members>(dmls_group_members, p.a.get());
  ASSERT_EQ(dmls_members_size(members.get()), 2u);
  EXPECT_EQ(dmls_members_leaf(members.get(), 1), 1u);
  EXPECT_EQ(dmls_members_proposer(members.get(), 1), DMLS_NO_LEAF);
  EXPECT_EQ(text(dmls_members_identity(members.get(), 1)), "bob");
  EXPECT_EQ(text(dmls_members_credential(members.get(), 1)), std::string("\0\1\3bob", 6));
  EXPECT_EQ(dmls_octets_size(dmls_members_signature_key(members.get(), 1)), 32u);

  const auto hello = text(
      make<dmls_octets>(dmls_group_protect, p.a.get(), bytes("hello"), std::size_t{5}, bytes("ad"), std::size_t{2}));
  const auto events = Pair::deliver(p.b, hello);
  ASSERT_EQ(dmls_events_size(events.get()), 1u);
  EXPECT_EQ(dmls_events_kind(events.get(), 0), DMLS_EVENT_APPLICATION_MESSAGE);
  EXPECT_EQ(text(dmls_events_data(events.get(), 0)), "hello");
  EXPECT_EQ(text(dmls_events_authenticated_data(events.get(), 0)), "ad");
  EXPECT_EQ(text(dmls_events_sender(events.get(), 0)), "alice");
  EXPECT_EQ(dmls_members_size(dmls_events_members(events.get(), 0)), 1u);
  EXPECT_EQ(dmls_events_leaf(events.get(), 0), 0u);
  EXPECT_EQ(dmls_events_epoch(events.get(), 0), 1u);
  EXPECT_EQ(dmls_octets_size(dmls_events_node(events.get(), 0)), 0u);
  EXPECT_EQ(dmls_octets_size(dmls_events_parent(events.get(), 0)), 0u);
  EXPECT_EQ(dmls_octets_list_size(dmls_events_messages(events.get(), 0)), 0u);
  EXPECT_EQ(dmls_events_changes(events.get(), 0), nullptr);
  EXPECT_EQ(dmls_events_self(events.get(), 0), 0);
  EXPECT_EQ(dmls_events_error(events.get(), 0).code, 0);
  const auto again = Pair::deliver(p.b, hello);
  EXPECT_EQ(dmls_events_kind(again.get(), 0), DMLS_EVENT_SKIPPED);
  EXPECT_EQ(dmls_events_skipped(again.get(), 0), DMLS_SKIPPED_DUPLICATE);

  std::uint8_t x[16], y[16];
  EXPECT_OK(dmls_group_export(p.a.get(), "label", bytes("c"), 1, x, sizeof(x)));
  EXPECT_OK(dmls_group_export(p.b.get(), "label", bytes("c"), 1, y, sizeof(y)));
  EXPECT_EQ(std::string(x, x + 16), std::string(y, y + 16));
}

TEST(CapiGroup, ACommitTellsWhatItDoes) {
  Pair p;
  auto carol = client_for("carol");
  const auto package = text(make<dmls_octets>(dmls_client_key_package, carol.get(), 1));
  EXPECT_EQ(dmls_client_key_package_count(carol.get()), 1u);
  for (dmls_client* client : {p.alice.get(), p.bob.get(), carol.get()})
    EXPECT_OK(dmls_client_add_psk(client, bytes("psk"), 3, bytes("secret"), 6));
  auto request = make<dmls_commit_request>(dmls_commit_request_new);
  EXPECT_OK(dmls_commit_request_add(request.get(), bytes(package), package.size()));
  EXPECT_OK(dmls_commit_request_remove(request.get(), 1));
  EXPECT_OK(dmls_commit_request_external_psk(request.get(), bytes("psk"), 3));
  EXPECT_OK(dmls_commit_request_option(request.get(), DMLS_COMMIT_TREE_ASIDE));
  EXPECT_OK(dmls_commit_request_option(request.get(), DMLS_COMMIT_WELCOME_FOR_EACH));
  EXPECT_OK(dmls_commit_request_option(request.get(), DMLS_COMMIT_PUBLIC));
  EXPECT_OK(dmls_commit_request_authenticated_data(request.get(), bytes("why"), 3));
  auto commit = make<dmls_transition>(dmls_group_commit, p.a.get(), request.get());
  EXPECT_EQ(dmls_transition_kind_of(commit.get()), DMLS_TRANSITION_ADVANCE);
  EXPECT_EQ(dmls_transition_is_own(commit.get()), 1);
  EXPECT_EQ(text(make<dmls_octets>(dmls_transition_authenticated_data, commit.get())), "why");

  const dmls_changes* changes = dmls_transition_changes(commit.get());
  EXPECT_EQ(text(dmls_changes_group_id(changes)), "g");
  EXPECT_EQ(dmls_changes_epoch(changes), 2u);
  EXPECT_EQ(dmls_changes_origin(changes), DMLS_ORIGIN_MEMBER);
  EXPECT_EQ(dmls_changes_has_path(changes), 1);
  EXPECT_EQ(dmls_changes_ends_group(changes), 0);
  EXPECT_EQ(dmls_changes_replaces_extensions(changes), 0);
  EXPECT_EQ(dmls_changes_psk_count(changes), 1u);
  EXPECT_EQ(text(dmls_members_identity(dmls_changes_committer(changes), 0)), "alice");
  EXPECT_EQ(dmls_members_size(dmls_changes_committer_before(changes)), 1u);
  EXPECT_EQ(text(dmls_members_identity(dmls_changes_added(changes), 0)), "carol");
  EXPECT_EQ(dmls_members_proposer(dmls_changes_added(changes), 0), 0u);
  EXPECT_EQ(text(dmls_members_identity(dmls_changes_removed(changes), 0)), "bob");
  EXPECT_EQ(dmls_members_size(dmls_changes_updated(changes)), 0u);
  EXPECT_EQ(dmls_members_size(dmls_changes_updated_before(changes)), 0u);

  std::uint32_t leaf = 99;
  std::size_t count = 0;
  EXPECT_OK(dmls_transition_recipients(commit.get(), 0, &leaf, 1, &count));
  EXPECT_EQ(count, 1u);
  EXPECT_EQ(leaf, 1u);
  EXPECT_EQ(dmls_transition_recipients(commit.get(), 1, &leaf, 1, &count).code, DMLS_E_MISUSE);
  const auto tree = text(make<dmls_octets>(dmls_transition_ratchet_tree, commit.get()));
  EXPECT_FALSE(text(make<dmls_octets>(dmls_transition_group_info, commit.get(), 1, 1)).empty());
  std::vector<std::uint8_t> expected(32);
  EXPECT_OK(dmls_transition_epoch_authenticator(commit.get(), expected.data(), expected.size()));

  const auto message = text(make<dmls_octets>(dmls_transition_message, commit.get()));
  const auto welcome = texts(make<dmls_octets_list>(dmls_transition_welcomes, commit.get())).at(0);
  EXPECT_OK(dmls_group_merge(p.a.get(), commit.release()));
  EXPECT_EQ(authenticator(p.a), expected);
  auto entry = make<dmls_transition>(dmls_client_join, carol.get(), bytes(welcome), welcome.size(), bytes(tree),
                                     tree.size(), nullptr);
  auto c = make<dmls_group>(dmls_client_enter, carol.get(), entry.release());
  EXPECT_EQ(authenticator(c), expected);
  EXPECT_EQ(text(make<dmls_octets>(dmls_group_ratchet_tree, c.get())), tree);

  auto removal = make<dmls_events>(dmls_group_process, p.b.get(), bytes(message), message.size());
  auto step = make<dmls_transition>(dmls_events_take_transition, removal.get(), std::size_t{0});
  EXPECT_EQ(dmls_transition_kind_of(step.get()), DMLS_TRANSITION_REMOVAL);
  EXPECT_EQ(dmls_transition_epoch_authenticator(step.get(), expected.data(), 32).code, DMLS_E_GROUP_REMOVED);
  EXPECT_OK(dmls_group_merge(p.b.get(), step.release()));
  EXPECT_EQ(dmls_group_status_of(p.b.get()), DMLS_GROUP_REMOVED);
  EXPECT_EQ(dmls_group_epoch_authenticator(p.b.get(), expected.data(), 32).code, DMLS_E_GROUP_REMOVED);
  EXPECT_OK(dmls_client_remove_psk(p.alice.get(), bytes("psk"), 3));
}

TEST(CapiGroup, ProposalsWaitAndCommitsWaitForProposals) {
  Pair p;
  auto carol = client_for("carol");
  auto c = p.invite(carol);
  const auto update = text(make<dmls_octets>(dmls_group_propose_update, p.b.get(), 0));
  const auto proposed = Pair::deliver(p.a, update);
  EXPECT_EQ(dmls_events_kind(proposed.get(), 0), DMLS_EVENT_PROPOSED);
  EXPECT_EQ(dmls_events_leaf(proposed.get(), 0), 1u);
  const auto commit = p.commit(p.a);

  auto waiting = Pair::deliver(c, commit);
  ASSERT_EQ(dmls_events_kind(waiting.get(), 0), DMLS_EVENT_WAITING);
  Pair::deliver(c, update);
  auto resumed = make<dmls_events>(dmls_group_resume, c.get(), waiting.get(), std::size_t{0});
  EXPECT_EQ(dmls_events_kind(resumed.get(), 0), DMLS_EVENT_TRANSITION);
  const dmls_changes* changes = dmls_events_changes(resumed.get(), 0);
  EXPECT_EQ(dmls_members_proposer(dmls_changes_updated(changes), 0), 1u);
  auto step = make<dmls_transition>(dmls_events_take_transition, resumed.get(), std::size_t{0});
  EXPECT_OK(dmls_group_merge(c.get(), step.release()));
  EXPECT_EQ(authenticator(c), authenticator(p.a));
  dmls_events* none = nullptr;
  EXPECT_EQ(dmls_group_resume(c.get(), waiting.get(), 0, &none).code, DMLS_E_MISUSE);

  Pair::deliver(p.b, commit);
  Pair::deliver(p.a, text(make<dmls_octets>(dmls_group_propose_remove, p.b.get(), 2u, 1)));
  auto dave = client_for("dave");
  const auto package = text(make<dmls_octets>(dmls_client_key_package, dave.get(), 0));
  make<dmls_octets>(dmls_group_propose_add, p.a.get(), bytes(package), package.size(), 1);
  auto request = make<dmls_commit_request>(dmls_commit_request_new);
  EXPECT_OK(dmls_commit_request_option(request.get(), DMLS_COMMIT_LEAVE_PENDING));
  EXPECT_OK(dmls_commit_request_option(request.get(), DMLS_COMMIT_PATH_IF_REQUIRED));
  auto left = make<dmls_transition>(dmls_group_commit, p.a.get(), request.get());
  EXPECT_EQ(dmls_members_size(dmls_changes_added(dmls_transition_changes(left.get()))), 0u);
  auto pending = make<dmls_transitions>(dmls_group_pending, p.a.get());
  EXPECT_EQ(dmls_transitions_size(pending.get()), 1u);
  auto found = make<dmls_transition>(dmls_transitions_take, pending.get(), std::size_t{0});
  EXPECT_OK(dmls_group_discard(p.a.get(), found.release()));
  auto taken = make<dmls_transition>(dmls_group_commit, p.a.get(), nullptr);
  EXPECT_EQ(dmls_members_size(dmls_changes_added(dmls_transition_changes(taken.get()))), 1u);
  EXPECT_EQ(dmls_members_size(dmls_changes_removed(dmls_transition_changes(taken.get()))), 1u);
}

TEST(CapiGroup, EarlyMessagesAreKept) {
  Pair p;
  const auto commit = p.commit(p.a);
  const auto early =
      text(make<dmls_octets>(dmls_group_protect, p.a.get(), bytes("x"), std::size_t{1}, nullptr, std::size_t{0}));
  const auto kept = Pair::deliver(p.b, early);
  EXPECT_EQ(dmls_events_skipped(kept.get(), 0), DMLS_SKIPPED_KEPT);
  Pair::deliver(p.b, commit);
  const auto due = make<dmls_octets_list>(dmls_group_take_due, p.b.get());
  ASSERT_EQ(texts(due), std::vector<std::string>{early});
}

TEST(CapiGroup, JoinsFromOutside) {
  Pair p;
  auto carol = client_for("carol");
  const auto info = text(make<dmls_octets>(dmls_group_group_info, p.a.get(), 1, 1));
  auto entry = make<dmls_transition>(dmls_client_join_by_commit, carol.get(), bytes(info), info.size(), nullptr,
                                     std::size_t{0}, 0);
  const auto message = text(make<dmls_octets>(dmls_transition_message, entry.get()));
  Pair::deliver(p.a, message);
  auto c = make<dmls_group>(dmls_client_enter, carol.get(), entry.release());
  EXPECT_EQ(authenticator(c), authenticator(p.a));

  auto dave = client_for("dave");
  const auto wish =
      text(make<dmls_octets>(dmls_client_propose_to_join, dave.get(), bytes("g"), std::size_t{1}, std::uint64_t{2}));
  const auto events = Pair::deliver(p.a, wish);
  EXPECT_EQ(dmls_events_kind(events.get(), 0), DMLS_EVENT_PROPOSED);
  EXPECT_EQ(dmls_events_leaf(events.get(), 0), DMLS_NO_LEAF);
}

TEST(CapiGroup, BranchesAndStartsAgain) {
  Pair p;
  const auto package = text(make<dmls_octets>(dmls_client_key_package, p.bob.get(), 0));
  const std::uint8_t* packages[] = {bytes(package)};
  const std::size_t sizes[] = {package.size()};
  auto branch = make<dmls_transition>(dmls_client_branch, p.alice.get(), p.a.get(), bytes("sub"), std::size_t{3},
                                      packages, sizes, std::size_t{1});
  const auto welcome = texts(make<dmls_octets_list>(dmls_transition_welcomes, branch.get())).at(0);
  auto sub = make<dmls_group>(dmls_client_enter, p.alice.get(), branch.release());
  auto entry = make<dmls_transition>(dmls_client_join, p.bob.get(), bytes(welcome), welcome.size(), nullptr,
                                     std::size_t{0}, p.b.get());
  auto sub_b = make<dmls_group>(dmls_client_enter, p.bob.get(), entry.release());
  EXPECT_EQ(authenticator(sub), authenticator(sub_b));

  auto request = make<dmls_commit_request>(dmls_commit_request_new);
  EXPECT_OK(dmls_commit_request_reinit(request.get(), bytes("next"), 4, kSuite));
  Pair::deliver(p.b, p.commit(p.a, request.get()));
  EXPECT_EQ(dmls_group_status_of(p.b.get()), DMLS_GROUP_CLOSED);
  const auto fresh = text(make<dmls_octets>(dmls_client_key_package, p.bob.get(), 0));
  packages[0] = bytes(fresh);
  const std::size_t fresh_sizes[] = {fresh.size()};
  auto next =
      make<dmls_transition>(dmls_client_reinitialize, p.alice.get(), p.a.get(), packages, fresh_sizes, std::size_t{1});
  auto n = make<dmls_group>(dmls_client_enter, p.alice.get(), next.release());
  EXPECT_EQ(text(make<dmls_octets>(dmls_group_id, n.get())), "next");
}

TEST(CapiGroup, OtherRequestsReachTheGroup) {
  Pair p;
  auto request = make<dmls_commit_request>(dmls_commit_request_new);
  EXPECT_OK(dmls_commit_request_resumption_psk(request.get(), bytes("g"), 1, 1));
  auto renamed = config_for("alice");
  EXPECT_OK(dmls_commit_request_identity(request.get(), renamed.get()));
  auto commit = make<dmls_transition>(dmls_group_commit, p.a.get(), request.get());
  EXPECT_EQ(dmls_changes_psk_count(dmls_transition_changes(commit.get())), 1u);

  auto extensions = make<dmls_commit_request>(dmls_commit_request_new);  // nobody supports it
  EXPECT_OK(dmls_commit_request_extension(extensions.get(), 0xff01, bytes("x"), 1));
  dmls_transition* out = nullptr;
  EXPECT_NE(dmls_group_commit(p.a.get(), extensions.get(), &out).code, 0);
  EXPECT_EQ(out, nullptr);
  auto custom = make<dmls_commit_request>(dmls_commit_request_new);
  EXPECT_OK(dmls_commit_request_custom(custom.get(), 0xff01, bytes("x"), 1));
  EXPECT_NE(dmls_group_commit(p.a.get(), custom.get(), &out).code, 0);
}

// Octets from strangers: refused, and the group goes on.
TEST(CapiGroup, HostileOctetsChangeNothing) {
  Pair p;
  auto message =
      text(make<dmls_octets>(dmls_group_protect, p.a.get(), bytes("hello"), std::size_t{5}, nullptr, std::size_t{0}));
  for (std::size_t i = 0; i < message.size(); ++i) {
    auto bad = message;
    bad[i] = static_cast<char>(bad[i] ^ 0x41);
    dmls_events* events = nullptr;
    const dmls_error error = dmls_group_process(p.b.get(), bytes(bad), bad.size(), &events);
    EXPECT_TRUE(error.code != 0 ? error.rule != nullptr && events == nullptr
                                : dmls_events_kind(events, 0) == DMLS_EVENT_SKIPPED)
        << i;
    dmls_events_free(events);
    EXPECT_NE(dmls_group_process(p.b.get(), bytes(message), i, &events).code, 0);
    dmls_transition* entry = nullptr;
    EXPECT_NE(dmls_client_join(p.bob.get(), bytes(bad), i, nullptr, 0, nullptr, &entry).code, 0);
    EXPECT_NE(dmls_client_join_by_commit(p.bob.get(), bytes(bad), i, nullptr, 0, 0, &entry).code, 0);
  }
  const auto events = Pair::deliver(p.b, message);
  EXPECT_EQ(text(dmls_events_data(events.get(), 0)), "hello");
}
