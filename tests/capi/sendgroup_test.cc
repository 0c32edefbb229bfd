// DiMLS sessions through the C interface.
#include "handles.h"

using namespace capi_test;

namespace {

Handle<dmls_sendgroup> participant(std::string_view name) {
  auto config = config_for(name);
  EXPECT_OK(dmls_config_updates(config.get(), DMLS_INCORPORATE_NEVER, 1, 0, 0));
  for (const std::uint16_t type : {std::uint16_t{0xfdf0}, std::uint16_t{0xfdf1}})  // of detached leaves
    EXPECT_OK(dmls_config_capability(config.get(), DMLS_CAPABILITY_PROPOSAL, type));
  const dmls_config* configs[] = {config.get()};
  return make<dmls_sendgroup>(dmls_sendgroup_new, configs, std::size_t{1});
}
// Gives all messages to somebody, and returns the kinds of what came of them.
std::vector<dmls_event> deliver(const Handle<dmls_sendgroup>& to, const std::vector<std::string>& messages) {
  std::vector<dmls_event> kinds;
  for (const auto& m : messages) {
    const auto events = make<dmls_events>(dmls_sendgroup_process, to.get(), bytes(m), m.size());
    for (std::size_t i = 0; i < dmls_events_size(events.get()); ++i) kinds.push_back(dmls_events_kind(events.get(), i));
  }
  return kinds;
}
bool contains(const std::vector<dmls_event>& kinds, dmls_event kind) {
  for (const auto k : kinds)
    if (k == kind) return true;
  return false;
}

struct Universe {
  Handle<dmls_sendgroup> alice = participant("alice"), bob = participant("bob");
  explicit Universe(dmls_group_ids ids = DMLS_GROUP_IDS_DERIVED, dmls_leaf_keys leaf_keys = DMLS_LEAF_KEYS_PSK_ONLY) {
    const auto package = text(make<dmls_octets>(dmls_sendgroup_key_package, bob.get(), 1, std::size_t{0}));
    const std::uint8_t* packages[] = {bytes(package)};
    const std::size_t sizes[] = {package.size()};
    const auto opened = texts(make<dmls_octets_list>(dmls_sendgroup_open_universe, alice.get(), packages, sizes,
                                                     std::size_t{1}, leaf_keys, ids));
    EXPECT_TRUE(contains(deliver(bob, opened), DMLS_EVENT_ANNOUNCED));
    const auto a = text(make<dmls_octets>(dmls_sendgroup_key_package, alice.get(), 1, std::size_t{0}));
    packages[0] = bytes(a);
    const std::size_t a_sizes[] = {a.size()};
    EXPECT_TRUE(contains(deliver(alice, texts(make<dmls_octets_list>(dmls_sendgroup_open_send_group, bob.get(),
                                                                     packages, a_sizes, std::size_t{1}))),
                         DMLS_EVENT_JOINED));
  }
};

std::string group_of(const Handle<dmls_sendgroup>& s) {
  return text(make<dmls_octets>(dmls_sendgroup_group_id, s.get()));
}

}  // namespace

