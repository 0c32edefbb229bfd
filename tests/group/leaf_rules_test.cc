// Leaves that are invalid, on every way into a tree: an Add, an Update, the path of a commit, a Welcome. RFC 9420 §7.3

#include "forged_world.h"

namespace dmls::group {
namespace {

using forge::by_value;
using treekem::LeafNode;

// All leaves support a custom extension, a custom credential type and what the group requires.
class LeafRules : public World {
 protected:
  LeafRules() : World(std::make_shared<AcceptEverything>(), extensions()) {}
  static treekem::ExtensionList extensions() {
    treekem::ExtensionList out;
    treekem::set_extension(out, treekem::RequiredCapabilities{{}, {}, {treekem::CredentialType::x509}});
    return out;
  }

  // Mallory's commit, a joiner's commit, and an Add, each with the spoilt leaf.
  void refused_everywhere(const forge::Spoil<LeafNode>& spoil, Errc code, std::string_view words) {
    {
      SCOPED_TRACE("in the path of a member");
      refused({.late_leaf = spoil}, code, words);
    }
    {
      SCOPED_TRACE("in the path of a joiner");
      const auto dave = outsider("dave");
      refused(forge::commit(mallory, {.proposals = {by_value(ExternalInit{})}, .late_leaf = spoil}, &dave).message,
              code, words);
    }
    {
      SCOPED_TRACE("in an Add");
      refused({.proposals = {by_value(Add{package(spoil)})}}, code, words);
    }
    {
      SCOPED_TRACE("in an Update");
      const auto event = bob().process(forge::proposal(mallory, Update{update(spoil)}));
      ASSERT_TRUE(event) << event.error().rule;
      const auto& objection = std::get<ReceivedProposal>(*event).objection;
      ASSERT_TRUE(objection);
      EXPECT_EQ(objection->code, code) << objection->rule;
    }
  }
  treekem::KeyPackage package(const forge::Spoil<LeafNode>& spoil) {
    const auto signer = fresh_signer();
    auto out = bundle("dave", signer).key_package;
    forge::apply(spoil, out.leaf_node);
    EXPECT_TRUE(treekem::sign_leaf_node(out.leaf_node, *signer, std::nullopt));
    EXPECT_TRUE(treekem::sign_key_package(out, *signer));
    return out;
  }
  LeafNode update(const forge::Spoil<LeafNode>& spoil) {
    auto leaf = mallory.leaf(LeafIndex(0));
    leaf.leaf_node_source = treekem::LeafFromUpdate{};
    leaf.encryption_key = crypto::generate_hpke_key_pair(suite_, *random_)->public_key;
    forge::apply(spoil, leaf);
    EXPECT_TRUE(treekem::sign_leaf_node(leaf, mallory.signer(), treekem::LeafPosition{bob().group_id(), LeafIndex(0)}));
    return leaf;
  }
};

TEST_F(LeafRules, ALeafListsTheVersionAndSuiteOfItsGroup) {
  RULE("7.3", "a leaf lists the version and the cipher suite of its group");
  refused_everywhere([](LeafNode& leaf) { leaf.capabilities.versions = {crypto::ProtocolVersion{2}}; },
                     treekem::errc::kUnsupportedCapability, "version");
  refused_everywhere([](LeafNode& leaf) { leaf.capabilities.cipher_suites = {crypto::CipherSuiteId{2}}; },
                     treekem::errc::kUnsupportedCapability, "suite");
}

TEST_F(LeafRules, ALeafListsTheTypesOfItsExtensions) {
  RULE("7.3", "a leaf lists the types of its extensions");
  refused_everywhere(
      [](LeafNode& leaf) {
        leaf.extensions = {{treekem::ExtensionType{0xf00d}, {}}};
      },
      treekem::errc::kUnsupportedCapability, "extensions");
}

TEST_F(LeafRules, ALeafHasEveryExtensionOnceAndWellFormed) {
  RULE("13.4", "no extension stands in a list twice");
  const auto id = treekem::make_extension(treekem::ApplicationId{{1}});
  refused_everywhere([=](LeafNode& leaf) { leaf.extensions = {id, id}; }, treekem::errc::kInvalidExtension, "");
  refused_everywhere(
      [](LeafNode& leaf) {
        leaf.extensions = {{treekem::ExtensionType::application_id, {5, 1}}};
      },
      treekem::errc::kInvalidExtension, "");
}

TEST_F(LeafRules, ALeafSupportsTheRequiredCapabilities) {
  RULE("7.3", "a leaf supports the required capabilities");
  refused_everywhere([](LeafNode& leaf) { leaf.capabilities.credentials = {treekem::CredentialType::basic}; },
                     treekem::errc::kUnsupportedCapability, "");
}

TEST_F(LeafRules, ALeafsCredentialIsOfATypeThatAllSupport) {
  RULE("7.3", "the type of a leaf's credential is supported by all members");
  refused_everywhere(
      [](LeafNode& leaf) {
        leaf.credential = treekem::OpaqueCredential{treekem::CredentialType{0xf00d}, {1}};
        leaf.capabilities.credentials.push_back(treekem::CredentialType{0xf00d});
      },
      treekem::errc::kUnsupportedCapability, "");
  refused_everywhere(
      [](LeafNode& leaf) {
        leaf.credential = treekem::OpaqueCredential{treekem::CredentialType{0xf00d}, {1}};
      },
      treekem::errc::kUnsupportedCapability, "own credential");
}

TEST_F(LeafRules, ALeafSupportsTheCredentialTypesInUse) {
  RULE("7.3", "a leaf supports the credential types in use");
  refused_everywhere(
      [](LeafNode& leaf) {
        leaf.credential = treekem::X509Credential{{{{1}}}};
        leaf.capabilities.credentials = {treekem::CredentialType::x509};
      },
      treekem::errc::kUnsupportedCapability, "");
}

TEST_F(LeafRules, AnX509CredentialHasACertificate) {
  RULE("5.3", "an x509 credential has a certificate");
  refused_everywhere([](LeafNode& leaf) { leaf.credential = treekem::X509Credential{}; },
                     treekem::errc::kInvalidCredential, "");
}

TEST_F(LeafRules, ALeafsEncryptionKeyIsOneOfTheSuite) {
  RULE("7.3", "a leaf's encryption key is one of the suite");
  for (const std::size_t length : {0u, 31u, 32u, 33u})
    refused_everywhere([=](LeafNode& leaf) { leaf.encryption_key.octets = Bytes(length); },
                       crypto::errc::kInvalidPublicKey, "");
}

TEST_F(LeafRules, ALeafsEncryptionKeyIsItsOwn) {
  RULE("7.3", "encryption keys are unique among the members");
  refused_everywhere([&](LeafNode& leaf) { leaf.encryption_key = mallory.leaf(LeafIndex(2)).encryption_key; },
                     treekem::errc::kDuplicateKey, "");
}

TEST_F(LeafRules, ALeafsSignatureKeyIsItsOwn) {
  RULE("7.3", "signature keys are unique among the members");
  // The forge holds Carol's signature key; nobody but she could sign these.
  refused({.late_leaf = [&](LeafNode& leaf) { leaf.signature_key = carols_.signer->public_key(); },
           .leaf_signer = carols_.signer.get()},
          treekem::errc::kDuplicateKey, "signature keys");
  refused({.proposals = {by_value(Add{bundle("carol", carols_.signer).key_package})}}, treekem::errc::kDuplicateKey,
          "signature keys");
}

TEST_F(LeafRules, ALeafIsSigned) {
  RULE("7.3", "the signature of a leaf verifies");
  refused({.sealed_path = [](auto& path) { path.leaf_node.signature[0] ^= 1; }}, crypto::errc::kBadSignature, "");
  refused(
      {.sealed_path = [](auto& path) { path.leaf_node.capabilities.versions.push_back(crypto::ProtocolVersion{9}); }},
      crypto::errc::kBadSignature, "");
  const auto signer = fresh_signer();
  auto spoilt = bundle("dave", signer).key_package;
  spoilt.leaf_node.signature[0] ^= 1;
  ASSERT_TRUE(treekem::sign_key_package(spoilt, *signer));
  refused({.proposals = {by_value(Add{spoilt})}}, crypto::errc::kBadSignature, "");
}

// Judges lifetimes by the clock.
class JudgesLifetimes final : public Policy {
 public:
  Result<void> validate(const treekem::CredentialView&, BytesView) const override { return {}; }
  Result<void> valid_successor(const treekem::CredentialView&, const treekem::CredentialView&) const override {
    return {};
  }
  Result<void> accept(const PublicEpoch&, const Changes&) const override { return {}; }
};

class LifetimeRules : public World {
 protected:
  LifetimeRules() : World(std::make_shared<JudgesLifetimes>()) {}
  treekem::KeyPackage package(std::uint64_t from, std::uint64_t to) {
    const auto signer = fresh_signer();
    auto out = bundle("dave", signer).key_package;
    out.leaf_node.leaf_node_source = treekem::LeafFromKeyPackage{{from, to}};
    EXPECT_TRUE(treekem::sign_leaf_node(out.leaf_node, *signer, std::nullopt));
    EXPECT_TRUE(treekem::sign_key_package(out, *signer));
    return out;
  }
  const std::uint64_t now_ = 1'700'000'000;
};

TEST_F(LifetimeRules, AKeyPackageThatIsNotValidNowIsAddedByNobody) {
  RULE("7.3", "the lifetime of a leaf contains the time at which it is used");
  const struct {
    treekem::KeyPackage package;
    const char* what;
  } bad[] = {{package(0, now_ - 1), "expired"},
             {package(now_ + 1, now_ + 10), "not yet"},
             {package(now_, now_ - 1), "empty"},
             {package(now_, now_ + 400ull * 24 * 3600), "too long"}};
  for (const auto& one : bad) {
    SCOPED_TRACE(one.what);
    refused({.proposals = {by_value(Add{one.package})}}, treekem::errc::kLifetime, "");
    EXPECT_EQ(bob().commit(CommitRequest().add(tls_codec::encode(one.package))).error().code, treekem::errc::kLifetime);
    EXPECT_EQ(bob().propose(Add{one.package}).error().code, treekem::errc::kLifetime);
  }
  accepted({.proposals = {by_value(Add{package(now_, now_)})}});
}

TEST_F(LifetimeRules, ALateCommitIsJudgedByTheTimeItsEpochWasEntered) {
  const auto commit = forge::commit(mallory, {.proposals = {by_value(Add{package(now_, now_ + 10)})}});
  const auto expired = forge::commit(mallory, {.proposals = {by_value(Add{package(0, now_ - 1)})}});
  clock_->set(now_ + 1000);
  accepted(commit.message);
  refused(expired.message, treekem::errc::kLifetime, "");
  // What Bob sends himself is judged now.
  EXPECT_EQ(bob().commit(CommitRequest().add(tls_codec::encode(package(now_, now_ + 10)))).error().code,
            treekem::errc::kLifetime);
}

TEST_F(LifetimeRules, AJoinerRefusesATreeWithALeafThatHasExpired) {
  RULE("12.4.3.1", "every leaf of the tree is valid");
  clock_->set(now_ + 91ull * 24 * 3600);
  Client dave = *Client::create(config("dave", policy_));
  const auto message = *tls_codec::decode<MlsMessage>(*dave.new_key_package());
  const auto made = forge::commit(mallory, {.proposals = {by_value(Add{std::get<treekem::KeyPackage>(message.body)})}});
  const auto joined = dave.join(forge::welcome(mallory, made));
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().code, treekem::errc::kLifetime);
}

}  // namespace
}  // namespace dmls::group
