// Sessions that outlive their process: a child is killed in the middle of its work, and its store goes on elsewhere.
#include "handles.h"

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>

using namespace capi_test;

namespace {

constexpr std::size_t kNone = 0;

// A store in a file of its own, and a signature key that the application keeps.
class CapiPersistence : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "dmls-capi-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    key_.resize(dmls_suite_signature_key_size(kSuite));
    EXPECT_OK(dmls_signature_key_generate(kSuite, key_.data(), key_.size()));
    if (dmls_config_sqlite_store(config_for("probe").get(), file("probe").c_str()).code == DMLS_E_UNSUPPORTED)
      GTEST_SKIP() << "not run: this build has no SQLite";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  // Alice as her store knows her; opening it a second time needs the first to be closed.
  Handle<dmls_config> alice() const {
    auto config = config_for("alice");
    EXPECT_OK(dmls_config_basic_identity(config.get(), bytes("alice"), 5, key_.data(), key_.size()));
    EXPECT_OK(dmls_config_sqlite_store(config.get(), file("alice").c_str()));
    EXPECT_OK(dmls_config_updates(config.get(), DMLS_INCORPORATE_NEVER, 1, 0, 0));
    return config;
  }
  // Runs `work` in a process that is killed before it could clean up anything, and returns what it had to say.
  static std::vector<std::string> killed(const std::function<std::vector<std::string>()>& work) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      for (const std::string& said : work()) {
        const std::uint32_t size = static_cast<std::uint32_t>(said.size());
        if (write(ends[1], &size, sizeof size) < 0 || write(ends[1], said.data(), said.size()) < 0) _exit(1);
      }
      kill(getpid(), SIGKILL);
    }
    close(ends[1]);
    std::vector<std::string> said;
    std::uint32_t size = 0;
    while (read_all(ends[0], reinterpret_cast<char*>(&size), sizeof size)) {
      std::string one(size, '\0');
      EXPECT_TRUE(read_all(ends[0], one.data(), size));
      said.push_back(one);
    }
    close(ends[0]);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the child ended by itself";
    return said;
  }

 private:
  static bool read_all(int from, char* to, std::size_t size) {
    while (size != 0) {
      const ssize_t got = read(from, to, size);
      if (got <= 0) return false;
      to += got;
      size -= static_cast<std::size_t>(got);
    }
    return true;
  }

  std::filesystem::path folder_;
  std::vector<std::uint8_t> key_;
};

std::string message_of(const Handle<dmls_events>& events) {
  if (dmls_events_kind(events.get(), 0) != DMLS_EVENT_APPLICATION_MESSAGE) return "no message";
  return text(dmls_events_data(events.get(), 0));
}

}  // namespace

TEST_F(CapiPersistence, AForkSessionGoesOnAfterItsProcessWasKilled) {
  const auto bob = make<dmls_fork_client>(dmls_fork_client_new, config_for("bob").get());
  const auto package = text(make<dmls_octets>(dmls_fork_client_key_package, bob.get()));
  // Alice invites Bob, and dies with another commit on her mind.
  const auto said = killed([&] {
    auto client = make<dmls_fork_client>(dmls_fork_client_new, alice().get());
    auto session = make<dmls_fork_session>(dmls_fork_client_create_group, client.get(), bytes("g"), std::size_t{1}, 1);
    auto request = make<dmls_commit_request>(dmls_commit_request_new);
    EXPECT_OK(dmls_commit_request_add(request.get(), bytes(package), package.size()));
    dmls_octets *commit = nullptr, *message = nullptr;
    EXPECT_OK(dmls_fork_commit(session.get(), nullptr, 0, request.get(), &commit, &message));
    const auto events =
        make<dmls_events>(dmls_fork_accept, session.get(), dmls_octets_data(commit), dmls_octets_size(commit));
    std::string welcome;
    for (std::size_t i = 0; i < dmls_events_size(events.get()); ++i)
      if (dmls_events_kind(events.get(), i) == DMLS_EVENT_INVITED)
        welcome = text(dmls_octets_list_get(dmls_events_messages(events.get(), i), 0));
    EXPECT_OK(dmls_fork_commit(session.get(), nullptr, 0, nullptr, &commit, &message));
    return std::vector<std::string>{welcome, text(commit), text(message)};
  });
  ASSERT_EQ(said.size(), 3u);
  auto b = make<dmls_fork_session>(dmls_fork_client_join, bob.get(), bytes(said[0]), said[0].size(), nullptr, kNone);

  auto client = make<dmls_fork_client>(dmls_fork_client_new, alice().get());
  const auto stored = texts(make<dmls_octets_list>(dmls_fork_client_stored_sessions, client.get()));
  ASSERT_EQ(stored, std::vector<std::string>{"g"});
  auto a = make<dmls_fork_session>(dmls_fork_client_load_session, client.get(), bytes("g"), std::size_t{1});
  dmls_fork_session* twice = nullptr;
  EXPECT_EQ(dmls_fork_client_load_session(client.get(), bytes("g"), 1, &twice).code, DMLS_E_GROUP_KNOWN_GROUP);
  EXPECT_EQ(dmls_fork_client_load_session(client.get(), bytes("h"), 1, &twice).code, DMLS_E_MISUSE);

  // Both talk; the commit that waited is still there, and happens.
  const auto hello = text(
      make<dmls_octets>(dmls_fork_protect, a.get(), nullptr, kNone, bytes("hello"), std::size_t{5}, nullptr, kNone));
  EXPECT_EQ(message_of(make<dmls_events>(dmls_fork_process, b.get(), bytes(hello), hello.size())), "hello");
  EXPECT_EQ(texts(make<dmls_octets_list>(dmls_fork_pending, a.get())), std::vector<std::string>{said[1]});
  make<dmls_events>(dmls_fork_accept, a.get(), bytes(said[1]), said[1].size());
  make<dmls_events>(dmls_fork_process, b.get(), bytes(said[2]), said[2].size());
  EXPECT_EQ(text(make<dmls_octets>(dmls_fork_head, a.get())), text(make<dmls_octets>(dmls_fork_head, b.get())));

  EXPECT_OK(dmls_fork_client_forget_session(client.get(), bytes("g"), 1));
  EXPECT_TRUE(texts(make<dmls_octets_list>(dmls_fork_client_stored_sessions, client.get())).empty());
  dmls_octets* none = nullptr;
  EXPECT_EQ(dmls_fork_protect(a.get(), nullptr, 0, bytes("x"), 1, nullptr, 0, &none).code, DMLS_E_GROUP_STALE);
}