TEST(CapiSendGroup, TwoParticipantsTalkAndHealEachOther) {
  Universe u;
  EXPECT_EQ(text(make<dmls_octets>(dmls_sendgroup_client_id, u.bob.get())), "bob");
  EXPECT_EQ(text(make<dmls_octets>(dmls_sendgroup_universe_id, u.bob.get())),
            text(make<dmls_octets>(dmls_sendgroup_universe_id, u.alice.get())));
  const auto hello = texts(make<dmls_octets_list>(dmls_sendgroup_protect, u.alice.get(), bytes("hello"), std::size_t{5},
                                                  bytes("ad"), std::size_t{2}));
  const auto events = make<dmls_events>(dmls_sendgroup_process, u.bob.get(), bytes(hello.back()), hello.back().size());
  EXPECT_EQ(dmls_events_kind(events.get(), 0), DMLS_EVENT_APPLICATION_MESSAGE);
  EXPECT_EQ(text(dmls_events_sender(events.get(), 0)), "alice");
  EXPECT_EQ(text(dmls_events_data(events.get(), 0)), "hello");
  EXPECT_EQ(text(dmls_events_node(events.get(), 0)), group_of(u.alice));

  const auto id = group_of(u.alice);
  const auto update = texts(make<dmls_octets_list>(dmls_sendgroup_commit, u.alice.get(), DMLS_COMMIT_EMPTY));
  EXPECT_TRUE(contains(deliver(u.bob, update), DMLS_EVENT_ADVANCED));
  std::uint64_t ours = 0, theirs = 1;
  EXPECT_OK(dmls_sendgroup_epoch(u.alice.get(), bytes(id), id.size(), &ours));
  EXPECT_OK(dmls_sendgroup_epoch(u.bob.get(), bytes(id), id.size(), &theirs));
  EXPECT_EQ(ours, theirs);
  std::uint8_t x[32], y[32];
  EXPECT_OK(dmls_sendgroup_epoch_authenticator(u.alice.get(), bytes(id), id.size(), x, 32));
  EXPECT_OK(dmls_sendgroup_epoch_authenticator(u.bob.get(), bytes(id), id.size(), y, 32));
  EXPECT_EQ(std::string(x, x + 32), std::string(y, y + 32));

  dmls_octets_list *imports, *additions, *removals;
  EXPECT_OK(dmls_sendgroup_pending(u.bob.get(), &imports, &additions, &removals));
  EXPECT_EQ(dmls_octets_list_size(imports), 1u);
  EXPECT_EQ(dmls_octets_list_size(additions) + dmls_octets_list_size(removals), 0u);
  for (auto* list : {imports, additions, removals}) dmls_octets_list_free(list);
  deliver(u.alice, texts(make<dmls_octets_list>(dmls_sendgroup_commit, u.bob.get(), DMLS_COMMIT_PARTIAL)));
  EXPECT_EQ(dmls_sendgroup_imported(u.alice.get(), bytes("bob"), 3, bytes(id), id.size()), ours);
  std::uint64_t newest, seconds, imported;
  EXPECT_OK(dmls_sendgroup_staleness(u.bob.get(), bytes("alice"), 5, &newest, &seconds, &imported));
  EXPECT_EQ(newest, ours);
  EXPECT_EQ(imported, ours);
  EXPECT_EQ(dmls_sendgroup_staleness(u.bob.get(), bytes("zoe"), 3, &newest, &seconds, &imported).code,
            DMLS_E_SENDGROUP_UNKNOWN_PARTICIPANT);
  EXPECT_TRUE(texts(make<dmls_octets_list>(dmls_sendgroup_maintain, u.bob.get())).empty());
}

TEST(CapiSendGroup, DetachedLeavesAreImportedWithTheirPsk) {
  Universe u(DMLS_GROUP_IDS_DERIVED, DMLS_LEAF_KEYS_DETACHED_LEAF);
  const auto id = group_of(u.alice);
  const auto update = texts(make<dmls_octets_list>(dmls_sendgroup_commit, u.alice.get(), DMLS_COMMIT_EMPTY));
  EXPECT_TRUE(contains(deliver(u.bob, update), DMLS_EVENT_ADVANCED));
  const auto import = texts(make<dmls_octets_list>(dmls_sendgroup_commit, u.bob.get(), DMLS_COMMIT_PARTIAL));
  EXPECT_TRUE(contains(deliver(u.alice, import), DMLS_EVENT_ADVANCED));
  std::uint64_t ours = 0;
  EXPECT_OK(dmls_sendgroup_epoch(u.alice.get(), bytes(id), id.size(), &ours));
  EXPECT_EQ(dmls_sendgroup_imported(u.alice.get(), bytes("bob"), 3, bytes(id), id.size()), ours);
  std::size_t plain = 0;
  {
    Universe other;
    (void)deliver(other.bob,
                  texts(make<dmls_octets_list>(dmls_sendgroup_commit, other.alice.get(), DMLS_COMMIT_EMPTY)));
    plain = texts(make<dmls_octets_list>(dmls_sendgroup_commit, other.bob.get(), DMLS_COMMIT_PARTIAL)).back().size();
  }
  EXPECT_GT(import.back().size(), plain + 100);  // there is a leaf in it
}

