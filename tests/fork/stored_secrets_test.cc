// What a stored session leaves behind: no secret that died in memory is in any record, and no key is used twice,
// wherever the process is killed.

#include <random>

#include "../../fork/src/session_access.h"
#include "storage_sqlite/secret_recorder.h"
#include "stored_support.h"
#include "support/vectors.h"

namespace dmls::fork {
namespace {

// Everything secret that a session holds in memory, and everything public that looks like a secret: what may be found
// in its records.
class Dump {
 public:
  void add(BytesView octets) {
    octets_.insert(octets_.end(), octets.begin(), octets.end());
    octets_.push_back(0);
  }
  void add(const LiveEpoch& at) {
    add(at.pprf.export_state().expose());
    const auto& own = at.epoch.own();
    add(own.tree_secrets.encode().expose());
    for (const auto& record : own.message_keys.records()) add(record.value.expose());
    for (const BytesView secret :
         {own.sender_data.secret().expose(), own.exporter_secret.expose(), own.external_secret.expose(),
          own.membership_key.expose(), own.resumption_psk.expose(), own.epoch_authenticator.expose()})
      add(secret);
    for (const auto& past : at.past_psks) add(past->psk.expose());
    for (const auto& proposal : at.proposals.all())
      if (const auto* own_update = at.proposals.own_update(proposal->reference))
        add(own_update->pair.private_key.expose());
    for (const auto& pending : at.pending) {
      add(*pending.second.child);
      if (pending.second.evaluation) add(pending.second.evaluation->input());
    }
    add(at.id.octets());
    add(at.epoch.shared().confirmation_tag);
  }
  [[nodiscard]] const Bytes& octets() const { return octets_; }

 private:
  Bytes octets_;
};

Bytes flat(storage::Store& store) {
  Bytes out;
  for (const auto& [key, value] : content(store)) {
    out.insert(out.end(), value.begin(), value.end());
    out.push_back(0);
  }
  return out;
}

// A store during whose write the process is killed: before it happened, or after.
class Deadly final : public storage::Store {
 public:
  Result<void> write(const storage::Batch& batch) override {
    const int death = std::exchange(die, 0);
    if (death == 1) return fail(storage::errc::kBroken, "killed before");
    DMLS_CHECK(store.write(batch));
    if (death == 2) return fail(storage::errc::kBroken, "killed after");
    return {};
  }
  Result<std::optional<SecretBytes>> read(BytesView key) override { return store.read(key); }
  Result<void> for_each(BytesView prefix, const Visitor& visit) override { return store.for_each(prefix, visit); }
  storage::MemoryStore store;
  int die = 0;  // at the next write; 1: before it, 2: after it
};

class Story {
 public:
  explicit Story(unsigned seed) : dice_(seed) {
    cast_.suite = suite1(recorder_);
    cast_.options.retention.rule = seed % 2 == 0 ? DeletionRule::at_once : DeletionRule::all_members_committed;
    if (seed % 3 == 0) cast_.options.retention.max_epochs = 3;
    config_.emplace(cast_.config("alice"));
    config_->store = store_;
    client_.emplace(*Client::create(*config_, cast_.options));
    bob_client_.emplace(cast_.client("bob"));
    bob_.emplace(*bob_client_->create_group(as_bytes("group")));
    const OwnCommit add = *bob_->commit(group::CommitRequest().add(*client_->new_key_package()));
    const Accepted done = *bob_->accept(add.commit);
    alice_.emplace(*client_->join(done.welcomes[0].message));
    note(*bob_);
  }

  void step(bool deadly) {
    const auto choice = dice_() % 7;
    // Bob's part, once.
    std::optional<Bytes> message;
    if (choice == 0) {
      const OwnCommit made = *bob_->commit({});
      message = made.message;
      if (dice_() % 3 != 0) (void)bob_->accept(made.commit);
    } else if (choice == 1) {
      if (auto said = bob_->protect(as_bytes("text"))) message = *std::move(said);
    } else if (choice == 2) {
      message = bob_->propose_update()->message;
    }
    const auto alice_does = [&] {
      if (message) {
        (void)alice_->process(*message);
      } else if (choice == 3) {
        if (const auto made = alice_->commit({})) sent_.push_back(made->message);
      } else if (choice == 4) {
        if (auto said = alice_->protect(as_bytes("answer"))) sent_.push_back(*std::move(said));
      } else if (choice == 5) {
        if (auto said = alice_->propose_update()) sent_.push_back(std::move(said->message));
      } else if (const auto pending = alice_->pending_commits(); !pending.empty()) {
        (void)(dice_() % 4 == 0 ? (void)alice_->discard(pending[0]) : (void)alice_->accept(pending[0]));
      }
    };
    if (deadly) {
      const int death = 1 + static_cast<int>(dice_() % 2);
      store_->die = death;
      recorder_.attempt();
      alice_does();
      const bool happened = store_->die == 0 && death == 2;
      recorder_.settle(happened || store_->die != 0);
      store_->die = 0;
      sent_.clear();  // what was about to leave did not
      reload();
      if (message) (void)alice_->process(*message);  // it is delivered again
    } else {
      alice_does();
      for (const Bytes& octets : sent_) (void)bob_->process(octets);
      sent_.clear();
    }
    note(*alice_);
    note(*bob_);
  }

