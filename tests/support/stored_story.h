#pragma once
// A conversation of one client that is kept in a store, step by step, with peers that live in memory. A step is one
// call that changes the stored client; after each of them everything may be lost but the store.

#include <dmls/base/random.h>
#include <dmls/group/client.h>
#include <dmls/group/group.h>
#include <dmls/storage/store.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/populated_tree.h"

namespace dmls::test {

class StoredStory {
 public:
  StoredStory(const crypto::CipherSuite& suite, std::uint64_t seed)
      : suite_(suite), random_(std::make_shared<SeededRandom>(seed)), alice_config_(config("alice")) {
    bob_.emplace(must(group::Client::create(config("bob"))));
    carol_.emplace(must(group::Client::create(config("carol"))));
  }

  // Opens the client on a store, with its group if there is one.
  Result<void> open(std::shared_ptr<storage::Store> store) {
    close();
    auto fresh = alice_config_;
    fresh.store = std::move(store);
    DMLS_TRY(auto client, group::Client::create(std::move(fresh)));
    alice_.emplace(std::move(client));
    DMLS_TRY(const auto groups, alice_->stored_groups());
    if (groups.empty()) return {};
    DMLS_TRY(auto loaded, alice_->load_group(groups[0]));
    group_.emplace(std::move(loaded));
    return {};
  }
  void close() {
    staged_.reset();
    group_.reset();
    alice_.reset();
  }

  [[nodiscard]] std::size_t size() const { return steps_.size(); }
  [[nodiscard]] const char* name(std::size_t step) const { return steps_[step].name; }
  // The call alone: an error means that it did not happen, unless the store is broken.
  Result<void> run(std::size_t step) { return steps_[step].change(); }
  // What peers make of it; needs only what is stored. Call it once the step is durable.
  Result<void> settle(std::size_t step) { return steps_[step].settle(); }

  // For fixtures: alice's, and a message that bob sends now.
  [[nodiscard]] BytesView signature_private_key() const { return alice_key_.expose(); }
  Bytes message_from_bob() { return must(bobs_->protect(as_bytes("stored"))); }

  [[nodiscard]] group::Group* present() { return group_ ? &*group_ : nullptr; }
  // A message in both directions between the stored client and every peer in its epoch.
  Result<void> talk() {
    DMLS_TRY(const Bytes out, group_->protect(as_bytes("hello")));
    for (auto* peer : {&bobs_, &carols_}) {
      if (!*peer || (*peer)->epoch() != group_->epoch()) continue;
      DMLS_TRY(const auto heard, (*peer)->process(out));
      if (!std::holds_alternative<group::ApplicationMessage>(heard)) return lost();
      DMLS_TRY(const Bytes answer, (*peer)->protect(as_bytes("you too")));
      DMLS_TRY(const auto event, group_->process(answer));
      if (!std::holds_alternative<group::ApplicationMessage>(event)) return lost();
    }
    return {};
  }

 private:
  struct Step {
    const char* name;
    std::function<Result<void>()> change;
    std::function<Result<void>()> settle;
  };

  static Unexpected lost() { return fail(errc::kMisuse, "story: a message did not arrive"); }
  group::ClientConfig config(std::string_view name) {
    auto pair = must(crypto::generate_signature_key_pair(suite_, *random_));
    if (name == "alice") alice_key_ = pair.private_key.clone();
    group::ClientConfig out{suite_, treekem::BasicCredential{to_bytes(as_bytes(name))},
                            std::make_shared<crypto::KeyPairSigner>(suite_, std::move(pair)),
                            std::make_shared<group::AcceptEverything>()};
    out.random = random_;
    out.clock = std::make_shared<Noon>();
    return out;
  }
  // The same story has the same records, to the last octet.
  class Noon final : public group::Clock {
   public:
    [[nodiscard]] std::uint64_t now() const override { return 1'000'000; }
  };