TEST(CapiSendGroup, MissingMessagesAreServed) {
  Universe u;
  const auto id = group_of(u.alice);
  const auto lost = texts(make<dmls_octets_list>(dmls_sendgroup_commit, u.alice.get(), DMLS_COMMIT_FULL));
  const auto heads = texts(make<dmls_octets_list>(dmls_sendgroup_heads, u.alice.get()));
  std::vector<const std::uint8_t*> data;
  std::vector<std::size_t> sizes;
  for (const auto& h : heads) {
    data.push_back(bytes(h));
    sizes.push_back(h.size());
  }
  const auto lacking =
      texts(make<dmls_octets_list>(dmls_sendgroup_lacking, u.bob.get(), data.data(), sizes.data(), data.size()));
  ASSERT_EQ(lacking.size(), 1u);
  const auto served =
      texts(make<dmls_octets_list>(dmls_sendgroup_serve, u.alice.get(), bytes(lacking[0]), lacking[0].size()));
  EXPECT_TRUE(contains(deliver(u.bob, served), DMLS_EVENT_ADVANCED));
  EXPECT_TRUE(texts(make<dmls_octets_list>(dmls_sendgroup_missing, u.bob.get())).empty());
  EXPECT_TRUE(texts(make<dmls_octets_list>(dmls_sendgroup_lost, u.bob.get())).empty());
  dmls_octets_list* none = nullptr;
  EXPECT_EQ(dmls_sendgroup_serve(u.alice.get(), bytes("x"), 1, &none).code, DMLS_E_SENDGROUP_INVALID_PSK_ID);
}

TEST(CapiSendGroup, AUniverseIsNotOpenedWithUnknownParameters) {
  const auto alice = participant("alice");
  dmls_octets_list* out = nullptr;
  // 3 has no name, and is still a value of the type in C++; of the other enumeration there is none but those with
  // names.
  EXPECT_EQ(dmls_sendgroup_open_universe(alice.get(), nullptr, nullptr, 0, static_cast<dmls_leaf_keys>(3),
                                         DMLS_GROUP_IDS_DERIVED, &out)
                .code,
            DMLS_E_MISUSE);
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(text(make<dmls_octets>(dmls_sendgroup_universe_id, alice.get())), "");
}

TEST(CapiSendGroup, ParticipantsComeAndGo) {
  Universe u(DMLS_GROUP_IDS_ASSIGNED);
  const auto id = group_of(u.alice);
  EXPECT_EQ(text(make<dmls_octets>(dmls_sendgroup_owner_of, u.bob.get(), bytes(id), id.size())), "alice");
  EXPECT_EQ(text(make<dmls_octets>(dmls_sendgroup_send_group_of, u.bob.get(), bytes("alice"), std::size_t{5})), id);
  EXPECT_EQ(texts(make<dmls_octets_list>(dmls_sendgroup_members, u.bob.get(), bytes(id), id.size())).size(), 2u);
  const auto carol = participant("carol");
  const auto package = text(make<dmls_octets>(dmls_sendgroup_key_package, carol.get(), 1, std::size_t{0}));
  const auto added = texts(make<dmls_octets_list>(dmls_sendgroup_add, u.alice.get(), bytes(package), package.size()));
  EXPECT_FALSE(deliver(carol, added).empty());
  EXPECT_EQ(texts(make<dmls_octets_list>(dmls_sendgroup_members, u.alice.get(), bytes(id), id.size())).size(), 3u);
  const auto removed =
      texts(make<dmls_octets_list>(dmls_sendgroup_remove, u.alice.get(), bytes("carol"), std::size_t{5}));
  EXPECT_TRUE(contains(deliver(carol, removed), DMLS_EVENT_REMOVED));
  const auto fresh = text(make<dmls_octets>(dmls_sendgroup_key_package, u.bob.get(), 1, std::size_t{0}));
  EXPECT_FALSE(texts(make<dmls_octets_list>(dmls_sendgroup_readmit, u.alice.get(), bytes("bob"), std::size_t{3},
                                            bytes(fresh), fresh.size()))
                   .empty());
  EXPECT_OK(dmls_sendgroup_abandon(u.bob.get(), bytes(id), id.size()));
  dmls_events* events = nullptr;
  EXPECT_NE(dmls_sendgroup_process(u.alice.get(), bytes("garbage"), 7, &events).code, 0);
  EXPECT_EQ(events, nullptr);
}
