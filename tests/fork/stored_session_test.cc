// Sessions that are kept in a store: a session that is loaded again after every step is one that never was.

#include <dmls/group/error.h>

#include <random>
#include <set>

#include "../../fork/src/session_access.h"
#include "stored_support.h"
#include "support/vectors.h"

namespace dmls::fork {
namespace {

// Alice on a store; three others in memory.
class StoredSession : public Members {
 protected:
  // Adds the stored client to the group of the others.
  void join_alice() {
    const OwnCommit add = *a().commit(group::CommitRequest().add(*alice_->new_key_package()));
    const Accepted done = *a().accept(add.commit);
    for (Session* session : {&b(), &c()}) (void)session->process(add.message);
    session_.emplace(*alice_->join(done.welcomes[0].message));
  }
  void begin(const SessionOptions& options = keep_everything()) {
    cast_.options = options;
    store_ = std::make_shared<Unreliable>();
    alice_config_.emplace(cast_.config("alice"));
    alice_config_->store = store_;
    alice_.emplace(*Client::create(*alice_config_, options));
    gather(3);
    join_alice();
  }
  void reload() {
    session_.reset();
    alice_.reset();
    auto client = Client::create(*alice_config_, cast_.options);
    ASSERT_TRUE(client) << client.error().rule;
    alice_.emplace(*std::move(client));
    const auto ids = *alice_->stored_sessions();
    ASSERT_EQ(ids.size(), 1u);
    auto loaded = alice_->load_session(ids[0]);
    ASSERT_TRUE(loaded) << loaded.error().rule;
    session_.emplace(*std::move(loaded));
  }
  Session& alice() { return *session_; }

