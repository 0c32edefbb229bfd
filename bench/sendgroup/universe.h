#pragma once
// A universe of sessions in one process, each with a random source of its own.

#include <dmls/sendgroup/session.h>

#include <memory>
#include <string>
#include <vector>

#include "harness/measure.h"
#include "support/populated_tree.h"

namespace dmls::bench {

inline crypto::CipherSuite suite_1() {
  return test::must(crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519));
}

inline sendgroup::Session make_session(std::size_t number, const crypto::CipherSuite& suite = suite_1()) {
  auto random = std::make_shared<SeededRandom>(number + 1);
  auto pair = test::must(crypto::generate_signature_key_pair(suite, *random));
  group::ClientConfig client{suite, treekem::BasicCredential{to_bytes(as_bytes("member " + std::to_string(number)))},
                             std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair)),
                             std::make_shared<group::TrustNames>()};
  client.random = std::move(random);
  client.clock = std::make_shared<group::FixedClock>(1'800'000'000);
  sendgroup::SessionConfig config;
  config.clients.push_back(std::make_shared<const group::ClientConfig>(std::move(client)));
  config.updates = {.incorporate = sendgroup::Incorporate::never, .self_update_seconds = 0};
  return test::must(sendgroup::Session::create(std::move(config)));
}

class Universe {
 public:
  // Member 0 has opened it; the others have published key packages, and heard nothing yet.
  explicit Universe(std::size_t count, const crypto::CipherSuite& suite = suite_1()) {
    for (std::size_t i = 0; i < count; ++i) members_.push_back(make_session(i, suite));
    for (std::size_t i = 1; i < count; ++i) packages_.push_back(test::must(members_[i].new_key_package()));
    opening_ = test::must(members_[0].open_universe(packages_));
  }
  // The first `count` others hear of it.
  void invite(std::size_t count) {
    for (std::size_t i = 1; i <= count; ++i) give(i, opening_.messages());
  }
  // Everybody has a Send Group, and is in those of all others.
  void open_all() {
    invite(size() - 1);
    for (std::size_t i = 1; i < size(); ++i) broadcast(i, test::must(members_[i].open_send_group()).messages());
  }

  [[nodiscard]] std::size_t size() const { return members_.size(); }
  sendgroup::Session& operator[](std::size_t i) { return members_[i]; }
  [[nodiscard]] const std::vector<Bytes>& packages() const { return packages_; }
  [[nodiscard]] const sendgroup::Outgoing& opening() const { return opening_; }
  [[nodiscard]] Bytes group(std::size_t i) const { return members_[i].group_id(); }

  void give(std::size_t to, const std::vector<Bytes>& messages) {
    for (const Bytes& message : messages) (void)test::must(members_[to].unprotect(message));
  }
  // To all others, except `but`.
  void broadcast(std::size_t from, const std::vector<Bytes>& messages, std::size_t but = ~std::size_t{0}) {
    for (std::size_t to = 0; to < size(); ++to)
      if (to != from && to != but) give(to, messages);
  }
  // The two are at the same epoch of a Send Group, with the same authenticator.
  [[nodiscard]] bool agree(std::size_t a, std::size_t b, BytesView group_id) const {
    const auto* one = members_[a].epoch_authenticator(group_id);
    const auto* other = members_[b].epoch_authenticator(group_id);
    return one != nullptr && other != nullptr && *one == *other;
  }
  [[nodiscard]] bool all_agree() const {
    for (std::size_t owner = 0; owner < size(); ++owner)
      for (std::size_t reader = 0; reader < size(); ++reader)
        if (!agree(owner, reader, group(owner))) return false;
    return true;
  }

 private:
  std::vector<sendgroup::Session> members_;
  std::vector<Bytes> packages_;
  sendgroup::Outgoing opening_;
};

}  // namespace dmls::bench
