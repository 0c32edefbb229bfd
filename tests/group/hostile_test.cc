// What strangers send: truncated, altered, extended. Every such message is refused, and costs its receiver nothing.

#include <dmls/base/random.h>
#include <dmls/group/client.h>
#include <dmls/group/group.h>
#include <gtest/gtest.h>

#include <memory>

namespace dmls::group {
namespace {

class Hostile : public testing::Test {
 protected:
  Hostile()
      : suite_(*crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519)),
        random_(std::make_shared<SeededRandom>(1)),
        alice_(make("alice")),
        bob_(make("bob")),
        alices_(*alice_.create_group()),
        package_(*bob_.new_key_package()) {}

  Client make(std::string_view name) {
    return *Client::create(suite_, name, std::make_shared<AcceptEverything>(), random_);
  }
  Group joined() {
    Transition add = *alices_.commit(CommitRequest().add(package_));
    welcome_ = add.welcome();
    EXPECT_TRUE(alices_.merge(std::move(add)));
    return *bob_.enter(*bob_.join(welcome_));
  }

  // An altered epoch makes a message early or late, which is no error; but nothing may be read from it.
  static bool accepted(const Result<Event>& event) { return event && !std::holds_alternative<Skipped>(*event); }

  // Calls `receive` with every truncation, an extension, and `octets` with one bit flipped at every `step`-th octet.
  // `receive` returns whether the message was accepted.
  template <class Receive>
  void distort(const Bytes& octets, std::size_t step, Receive&& receive) {
    for (std::size_t n = 0; n < octets.size(); ++n)
      EXPECT_FALSE(receive(BytesView(octets).first(n))) << "cut to " << n << " octets";
    Bytes longer = octets;
    longer.push_back(0);
    EXPECT_FALSE(receive(longer)) << "one octet appended";
    for (std::size_t i = 0; i < octets.size(); i += step) {
      Bytes flipped = octets;
      flipped[i] ^= static_cast<std::uint8_t>(1u << (i % 8));
      EXPECT_FALSE(receive(flipped)) << "bit flipped in octet " << i;
    }
  }

  crypto::CipherSuite suite_;
  std::shared_ptr<Random> random_;
  Client alice_;
  Client bob_;
  Group alices_;
  Bytes package_;
  Bytes welcome_;
};

TEST_F(Hostile, DistortedApplicationMessagesAreRefusedAndTheGenuineOneIsStillRead) {
  Group bobs = joined();
  const Bytes message = *alices_.protect(as_bytes("hello"), as_bytes("data"));
  distort(message, 1, [&](BytesView octets) { return accepted(bobs.process(octets)); });
  const auto event = bobs.process(message);
  ASSERT_TRUE(event) << event.error().rule;
  EXPECT_TRUE(std::holds_alternative<ApplicationMessage>(*event));
}

TEST_F(Hostile, DistortedCommitsAreRefusedAndTheGenuineOneIsStillFollowed) {
  for (const auto format : {HandshakeFormat::public_message, HandshakeFormat::private_message}) {
    Client bob = make("another bob");
    Transition add = *alices_.commit(CommitRequest().add(*bob.new_key_package()));
    const Bytes welcome = add.welcome();
    ASSERT_TRUE(alices_.merge(std::move(add)));
    Group bobs = *bob.enter(*bob.join(welcome));
    Transition commit = *alices_.commit(CommitRequest().handshake(format));
    distort(commit.message(), 3, [&](BytesView octets) { return accepted(bobs.process(octets)); });
    auto event = bobs.process(commit.message());
    ASSERT_TRUE(event) << event.error().rule;
    ASSERT_TRUE(bobs.merge(std::get<Transition>(*std::move(event))));
    ASSERT_TRUE(alices_.merge(std::move(commit)));
    EXPECT_TRUE(alices_.epoch_authenticator() == bobs.epoch_authenticator());
  }
}

TEST_F(Hostile, DistortedWelcomesAreRefusedAndTheGenuineOneStillWorks) {
  Transition add = *alices_.commit(CommitRequest().add(package_));
  distort(add.welcome(), 3, [&](BytesView octets) { return bool(bob_.join(octets)); });
  EXPECT_EQ(bob_.key_package_count(), 1u);
  EXPECT_TRUE(bob_.join(add.welcome()));
}

TEST_F(Hostile, DistortedKeyPackagesAreNotAdded) {
  distort(package_, 1, [&](BytesView octets) { return bool(alices_.commit(CommitRequest().add(octets))); });
  EXPECT_TRUE(alices_.commit(CommitRequest().add(package_)));
}

TEST_F(Hostile, AMessageOfAnotherGroupIsNotForUsAndOneOfALaterEpochIsKept) {
  Group bobs = joined();
  Group elsewhere = *alice_.create_group();
  EXPECT_EQ(std::get<Skipped>(*bobs.process(*elsewhere.protect(as_bytes("hello")))), Skipped::not_for_us);
  Transition next = *alices_.commit({});
  ASSERT_TRUE(alices_.merge(std::move(next)));
  EXPECT_EQ(std::get<Skipped>(*bobs.process(*alices_.protect(as_bytes("hello")))), Skipped::kept);
}

TEST_F(Hostile, EveryLengthFromNothingToSixtyFourOctetsIsAnError) {
  Group bobs = joined();
  for (std::size_t n = 0; n <= 64; ++n) {
    const Bytes octets = *random_->bytes(n);
    EXPECT_FALSE(bobs.process(octets));
    EXPECT_FALSE(bob_.join(octets));
  }
}

}  // namespace
}  // namespace dmls::group
