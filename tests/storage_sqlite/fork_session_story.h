#pragma once
// What a DeMLS client that is kept in a store lives through, step by step, with peers that live in memory. A step is
// one call that changes what is stored; after each of them everything may be lost but the store.

#include <dmls/fork/client.h>
#include <dmls/group/client_config.h>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "support/populated_tree.h"

namespace dmls::test {

class ForkStory {
 public:
  ForkStory(const crypto::CipherSuite& suite, std::uint64_t seed)
      : suite_(suite), random_(std::make_shared<SeededRandom>(seed)), alice_config_(config("alice")) {
    options_.retention.max_age = 1000;
    options_.retention.max_epochs = 6;
    bob_.emplace(must(fork::Client::create(config("bob"), options_)));
    carol_.emplace(must(fork::Client::create(config("carol"), options_)));
    bobs_.emplace(must(bob_->create_group(as_bytes("the stored group"))));
    const auto add = must(bobs_->commit(group::CommitRequest().add(must(carol_->new_key_package()))));
    carols_.emplace(must(carol_->join(must(bobs_->accept(add.commit)).welcomes[0].message)));
  }

  // Opens the client on a store, with its session if there is one.
  Result<void> open(std::shared_ptr<storage::Store> store) {
    close();
    auto fresh = alice_config_;
    fresh.store = std::move(store);
    DMLS_TRY(auto client, fork::Client::create(std::move(fresh), options_));
    alice_.emplace(std::move(client));
    DMLS_TRY(const auto ids, alice_->stored_sessions());
    for (const Bytes& id : ids) {
      DMLS_TRY(auto loaded, alice_->load_session(id));
      (id == to_bytes(as_bytes("the stored group")) ? session_ : subgroup_).emplace(std::move(loaded));
    }
    return {};
  }
  void close() {
    subgroup_.reset();
    session_.reset();
    alice_.reset();
  }

  [[nodiscard]] std::size_t size() const { return steps_.size(); }
  [[nodiscard]] const char* name(std::size_t step) const { return steps_[step].name; }
  // The call alone: an error means that it did not happen, unless the store is broken.
  Result<void> run(std::size_t step) { return steps_[step].change(); }
  // What peers make of it; needs only what is stored. Call it once the step is durable.
  Result<void> settle(std::size_t step) { return steps_[step].settle(); }

  // Everybody who holds the same epoch agrees on it.
  [[nodiscard]] bool agrees() const {
    if (!session_) return true;
    std::size_t shared = 0;
    for (const auto& [id, node] : session_->history().nodes()) {
      for (const auto* peer : {&*bobs_, &*carols_}) {
        if (!node.held || !peer->holds(id)) continue;
        ++shared;
        const auto ours = session_->epoch_authenticator(id), theirs = peer->epoch_authenticator(id);
        if (!ours || !theirs || !(**ours == **theirs)) return false;
      }
    }
    return shared > 0;
  }

 private:
  struct Step {
    const char* name;
    std::function<Result<void>()> change;
    std::function<Result<void>()> settle;
  };

  class Noon final : public group::Clock {
   public:
    [[nodiscard]] std::uint64_t now() const override { return time; }
    std::uint64_t time = 1'000'000;
  };

  group::ClientConfig config(std::string_view name) {
    auto pair = must(crypto::generate_signature_key_pair(suite_, *random_));
    group::ClientConfig out{suite_, treekem::BasicCredential{to_bytes(as_bytes(name))},
                            std::make_shared<crypto::KeyPairSigner>(suite_, std::move(pair)),
                            std::make_shared<group::AcceptEverything>()};
    out.random = random_;
    out.clock = clock_;
    return out;
  }
  static Result<void> nothing() { return {}; }