  std::shared_ptr<Unreliable> store_;
  std::optional<group::ClientConfig> alice_config_;
  std::optional<Client> alice_;
  std::optional<Session> session_;
};

TEST_F(StoredSession, IsThereAgainWithItsEpochsCommitsProposalsAndMessages) {
  begin();
  const NodeId root = alice().head();
  // A fork that alice sees, an own commit that waits, a proposal, a message of an epoch she does not know.
  const OwnCommit bobs = commit(b());
  const OwnCommit carols = commit(c());
  (void)alice().process(bobs.message);
  const OwnCommit own = *alice().commit_in(root, group::CommitRequest().add(*cast_.client("dave").new_key_package()));
  const Bytes proposal = a().propose(group::Remove{2})->message;
  ASSERT_NE(find_event<Proposed>(alice().process(proposal)), nullptr);
  const OwnCommit next = commit(c());
  ASSERT_NE(find_event<Waiting>(alice().process(next.message)), nullptr);
  const auto before = content(*store_);
  reload();
  EXPECT_EQ(content(*store_), before);

  EXPECT_EQ(alice().pending_commits(), std::vector<CommitHash>{own.commit});
  EXPECT_EQ(alice().own_commit(own.commit)->message, own.message);
  EXPECT_EQ(alice().own_commit(own.commit)->parent, root);
  EXPECT_EQ(alice().own_commit(own.commit)->changes.added.size(), 1u);
  // What waited is read once its epoch is there.
  (void)alice().process(carols.message);
  EXPECT_TRUE(alice().holds(next.node));
  expect_same_epoch(alice(), c(), next.node);
  // The proposal is known: a commit that names it can be followed.
  const OwnCommit takes = *a().commit_in(root, {});
  EXPECT_EQ(takes.changes.removed.size(), 1u);
  ASSERT_NE(find_event<Forked>(alice().process(takes.message)), nullptr);
  // The own commit, and its Welcome.
  const Accepted done = *alice().accept(own.commit);
  EXPECT_EQ(done.welcomes.size(), 1u);
  (void)b().process(own.message);
  expect_same_epoch(alice(), b(), own.node);
  reload();
  expect_same_epoch(alice(), b(), own.node);
}

TEST_F(StoredSession, KnowsWhatItHasSeenAndDeletedBefore) {
  SessionOptions options = keep_everything();
  options.retention.rule = DeletionRule::at_once;
  begin(options);
  const NodeId root = alice().head();
  const OwnCommit sent = commit(b());
  (void)alice().process(sent.message);
  const auto entries = alice().journal().entries().size();
  EXPECT_GT(entries, 5u);
  reload();
  EXPECT_NE(find_event<Skipped>(alice().process(sent.message)), nullptr);
  EXPECT_EQ(alice().epoch(root).error().code, errc::kDeletedEpoch);
  EXPECT_EQ(alice().journal().entries().size(), entries);
}

TEST_F(StoredSession, RemembersResumptionPsksOfEpochsThatAreGone) {
  SessionOptions options = keep_everything();
  options.retention.rule = DeletionRule::at_once;
  begin(options);
  const std::uint64_t epoch = (*alice().epoch(alice().head()))->context.epoch;
  for (int i = 0; i < 3; ++i) {
    (void)alice().process(commit(b()).message);
    reload();
  }
  const OwnCommit with_psk = commit(b(), group::CommitRequest().resumption_psk(as_bytes("a group"), epoch));
  (void)alice().process(with_psk.message);
  EXPECT_TRUE(alice().holds(with_psk.node));
}

TEST_F(StoredSession, WritesEveryStepInOnePieceAndASizeThatDoesNotGrow) {
  begin();
  std::size_t most = 0;
  for (int i = 0; i < 40; ++i) {
    const int writes = store_->writes;
    const std::size_t octets = store_->octets;
    (void)alice().process((i % 2 == 0 ? commit(b()) : commit(c())).message);
    EXPECT_EQ(store_->writes, writes + 1);
    if (i >= 20) most = std::max(most, store_->octets - octets);
  }
  // Two PPRF records of some 8 KB, and the new epoch.
  EXPECT_LT(most, 32u * 1024);
}

TEST_F(StoredSession, DoesNothingThatTheStoreRefuses) {
  begin();
  const OwnCommit sent = commit(b());
  const Bytes said = *c().protect(as_bytes("hello"));
  const OwnCommit own = *alice().commit({});
  store_->fails = true;
  const auto before = content(*store_);
  const auto journal = alice().journal().entries().size();
  const NodeId head = alice().head();
  for (const Bytes* message : {&sent.message, &said, &own.message})
    EXPECT_NE(find_event<NotStored>(alice().process(*message)), nullptr);
  EXPECT_FALSE(alice().protect(as_bytes("no")));
  EXPECT_FALSE(alice().commit({}));
  EXPECT_FALSE(alice().propose_update());
  EXPECT_FALSE(alice().accept(own.commit));
  EXPECT_FALSE(alice().discard(own.commit));
  EXPECT_NE(find_event<NotStored>(alice().set_retain(true)), nullptr);
  EXPECT_EQ(alice().head(), head);
  EXPECT_EQ(alice().pending_commits(), std::vector<CommitHash>{own.commit});
  EXPECT_EQ(alice().journal().entries().size(), journal);
  EXPECT_EQ(content(*store_), before);
  store_->fails = false;
  EXPECT_NE(find_event<ApplicationMessage>(alice().process(said)), nullptr);
  EXPECT_NE(find_event<Advanced>(alice().process(sent.message)), nullptr);
  ASSERT_TRUE(alice().accept(own.commit));
  (void)b().process(own.message);
  expect_same_epoch(alice(), b(), own.node);
}

TEST_F(StoredSession, NeverUsesAKeyTwiceForPendingCommitsAcrossAKill) {
  begin();
  // The second commit is made after a kill, in which the first was not lost.
  const OwnCommit one = *alice().commit({});
  reload();
  const OwnCommit two = *alice().commit({});
  // Had both the same generation, bob would take the second for spent.
  for (const OwnCommit* sent : {&one, &two}) (void)b().process(sent->message);
  EXPECT_TRUE(b().holds(one.node));
  EXPECT_TRUE(b().holds(two.node));
  ASSERT_TRUE(alice().accept(one.commit));
  ASSERT_TRUE(alice().accept(two.commit));
  reload();
  expect_same_epoch(alice(), b(), one.node);
  expect_same_epoch(alice(), b(), two.node);
}

TEST_F(StoredSession, IsWrittenByOneObjectAtATime) {
  begin();
  EXPECT_EQ(alice_->load_session(as_bytes("a group")).error().code, group::errc::kKnownGroup);
  ASSERT_TRUE(alice_->forget_session(as_bytes("a group")));
  EXPECT_EQ(alice().protect(as_bytes("hello")).error().code, group::errc::kStale);
  EXPECT_TRUE(alice_->stored_sessions()->empty());
}

TEST_F(StoredSession, IsReplacedInOnePieceAndKeepsItsKeyPackageUntilThen) {
  begin();
  // Alice is removed and added again while her session is stored.
  (void)commit(a(), group::CommitRequest().remove(group::LeafIndex(3)));
  const OwnCommit add = *a().commit(group::CommitRequest().add(*alice_->new_key_package()));
  const Accepted done = *a().accept(add.commit);
  const NodeId old = alice().head();
  {
    Session joined = *alice_->join(done.welcomes[0].message);
    EXPECT_EQ(joined.protect(as_bytes("not yet")).error().code, dmls::errc::kMisuse);
  }
  reload();  // the joined session is lost, its key package is not
  EXPECT_EQ(alice().head(), old);
  Session joined = *alice_->join(done.welcomes[0].message);
  ASSERT_TRUE(alice().replace_with(std::move(joined)));
  EXPECT_EQ(alice().head(), add.node);
  reload();
  EXPECT_EQ(alice().head(), add.node);
  EXPECT_FALSE(alice().holds(old));
  EXPECT_EQ(alice_->key_package_count(), 0u);
  EXPECT_TRUE(alice().protect(as_bytes("here again")));
}

TEST_F(StoredSession, WhoJoinsByAnOldKeyPackageSignsWithItsKey) {
  store_ = std::make_shared<Unreliable>();
  alice_config_.emplace(cast_.config("alice"));
  alice_config_->store = store_;
  const Bytes package = *Client::create(*alice_config_, cast_.options)->new_key_package();
  const auto old = std::exchange(alice_config_->signer, cast_.config("alice").signer);
  gather(3);
  const OwnCommit add = *a().commit(group::CommitRequest().add(package));
  const Bytes welcome = a().accept(add.commit)->welcomes[0].message;
  {
    Client without_the_key = *Client::create(*alice_config_, cast_.options);
    const auto refused = without_the_key.join(welcome);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, dmls::errc::kMisuse) << refused.error().rule;
    EXPECT_EQ(without_the_key.key_package_count(), 1u);
  }
  alice_config_->other_signers = {old};
  alice_.emplace(*Client::create(*alice_config_, cast_.options));
  session_.emplace(*alice_->join(welcome));
  EXPECT_NE(find_event<ApplicationMessage>(a().process(*alice().protect(as_bytes("hello")))), nullptr);
  reload();
  EXPECT_NE(find_event<ApplicationMessage>(a().process(*alice().protect(as_bytes("again")))), nullptr);
}

// Random histories; alice is loaded again after every step, her twin never.
TEST(StoredSessions, EqualThoseThatWereNeverLoadedAgain) {
  const int runs = test::property_runs(400, 6);
  for (int run = 0; run < runs; ++run) {
    SCOPED_TRACE(run);
    std::mt19937 dice(static_cast<unsigned>(run));
    Cast cast;
    cast.suite = suite1(crypto_testing::cheap_provider());
    cast.options.retention.rule = run % 3 == 0   ? DeletionRule::never
                                  : run % 3 == 1 ? DeletionRule::all_members_committed
                                                 : DeletionRule::at_once;
    if (run % 4 == 0) cast.options.retention.losing_forks = LosingForks::delete_at_once;
    if (run % 5 == 0) cast.options.retention.max_epochs = 4;
    // Two clients with one key package: what they hold is the same, octet by octet.
    auto config = cast.config("alice");
    auto twin_config = config;
    const auto store = std::make_shared<Unreliable>();
    config.store = store;
    config.random = std::make_shared<SeededRandom>(static_cast<std::uint64_t>(run));
    twin_config.random = std::make_shared<SeededRandom>(static_cast<std::uint64_t>(run));
    std::optional<Client> client(*Client::create(config, cast.options));
    Client twin_client = *Client::create(twin_config, cast.options);
    Client bob_client = cast.client("bob");
    const Bytes package = *client->new_key_package();
    ASSERT_EQ(package, *twin_client.new_key_package());
    Session bob = *bob_client.create_group(as_bytes("group"));
    const OwnCommit add = *bob.commit(group::CommitRequest().add(package));
    const Accepted done = *bob.accept(add.commit);
    std::optional<Session> alice(*client->join(done.welcomes[0].message));
    Session twin = *twin_client.join(done.welcomes[0].message);

    std::vector<Bytes> in_flight;
    for (int step = 0; step < 25; ++step) {
      const auto held = [&](const Session& session) {
        std::vector<NodeId> out;
        for (const auto& entry : session.history().nodes())
          if (entry.second.held) out.push_back(entry.first);
        return out;
      };
      switch (dice() % 8) {
        case 0:
        case 1: {  // bob commits somewhere
          const auto nodes = held(bob);
          if (auto made = bob.commit_in(nodes[dice() % nodes.size()], {})) {
            in_flight.push_back(made->message);
            if (dice() % 2 == 0) (void)bob.accept(made->commit);
          }
          break;
        }
        case 2:
          if (auto said = bob.protect(as_bytes("text"))) in_flight.push_back(*std::move(said));
          break;
        case 3:
          if (auto said = bob.propose_update()) in_flight.push_back(std::move(said->message));
          break;
        case 4: {
          const auto nodes = held(twin);
          const NodeId node = nodes[dice() % nodes.size()];
          auto one = alice->commit_in(node, {}), other = twin.commit_in(node, {});
          ASSERT_EQ(one.has_value(), other.has_value());
          if (one) {
            ASSERT_EQ(one->message, other->message);
            (void)bob.process(one->message);
          }
          break;
        }
        case 5: {
          const auto pending = twin.pending_commits();
          if (pending.empty()) break;
          const CommitHash commit = pending[dice() % pending.size()];
          if (dice() % 3 == 0) {
            ASSERT_TRUE(alice->discard(commit));
            ASSERT_TRUE(twin.discard(commit));
          } else {
            ASSERT_TRUE(alice->accept(commit));
            ASSERT_TRUE(twin.accept(commit));
          }
          break;
        }
        case 6: {
          const auto one = alice->protect(as_bytes("answer")), other = twin.protect(as_bytes("answer"));
          ASSERT_EQ(one.has_value(), other.has_value());
          if (one) {
            ASSERT_EQ(*one, *other);
            (void)bob.process(*one);
          }
          break;
        }
        default: {
          const bool retain = dice() % 2 == 0;
          EXPECT_EQ(describe(alice->set_retain(retain)), describe(twin.set_retain(retain)));
        }
      }
      while (!in_flight.empty() && dice() % 3 != 0) {
        const std::size_t which = dice() % in_flight.size();
        const Bytes message = in_flight[which];
        in_flight.erase(in_flight.begin() + static_cast<std::ptrdiff_t>(which));
        EXPECT_EQ(describe(alice->process(message)), describe(twin.process(message)));
      }
      const auto written = content(*store);
      alice.reset();
      client.reset();
      client.emplace(*Client::create(config, cast.options));
      auto loaded = client->load_session(as_bytes("group"));
      ASSERT_TRUE(loaded) << loaded.error().rule;
      alice.emplace(*std::move(loaded));
      ASSERT_EQ(content(*store), written);
      expect_same_state(*alice, twin);
      if (testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace dmls::fork
