// Policy, randomness, time and storage of the application's own.
#include "handles.h"

#include <map>

using namespace capi_test;

namespace {

struct Application {
  std::map<std::string, std::string> records;
  int validated = 0, accepted = 0, released = 0;
  bool refuse = false, full = false;
  std::uint8_t next = 0;
};
Application& app(void* context) { return *static_cast<Application*>(context); }
std::string str(const std::uint8_t* data, std::size_t size) { return {reinterpret_cast<const char*>(data), size}; }
void release(void* context) { ++app(context).released; }

dmls_error validate(void* context, const std::uint8_t*, std::size_t size, const std::uint8_t*, std::size_t) {
  ++app(context).validated;
  return size > 3 ? dmls_error{0, nullptr} : dmls_error{DMLS_E_TREEKEM_INVALID_CREDENTIAL, "no name"};
}
dmls_error accept(void* context, const dmls_changes* changes) {
  app(context).accepted += static_cast<int>(dmls_members_size(dmls_changes_committer(changes)));
  return app(context).refuse ? dmls_error{DMLS_E_GROUP_REFUSED_BY_POLICY, nullptr} : dmls_error{0, nullptr};
}
dmls_error fill(void* context, std::uint8_t* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out[i] = app(context).next++;
  return {0, nullptr};
}
std::uint64_t now(void*) { return 1'700'000'000; }
dmls_error write(void* context, const dmls_batch* batch) {
  if (app(context).full) return {DMLS_E_STORAGE_WRITE_FAILED, "the disk is full"};
  auto& records = app(context).records;
  for (std::size_t i = 0; i < dmls_batch_size(batch); ++i) {
    dmls_op op;
    const std::uint8_t *key, *value;
    std::size_t key_size, value_size;
    EXPECT_OK(dmls_batch_get(batch, i, &op, &key, &key_size, &value, &value_size));
    const auto name = str(key, key_size);
    if (op == DMLS_OP_PUT) records[name] = str(value, value_size);
    if (op == DMLS_OP_ERASE) records.erase(name);
    if (op == DMLS_OP_ERASE_ALL) std::erase_if(records, [&](const auto& r) { return r.first.starts_with(name); });
  }
  return {0, nullptr};
}
dmls_error read(void* context, const std::uint8_t* key, std::size_t size, dmls_sink* sink) {
  const auto found = app(context).records.find(str(key, size));
  if (found == app(context).records.end()) return {0, nullptr};
  return dmls_sink_put(sink, key, size, bytes(found->second), found->second.size());
}
dmls_error for_each(void* context, const std::uint8_t* prefix, std::size_t size, dmls_sink* sink) {
  for (const auto& [key, value] : app(context).records) {
    if (!key.starts_with(str(prefix, size))) continue;
    const dmls_error error = dmls_sink_put(sink, bytes(key), key.size(), bytes(value), value.size());
    if (error.code != 0) return error;
  }
  return {0, nullptr};
}

Handle<dmls_config> own_config(Application& a, const std::vector<std::uint8_t>& key) {
  auto config = make<dmls_config>(dmls_config_new, kSuite);
  EXPECT_OK(dmls_config_basic_identity(config.get(), bytes("alice"), 5, key.data(), key.size()));
  const dmls_policy policy = {sizeof(policy), &a, release, validate, nullptr, accept};
  const dmls_store store = {sizeof(store), &a, release, write, read, for_each};
  const dmls_random random = {sizeof(random), &a, release, fill};
  const dmls_clock clock = {sizeof(clock), &a, release, now};
  EXPECT_OK(dmls_config_policy(config.get(), &policy));
  EXPECT_OK(dmls_config_store(config.get(), &store));
  EXPECT_OK(dmls_config_random(config.get(), &random));
  EXPECT_OK(dmls_config_clock(config.get(), &clock));
  EXPECT_OK(dmls_config_window(config.get(), 1, 10, 10000));
  EXPECT_OK(dmls_config_ratchets(config.get(), 100, 100));
  EXPECT_OK(dmls_config_padding(config.get(), DMLS_PADDING_MULTIPLE, 64));
  return config;
}

}  // namespace

TEST(CapiCallbacks, AClientLivesInTheApplicationsStore) {
  Application a;
  std::vector<std::uint8_t> key(dmls_suite_signature_key_size(kSuite));
  EXPECT_OK(dmls_signature_key_generate(kSuite, key.data(), key.size()));
  {
    auto client = make<dmls_client>(dmls_client_new, own_config(a, key).get());
    auto group = make<dmls_group>(dmls_client_create_group, client.get(), nullptr, std::size_t{0});
    auto request = make<dmls_commit_request>(dmls_commit_request_new);
    auto commit = make<dmls_transition>(dmls_group_commit, group.get(), request.get());
    a.full = true;
    EXPECT_EQ(dmls_group_merge(group.get(), commit.release()).code, DMLS_E_STORAGE_WRITE_FAILED);
    EXPECT_EQ(dmls_group_epoch(group.get()), 0u);
    a.full = false;
    commit = make<dmls_transition>(dmls_group_commit, group.get(), request.get());
    EXPECT_OK(dmls_group_merge(group.get(), commit.release()));
    EXPECT_GT(a.accepted, 0);
    a.refuse = true;
    dmls_transition* refused = nullptr;
    const dmls_error error = dmls_group_commit(group.get(), nullptr, &refused);
    EXPECT_EQ(error.code, DMLS_E_GROUP_REFUSED_BY_POLICY);
    EXPECT_STREQ(error.rule, "the application refused");
    a.refuse = false;
  }
  EXPECT_EQ(a.released, 4);  // each table once
  EXPECT_FALSE(a.records.empty());
  auto client = make<dmls_client>(dmls_client_new, own_config(a, key).get());
  const auto stored = texts(make<dmls_octets_list>(dmls_client_stored_groups, client.get()));
  ASSERT_EQ(stored.size(), 1u);
  auto group = make<dmls_group>(dmls_client_load_group, client.get(), bytes(stored[0]), stored[0].size());
  EXPECT_EQ(dmls_group_epoch(group.get()), 1u);
  EXPECT_EQ(dmls_transitions_size(make<dmls_transitions>(dmls_client_pending_entries, client.get()).get()), 0u);
  EXPECT_OK(dmls_client_forget_group(client.get(), bytes(stored[0]), stored[0].size()));
  EXPECT_TRUE(texts(make<dmls_octets_list>(dmls_client_stored_groups, client.get())).empty());
}

namespace {

// What a policy was shown of the epoch before.
struct Shown {
  int calls = 0;
  std::string group_id, extension;
  std::uint64_t number = 0;
  std::vector<std::string> members;
  bool other_extension = true;
};
dmls_error look(void* context, const dmls_changes* changes) {
  const dmls_public_epoch* before = dmls_changes_before(changes);
  auto& shown = *static_cast<Shown*>(context);
  ++shown.calls;
  shown.group_id = text(dmls_public_epoch_group_id(before));
  shown.number = dmls_public_epoch_number(before);
  const dmls_octets* extension = dmls_public_epoch_extension(before, 0xff02);
  shown.extension = extension != nullptr ? text(extension) : "none";
  shown.other_extension = dmls_public_epoch_extension(before, 0xff03) != nullptr;
  const dmls_members* members = dmls_public_epoch_members(before);
  shown.members.clear();
  for (std::size_t i = 0; i < dmls_members_size(members); ++i)
    shown.members.push_back(text(dmls_members_identity(members, i)));
  return {0, nullptr};
}

}  // namespace

TEST(CapiCallbacks, APolicySeesTheEpochThatACommitWouldEnd) {
  Shown shown;
  auto config = config_for("alice");
  const dmls_policy policy = {sizeof(policy),
                              &shown,
                              nullptr,
                              [](void*, const std::uint8_t*, std::size_t, const std::uint8_t*, std::size_t) {
                                return dmls_error{0, nullptr};
                              },
                              nullptr,
                              look};
  EXPECT_OK(dmls_config_policy(config.get(), &policy));
  EXPECT_OK(dmls_config_capability(config.get(), DMLS_CAPABILITY_EXTENSION, 0xff02));
  auto alice = make<dmls_client>(dmls_client_new, config.get());
  auto group = make<dmls_group>(dmls_client_create_group, alice.get(), bytes("g"), std::size_t{1});

  auto request = make<dmls_commit_request>(dmls_commit_request_new);
  EXPECT_OK(dmls_commit_request_extension(request.get(), 0xff02, bytes("topic"), 5));
  auto commit = make<dmls_transition>(dmls_group_commit, group.get(), request.get());
  EXPECT_EQ(shown.calls, 1);
  EXPECT_EQ(shown.group_id, "g");
  EXPECT_EQ(shown.number, 0u);
  EXPECT_EQ(shown.extension, "none");
  EXPECT_EQ(shown.members, std::vector<std::string>{"alice"});
  EXPECT_EQ(dmls_changes_before(dmls_transition_changes(commit.get())), nullptr);  // in the callback alone
  EXPECT_OK(dmls_group_merge(group.get(), commit.release()));

  auto able = config_for("bob");
  EXPECT_OK(dmls_config_capability(able.get(), DMLS_CAPABILITY_EXTENSION, 0xff02));
  auto bob = make<dmls_client>(dmls_client_new, able.get());
  const auto package = text(make<dmls_octets>(dmls_client_key_package, bob.get(), 0));
  request = make<dmls_commit_request>(dmls_commit_request_new);
  EXPECT_OK(dmls_commit_request_add(request.get(), bytes(package), package.size()));
  commit = make<dmls_transition>(dmls_group_commit, group.get(), request.get());
  EXPECT_EQ(shown.number, 1u);
  EXPECT_EQ(shown.extension, "topic");
  EXPECT_FALSE(shown.other_extension);
  EXPECT_EQ(shown.members, std::vector<std::string>{"alice"});
  EXPECT_OK(dmls_group_merge(group.get(), commit.release()));
  make<dmls_transition>(dmls_group_commit, group.get(), nullptr);
  EXPECT_EQ(shown.members, (std::vector<std::string>{"alice", "bob"}));
}

TEST(CapiCallbacks, AnInvitationCanBeDropped) {
  auto alice = client_for("alice"), bob = client_for("bob");
  auto group = make<dmls_group>(dmls_client_create_group, alice.get(), nullptr, std::size_t{0});
  const auto package = text(make<dmls_octets>(dmls_client_key_package, bob.get(), 0));
  auto request = make<dmls_commit_request>(dmls_commit_request_new);
  EXPECT_OK(dmls_commit_request_add(request.get(), bytes(package), package.size()));
  auto commit = make<dmls_transition>(dmls_group_commit, group.get(), request.get());
  const auto welcome = texts(make<dmls_octets_list>(dmls_transition_welcomes, commit.get())).at(0);
  auto entry = make<dmls_transition>(dmls_client_join, bob.get(), bytes(welcome), welcome.size(), nullptr,
                                     std::size_t{0}, nullptr);
  EXPECT_OK(dmls_client_discard(bob.get(), entry.release()));
  EXPECT_EQ(dmls_client_key_package_count(bob.get()), 1u);
}

TEST(CapiConfig, ChecksWhatItIsGiven) {
  auto config = make<dmls_config>(dmls_config_new, kSuite);
  dmls_client* client = nullptr;
  EXPECT_EQ(dmls_client_new(config.get(), &client).code, DMLS_E_MISUSE);  // no policy
  EXPECT_OK(dmls_config_accept_everything(config.get()));
  EXPECT_EQ(dmls_client_new(config.get(), &client).code, DMLS_E_MISUSE);  // nobody
  EXPECT_EQ(dmls_config_basic_identity(config.get(), bytes("a"), 1, bytes("short"), 5).code,
            DMLS_E_CRYPTO_INVALID_PRIVATE_KEY);
  dmls_policy policy = {sizeof(policy), nullptr, nullptr, validate, nullptr, nullptr};
  EXPECT_EQ(dmls_config_policy(config.get(), &policy).code, DMLS_E_MISUSE);  // accept is missing
  policy.accept = accept;
  policy.size = 8;
  EXPECT_EQ(dmls_config_policy(config.get(), &policy).code, DMLS_E_MISUSE);  // an older table than any
  std::vector<std::uint8_t> key(dmls_suite_signature_key_size(kSuite));
  EXPECT_OK(dmls_signature_key_generate(kSuite, key.data(), key.size()));
  const std::uint8_t* chain[] = {bytes("certificate")};
  const std::size_t sizes[] = {11};
  EXPECT_OK(dmls_config_x509_identity(config.get(), chain, sizes, 1, key.data(), key.size()));
  EXPECT_OK(dmls_config_memory_store(config.get()));
  EXPECT_NE(make<dmls_client>(dmls_client_new, config.get()), nullptr);
  const dmls_error sqlite = dmls_config_sqlite_store(config.get(), ":memory:");
  EXPECT_TRUE(sqlite.code == 0 || sqlite.code == DMLS_E_UNSUPPORTED || sqlite.code == DMLS_E_STORAGE_NOT_FORGETFUL);
  EXPECT_OK(dmls_config_padding(config.get(), DMLS_PADDING_NONE, 0));
  EXPECT_OK(dmls_config_padding(config.get(), DMLS_PADDING_LOGARITHMIC, 0));
}

TEST(CapiConfig, CapabilitiesAndLifetimesReachKeyPackages) {
  // Both support a custom proposal; nobody else would add somebody who does not.
  const auto able = [](std::string_view name) {
    auto config = config_for(name);
    EXPECT_OK(dmls_config_capability(config.get(), DMLS_CAPABILITY_PROPOSAL, 0xff01));
    EXPECT_OK(dmls_config_capability(config.get(), DMLS_CAPABILITY_EXTENSION, 0xff02));
    EXPECT_OK(dmls_config_capability(config.get(), DMLS_CAPABILITY_CREDENTIAL, 0xff03));
    EXPECT_OK(dmls_config_grease(config.get(), 0));
    return config;
  };
  auto alice = make<dmls_client>(dmls_client_new, able("alice").get());
  auto bob = make<dmls_client>(dmls_client_new, able("bob").get());
  auto group = make<dmls_group>(dmls_client_create_group, alice.get(), nullptr, std::size_t{0});
  const auto package = text(make<dmls_octets>(dmls_client_key_package, bob.get(), 0));
  auto request = make<dmls_commit_request>(dmls_commit_request_new);
  EXPECT_OK(dmls_commit_request_add(request.get(), bytes(package), package.size()));
  EXPECT_OK(dmls_commit_request_custom(request.get(), 0xff01, bytes("x"), 1));
  EXPECT_OK(dmls_commit_request_extension(request.get(), 0xff02, bytes("x"), 1));
  auto commit = make<dmls_transition>(dmls_group_commit, group.get(), request.get());
  EXPECT_EQ(dmls_changes_replaces_extensions(dmls_transition_changes(commit.get())), 1);
  EXPECT_OK(dmls_group_merge(group.get(), commit.release()));

  auto plain = make<dmls_config>(dmls_config_new, kSuite);
  EXPECT_EQ(dmls_config_capability(plain.get(), DMLS_CAPABILITY_PROPOSAL, 1).code, DMLS_E_MISUSE);  // add: a default
  EXPECT_EQ(dmls_config_capability(plain.get(), DMLS_CAPABILITY_EXTENSION, 1).code, DMLS_E_MISUSE);
}

TEST(CapiConfig, KeyPackagesAreValidForTheirLifetime) {
  auto config = config_for("carol");
  EXPECT_OK(dmls_config_key_package_lifetime(config.get(), 60));
  static std::uint64_t time;
  const dmls_clock clock = {sizeof(clock), nullptr, nullptr, [](void*) { return time; }};
  EXPECT_OK(dmls_config_clock(config.get(), &clock));
  auto carol = make<dmls_client>(dmls_client_new, config.get());
  Application a;
  std::vector<std::uint8_t> key(dmls_suite_signature_key_size(kSuite));
  EXPECT_OK(dmls_signature_key_generate(kSuite, key.data(), key.size()));
  auto alice = make<dmls_client>(dmls_client_new, own_config(a, key).get());  // a policy that judges, at now()
  auto group = make<dmls_group>(dmls_client_create_group, alice.get(), nullptr, std::size_t{0});
  const auto added = [&](std::uint64_t made) {
    time = made;
    const auto package = text(make<dmls_octets>(dmls_client_key_package, carol.get(), 0));
    auto request = make<dmls_commit_request>(dmls_commit_request_new);
    EXPECT_OK(dmls_commit_request_add(request.get(), bytes(package), package.size()));
    dmls_transition* out = nullptr;
    const dmls_error error = dmls_group_commit(group.get(), request.get(), &out);
    dmls_transition_free(out);
    return error.code;
  };
  EXPECT_EQ(added(now(nullptr) - 60), DMLS_OK);
  EXPECT_EQ(added(now(nullptr) - 61), DMLS_E_TREEKEM_LIFETIME);
}

TEST(CapiConfig, AStoredGroupNeedsTheKeyItWentOnWith) {
  Application a;
  std::vector<std::uint8_t> key(dmls_suite_signature_key_size(kSuite)), newer = key;
  EXPECT_OK(dmls_signature_key_generate(kSuite, key.data(), key.size()));
  EXPECT_OK(dmls_signature_key_generate(kSuite, newer.data(), newer.size()));
  {
    auto client = make<dmls_client>(dmls_client_new, own_config(a, key).get());
    auto group = make<dmls_group>(dmls_client_create_group, client.get(), bytes("g"), std::size_t{1});
    auto request = make<dmls_commit_request>(dmls_commit_request_new);
    auto later = config_for("alice");
    EXPECT_OK(dmls_config_basic_identity(later.get(), bytes("alice"), 5, newer.data(), newer.size()));
    EXPECT_OK(dmls_commit_request_identity(request.get(), later.get()));
    auto commit = make<dmls_transition>(dmls_group_commit, group.get(), request.get());
    EXPECT_OK(dmls_group_merge(group.get(), commit.release()));
  }
  dmls_group* group = nullptr;
  {
    auto client = make<dmls_client>(dmls_client_new, own_config(a, key).get());
    EXPECT_EQ(dmls_client_load_group(client.get(), bytes("g"), 1, &group).code, DMLS_E_MISUSE);
  }
  auto config = own_config(a, key);
  EXPECT_OK(dmls_config_other_key(config.get(), newer.data(), newer.size()));
  EXPECT_EQ(dmls_config_other_key(config.get(), newer.data(), 1).code, DMLS_E_CRYPTO_INVALID_PRIVATE_KEY);
  auto client = make<dmls_client>(dmls_client_new, config.get());
  make<dmls_group>(dmls_client_load_group, client.get(), bytes("g"), std::size_t{1});
}
