// Tags, signatures and ciphertexts of every wrong length, with everything around them made anew; and single bits.

#include <dmls/crypto_testing/cheap_provider.h>

#include "forged_world.h"
#include "support/vectors.h"

namespace dmls::group {
namespace {

using forge::by_value;
using forge::CommitPlan;

// Every truncation of a tag, and extensions with zeros and with its own first octets.
template <class Check>
void each_wrong_length(const Bytes& tag, Check&& check) {
  ASSERT_FALSE(tag.empty());
  for (std::size_t n = 0; n < tag.size(); ++n) {
    SCOPED_TRACE(n);
    check(Bytes(tag.begin(), tag.begin() + static_cast<std::ptrdiff_t>(n)));
  }
  for (std::size_t more = 1; more <= 33; ++more) {
    SCOPED_TRACE(tag.size() + more);
    Bytes longer = tag;
    longer.resize(tag.size() + more);
    check(longer);
    for (std::size_t i = 0; i < more; ++i) longer[tag.size() + i] = tag[i % tag.size()];
    check(longer);
  }
}

class Tags : public World {
 protected:
  static PublicMessage opened(BytesView message) {
    return std::get<PublicMessage>(tls_codec::decode<MlsMessage>(message)->body);
  }
  // A field of a genuine value, and every wrong length of it put in its place by `with`.
  void all_refused(const Bytes& genuine, const std::function<Bytes(const Bytes&)>& with, Errc code) {
    each_wrong_length(genuine, [&](const Bytes& wrong) { refused(with(wrong), code, ""); });
  }
  const ApplicationData hello_{{'h', 'i'}};
  const Proposal remove_ = Remove{2};
};

TEST_F(Tags, MembershipTags) {
  RULE("6.2", "the membership tag verifies");
  all_refused(
      *opened(forge::proposal(mallory, remove_)).membership_tag,
      [&](const Bytes& wrong) {
        return forge::proposal(mallory, remove_, {.message = [&](PublicMessage& m) { m.membership_tag = wrong; }});
      },
      crypto::errc::kBadTag);
}

TEST_F(Tags, ConfirmationTags) {
  RULE("12.4.2", "the confirmation tag verifies");
  const auto made = forge::commit(mallory, {});
  all_refused(
      *made.content.auth.confirmation_tag,
      [&](const Bytes& wrong) {
        auto content = made.content;
        content.auth.confirmation_tag = wrong;
        return forge::in_public(mallory, content, {});
      },
      errc::kConfirmationMismatch);
}

TEST_F(Tags, SignaturesOfMessages) {
  RULE("6.1", "the signature verifies with the key of the sender");
  const auto content = forge::signed_content(mallory, ProposalContent{remove_}, WireFormat::mls_public_message, {});
  all_refused(
      content.auth.signature,
      [&](const Bytes& wrong) {
        auto altered = content;
        altered.auth.signature = wrong;
        return forge::in_public(mallory, altered, {});
      },
      crypto::errc::kBadSignature);
  const auto inside = forge::signed_content(mallory, hello_, WireFormat::mls_private_message, {});
  all_refused(
      inside.auth.signature,
      [&](const Bytes& wrong) {
        auto altered = inside;
        altered.auth.signature = wrong;
        return forge::in_private(mallory, altered);
      },
      crypto::errc::kBadSignature);
}

TEST_F(Tags, SignaturesOfLeavesAndKeyPackages) {
  RULE("7.3", "the signature of a leaf verifies");
  const auto signer = fresh_signer();
  const auto package = bundle("dave", signer).key_package;
  all_refused(
      package.signature,
      [&](const Bytes& wrong) {
        auto altered = package;
        altered.signature = wrong;
        return forge::commit(mallory, {.proposals = {by_value(Add{altered})}}).message;
      },
      crypto::errc::kBadSignature);
  all_refused(
      package.leaf_node.signature,
      [&](const Bytes& wrong) {
        auto altered = package;
        altered.leaf_node.signature = wrong;
        EXPECT_TRUE(treekem::sign_key_package(altered, *signer));
        return forge::commit(mallory, {.proposals = {by_value(Add{altered})}}).message;
      },
      crypto::errc::kBadSignature);
  all_refused(
      Bytes(64, 7),
      [&](const Bytes& wrong) {
        return forge::commit(mallory, {.sealed_path = [&](auto& path) { path.leaf_node.signature = wrong; }}).message;
      },
      crypto::errc::kBadSignature);
}

TEST_F(Tags, AeadTagsOfPrivateMessages) {
  RULE("6.3.1", "ciphertexts of every wrong length are refused");
  const auto genuine =
      std::get<PrivateMessage>(tls_codec::decode<MlsMessage>(forge::private_message(mallory, hello_, {}))->body);
  all_refused(
      genuine.ciphertext,
      [&](const Bytes& wrong) {
        return forge::private_message(mallory, hello_, {}, {.ciphertext = [&](Bytes& c) { c = wrong; }});
      },
      crypto::errc::kOpenFailed);
  all_refused(
      genuine.encrypted_sender_data,
      [&](const Bytes& wrong) {
        return forge::private_message(mallory, hello_, {},
                                      {.message = [&](auto& m) { m.encrypted_sender_data = wrong; }});
      },
      crypto::errc::kOpenFailed);
  const auto event = bob().process(tls_codec::encode(MlsMessage{genuine}));
  ASSERT_TRUE(event) << event.error().rule;
}

TEST_F(Tags, CiphertextsOfEveryLengthGivenToAMember) {
  for (std::size_t n = 0; n <= 64; ++n) {
    SCOPED_TRACE(n);
    const Bytes octets = *random_->bytes(n);
    refused(forge::private_message(mallory, hello_, {}, {.ciphertext = [&](Bytes& c) { c = octets; }}),
            crypto::errc::kOpenFailed, "");
    refused(
        forge::private_message(mallory, hello_, {}, {.message = [&](auto& m) { m.encrypted_sender_data = octets; }}),
        crypto::errc::kOpenFailed, "");
    const auto in_path = [&](auto&& field, Errc code) {
      refused(
          {.sealed_path = [&](treekem::UpdatePath& path) { field(path.nodes[0].encrypted_path_secret[0]) = octets; }},
          code, "");
    };
    in_path([](crypto::HpkeCiphertext& c) -> Bytes& { return c.ciphertext; }, crypto::errc::kOpenFailed);
    in_path([](crypto::HpkeCiphertext& c) -> Bytes& { return c.kem_output; },
            n == 32 ? crypto::errc::kOpenFailed : crypto::errc::kInvalidPublicKey);
    const auto dave = outsider("dave");
    if (n == 0) continue;  // the forge fills that in
    refused(forge::commit(mallory, {.proposals = {by_value(ExternalInit{octets})}}, &dave).message,
            n == 32 ? errc::kConfirmationMismatch : crypto::errc::kInvalidPublicKey, "");
  }
}

class WelcomeTags : public World {
 protected:
  WelcomeTags() : dave_(*Client::create(config("dave"))) {
    const auto message = *tls_codec::decode<MlsMessage>(*dave_.new_key_package());
    made_ = forge::commit(mallory, {.proposals = {by_value(Add{std::get<treekem::KeyPackage>(message.body)})}});
  }
  void not_joined(const forge::WelcomePlan& plan, Errc code) {
    const auto joined = dave_.join(forge::welcome(mallory, *made_, plan));
    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().code, code) << joined.error().rule;
  }
  void TearDown() override {
    EXPECT_TRUE(dave_.join(forge::welcome(mallory, *made_)));
    World::TearDown();
  }
  Client dave_;
  std::optional<forge::ForgedCommit> made_;
};

TEST_F(WelcomeTags, SignaturesAndTagsOfGroupInfos) {
  RULE("12.4.3", "the GroupInfo is signed with the key of the leaf that it names");
  RULE("12.4.3.1", "the confirmation tag of the GroupInfo verifies");
  GroupInfo genuine;
  const auto look = forge::welcome(mallory, *made_, {.signed_info = [&](GroupInfo& info) { genuine = info; }});
  each_wrong_length(genuine.signature, [&](const Bytes& wrong) {
    not_joined({.signed_info = [&](GroupInfo& info) { info.signature = wrong; }}, crypto::errc::kBadSignature);
  });
  each_wrong_length(genuine.confirmation_tag, [&](const Bytes& wrong) {
    not_joined({.info = [&](GroupInfo& info) { info.confirmation_tag = wrong; }}, errc::kConfirmationMismatch);
  });
}

TEST_F(WelcomeTags, CiphertextsOfEveryLength) {
  RULE("12.4.3.1", "ciphertexts of every wrong length are refused");
  Bytes genuine;
  const auto look = forge::welcome(mallory, *made_, {.encrypted_info = [&](Bytes& info) { genuine = info; }});
  for (std::size_t n = 0; n < genuine.size(); n += n < 64 || n + 64 >= genuine.size() ? 1 : 37) {
    SCOPED_TRACE(n);
    not_joined({.encrypted_info = [&](Bytes& info) { info.resize(n); }}, crypto::errc::kOpenFailed);
  }
  for (std::size_t n = 0; n <= 64; ++n) {
    SCOPED_TRACE(n);
    const Bytes octets = *random_->bytes(n);
    not_joined({.encrypted_info = [&](Bytes& info) { info = octets; }}, crypto::errc::kOpenFailed);
    not_joined({.welcome = [&](Welcome& w) { w.secrets[0].encrypted_group_secrets.ciphertext = octets; }},
               crypto::errc::kOpenFailed);
    not_joined({.welcome = [&](Welcome& w) { w.secrets[0].encrypted_group_secrets.kem_output = octets; }},
               n == 32 ? crypto::errc::kOpenFailed : crypto::errc::kInvalidPublicKey);
  }
}

// A bit that flips on the way costs nothing: the genuine message is read afterwards. All bits, with cheap cryptography.
class FlippedBits : public World {
 protected:
  FlippedBits()
      : World(std::make_shared<AcceptEverything>(), {},
              *crypto::CipherSuite::find(suite1().id(), crypto_testing::cheap_provider())) {}
  template <class Kind>
  void flip_all(const Bytes& genuine) {
    const std::size_t step = test::property_runs(100) > 10 ? 1 : 3;
    for (std::size_t bit = 0; bit < 8 * genuine.size(); bit += step) {
      Bytes flipped = genuine;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
      const auto event = bob().process(flipped);
      EXPECT_TRUE(!event || std::holds_alternative<Skipped>(*event)) << "bit " << bit;
    }
    EXPECT_TRUE(bob().take_due().empty());
    const auto event = bob().process(genuine);
    ASSERT_TRUE(event) << event.error().rule;
    EXPECT_TRUE(std::holds_alternative<Kind>(*event));
  }
};

TEST_F(FlippedBits, InApplicationMessages) { flip_all<ApplicationMessage>(*carol().protect(as_bytes("hello"))); }
TEST_F(FlippedBits, InProposals) {
  flip_all<ReceivedProposal>(carol().propose(Remove{0})->message);
  flip_all<ReceivedProposal>(carol().propose(Remove{1}, {.handshake = HandshakeFormat::public_message})->message);
}
TEST_F(FlippedBits, InCommits) {
  flip_all<Transition>(carol().commit({})->message());
  flip_all<Transition>(carol().commit(CommitRequest().handshake(HandshakeFormat::public_message))->message());
}

TEST_F(FlippedBits, PayloadsAroundTheStepsOfLengthHeaders) {
  // RFC 9420 §2.1.2: a header grows at 64 and at 16384 octets, of the payload and of what surrounds it.
  std::vector<std::size_t> lengths;
  for (std::size_t n = 0; n <= 80; ++n) lengths.push_back(n);
  for (std::size_t n = 0x4000 - 200; n <= 0x4000 + 8; ++n) lengths.push_back(n);
  for (const std::size_t n : lengths) {
    const Bytes data(n, 0x55);
    const auto event = bob().process(*carol().protect(data, n > 100 ? BytesView() : BytesView(data)));
    ASSERT_TRUE(event) << n << ": " << event.error().rule;
    EXPECT_EQ(std::get<ApplicationMessage>(*event).data, data);
  }
}

}  // namespace
}  // namespace dmls::group
