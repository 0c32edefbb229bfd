#pragma once
// Participants of a universe, and a network that does what a test wants of it.

#include <dmls/base/random.h>
#include <dmls/crypto_testing/cheap_provider.h>
#include <dmls/sendgroup/detached_leaf.h>
#include <dmls/sendgroup/session.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace dmls::sendgroup {

using crypto::CipherSuiteId;

inline const crypto::Provider& cheap() {
  static const crypto_testing::CheapProvider provider;
  return provider;
}
inline crypto::CipherSuite cheap_suite(CipherSuiteId id = CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519) {
  return *crypto::CipherSuite::find(id, cheap());
}
inline crypto::CipherSuite real_suite(CipherSuiteId id = CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519) {
  return *crypto::CipherSuite::find(id);
}
inline Bytes text(std::string_view s) { return to_bytes(as_bytes(s)); }

// Octets from a source that can be exchanged in the middle of a run.
class SwitchedRandom final : public Random {
 public:
  explicit SwitchedRandom(std::uint64_t seed) : source_(std::make_unique<SeededRandom>(seed)) {}
  Result<void> fill(std::span<std::uint8_t> out) override {
    if (calls_left_ && (*calls_left_)-- == 0) return fail(dmls::errc::kRandomFailed, "the source was told to fail");
    return source_->fill(out);
  }
  // The call after so many more fails; nullopt: none does.
  void fail_after(std::optional<std::size_t> calls) { calls_left_ = calls; }
  void reseed(std::uint64_t seed) { source_ = std::make_unique<SeededRandom>(seed); }

 private:
  std::unique_ptr<SeededRandom> source_;
  std::optional<std::size_t> calls_left_;
};

struct MemberOptions {
  std::vector<crypto::CipherSuite> suites = {cheap_suite()};
  UpdatePolicy updates = {.incorporate = Incorporate::never, .self_update_seconds = 0};
  std::shared_ptr<const MembershipPolicy> membership = std::make_shared<FollowEverybody>();
  Limits limits = {};
  std::shared_ptr<storage::Store> store = {};
  bool detached_leaves = false;  // whether they have the capability
};

// One participant, and what it was told.
struct Member {
  std::string name;
  std::shared_ptr<SwitchedRandom> random;
  std::shared_ptr<group::FixedClock> clock;
  std::vector<std::shared_ptr<const group::ClientConfig>> clients;
  SessionConfig config;
  Session session;
  Events events = {};

  static Member create(std::string name, std::uint64_t seed, const MemberOptions& options = {}) {
    auto random = std::make_shared<SwitchedRandom>(seed);
    auto clock = std::make_shared<group::FixedClock>(1'700'000'000);
    const auto policy = std::make_shared<group::TrustNames>();
    SessionConfig config;
    for (const auto& suite : options.suites) {
      auto pair = *crypto::generate_signature_key_pair(suite, *random);
      group::ClientConfig client{suite, treekem::BasicCredential{text(name)},
                                 std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair)), policy};
      client.random = random;
      client.clock = clock;
      client.store = options.store;
      if (options.detached_leaves) client.capabilities = with_detached_leaves(client.capabilities);
      config.clients.push_back(std::make_shared<const group::ClientConfig>(std::move(client)));
    }
    config.updates = options.updates;
    config.membership = options.membership;
    config.limits = options.limits;
    auto session = *Session::create(config);
    auto clients = config.clients;
    return {std::move(name),    std::move(random), std::move(clock),
            std::move(clients), std::move(config), std::move(session)};
  }

  [[nodiscard]] Bytes id() const { return session.client_id(); }
  [[nodiscard]] Bytes group() const { return session.group_id(); }

  // Takes a message that has to be accepted.
  void take(const Bytes& message) {
    auto got = session.unprotect(message);
    ASSERT_TRUE(got) << name << ": " << got.error().rule;
    for (auto& event : *got) events.push_back(std::move(event));
  }
  // What a message that has to be refused is refused with.
  Error refusal(const Bytes& message) {
    auto got = session.unprotect(message);
    if (!got) return got.error();
    ADD_FAILURE() << name << ": accepted";
    return {Errc{0}, "accepted"};
  }
  template <class T>
  [[nodiscard]] std::vector<T> all() const {
    std::vector<T> out;
    for (const auto& event : events)
      if (const auto* one = std::get_if<T>(&event)) out.push_back(*one);
    return out;
  }
  [[nodiscard]] bool heard(std::string_view words) const {
    const auto messages = all<ApplicationMessage>();
    return std::ranges::any_of(messages, [&](const auto& m) { return m.data == text(words); });
  }
};

// Participants who are all in one universe. The first one has created it.
struct Mesh {
  std::vector<Member> members;
  Member& operator[](std::size_t i) { return members[i]; }

  static std::string name_of(std::size_t i) { return "member " + std::to_string(i); }

  // Everybody is there, and nothing was delivered yet but Welcomes and announcements.
  static Mesh open(std::size_t count, std::uint64_t seed = 1, const MemberOptions& options = {},
                   const UniverseParameters& parameters = {}) {
    Mesh mesh;
    for (std::size_t i = 0; i < count; ++i)
      mesh.members.push_back(Member::create(name_of(i), seed * 1000 + i, options));
    mesh.open_all(parameters);
    return mesh;
  }
  void open_all(const UniverseParameters& parameters = {}) {
    std::vector<Bytes> packages;
    for (std::size_t i = 1; i < members.size(); ++i)
      for (std::size_t suite = 0; suite < members[i].clients.size(); ++suite)
        packages.push_back(*members[i].session.new_key_package(KeyPackageUse::last_resort, suite));
    auto opened = members[0].session.open_universe(packages, parameters);
    ASSERT_TRUE(opened) << opened.error().rule;
    broadcast(0, opened->messages());
    for (std::size_t i = 1; i < members.size(); ++i) {
      auto own = members[i].session.open_send_group();
      ASSERT_TRUE(own) << own.error().rule;
      broadcast(i, own->messages());
    }
  }

  // To all others, at once.
  void broadcast(std::size_t from, const std::vector<Bytes>& messages) {
    for (std::size_t to = 0; to < members.size(); ++to)
      if (to != from)
        for (const Bytes& message : messages) members[to].take(message);
  }
  void broadcast(std::size_t from, Result<Outgoing> made) {
    ASSERT_TRUE(made) << made.error().rule;
    broadcast(from, made->messages());
  }
  // `from` says something, and all others hear it.
  void expect_heard(std::size_t from, std::string_view words) {
    auto sent = members[from].session.protect(as_bytes(words));
    ASSERT_TRUE(sent) << sent.error().rule;
    broadcast(from, *sent);
    for (std::size_t to = 0; to < members.size(); ++to) {
      if (to != from) {
        EXPECT_TRUE(members[to].heard(words)) << to << " did not hear " << from;
      }
    }
  }
  // All agree about every Send Group.
  void expect_agreement() const {
    for (const Member& owner : members) {
      const Bytes id = owner.group();
      for (const Member& reader : members) {
        ASSERT_EQ(reader.session.epoch(id), owner.session.epoch(id)) << reader.name << " about " << owner.name;
        EXPECT_TRUE(*reader.session.epoch_authenticator(id) == *owner.session.epoch_authenticator(id))
            << reader.name << " about " << owner.name;
        EXPECT_EQ(reader.session.members(id), owner.session.members(id));
      }
    }
  }
};

}  // namespace dmls::sendgroup