  // The commit that a step made, from memory or from the store.
  Result<group::Transition> pending() {
    auto all = group_->pending();
    if (all.empty()) return fail(errc::kMisuse, "story: no commit is pending");
    return std::move(all.back());
  }
  Result<void> make_commit(const group::CommitRequest& request) {
    DMLS_TRY(auto commit, group_->commit(request));
    return {};
  }
  Result<void> merge_pending() {
    DMLS_TRY(auto commit, pending());
    return group_->merge(std::move(commit));
  }
  // A commit of bob's that alice has to follow; made once.
  Result<void> read_from_bob(const group::CommitRequest& request) {
    if (!bobs_commit_) {
      DMLS_TRY(auto made, bobs_->commit(request));
      bobs_commit_.emplace(std::move(made));
    }
    DMLS_TRY(const auto event, group_->process(bobs_commit_->message()));
    return std::holds_alternative<group::Transition>(event) ? Result<void>() : lost();
  }
  Result<void> bob_merges() {
    const Bytes message = bobs_commit_->message();
    DMLS_CHECK(bobs_->merge(*std::move(bobs_commit_)));
    bobs_commit_.reset();
    if (carols_) DMLS_CHECK(follow(*carols_, message));
    return {};
  }
  static Result<void> follow(group::Group& peer, BytesView message) {
    DMLS_TRY(auto event, peer.process(message));
    auto* transition = std::get_if<group::Transition>(&event);
    if (transition == nullptr) return lost();
    return peer.merge(std::move(*transition));
  }
  Result<void> peers_follow() {
    DMLS_TRY(auto commit, pending());
    for (auto* peer : {&bobs_, &carols_})
      if (*peer) DMLS_CHECK(follow(**peer, commit.message()));
    return {};
  }
  static Result<void> nothing() { return {}; }

  crypto::CipherSuite suite_;
  std::shared_ptr<Random> random_;
  crypto::SignaturePrivateKey alice_key_;
  group::ClientConfig alice_config_;
  std::optional<group::Client> alice_, bob_, carol_;
  std::optional<group::Group> group_, bobs_, carols_;
  std::optional<group::Transition> staged_, bobs_commit_;
  Bytes from_bob_, from_carol_;
  Bytes key_package_;