TEST_F(CapiPersistence, ASessionThatWasJoinedFromOutsideIsStoredOnceItIsEntered) {
  const auto bob = make<dmls_fork_client>(dmls_fork_client_new, config_for("bob").get());
  auto b = make<dmls_fork_session>(dmls_fork_client_create_group, bob.get(), bytes("g"), std::size_t{1}, 1);
  const auto info = text(make<dmls_octets>(dmls_fork_group_info, b.get(), 1));
  const auto said = killed([&] {
    auto client = make<dmls_fork_client>(dmls_fork_client_new, alice().get());
    dmls_octets* message = nullptr;
    dmls_fork_session* session = nullptr;
    EXPECT_OK(
        dmls_fork_client_join_by_commit(client.get(), bytes(info), info.size(), nullptr, 0, 0, &message, &session));
    dmls_fork_session* entered = nullptr;
    EXPECT_OK(dmls_fork_client_enter(client.get(), session, &entered));
    return std::vector<std::string>{text(message)};
  });
  ASSERT_EQ(said.size(), 1u);
  make<dmls_events>(dmls_fork_process, b.get(), bytes(said[0]), said[0].size());
  auto client = make<dmls_fork_client>(dmls_fork_client_new, alice().get());
  auto a = make<dmls_fork_session>(dmls_fork_client_load_session, client.get(), bytes("g"), std::size_t{1});
  EXPECT_EQ(text(make<dmls_octets>(dmls_fork_head, a.get())), text(make<dmls_octets>(dmls_fork_head, b.get())));
}

TEST_F(CapiPersistence, ASendGroupSessionGoesOnAfterItsProcessWasKilled) {
  auto bobs = config_for("bob");
  EXPECT_OK(dmls_config_updates(bobs.get(), DMLS_INCORPORATE_NEVER, 1, 0, 0));
  const dmls_config* const bob_configs[] = {bobs.get()};
  const auto bob = make<dmls_sendgroup>(dmls_sendgroup_new, bob_configs, std::size_t{1});
  const auto package = text(make<dmls_octets>(dmls_sendgroup_key_package, bob.get(), 1, std::size_t{0}));
  const auto named = [&] {
    auto config = alice();
    EXPECT_OK(dmls_config_session_name(config.get(), bytes("mesh"), 4));
    return config;
  };
  const auto said = killed([&] {
    const auto config = named();
    const dmls_config* const configs[] = {config.get()};
    auto session = make<dmls_sendgroup>(dmls_sendgroup_new, configs, std::size_t{1});
    const std::uint8_t* packages[] = {bytes(package)};
    const std::size_t sizes[] = {package.size()};
    return texts(make<dmls_octets_list>(dmls_sendgroup_open_universe, session.get(), packages, sizes, std::size_t{1},
                                        DMLS_LEAF_KEYS_PSK_ONLY, DMLS_GROUP_IDS_DERIVED));
  });
  ASSERT_FALSE(said.empty());
  for (const auto& m : said) make<dmls_events>(dmls_sendgroup_process, bob.get(), bytes(m), m.size());

  const auto config = named();
  const dmls_config* const configs[] = {config.get()};
  EXPECT_EQ(texts(make<dmls_octets_list>(dmls_sendgroup_stored_sessions, config.get())),
            std::vector<std::string>{"mesh"});
  dmls_sendgroup* another = nullptr;
  EXPECT_EQ(dmls_sendgroup_new(configs, 1, &another).code, DMLS_E_MISUSE);  // this one is stored
  const auto session = make<dmls_sendgroup>(dmls_sendgroup_load, configs, std::size_t{1});
  const auto hello = texts(
      make<dmls_octets_list>(dmls_sendgroup_protect, session.get(), bytes("hello"), std::size_t{5}, nullptr, kNone));
  EXPECT_EQ(message_of(make<dmls_events>(dmls_sendgroup_process, bob.get(), bytes(hello.back()), hello.back().size())),
            "hello");

  EXPECT_OK(dmls_sendgroup_forget_session(config.get()));
  EXPECT_TRUE(texts(make<dmls_octets_list>(dmls_sendgroup_stored_sessions, config.get())).empty());
  dmls_octets_list* none = nullptr;
  EXPECT_EQ(dmls_sendgroup_protect(session.get(), bytes("x"), 1, nullptr, 0, &none).code, DMLS_E_GROUP_STALE);
  EXPECT_EQ(dmls_sendgroup_load(configs, 1, &another).code, DMLS_E_MISUSE);
}
