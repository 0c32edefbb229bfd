// Different clients in different threads, with a policy that they share. Meaningful under ThreadSanitizer.
#include "handles.h"

#include <atomic>
#include <thread>

using namespace capi_test;

namespace {

dmls_error validate(void* context, const std::uint8_t*, std::size_t, const std::uint8_t*, std::size_t) {
  ++*static_cast<std::atomic<int>*>(context);
  return {0, nullptr};
}
dmls_error accept(void* context, const dmls_changes*) {
  ++*static_cast<std::atomic<int>*>(context);
  return {0, nullptr};
}

// A whole story: a group, a second member, a message.
void talk(const dmls_config* config, std::atomic<int>& heard) {
  auto alice = make<dmls_client>(dmls_client_new, config), bob = make<dmls_client>(dmls_client_new, config);
  auto a = make<dmls_group>(dmls_client_create_group, alice.get(), nullptr, std::size_t{0});
  const auto package = text(make<dmls_octets>(dmls_client_key_package, bob.get(), 0));
  auto request = make<dmls_commit_request>(dmls_commit_request_new);
  EXPECT_OK(dmls_commit_request_add(request.get(), bytes(package), package.size()));
  auto commit = make<dmls_transition>(dmls_group_commit, a.get(), request.get());
  const auto welcome = texts(make<dmls_octets_list>(dmls_transition_welcomes, commit.get())).at(0);
  EXPECT_OK(dmls_group_merge(a.get(), commit.release()));
  auto entry = make<dmls_transition>(dmls_client_join, bob.get(), bytes(welcome), welcome.size(), nullptr,
                                     std::size_t{0}, nullptr);
  auto b = make<dmls_group>(dmls_client_enter, bob.get(), entry.release());
  const auto message =
      text(make<dmls_octets>(dmls_group_protect, a.get(), bytes("hi"), std::size_t{2}, nullptr, std::size_t{0}));
  const auto events = make<dmls_events>(dmls_group_process, b.get(), bytes(message), message.size());
  if (text(dmls_events_data(events.get(), 0)) == "hi") ++heard;
}

}  // namespace

TEST(CapiThreads, ClientsInDifferentThreadsShareAConfiguration) {
  std::atomic<int> asked = 0, heard = 0;
  auto config = make<dmls_config>(dmls_config_new, kSuite);
  const dmls_policy policy = {sizeof(policy), &asked, nullptr, validate, nullptr, accept};
  EXPECT_OK(dmls_config_basic_identity(config.get(), bytes("member"), 6, nullptr, 0));
  EXPECT_OK(dmls_config_policy(config.get(), &policy));
  std::thread one([&] {
    for (int i = 0; i < 20; ++i) talk(config.get(), heard);
  });
  std::thread two([&] {
    for (int i = 0; i < 20; ++i) talk(config.get(), heard);
  });
  one.join();
  two.join();
  EXPECT_EQ(heard, 40);
  EXPECT_GE(asked, 80);
}
