#pragma once
// A small cast of DeMLS clients, all drawn from one seed.

#include <dmls/base/hex.h>
#include <dmls/base/random.h>
#include <dmls/crypto_testing/cheap_provider.h>
#include <dmls/fork/client.h>
#include <dmls/fork/dmls_message.h>
#include <gtest/gtest.h>

#include <memory>
#include <string_view>
#include <vector>

namespace dmls::fork {

inline crypto::CipherSuite suite1(const crypto::Provider& provider = crypto::default_provider()) {
  return *crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519, provider);
}

// Options under which nothing is deleted unless a test asks for it.
inline SessionOptions keep_everything() {
  SessionOptions out;
  out.retention.rule = DeletionRule::never;
  out.retention.max_epochs = RetentionPolicy::kUnbounded;
  out.retention.max_octets = RetentionPolicy::kUnbounded;
  return out;
}

struct Cast {
  crypto::CipherSuite suite = suite1();
  std::shared_ptr<Random> random = std::make_shared<SeededRandom>(3);
  std::shared_ptr<group::ExternalPsks> psks = std::make_shared<group::ExternalPsks>();
  std::shared_ptr<group::FixedClock> clock = std::make_shared<group::FixedClock>(1'800'000'000);
  std::shared_ptr<const group::Policy> policy = std::make_shared<group::AcceptEverything>();
  SessionOptions options = keep_everything();

  group::ClientConfig config(std::string_view name) {
    auto pair = *crypto::generate_signature_key_pair(suite, *random);
    group::ClientConfig out{suite, treekem::BasicCredential{to_bytes(as_bytes(name))},
                            std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair)), policy};
    out.random = random;
    out.psks = psks;
    out.clock = clock;
    return out;
  }
  Client client(std::string_view name) { return *Client::create(config(name), options); }
};

// What an event list is made of, for messages about failed expectations.
inline std::string describe(const Events& events) {
  static constexpr const char* kNames[] = {
      "Advanced", "Forked",   "Invited", "RolledBack", "Orphaned",     "MustCommitAgain", "ApplicationMessage",
      "Proposed", "Skipped",  "Waiting", "Rejected",   "CannotFollow", "Removed",         "Superseded",
      "Deleted",  "NotStored"};
  std::string out;
  for (const Event& event : events) {
    out += std::string(out.empty() ? "" : ", ") + kNames[event.index()];
    if (const auto* rejected = std::get_if<Rejected>(&event)) out += std::string(" (") + rejected->error.rule + ")";
    if (const auto* lost = std::get_if<CannotFollow>(&event)) out += std::string(" (") + lost->error.rule + ")";
  }
  return out;
}

template <class T>
T only(const Events& events) {
  const T* found = find_event<T>(events);
  if (found == nullptr) {
    ADD_FAILURE() << "no such event in: " << describe(events);
    std::abort();
  }
  return *found;
}

inline void expect_rejected(const Events& events, Errc code) {
  const auto* rejected = find_event<Rejected>(events);
  ASSERT_NE(rejected, nullptr) << describe(events);
  EXPECT_EQ(rejected->error.code, code) << rejected->error.rule;
}

inline void expect_same_epoch(const Session& a, const Session& b, const NodeId& node) {
  const auto one = a.epoch_authenticator(node), other = b.epoch_authenticator(node);
  ASSERT_TRUE(one && other);
  EXPECT_TRUE(**one == **other);
}

// A group of some members, the first of which founded it, all in one epoch.
class Members : public testing::Test {
 protected:
  // Called by the tests, so that they may change the cast before.
  void gather(std::size_t count, ExternalCommits external = ExternalCommits::refused) {
    for (std::size_t i = 0; i < count; ++i) clients_.push_back(cast_.client("member " + std::to_string(i)));
    sessions_.push_back(*clients_[0].create_group(as_bytes("a group"), external));
    if (count == 1) return;
    group::CommitRequest request;
    for (std::size_t i = 1; i < count; ++i) request.add(*clients_[i].new_key_package());
    const OwnCommit add = *sessions_[0].commit(request);
    const Accepted done = *sessions_[0].accept(add.commit);
    for (std::size_t i = 1; i < count; ++i) sessions_.push_back(*clients_[i].join(done.welcomes[0].message));
    root_ = sessions_[0].head();
  }
  Session& a() { return sessions_[0]; }
  Session& b() { return sessions_[1]; }
  Session& c() { return sessions_[2]; }

  // A commit that its sender accepts at once.
  static OwnCommit commit(Session& sender, const group::CommitRequest& request = {}) {
    auto made = sender.commit(request);
    EXPECT_TRUE(made) << made.error().rule;
    const auto done = sender.accept(made->commit);
    EXPECT_TRUE(done) << done.error().rule;
    return *std::move(made);
  }

  Cast cast_;
  std::vector<Client> clients_;
  std::vector<Session> sessions_;
  NodeId root_;  // the epoch in which all are
};

}  // namespace dmls::fork