  std::vector<Step> steps_{
      {"new_key_package",
       [this]() -> Result<void> {
         DMLS_TRY(const auto package, alice_->new_key_package());
         return {};
       },
       nothing},
      {"create_group",
       [this]() -> Result<void> {
         DMLS_TRY(auto made, alice_->create_group(as_bytes("the stored group")));
         group_.emplace(std::move(made));
         return {};
       },
       nothing},
      {"add_psk", [this] { return alice_->add_psk(as_bytes("k"), keyschedule::Psk(SecretBytes(as_bytes("a value")))); },
       [this] {
         must(bob_->add_psk(as_bytes("k"), keyschedule::Psk(SecretBytes(as_bytes("a value")))));
         key_package_ = must(bob_->new_key_package());
         return Result<void>();
       }},
      {"commit (add bob)", [this] { return make_commit(group::CommitRequest().add(key_package_)); },
       [this]() -> Result<void> {
         DMLS_TRY(auto commit, pending());
         DMLS_TRY(auto entry, bob_->join(commit.welcome()));
         DMLS_TRY(auto joined, bob_->enter(std::move(entry)));
         bobs_.emplace(std::move(joined));
         return {};
       }},
      {"merge (add bob)", [this] { return merge_pending(); }, [this] { return talk(); }},
      {"protect",
       [this]() -> Result<void> {
         DMLS_TRY(const Bytes message, group_->protect(as_bytes("one")));
         DMLS_TRY(const auto event, bobs_->process(message));
         return std::holds_alternative<group::ApplicationMessage>(event) ? Result<void>() : lost();
       },
       [this]() -> Result<void> {
         DMLS_TRY(from_bob_, bobs_->protect(as_bytes("two")));
         DMLS_TRY(from_bob_, bobs_->protect(as_bytes("three")));
         return {};
       }},
      {"process (application, one skipped)",
       [this]() -> Result<void> {
         DMLS_TRY(const auto event, group_->process(from_bob_));
         return std::holds_alternative<group::ApplicationMessage>(event) ? Result<void>() : lost();
       },
       nothing},
      {"propose_update",
       [this]() -> Result<void> {
         DMLS_TRY(const auto proposal, group_->propose_update({group::HandshakeFormat::public_message, {}}));
         DMLS_TRY(const auto event, bobs_->process(proposal.message));
         return {};
       },
       [this]() -> Result<void> {
         DMLS_TRY(const auto proposal, bobs_->propose_update());
         from_bob_ = proposal.message;
         return {};
       }},
      {"process (proposal)",
       [this]() -> Result<void> {
         DMLS_TRY(const auto event, group_->process(from_bob_));
         return std::holds_alternative<group::ReceivedProposal>(event) ? Result<void>() : lost();
       },
       nothing},
      {"process (commit)", [this] { return read_from_bob(group::CommitRequest()); }, nothing},
      {"merge (received commit)", [this] { return merge_pending(); },
       [this]() -> Result<void> {
         DMLS_CHECK(bob_merges());
         return talk();
       }},
      {"commit (dropped later)", [this] { return make_commit(group::CommitRequest()); }, nothing},
      {"commit (with a psk)", [this] { return make_commit(group::CommitRequest().external_psk(as_bytes("k"))); },
       nothing},
      {"drop",
       [this]() -> Result<void> {
         for (auto& transition : group_->pending())
           if (transition.changes().psks.empty()) return group_->discard(std::move(transition));
         return lost();
       },
       [this] { return peers_follow(); }},
      {"merge (with a psk)", [this] { return merge_pending(); },
       [this]() -> Result<void> {
         key_package_ = must(carol_->new_key_package());
         return talk();
       }},
      {"commit (add carol)",
       [this] { return make_commit(group::CommitRequest().add(key_package_).tree(group::TreeDelivery::aside)); },
       [this]() -> Result<void> {
         DMLS_TRY(auto commit, pending());
         DMLS_CHECK(follow(*bobs_, commit.message()));
         DMLS_TRY(auto entry, carol_->join(commit.welcome(), {.ratchet_tree = commit.ratchet_tree()}));
         DMLS_TRY(auto joined, carol_->enter(std::move(entry)));
         carols_.emplace(std::move(joined));
         return {};
       }},
      {"merge (add carol)", [this] { return merge_pending(); }, [this] { return talk(); }},
      {"remove_psk", [this] { return alice_->remove_psk(as_bytes("k")); },
       [this]() -> Result<void> {
         DMLS_TRY(from_carol_, carols_->protect(as_bytes("a late one")));
         return {};
       }},
      {"process (commit)", [this] { return read_from_bob(group::CommitRequest()); }, nothing},
      {"merge (received commit)", [this] { return merge_pending(); },
       [this]() -> Result<void> {
         DMLS_CHECK(bob_merges());
         return talk();
       }},
      {"process (past epoch)",
       [this]() -> Result<void> {
         DMLS_TRY(const auto event, group_->process(from_carol_));
         return std::holds_alternative<group::ApplicationMessage>(event) ? Result<void>() : lost();
       },
       nothing},
      {"commit (remove carol)", [this] { return make_commit(group::CommitRequest().remove(carols_->own_leaf())); },
       [this]() -> Result<void> {
         carols_.reset();
         return peers_follow();
       }},
      {"merge (remove carol)", [this] { return merge_pending(); }, [this] { return talk(); }},
      {"join_by_commit (replaces the old leaf)",
       [this]() -> Result<void> {
         DMLS_TRY(const Bytes info, bobs_->group_info(group::TreeDelivery::inside, group::ExternalJoins::allowed));
         DMLS_TRY(auto entry, alice_->join_by_commit(info, {.resync = group::Resync::replace_own_leaf}));
         return {};
       },
       [this]() -> Result<void> {
         DMLS_TRY(auto entries, alice_->pending_entries());
         if (entries.empty()) return lost();
         return follow(*bobs_, entries.back().message());
       }},
      {"enter",
       [this]() -> Result<void> {
         DMLS_TRY(auto entries, alice_->pending_entries());
         if (entries.empty()) return lost();
         DMLS_TRY(auto entered, alice_->enter(std::move(entries.back())));
         group_.emplace(std::move(entered));
         return {};
       },
       [this] { return talk(); }},
      {"process (removal)", [this] { return read_from_bob(group::CommitRequest().remove(group_->own_leaf())); },
       nothing},
      {"merge (removal)", [this] { return merge_pending(); }, [this] { return bob_merges(); }},
      {"forget_group",
       [this]() -> Result<void> {
         DMLS_CHECK(alice_->forget_group(as_bytes("the stored group")));
         group_.reset();
         return {};
       },
       nothing},
  };
};

}  // namespace dmls::test