  // Alice reads a message; what the store refuses did not happen.
  Result<void> read(const Bytes& message) {
    const auto events = session_->process(message);
    const auto* refused = fork::find_event<fork::NotStored>(events);
    return refused == nullptr ? Result<void>() : fail(refused->error);
  }
  static Result<void> stored(const fork::Events& events) {
    const auto* refused = fork::find_event<fork::NotStored>(events);
    return refused == nullptr ? Result<void>() : fail(refused->error);
  }
  // A commit that a peer makes and the other one hears of.
  fork::OwnCommit peer_commits(fork::Session& from, const group::CommitRequest& request = {}) {
    auto made = must(from.commit(request));
    must(from.accept(made.commit));
    (void)(&from == &*bobs_ ? carols_ : bobs_)->process(made.message);
    return made;
  }
  Result<void> peers_hear(const Bytes& message) {
    (void)bobs_->process(message);
    (void)carols_->process(message);
    return {};
  }
  Result<void> commit(const group::CommitRequest& request) {
    DMLS_TRY(const auto made, session_->commit(request));
    return {};
  }
  // Alice's own commit out of memory or store; it is sent once it was accepted.
  Result<void> accept() {
    const auto pending = session_->pending_commits();
    if (pending.empty()) return fail(errc::kMisuse, "story: no commit waits");
    DMLS_TRY(const auto own, session_->own_commit(pending[0]));
    message_ = own.message;
    DMLS_TRY(const auto done, session_->accept(pending[0]));
    return {};
  }
  // The last epoch but one on the preferred branch.
  [[nodiscard]] fork::NodeId before_head() const {
    const auto path = session_->history().path_to(session_->head());
    return path[path.size() - 2];
  }

  Result<void> publish() {
    key_package_.clear();
    DMLS_TRY(key_package_, alice_->new_key_package());
    return {};
  }
  Result<void> be_invited() {
    // One that was stored and never left is of no use.
    if (key_package_.empty()) key_package_ = must(alice_->new_key_package());
    const auto add = must(bobs_->commit(group::CommitRequest().add(key_package_)));
    welcome_ = must(bobs_->accept(add.commit)).welcomes[0].message;
    (void)carols_->process(add.message);
    return {};
  }

  crypto::CipherSuite suite_;
  std::shared_ptr<Random> random_;
  std::shared_ptr<Noon> clock_ = std::make_shared<Noon>();
  group::ClientConfig alice_config_;
  fork::SessionOptions options_;
  std::optional<fork::Client> alice_, bob_, carol_;
  std::optional<fork::Session> session_, subgroup_, bobs_, carols_;
  Bytes message_, parents_message_, key_package_, welcome_;

