#pragma once
// Handles of dmls.h that free themselves, for tests.

#include <dmls.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace capi_test {

struct Free {
  void operator()(dmls_octets* h) const { dmls_octets_free(h); }
  void operator()(dmls_octets_list* h) const { dmls_octets_list_free(h); }
  void operator()(dmls_config* h) const { dmls_config_free(h); }
  void operator()(dmls_client* h) const { dmls_client_free(h); }
  void operator()(dmls_group* h) const { dmls_group_free(h); }
  void operator()(dmls_transition* h) const { dmls_transition_free(h); }
  void operator()(dmls_transitions* h) const { dmls_transitions_free(h); }
  void operator()(dmls_commit_request* h) const { dmls_commit_request_free(h); }
  void operator()(dmls_members* h) const { dmls_members_free(h); }
  void operator()(dmls_events* h) const { dmls_events_free(h); }
  void operator()(dmls_fork_client* h) const { dmls_fork_client_free(h); }
  void operator()(dmls_fork_session* h) const { dmls_fork_free(h); }
  void operator()(dmls_sendgroup* h) const { dmls_sendgroup_free(h); }
};
template <class T>
using Handle = std::unique_ptr<T, Free>;

// Calls f(arguments..., &handle), which has to succeed.
template <class T, class F, class... Arguments>
Handle<T> make(F f, Arguments... arguments) {
  T* handle = nullptr;
  const dmls_error error = f(arguments..., &handle);
  EXPECT_EQ(error.code, 0) << (error.rule != nullptr ? error.rule : "");
  EXPECT_NE(handle, nullptr);
  return Handle<T>(handle);
}

inline std::string text(const dmls_octets* octets) {
  return {reinterpret_cast<const char*>(dmls_octets_data(octets)), dmls_octets_size(octets)};
}
inline std::string text(const Handle<dmls_octets>& octets) { return text(octets.get()); }
inline const std::uint8_t* bytes(std::string_view s) { return reinterpret_cast<const std::uint8_t*>(s.data()); }
inline std::vector<std::string> texts(const dmls_octets_list* list) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < dmls_octets_list_size(list); ++i) all.push_back(text(dmls_octets_list_get(list, i)));
  return all;
}
inline std::vector<std::string> texts(const Handle<dmls_octets_list>& list) { return texts(list.get()); }

#define EXPECT_OK(...)                                                           \
  do {                                                                           \
    const dmls_error dmls_e_ = (__VA_ARGS__);                                    \
    EXPECT_EQ(dmls_e_.code, 0) << (dmls_e_.rule != nullptr ? dmls_e_.rule : ""); \
  } while (false)

constexpr std::uint16_t kSuite = 1;

inline Handle<dmls_config> config_for(std::string_view name) {
  auto config = make<dmls_config>(dmls_config_new, kSuite);
  EXPECT_OK(dmls_config_basic_identity(config.get(), bytes(name), name.size(), nullptr, 0));
  EXPECT_OK(dmls_config_accept_everything(config.get()));
  EXPECT_OK(dmls_config_client_ids(config.get(), DMLS_CLIENT_BY_CREDENTIAL));
  return config;
}
inline Handle<dmls_client> client_for(std::string_view name) {
  return make<dmls_client>(dmls_client_new, config_for(name).get());
}

}  // namespace capi_test
