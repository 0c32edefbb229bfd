// What a caller does wrong is an answer, not a crash.
#include "handles.h"

#include <cstring>
#include <type_traits>

using namespace capi_test;

namespace {

// Whether a function answers NULL, 0 and nothing for every parameter as dmls.h says.
template <class R, class... P>
bool answers_nothing(R (*f)(P...) noexcept) {
  if constexpr (std::is_void_v<R>) {
    f(P{}...);
    return true;
  } else if constexpr (std::is_same_v<R, dmls_error>) {
    const dmls_error error = f(P{}...);
    return error.code == DMLS_E_MISUSE && error.rule != nullptr;
  } else if constexpr (std::is_same_v<R, std::uint32_t>) {
    return f(P{}...) == DMLS_NO_LEAF;
  } else {
    return f(P{}...) == R{};
  }
}

}  // namespace

TEST(CapiMisuse, EveryFunctionEnduresNull) {
  int count = 0;
#define DMLS_FUNCTION(name)                                                                                     \
  if (std::strcmp(#name, "dmls_abi_version") != 0 && std::strcmp(#name, "dmls_version") != 0 &&                 \
      std::strcmp(#name, "dmls_signature_key_generate") != 0 && std::strcmp(#name, "dmls_events_error") != 0) { \
    EXPECT_TRUE(answers_nothing(name)) << #name;                                                                \
    ++count;                                                                                                    \
  }
#include "dmls_functions.inc"
#undef DMLS_FUNCTION
  EXPECT_GT(count, 190);
  EXPECT_EQ(dmls_events_error(nullptr, 0).code, 0);
}

TEST(CapiMisuse, LengthsNeedOctets) {
  auto client = client_for("alice");
  auto group = make<dmls_group>(dmls_client_create_group, client.get(), nullptr, std::size_t{0});
  dmls_events* events = nullptr;
  EXPECT_EQ(dmls_group_process(group.get(), nullptr, 1, &events).code, DMLS_E_MISUSE);
  dmls_octets* octets = nullptr;
  EXPECT_EQ(dmls_group_protect(group.get(), bytes("x"), 1, nullptr, 1, &octets).code, DMLS_E_MISUSE);
  std::uint8_t out[32];
  EXPECT_EQ(dmls_group_epoch_authenticator(group.get(), out, 31).code, DMLS_E_MISUSE);
  EXPECT_EQ(dmls_group_epoch_authenticator(group.get(), nullptr, 32).code, DMLS_E_MISUSE);
  dmls_transition* transition = nullptr;
  EXPECT_EQ(dmls_client_branch(client.get(), group.get(), nullptr, 0, nullptr, nullptr, 1, &transition).code,
            DMLS_E_MISUSE);
  EXPECT_NE(dmls_group_export(group.get(), "l", nullptr, 0, out, SIZE_MAX).code, 0);
}

TEST(CapiMisuse, SessionsInAStoreNeedNamesThatFit) {
  auto config = config_for("alice");
  const std::string longest(255, 'n'), longer(256, 'n');
  EXPECT_OK(dmls_config_session_name(config.get(), bytes(longest), longest.size()));
  EXPECT_EQ(dmls_config_session_name(config.get(), bytes(longer), longer.size()).code, DMLS_E_MISUSE);
  // Without a store nothing is stored, and nothing can be loaded.
  const dmls_config* const configs[] = {config.get()};
  dmls_sendgroup* session = nullptr;
  EXPECT_EQ(dmls_sendgroup_load(configs, 1, &session).code, DMLS_E_MISUSE);
  EXPECT_TRUE(texts(make<dmls_octets_list>(dmls_sendgroup_stored_sessions, config.get())).empty());
  const auto client = make<dmls_fork_client>(dmls_fork_client_new, config.get());
  dmls_fork_session* forks = nullptr;
  EXPECT_EQ(dmls_fork_client_load_session(client.get(), bytes("g"), 1, &forks).code, DMLS_E_MISUSE);
  EXPECT_TRUE(texts(make<dmls_octets_list>(dmls_fork_client_stored_sessions, client.get())).empty());
}

TEST(CapiMisuse, IndicesAndEnumsAreChecked) {
  auto client = client_for("alice");
  auto group = make<dmls_group>(dmls_client_create_group, client.get(), nullptr, std::size_t{0});
  const auto id = make<dmls_octets>(dmls_group_id, group.get());
  std::vector<std::uint8_t> buffer(dmls_octets_size(id.get()));
  EXPECT_OK(dmls_octets_copy(id.get(), buffer.data(), buffer.size()));
  EXPECT_EQ(std::string(buffer.begin(), buffer.end()), text(id));
  EXPECT_EQ(dmls_octets_copy(id.get(), buffer.data(), buffer.size() - 1).code, DMLS_E_LIMIT);

  auto request = make<dmls_commit_request>(dmls_commit_request_new);
  EXPECT_EQ(dmls_commit_request_remove(request.get(), DMLS_NO_LEAF).code, DMLS_E_MISUSE);
  EXPECT_EQ(dmls_commit_request_option(request.get(), static_cast<dmls_commit_option>(7)).code, DMLS_E_MISUSE);
  const auto members = make<dmls_members>(dmls_group_members, group.get());
  EXPECT_EQ(dmls_members_leaf(members.get(), 1), DMLS_NO_LEAF);
  EXPECT_EQ(dmls_members_identity(members.get(), 1), nullptr);
  dmls_octets* octets = nullptr;
  EXPECT_NE(dmls_group_propose_remove(group.get(), DMLS_NO_LEAF, 0, &octets).code, 0);
}

TEST(CapiMisuse, ATransitionHappensOnce) {
  auto client = client_for("alice");
  auto group = make<dmls_group>(dmls_client_create_group, client.get(), nullptr, std::size_t{0});
  auto first = make<dmls_transition>(dmls_group_commit, group.get(), nullptr);
  auto second = make<dmls_transition>(dmls_group_commit, group.get(), nullptr);
  EXPECT_OK(dmls_group_merge(group.get(), first.release()));
  EXPECT_EQ(dmls_group_merge(group.get(), second.release()).code, DMLS_E_GROUP_STALE);
  dmls_group* other = nullptr;
  auto third = make<dmls_transition>(dmls_group_commit, group.get(), nullptr);
  EXPECT_EQ(dmls_client_enter(client.get(), third.release(), &other).code, DMLS_E_MISUSE);
}