  std::vector<Step> steps_{
      {"new_key_package", [this] { return publish(); }, [this] { return be_invited(); }},
      {"join",
       [this]() -> Result<void> {
         DMLS_TRY(auto joined, alice_->join(welcome_));
         session_.emplace(std::move(joined));
         return {};
       },
       [this]() -> Result<void> {
         // Two siblings: neither peer has heard of the other's.
         const auto bobs = must(bobs_->commit({})), carols = must(carols_->commit({}));
         must(bobs_->accept(bobs.commit));
         must(carols_->accept(carols.commit));
         message_ = bobs.message;
         parents_message_ = carols.message;
         return {};
       }},
      {"process (commit)", [this] { return read(message_); }, nothing},
      {"process (sibling)", [this] { return read(parents_message_); },
       [this]() -> Result<void> {
         (void)bobs_->process(parents_message_);
         (void)carols_->process(message_);
         return {};
       }},
      {"commit", [this] { return commit({}); }, nothing},
      {"commit (discarded later)", [this] { return commit({}); }, nothing},
      {"discard", [this] { return session_->discard(session_->pending_commits().at(0)); }, nothing},
      {"accept", [this] { return accept(); }, [this] { return peers_hear(message_); }},
      {"protect",
       [this]() -> Result<void> {
         DMLS_TRY(message_, session_->protect(as_bytes("hello")));
         return {};
       },
       [this]() -> Result<void> {
         message_ = must(bobs_->protect(as_bytes("skipped")));
         message_ = must(bobs_->protect(as_bytes("you too")));
         return {};
       }},
      {"process (application, one skipped)", [this] { return read(message_); }, nothing},
      {"propose_update",
       [this]() -> Result<void> {
         DMLS_TRY(auto proposal, session_->propose_update());
         message_ = std::move(proposal.message);
         return {};
       },
       [this]() -> Result<void> {
         (void)peers_hear(message_);
         message_ = must(carols_->propose_update()).message;
         (void)bobs_->process(message_);
         return {};
       }},
      {"process (proposal)", [this] { return read(message_); },
       [this]() -> Result<void> {
         message_ = peer_commits(*bobs_).message;
         return {};
       }},
      {"process (commit of proposals)", [this] { return read(message_); },
       [this]() -> Result<void> {
         parents_message_ = peer_commits(*bobs_).message;
         message_ = peer_commits(*carols_).message;
         return {};
       }},
      {"process (message of an unknown epoch)", [this] { return read(message_); }, nothing},
      {"process (its parent, which releases it)", [this] { return read(parents_message_); }, nothing},
      {"set_retain", [this] { return stored(session_->set_retain(true)); }, nothing},
      {"commit (beside the head)",
       [this]() -> Result<void> {
         DMLS_TRY(const auto made, session_->commit_in(before_head(), {}));
         return {};
       },
       nothing},
      {"accept (a fork)", [this] { return accept(); }, [this] { return peers_hear(message_); }},
      {"forget",
       [this]() -> Result<void> {
         for (const auto& [id, node] : session_->history().nodes()) {
           if (!node.held || id == session_->head()) continue;
           const fork::NodeId oldest = id;
           DMLS_TRY(const auto events, session_->forget(oldest));
           return {};
         }
         return fail(errc::kMisuse, "story: nothing to forget");
       },
       [this]() -> Result<void> {
         clock_->time += 500;
         return {};
       }},
      {"commit", [this] { return commit({}); }, nothing},
      {"accept", [this] { return accept(); },
       [this]() -> Result<void> {
         clock_->time += 600;  // old epochs are due
         return peers_hear(message_);
       }},
      {"tick", [this] { return stored(session_->tick()); },
       [this]() -> Result<void> {
         key_package_ = must(bob_->new_key_package());
         return {};
       }},
      {"branch",
       [this]() -> Result<void> {
         DMLS_TRY(auto made,
                  alice_->branch(*session_, session_->head(), {.group_id = {1, 2, 3}, .key_packages = {key_package_}}));
         subgroup_.emplace(std::move(made.session));
         return {};
       },
       nothing},
      {"accept (branch)",
       [this]() -> Result<void> {
         DMLS_TRY(const auto done, subgroup_->accept(subgroup_->pending_commits().at(0)));
         return {};
       },
       nothing},
      {"new_key_package", [this] { return publish(); },
       [this]() -> Result<void> {
         const auto leaf = must(session_->own_leaf(session_->head()));
         message_ = peer_commits(*bobs_, group::CommitRequest().remove(leaf)).message;
         return {};
       }},
      {"process (removal)", [this] { return read(message_); }, [this] { return be_invited(); }},
      {"join again, replace_with",
       [this]() -> Result<void> {
         DMLS_TRY(auto joined, alice_->join(welcome_));
         DMLS_TRY(const auto events, session_->replace_with(std::move(joined)));
         return stored(events);
       },
       [this]() -> Result<void> {
         message_ = peer_commits(*carols_).message;
         return {};
       }},
      {"process (commit)", [this] { return read(message_); }, nothing},
      {"forget_session",
       [this]() -> Result<void> {
         DMLS_CHECK(alice_->forget_session(as_bytes("the stored group")));
         session_.reset();
         return {};
       },
       nothing},
  };
};

}  // namespace dmls::test
