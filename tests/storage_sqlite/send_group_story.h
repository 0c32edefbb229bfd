#pragma once
// A session that is kept in a store, step by step, with peers that live in memory. A step is one call that changes the
// stored session; after each of them everything may be lost but the store.

#include <dmls/base/random.h>
#include <dmls/sendgroup/session.h>
#include <dmls/storage/store.h>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "support/populated_tree.h"

namespace dmls::test {

class SendGroupStory {
 public:
  SendGroupStory(const crypto::CipherSuite& suite, std::uint64_t seed)
      : suite_(suite), random_(std::make_shared<SeededRandom>(seed)), alice_config_(config("alice")) {
    for (const std::string_view name : {"bob", "carol"})
      peers_.push_back(must(sendgroup::Session::create(config(name))));
    for (auto& peer : peers_) packages_.push_back(must(peer.new_key_package()));
    tell();
  }

  // Opens the session on a store, or begins one.
  Result<void> open(std::shared_ptr<storage::Store> store) {
    close();
    sendgroup::SessionConfig with_store = alice_config_;
    auto client = *alice_config_.clients.front();
    client.store = store;
    with_store.clients = {std::make_shared<const group::ClientConfig>(std::move(client))};
    DMLS_TRY(const auto names, sendgroup::stored_sessions(*store));
    DMLS_TRY(auto session, names.empty() ? sendgroup::Session::create(std::move(with_store))
                                         : sendgroup::load_session(std::move(with_store)));
    alice_.emplace(std::move(session));
    return {};
  }
  void close() { alice_.reset(); }

  [[nodiscard]] std::size_t size() const { return steps_.size(); }
  [[nodiscard]] const char* name(std::size_t step) const { return steps_[step].name; }
  // The call alone: an error means that it did not happen, unless the store is broken.
  Result<void> run(std::size_t step) { return steps_[step].change(); }
  // What peers make of it; needs only what is stored. Call it once the step is durable.
  Result<void> settle(std::size_t step) { return steps_[step].settle ? steps_[step].settle() : Result<void>(); }

 private:
  struct Step {
    const char* name;
    std::function<Result<void>()> change;
    std::function<Result<void>()> settle;
  };

  sendgroup::SessionConfig config(std::string_view name) {
    group::ClientConfig client{
        suite_, treekem::BasicCredential{to_bytes(as_bytes(name))},
        std::make_shared<crypto::KeyPairSigner>(suite_, must(crypto::generate_signature_key_pair(suite_, *random_))),
        std::make_shared<group::TrustNames>()};
    client.random = random_;
    client.clock = std::make_shared<group::FixedClock>(1'800'000'000);
    sendgroup::SessionConfig out;
    out.clients.push_back(std::make_shared<const group::ClientConfig>(std::move(client)));
    out.updates = {.incorporate = sendgroup::Incorporate::never, .self_update_seconds = 0};
    return out;
  }

  Result<void> give(const std::vector<Bytes>& messages, sendgroup::Session& to) {
    for (const Bytes& message : messages) DMLS_CHECK(to.unprotect(message));
    return {};
  }
  // What a peer sends goes to the other peers at once, and to Alice in a step of hers.
  std::vector<Bytes> sent(std::size_t from, Result<sendgroup::Outgoing> made) {
    const auto messages = must(std::move(made)).messages();
    for (std::size_t to = 0; to < peers_.size(); ++to)
      if (to != from) must(give(messages, peers_[to]));
    return messages;
  }
  // To all peers: what Alice has stored of the epoch that her Send Group is in; of its beginning, the Welcome.
  Result<void> publish() {
    const Bytes id = alice_->group_id();
    const std::uint64_t epoch = *alice_->epoch(id);
    for (auto& peer : peers_) DMLS_CHECK(give(alice_->serve({id, epoch == 1 ? 0 : epoch}), peer));
    return {};
  }

  void alice(const char* name, std::function<Result<void>()> change, std::function<Result<void>()> settle) {
    steps_.push_back({name, std::move(change), std::move(settle)});
  }
  void commits(
      const char* name, std::function<Result<sendgroup::Outgoing>()> make, std::function<void()> afterwards = [] {}) {
    alice(
        name,
        [make = std::move(make)]() -> Result<void> {
          DMLS_CHECK(make());
          return {};
        },
        [this, afterwards = std::move(afterwards)]() -> Result<void> {
          DMLS_CHECK(publish());
          afterwards();
          return {};
        });
  }
  // Message `i` of what waits for Alice.
  void reads(
      const char* name, std::size_t i, std::function<void()> afterwards = [] {}) {
    alice(
        name,
        [this, i]() -> Result<void> {
          DMLS_CHECK(alice_->unprotect(inbox_.at(i)));
          return {};
        },
        [afterwards = std::move(afterwards)]() -> Result<void> {
          afterwards();
          return {};
        });
  }
  void post(const std::vector<Bytes>& messages) { inbox_.insert(inbox_.end(), messages.begin(), messages.end()); }

  void tell() {
    constexpr std::size_t bob = 0, carol = 1;
    commits(
        "open a universe", [this] { return alice_->open_universe(packages_); },
        [this] {
          post(sent(bob, peers_[bob].open_send_group()));      // 0
          post(sent(carol, peers_[carol].open_send_group()));  // 1
          post(sent(bob, peers_[bob].update()));               // 2
          post(sent(carol, peers_[carol].commit()));           // 3: imports that
          post(sent(bob, peers_[bob].update()));               // 4
          post(must(peers_[bob].protect(as_bytes("words"))));  // 5
        });
    reads("a Welcome", 0);
    reads("another Welcome", 1);
    commits("an update", [this] { return alice_->update(); });
    reads("a commit that waits", 3);
    reads("a message that came early", 5);
    reads("the update that the commit waited for", 2);
    reads("the update that the message waited for", 4);
    commits("an import", [this] { return alice_->commit(sendgroup::CommitKind::partial); });
    alice("words",
          [this]() -> Result<void> {
            DMLS_CHECK(alice_->protect(as_bytes("words")));
            return {};
          },
          {});
    commits(
        "an import with fresh keys", [this] { return alice_->commit(sendgroup::CommitKind::full); },
        [this] { post(sent(bob, peers_[bob].commit(sendgroup::CommitKind::full))); });  // 6
    reads("an import", 6);
    alice("a key package",
          [this]() -> Result<void> {
            DMLS_CHECK(alice_->new_key_package(sendgroup::KeyPackageUse::once));
            return {};
          },
          {});
    commits(
        "a removal", [this] { return alice_->remove(peers_[carol].client_id()); },
        [this] { post(sent_by_bob_alone()); });  // 7
    reads("the same removal by somebody else", 7);
    commits("an import of the last who is left", [this] { return alice_->commit(sendgroup::CommitKind::partial); });
  }
  std::vector<Bytes> sent_by_bob_alone() {
    auto made = must(peers_[0].commit());
    peers_.pop_back();  // Carol, who was removed
    return made.messages();
  }

  crypto::CipherSuite suite_;
  std::shared_ptr<Random> random_;
  sendgroup::SessionConfig alice_config_;
  std::vector<sendgroup::Session> peers_;
  std::vector<Bytes> packages_;
  std::vector<Bytes> inbox_;
  std::vector<Step> steps_;
  std::optional<sendgroup::Session> alice_;
};

}  // namespace dmls::test