  [[nodiscard]] std::size_t dead_secrets() {
    Dump alive;
    auto& state = SessionAccess::state(*alice_);
    for (const auto& entry : state.live) alive.add(*entry.second);
    for (const Bytes& octets : public_) alive.add(octets);
    for (const auto& entry : state.live)
      for (const auto& pending : entry.second->pending) alive.add(pending.second.shown.message);
    for (const auto& waits : state.waiting.by_arrival()) alive.add(waits.second.inner);
    return recorder_.dead_in(flat(*store_), alive.octets());
  }
  [[nodiscard]] int keys_sealed_twice() const { return recorder_.keys_sealed_twice; }
  [[nodiscard]] std::size_t secrets() const { return recorder_.secrets(); }
  // The control: an old record that somebody forgot.
  void keep_a_dead_record() {
    const auto& own = SessionAccess::state(*alice_).live.begin()->second->epoch.own();
    storage::Batch batch;
    batch.put(storage::below({}, "old"), own.exporter_secret.clone().into_bytes());
    EXPECT_TRUE(store_->write(batch));
  }
  void agree() {
    for (const auto& [id, node] : alice_->history().nodes())
      if (node.held && bob_->holds(id)) expect_same_epoch(*alice_, *bob_, id);
  }

 private:
  void note(Session& session) {
    for (const auto& [id, node] : session.history().nodes()) {
      public_.insert(id.octets());
      if (node.edge) public_.insert(node.edge->confirmation_tag);
    }
    for (const auto& entry : SessionAccess::state(session).live) {
      public_.insert(entry.second->epoch.shared().confirmation_tag);
      for (const auto& pending : entry.second->pending) {
        public_.insert(pending.second.shown.node.octets());
        public_.insert(pending.second.child->epoch.shared().confirmation_tag);
      }
    }
  }
  void reload() {
    alice_.reset();
    client_.reset();
    client_.emplace(*Client::create(*config_, cast_.options));
    auto loaded = client_->load_session(as_bytes("group"));
    ASSERT_TRUE(loaded) << loaded.error().rule;
    alice_.emplace(*std::move(loaded));
  }

  test::SecretRecorder recorder_{crypto_testing::cheap_provider()};
  std::mt19937 dice_;
  Cast cast_;
  std::shared_ptr<Deadly> store_ = std::make_shared<Deadly>();
  std::optional<group::ClientConfig> config_;
  std::optional<Client> client_, bob_client_;
  std::optional<Session> alice_, bob_;
  std::vector<Bytes> sent_;
  std::set<Bytes, OctetOrder> public_;
};

TEST(StoredSecrets, AreOnlyThoseThatAreAlive) {
  std::size_t secrets = 0;
  for (int run = 0; run < test::property_runs(200, 4); ++run) {
    Story story(static_cast<unsigned>(run));
    for (int step = 0; step < 20; ++step) {
      story.step(false);
      ASSERT_EQ(story.dead_secrets(), 0u) << "run " << run << ", step " << step;
    }
    story.agree();
    secrets += story.secrets();
  }
  EXPECT_GT(secrets, 1000u);
}

TEST(StoredSecrets, AreFoundByTheSameSearchIfARecordIsForgotten) {
  Story story(2);
  story.keep_a_dead_record();
  for (int step = 0; step < 60 && story.dead_secrets() == 0; ++step) story.step(false);
  EXPECT_GT(story.dead_secrets(), 0u);
}

TEST(StoredSecrets, AreUsedOnceWhereverTheProcessIsKilled) {
  for (int run = 0; run < test::property_runs(200, 4); ++run) {
    Story story(static_cast<unsigned>(run));
    for (int step = 0; step < 25; ++step) {
      story.step(step % 2 == 1);
      ASSERT_EQ(story.dead_secrets(), 0u) << "run " << run << ", step " << step;
      ASSERT_EQ(story.keys_sealed_twice(), 0) << "run " << run << ", step " << step;
    }
    story.agree();
  }
}

}  // namespace
}  // namespace dmls::fork
