#include <dmls/treekem/leaf_validation.h>

#include "support/vectors.h"
#include "treekem/leaf_forge.h"

namespace dmls::treekem {
namespace {

constexpr LeafNodeSource kSources[] = {LeafNodeSource::key_package, LeafNodeSource::update, LeafNodeSource::commit};

// A validator that counts what it is asked, and refuses on demand.
class Judge final : public CredentialValidator {
 public:
  Result<void> validate(const CredentialView& credential, BytesView signature_key) const override {
    ++asked;
    last_type = credential.credential_type;
    last_key = to_bytes(signature_key);
    if (refuse) return fail(errc::kInvalidCredential, "test: who is this?");
    return {};
  }
  Result<void> valid_successor(const CredentialView&, const CredentialView&) const override {
    ++asked_for_successor;
    if (refuse_successor) return fail(errc::kInvalidCredential, "test: someone else");
    return {};
  }
  bool refuse = false, refuse_successor = false;
  mutable int asked = 0, asked_for_successor = 0;
  mutable CredentialType last_type{};
  mutable Bytes last_key;
};

Result<void> validate(const Bytes& leaf, const LeafExpectations& expected,
                      const CredentialValidator& validator = AcceptAnyCredential()) {
  const auto view = LeafNodeView::parse(leaf);
  if (!view) return fail(view.error());
  return validate_leaf_node(*view, expected, validator);
}

// ---- what breaks no rule -----------------------------------------------------------------------------------------

TEST(LeafValidation, AcceptsWhatBreaksNoRule) {
  for (const auto& suite : all_suites()) {
    LeafForge forge(suite);
    const RequiredCapabilities required{{kUnknownExtension}, {}, {CredentialType::basic}};
    const ExtensionType group_extensions[] = {ExtensionType::required_capabilities, kUnknownExtension};
    const CredentialType types[] = {CredentialType::basic, CredentialType::x509};
    for (const LeafNodeSource source : kSources) {
      LeafExpectations expected = forge.expectations();
      expected.source = source;
      expected.required = &required;
      expected.group_extensions = group_extensions;
      expected.credential_types_in_use = types;
      expected.credential_types_supported_by_all = types;
      expected.lifetime = {.now = 1500, .maximum_length = 1000};
      EXPECT_TRUE(succeeds(validate(forge.sign(forge.leaf(source)), expected))) << suite.name();
    }
  }
}

TEST(LeafValidation, IgnoresUnknownValuesInEveryListOfCapabilities) {
  LeafForge forge;
  LeafNode leaf = forge.leaf(LeafNodeSource::update);
  leaf.capabilities.versions.insert(leaf.capabilities.versions.begin(), crypto::ProtocolVersion{0x0a0a});
  leaf.capabilities.cipher_suites.insert(leaf.capabilities.cipher_suites.begin(), crypto::CipherSuiteId{0xffff});
  leaf.capabilities.extensions.insert(leaf.capabilities.extensions.begin(), ExtensionType{0x0a0a});
  leaf.capabilities.proposals.insert(leaf.capabilities.proposals.begin(), ProposalType{0x0});
  leaf.capabilities.credentials.insert(leaf.capabilities.credentials.begin(), CredentialType{0x0a0a});
  EXPECT_TRUE(succeeds(validate(forge.sign(leaf), forge.expectations())));
}

TEST(LeafValidation, ToleratesDefaultTypesThatAreListed) {
  // RFC 9420 §7.2 forbids senders to list them, and nobody to receive them.
  LeafForge forge;
  LeafNode leaf = forge.leaf(LeafNodeSource::update);
  leaf.capabilities.extensions.push_back(ExtensionType::ratchet_tree);
  leaf.capabilities.proposals.push_back(ProposalType::add);
  EXPECT_TRUE(succeeds(validate(forge.sign(leaf), forge.expectations())));
}

TEST(LeafValidation, AcceptsACredentialOfAnUnknownTypeIfEveryoneListsIt) {
  LeafForge forge;
  LeafNode leaf = forge.leaf(LeafNodeSource::update);
  leaf.credential = OpaqueCredential{kUnknownCredential, {1}};
  leaf.capabilities.credentials.push_back(kUnknownCredential);
  const CredentialType all[] = {kUnknownCredential};
  LeafExpectations expected = forge.expectations();
  expected.credential_types_supported_by_all = all;
  EXPECT_TRUE(succeeds(validate(forge.sign(leaf), expected)));
}

// ---- each rule of RFC 9420 §7.3 broken ---------------------------------------------------------------------------

TEST(LeafValidation, RefusesEveryOtherSourceThanTheExpectedOne) {
  LeafForge forge;
  const char* rules[] = {"leaf of a KeyPackage", "leaf of an Update ", "leaf of an UpdatePath"};
  for (std::size_t i = 0; i < 3; ++i) {
    LeafExpectations expected = forge.expectations();
    expected.source = kSources[i];
    for (std::size_t j = 0; j < 3; ++j) {
      const auto outcome = validate(forge.sign(forge.leaf(kSources[j])), expected);
      if (i == j) {
        EXPECT_TRUE(succeeds(outcome));
      } else {
        EXPECT_TRUE(fails(outcome, errc::kInvalidLeaf, rules[i]));
      }
    }
  }
}

TEST(LeafValidation, RefusesAWrongSignature) {
  LeafForge forge;
  LeafForge other(forge.suite, 2);
  for (const LeafNodeSource source : kSources) {
    const LeafNode leaf = forge.leaf(source);
    // Signed with a key that is not signature_key.
    Bytes tbs = LeafForge::content_of(leaf);
    if (source != LeafNodeSource::key_package) tbs = concat({tbs, vec(forge.group_id), {0, 0, 0, 5}});
    const Bytes forged = other.sign_over(leaf, "LeafNodeTBS", tbs);
    EXPECT_TRUE(fails(validate(forged, forge.expectations()), crypto::errc::kBadSignature, "signature of a leaf"));
  }
}

TEST(LeafValidation, RefusesALeafSignedForAnotherGroupOrPlace) {
  LeafForge forge;
  const Bytes leaf = forge.sign(forge.leaf(LeafNodeSource::commit));
  LeafExpectations expected = forge.expectations();
  expected.position = LeafPosition{forge.group_id, tree_math::LeafIndex(6)};
  EXPECT_TRUE(fails(validate(leaf, expected), crypto::errc::kBadSignature, "signature of a leaf"));
  const Bytes other_group = {1};
  expected.position = LeafPosition{other_group, tree_math::LeafIndex(5)};
  EXPECT_TRUE(fails(validate(leaf, expected), crypto::errc::kBadSignature, "signature of a leaf"));
  expected.position.reset();
  EXPECT_TRUE(fails(validate(leaf, expected), dmls::errc::kMisuse, "needs its position"));
}

TEST(LeafValidation, RefusesALeafWithoutTheGroupsVersion) {
  LeafForge forge;
  LeafNode leaf = forge.leaf(LeafNodeSource::update);
  leaf.capabilities.versions = {crypto::ProtocolVersion{2}};
  EXPECT_TRUE(
      fails(validate(forge.sign(leaf), forge.expectations()), errc::kUnsupportedCapability, "protocol version"));
}

TEST(LeafValidation, RefusesALeafWithoutTheGroupsSuite) {
  LeafForge forge;
  LeafNode leaf = forge.leaf(LeafNodeSource::update);
  std::erase(leaf.capabilities.cipher_suites, forge.suite.id());
  EXPECT_TRUE(fails(validate(forge.sign(leaf), forge.expectations()), errc::kUnsupportedCapability, "cipher suite"));
}

TEST(LeafValidation, RefusesALeafThatDoesNotListItsOwnCredentialType) {
  LeafForge forge;
  LeafNode leaf = forge.leaf(LeafNodeSource::update);
  leaf.capabilities.credentials = {CredentialType::x509};
  EXPECT_TRUE(fails(validate(forge.sign(leaf), forge.expectations()), errc::kUnsupportedCapability,
                    "type of its own credential"));
}

TEST(LeafValidation, RefusesALeafThatDoesNotListOneOfItsExtensions) {
  LeafForge forge;
  LeafNode leaf = forge.leaf(LeafNodeSource::update);
  leaf.extensions.push_back({ExtensionType{0xf777}, {}});
  EXPECT_TRUE(fails(validate(forge.sign(leaf), forge.expectations()), errc::kUnsupportedCapability,
                    "type of one of its extensions"));
  // GREASE is not special.
  leaf.extensions.back().extension_type = ExtensionType{0x0a0a};
  EXPECT_TRUE(fails(validate(forge.sign(leaf), forge.expectations()), errc::kUnsupportedCapability,
                    "type of one of its extensions"));
}

TEST(LeafValidation, FindsTheOneUnlistedExtensionAmongMany) {
  LeafForge forge;
  LeafNode leaf = forge.leaf(LeafNodeSource::update);
  for (unsigned i = 0; i < 60; ++i) {
    leaf.extensions.push_back({ExtensionType{static_cast<std::uint16_t>(0xf800 + i)}, {}});
    leaf.capabilities.extensions.push_back(leaf.extensions.back().extension_type);
  }
  EXPECT_TRUE(succeeds(validate(forge.sign(leaf), forge.expectations())));
  leaf.capabilities.extensions.pop_back();
  EXPECT_TRUE(fails(validate(forge.sign(leaf), forge.expectations()), errc::kUnsupportedCapability,
                    "type of one of its extensions"));
}

TEST(LeafValidation, RefusesAnExtensionTypeThatOccursTwice) {
  LeafForge forge;
  LeafNode leaf = forge.leaf(LeafNodeSource::update);
  leaf.extensions.push_back(leaf.extensions.back());
  EXPECT_TRUE(fails(validate(forge.sign(leaf), forge.expectations()), errc::kInvalidExtension, "occurs twice"));
}

TEST(LeafValidation, RefusesTrailingOctetsInAKnownExtension) {
  LeafForge forge;
  LeafNode leaf = forge.leaf(LeafNodeSource::update);
  leaf.extensions.front().extension_data.push_back(0);
  EXPECT_TRUE(fails(validate(forge.sign(leaf), forge.expectations()), errc::kInvalidExtension, "malformed"));
}

TEST(LeafValidation, RefusesALeafThatLacksARequiredCapability) {
  LeafForge forge;
  const Bytes leaf = forge.sign(forge.leaf(LeafNodeSource::update));
  for (const RequiredCapabilities& required :
       {RequiredCapabilities{{ExtensionType{0xf777}}, {}, {}}, RequiredCapabilities{{}, {kUnknownProposal}, {}},
        RequiredCapabilities{{}, {}, {kUnknownCredential}}}) {
    LeafExpectations expected = forge.expectations();
    expected.required = &required;
    EXPECT_TRUE(fails(validate(leaf, expected), errc::kUnsupportedCapability, "§7.3: a required"));
  }
}

TEST(LeafValidation, RefusesALeafThatLacksAnExtensionOfTheGroup) {
  LeafForge forge;
  const ExtensionType group_extensions[] = {ExtensionType::external_senders, ExtensionType{0xf777}};
  LeafExpectations expected = forge.expectations();
  expected.group_extensions = group_extensions;
  EXPECT_TRUE(fails(validate(forge.sign(forge.leaf(LeafNodeSource::update)), expected), errc::kUnsupportedCapability,
                    "an extension of the group"));
}

TEST(LeafValidation, RefusesALeafThatDoesNotSupportACredentialTypeInUse) {
  LeafForge forge;
  const CredentialType in_use[] = {CredentialType::basic, kUnknownCredential};
  LeafExpectations expected = forge.expectations();
  expected.credential_types_in_use = in_use;
  EXPECT_TRUE(fails(validate(forge.sign(forge.leaf(LeafNodeSource::update)), expected), errc::kUnsupportedCapability,
                    "credential type in use"));
}

TEST(LeafValidation, RefusesACredentialTypeThatSomeMemberDoesNotSupport) {
  LeafForge forge;
  const CredentialType all[] = {CredentialType::x509};
  LeafExpectations expected = forge.expectations();
  expected.credential_types_supported_by_all = all;
  const Bytes leaf = forge.sign(forge.leaf(LeafNodeSource::update));
  EXPECT_TRUE(fails(validate(leaf, expected), errc::kUnsupportedCapability, "not every member supports"));
  expected.credential_types_supported_by_all = std::span<const CredentialType>();
  EXPECT_TRUE(fails(validate(leaf, expected), errc::kUnsupportedCapability, "not every member supports"));
}

TEST(LeafValidation, JudgesTheLifetimeOfKeyPackageLeavesOnly) {
  LeafForge forge;
  LeafExpectations expected = forge.expectations();
  expected.lifetime = {.now = 999};
  const Bytes from_key_package = forge.sign(forge.leaf(LeafNodeSource::key_package));  // 1000 to 2000
  EXPECT_TRUE(fails(validate(from_key_package, expected), errc::kLifetime, "before the lifetime"));
  expected.lifetime = {.now = 2001};
  EXPECT_TRUE(fails(validate(from_key_package, expected), errc::kLifetime, "after the lifetime"));
  expected.lifetime = {.now = 1500, .maximum_length = 999};
  EXPECT_TRUE(fails(validate(from_key_package, expected), errc::kLifetime, "longer than"));
  EXPECT_TRUE(succeeds(validate(forge.sign(forge.leaf(LeafNodeSource::update)), expected)));
  EXPECT_TRUE(succeeds(validate(forge.sign(forge.leaf(LeafNodeSource::commit)), expected)));
}

TEST(LeafValidation, RefusesAnX509CredentialWithoutACertificate) {
  LeafForge forge;
  LeafNode leaf = forge.leaf(LeafNodeSource::update);
  leaf.credential = X509Credential{};
  EXPECT_TRUE(fails(validate(forge.sign(leaf), forge.expectations()), errc::kInvalidCredential, "end-entity"));
  leaf.credential = X509Credential{{{{1}}}};
  EXPECT_TRUE(succeeds(validate(forge.sign(leaf), forge.expectations())));
}

TEST(LeafValidation, RefusesAnEncryptionKeyThatTheSuiteCannotUse) {
  for (const auto& suite : all_suites()) {
    LeafForge forge(suite);
    const LeafNode good = forge.leaf(LeafNodeSource::update);
    for (int change = 0; change < 3; ++change) {
      LeafNode leaf = good;
      Bytes& key = leaf.encryption_key.octets;
      if (change == 0) key.clear();
      if (change == 1) key.pop_back();
      if (change == 2) key.push_back(0);
      EXPECT_TRUE(fails(validate(forge.sign(leaf), forge.expectations()), crypto::errc::kInvalidPublicKey, ""))
          << suite.name() << change;
    }
    if (suite.kem() == crypto::KemId::dhkem_p256_hkdf_sha256) {
      LeafNode leaf = good;
      leaf.encryption_key.octets.back() ^= 1;  // off the curve
      EXPECT_TRUE(fails(validate(forge.sign(leaf), forge.expectations()), crypto::errc::kInvalidPublicKey, ""));
    }
  }
}

TEST(LeafValidation, RefusesALeafThatKeepsTheKeyOfTheLeafItReplaces) {
  LeafForge forge;
  LeafNode leaf = forge.leaf(LeafNodeSource::update);
  const Bytes old_octets = forge.sign(leaf);
  const auto old = *LeafNodeView::parse(old_octets);
  LeafExpectations expected = forge.expectations();
  expected.replaces = &old;
  leaf.extensions.clear();
  EXPECT_TRUE(fails(validate(forge.sign(leaf), expected), errc::kInvalidLeaf, "keeps the encryption key"));
  leaf.leaf_node_source = LeafFromCommit{};
  EXPECT_TRUE(fails(validate(forge.sign(leaf), expected), errc::kInvalidLeaf, "keeps the encryption key"));
  EXPECT_TRUE(succeeds(validate(forge.sign(forge.leaf(LeafNodeSource::update)), expected)));
}

// ---- the application's opinion, RFC 9420 §5.3.1 ------------------------------------------------------------------

TEST(LeafValidation, AsksTheApplicationAboutANewLeaf) {
  LeafForge forge;
  Judge judge;
  const Bytes leaf = forge.sign(forge.leaf(LeafNodeSource::key_package));
  EXPECT_TRUE(succeeds(validate(leaf, forge.expectations(), judge)));
  EXPECT_EQ(judge.asked, 1);
  EXPECT_EQ(judge.asked_for_successor, 0);
  EXPECT_EQ(judge.last_type, CredentialType::basic);
  EXPECT_EQ(judge.last_key, forge.keys.public_key.octets);
  judge.refuse = true;
  EXPECT_TRUE(fails(validate(leaf, forge.expectations(), judge), errc::kInvalidCredential, "who is this?"));
}

TEST(LeafValidation, AsksTheApplicationOnlyAfterEverythingElseHolds) {
  LeafForge forge;
  Judge judge;
  Bytes leaf = forge.sign(forge.leaf(LeafNodeSource::update));
  leaf.back() ^= 1;
  EXPECT_FALSE(validate(leaf, forge.expectations(), judge));
  EXPECT_EQ(judge.asked, 0);
}

TEST(LeafValidation, AsksNothingAboutAMemberThatKeepsCredentialAndKey) {
  LeafForge forge;
  Judge judge;
  judge.refuse = judge.refuse_successor = true;
  const Bytes old_octets = forge.sign(forge.leaf(LeafNodeSource::key_package));
  const auto old = *LeafNodeView::parse(old_octets);
  LeafExpectations expected = forge.expectations();
  expected.replaces = &old;
  EXPECT_TRUE(succeeds(validate(forge.sign(forge.leaf(LeafNodeSource::update)), expected, judge)));
  EXPECT_EQ(judge.asked + judge.asked_for_successor, 0);
}

TEST(LeafValidation, AsksAgainAboutAMemberThatChangesItsKey) {
  LeafForge before;
  LeafForge after(before.suite, 2);
  Judge judge;
  const Bytes old_octets = before.sign(before.leaf(LeafNodeSource::key_package));
  const auto old = *LeafNodeView::parse(old_octets);
  LeafExpectations expected = after.expectations();
  expected.replaces = &old;
  const Bytes leaf = after.sign(after.leaf(LeafNodeSource::update));
  EXPECT_TRUE(succeeds(validate(leaf, expected, judge)));
  EXPECT_EQ(judge.asked, 1);
  EXPECT_EQ(judge.last_key, after.keys.public_key.octets);
  EXPECT_EQ(judge.asked_for_successor, 0);
  judge.refuse = true;
  EXPECT_TRUE(fails(validate(leaf, expected, judge), errc::kInvalidCredential, "who is this?"));
}

TEST(LeafValidation, AsksWhetherAnotherCredentialIsAValidSuccessor) {
  LeafForge forge;
  Judge judge;
  const Bytes old_octets = forge.sign(forge.leaf(LeafNodeSource::key_package));
  const auto old = *LeafNodeView::parse(old_octets);
  LeafExpectations expected = forge.expectations();
  expected.replaces = &old;
  LeafNode leaf = forge.leaf(LeafNodeSource::update);
  leaf.credential = BasicCredential{to_bytes(as_bytes("mallory"))};
  EXPECT_TRUE(succeeds(validate(forge.sign(leaf), expected, judge)));
  EXPECT_EQ(judge.asked, 1);
  EXPECT_EQ(judge.asked_for_successor, 1);
  judge.refuse_successor = true;
  EXPECT_TRUE(fails(validate(forge.sign(leaf), expected, judge), errc::kInvalidCredential, "someone else"));
}

}  // namespace
}  // namespace dmls::treekem
