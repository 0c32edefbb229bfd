// A random source that fails, at every single draw of every operation: the operation fails, and nothing has changed.

#include "support.h"

namespace dmls::group {
namespace {

// Gives seeded octets until it is told to fail at the n-th draw from then on.
class Failing final : public Random {
 public:
  Result<void> fill(std::span<std::uint8_t> out) override {
    if (left_ && (*left_)-- == 0) {
      left_.reset();
      return fail(dmls::errc::kRandomFailed, "the test gives no octets");
    }
    return seeded_.fill(out);
  }
  void fail_at(std::size_t draw) { left_ = draw; }
  // Whether that draw has come, and failed.
  bool has_failed() {
    const bool out = !left_;
    left_.reset();
    return out;
  }

 private:
  SeededRandom seeded_{21};
  std::optional<std::size_t> left_;
};

class RandomFailure : public testing::Test {
 protected:
  RandomFailure() : alice_(client("alice")), bob_(client("bob")) {
    groups_.push_back(*alice_.create_group());
    Transition add = *a().commit(CommitRequest().add(*bob_.new_key_package()));
    const Bytes welcome = add.welcome();
    EXPECT_TRUE(a().merge(std::move(add)));
    groups_.push_back(joined(bob_, welcome));
  }
  Client client(std::string_view name) {
    return *Client::create(suite1(), name, std::make_shared<AcceptEverything>(), random_);
  }
  Group& a() { return groups_[0]; }
  Group& b() { return groups_[1]; }

  // Fails every draw in turn until `operation` draws no further; `unchanged` is asked after each failure.
  template <class Operation, class Unchanged>
  void at_every_draw(std::size_t draws_at_least, Operation&& operation, Unchanged&& unchanged) {
    std::size_t draw = 0;
    for (;; ++draw) {
      SCOPED_TRACE(draw);
      random_->fail_at(draw);
      const auto outcome = operation();
      if (!random_->has_failed()) {
        EXPECT_TRUE(outcome) << outcome.error().rule;
        break;
      }
      ASSERT_FALSE(outcome);
      EXPECT_EQ(outcome.error().code, dmls::errc::kRandomFailed) << outcome.error().rule;
      unchanged();
    }
    EXPECT_GE(draw, draws_at_least);
  }
  // Alice is where she was: same epoch, nothing proposed, and Bob reads her next message, whose key is the first one.
  auto alice_unchanged() {
    return [this, epoch = a().public_epoch(), proposals = a().proposals().all().size()] {
      EXPECT_EQ(a().public_epoch(), epoch);
      EXPECT_EQ(a().proposals().all().size(), proposals);
    };
  }
  void still_agree() {
    const auto event = b().process(*a().protect(as_bytes("hello")));
    ASSERT_TRUE(event) << event.error().rule;
    EXPECT_TRUE(std::holds_alternative<ApplicationMessage>(*event));
    commit_and_follow({&a(), &b()}, CommitRequest().pending(PendingProposals::leave));
  }

  std::shared_ptr<Failing> random_ = std::make_shared<Failing>();
  Client alice_;
  Client bob_;
  std::vector<Group> groups_;
};

TEST_F(RandomFailure, AClient) {
  at_every_draw(
      1, [&] { return Client::create(suite1(), "carol", std::make_shared<AcceptEverything>(), random_); }, [] {});
}

TEST_F(RandomFailure, AKeyPackage) {
  const auto before = alice_.key_package_count();
  at_every_draw(
      2, [&] { return alice_.new_key_package(); }, [&] { EXPECT_EQ(alice_.key_package_count(), before); });
  EXPECT_EQ(alice_.key_package_count(), before + 1);
}

TEST_F(RandomFailure, AProposalToJoin) {
  const auto before = alice_.key_package_count();
  at_every_draw(
      2, [&] { return alice_.propose_to_join(Bytes{1}, 0); }, [&] { EXPECT_EQ(alice_.key_package_count(), before); });
}

TEST_F(RandomFailure, AGroup) {
  at_every_draw(
      3, [&] { return alice_.create_group(); }, [] {});
}

TEST_F(RandomFailure, ACommit) {
  Client carol = client("carol");
  (void)alice_.add_psk(Bytes{1}, keyschedule::Psk(SecretBytes(4)));
  const Bytes package = *carol.new_key_package();
  for (const auto format : {HandshakeFormat::private_message, HandshakeFormat::public_message})
    at_every_draw(
        4, [&] { return a().commit(CommitRequest().add(package).external_psk(Bytes{1}).handshake(format)); },
        alice_unchanged());
  still_agree();
}

// Bob follows the second commit, so the first, which failed at its last draw, has spent no generation for good.
TEST_F(RandomFailure, ACommitThatFailedSpendsNoMessageKey) {
  random_->fail_at(0);
  ASSERT_FALSE(a().commit({}));
  (void)random_->has_failed();
  commit_and_follow({&a(), &b()}, {});
}

TEST_F(RandomFailure, AMessage) {
  at_every_draw(
      1, [&] { return a().protect(as_bytes("hello")); }, alice_unchanged());
  still_agree();
}

TEST_F(RandomFailure, AnUpdate) {
  at_every_draw(
      2, [&] { return a().propose_update(); }, alice_unchanged());
  EXPECT_EQ(a().proposals().all().size(), 1u);
  still_agree();
}

TEST_F(RandomFailure, AProposal) {
  const PreSharedKey psk{{keyschedule::ExternalPskId{{1}}, {}}};
  at_every_draw(
      2, [&] { return a().propose(psk); }, alice_unchanged());
  EXPECT_EQ(a().proposals().all().size(), 1u);
}

TEST_F(RandomFailure, AnExternalCommit) {
  Client carol = client("carol");
  const Bytes info = *a().group_info(TreeDelivery::inside, ExternalJoins::allowed);
  at_every_draw(
      4, [&] { return carol.join_by_commit(info); }, alice_unchanged());
  Transition join = *carol.join_by_commit(info);
  ASSERT_TRUE(a().merge(std::get<Transition>(*a().process(join.message()))));
  EXPECT_TRUE(carol.enter(std::move(join))->epoch_authenticator() == a().epoch_authenticator());
}

TEST_F(RandomFailure, ABranch) {
  const std::vector<Bytes> packages{*bob_.new_key_package()};
  at_every_draw(
      5, [&] { return alice_.branch(a(), {.key_packages = packages}); }, alice_unchanged());
  still_agree();
}

}  // namespace
}  // namespace dmls::group
