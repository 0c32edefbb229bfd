#include <dmls/treekem/key_package.h>

#include <dmls/crypto/hash.h>
#include <dmls/crypto/hpke.h>
#include <dmls/treekem/grease.h>

#include <algorithm>
#include <set>
#include <string>

#include "support/vectors.h"
#include "treekem/leaf_forge.h"

namespace dmls::treekem {
namespace {

Result<void> validate(const Bytes& octets, const LeafExpectations& group,
                      const CredentialValidator& validator = AcceptAnyCredential()) {
  const auto view = KeyPackageView::parse(octets);
  if (!view) return fail(view.error());
  return validate_key_package(*view, group, validator);
}
Result<void> validate(const KeyPackage& key_package, const LeafExpectations& group) {
  return validate(tls_codec::encode(key_package), group);
}

KeyPackageOptions options(std::string_view identity = "bob") {
  return {.credential = BasicCredential{to_bytes(as_bytes(identity))},
          .capabilities = default_capabilities(),
          .lifetime = {1000, 2000}};
}

// ---- encoding ----------------------------------------------------------------------------------------------------

TEST(KeyPackage, HasTheFieldsOfTheRfcInTheirOrder) {
  LeafForge forge;
  const KeyPackage made = forge.key_package();
  EXPECT_EQ(test::hex(tls_codec::encode(made)),
            test::hex(concat({u16(1), u16(1), vec(made.init_key.octets), tls_codec::encode(made.leaf_node),
                              vec(concat({u16(0xf123), {1, 4}})), vec(made.signature)})));
}

TEST(KeyPackage, SurvivesARoundTripAndItsViewShowsTheSame) {
  for (const auto& suite : all_suites()) {
    LeafForge forge(suite);
    const KeyPackage made = forge.key_package();
    const Bytes octets = tls_codec::encode(made);
    const auto view = KeyPackageView::parse(octets);
    ASSERT_TRUE(succeeds(view));
    EXPECT_EQ(*tls_codec::decode<KeyPackage>(octets), made);
    EXPECT_EQ(view->decode(), made);
    EXPECT_EQ(view->version, made.version);
    EXPECT_EQ(view->cipher_suite, made.cipher_suite);
    EXPECT_EQ(to_bytes(view->init_key), made.init_key.octets);
    EXPECT_EQ(view->leaf_node.decode(), made.leaf_node);
    EXPECT_EQ(to_bytes(view->signature), made.signature);
    EXPECT_EQ(to_bytes(*view->find_extension(kUnknownExtension)), Bytes{4});
    EXPECT_FALSE(view->find_extension(ExtensionType::application_id)) << "that one is the leaf's";
    EXPECT_FALSE(view->is_last_resort());
  }
}

TEST(KeyPackage, EveryTruncationAndEveryTrailingOctetIsRefused) {
  LeafForge forge;
  Bytes octets = tls_codec::encode(forge.key_package());
  for (std::size_t n = 0; n < octets.size(); ++n) {
    EXPECT_TRUE(fails(tls_codec::decode<KeyPackage>(BytesView(octets).first(n)), tls_codec::errc::kTruncated, "")) << n;
    EXPECT_TRUE(fails(KeyPackageView::parse(BytesView(octets).first(n)), tls_codec::errc::kTruncated, "")) << n;
  }
  octets.push_back(0);
  EXPECT_TRUE(fails(tls_codec::decode<KeyPackage>(octets), tls_codec::errc::kTrailingOctets, ""));
  EXPECT_TRUE(fails(KeyPackageView::parse(octets), tls_codec::errc::kTrailingOctets, ""));
}

TEST(KeyPackage, ReferenceIsTheLabelledHashOfTheEncoding) {
  for (const auto& suite : all_suites()) {
    LeafForge forge(suite);
    const KeyPackage made = forge.key_package();
    const Bytes octets = tls_codec::encode(made);
    const Bytes input = concat({vec(as_bytes("MLS 1.0 KeyPackage Reference")), vec(octets)});
    EXPECT_EQ(key_package_ref(suite, made), crypto::hash(suite, input));
    EXPECT_EQ(key_package_ref(suite, octets), crypto::hash(suite, input));
  }
}

// ---- RFC 9420 §10.1, each rule broken ----------------------------------------------------------------------------

TEST(KeyPackageValidation, AcceptsWhatBreaksNoRule) {
  for (const auto& suite : all_suites()) {
    LeafForge forge(suite);
    LeafExpectations group = forge.expectations();
    group.lifetime = {.now = 1500, .maximum_length = 1000};
    EXPECT_TRUE(succeeds(validate(forge.key_package(), group))) << suite.name();
  }
}

TEST(KeyPackageValidation, RefusesAnotherVersion) {
  LeafForge forge;
  KeyPackage made = forge.key_package();
  made.version = crypto::ProtocolVersion{2};
  made.leaf_node.capabilities.versions.push_back(made.version);
  forge.sign(made);
  EXPECT_TRUE(fails(validate(made, forge.expectations()), errc::kInvalidKeyPackage, "another protocol version"));
}

TEST(KeyPackageValidation, RefusesAnotherSuite) {
  LeafForge forge;  // suites 1 and 3 have the same keys: only the number differs
  KeyPackage made = forge.key_package();
  made.cipher_suite = crypto::CipherSuiteId{3};
  forge.sign(made);
  EXPECT_TRUE(fails(validate(made, forge.expectations()), errc::kInvalidKeyPackage, "another cipher suite"));
  made.cipher_suite = crypto::CipherSuiteId{0x0a0a};
  forge.sign(made);
  EXPECT_TRUE(fails(validate(made, forge.expectations()), errc::kInvalidKeyPackage, "another cipher suite"));
}

TEST(KeyPackageValidation, RefusesAnInitKeyThatIsTheEncryptionKey) {
  LeafForge forge;
  KeyPackage made = forge.key_package();
  made.init_key = made.leaf_node.encryption_key;
  forge.sign(made);
  EXPECT_TRUE(fails(validate(made, forge.expectations()), errc::kInvalidKeyPackage, "encryption_key too"));
}

TEST(KeyPackageValidation, RefusesAnInitKeyThatTheSuiteCannotUse) {
  for (const auto& suite : all_suites()) {
    LeafForge forge(suite);
    for (int change = 0; change < 3; ++change) {
      KeyPackage made = forge.key_package();
      if (change == 0) made.init_key.octets.clear();
      if (change == 1) made.init_key.octets.pop_back();
      if (change == 2) made.init_key.octets.push_back(0);
      forge.sign(made);
      EXPECT_TRUE(fails(validate(made, forge.expectations()), crypto::errc::kInvalidPublicKey, "")) << suite.name();
    }
  }
}

TEST(KeyPackageValidation, RefusesALeafOfAnotherSource) {
  LeafForge forge;
  for (const LeafNodeSource source : {LeafNodeSource::update, LeafNodeSource::commit}) {
    KeyPackage made = forge.key_package();
    made.leaf_node = forge.leaf(source);
    forge.sign(made);  // the leaf too, for the place it would have in the group
    EXPECT_TRUE(fails(validate(made, forge.expectations()), errc::kInvalidLeaf, "leaf of a KeyPackage"));
  }
}

TEST(KeyPackageValidation, RefusesAnInvalidLeaf) {
  LeafForge forge;
  KeyPackage made = forge.key_package();
  made.leaf_node.capabilities.credentials.clear();
  forge.sign(made);
  EXPECT_TRUE(fails(validate(made, forge.expectations()), errc::kUnsupportedCapability, "its own credential"));

  LeafExpectations group = forge.expectations();
  group.lifetime = {.now = 2001};
  EXPECT_TRUE(fails(validate(forge.key_package(), group), errc::kLifetime, "after the lifetime"));

  const RequiredCapabilities required{{}, {kUnknownProposal}, {}};
  group = forge.expectations();
  group.required = &required;
  EXPECT_TRUE(fails(validate(forge.key_package(), group), errc::kUnsupportedCapability, "required proposal type"));
}

TEST(KeyPackageValidation, RefusesAWrongSignatureOfTheLeaf) {
  LeafForge forge;
  KeyPackage made = forge.key_package();
  made.leaf_node.signature.back() ^= 1;
  ASSERT_TRUE(succeeds(sign_key_package(made, forge.signer)));
  EXPECT_TRUE(fails(validate(made, forge.expectations()), crypto::errc::kBadSignature, "signature of a leaf"));
}

TEST(KeyPackageValidation, RefusesAWrongSignatureOfItsOwn) {
  LeafForge forge;
  KeyPackage made = forge.key_package();
  made.extensions.clear();  // changed after it was signed
  EXPECT_TRUE(fails(validate(made, forge.expectations()), crypto::errc::kBadSignature, "signature of a KeyPackage"));

  made = forge.key_package();
  made.init_key = crypto::generate_hpke_key_pair(forge.suite, forge.random)->public_key;
  EXPECT_TRUE(fails(validate(made, forge.expectations()), crypto::errc::kBadSignature, "signature of a KeyPackage"));

  // The right octets under the leaf's label.
  made = forge.key_package();
  made.signature.clear();
  Bytes tbs = tls_codec::encode(made);
  tbs.pop_back();
  made.signature = *crypto::sign_with_label(forge.signer, "KeyPackageTBS", tbs);
  EXPECT_TRUE(succeeds(validate(made, forge.expectations())));
  made.signature = *crypto::sign_with_label(forge.signer, "LeafNodeTBS", tbs);
  EXPECT_TRUE(fails(validate(made, forge.expectations()), crypto::errc::kBadSignature, "signature of a KeyPackage"));

  // Someone else's leaf in one's own KeyPackage.
  LeafForge thief(forge.suite, 2);
  made = forge.key_package();
  made.init_key = crypto::generate_hpke_key_pair(forge.suite, thief.random)->public_key;
  made.signature.clear();
  tbs = tls_codec::encode(made);
  tbs.pop_back();
  made.signature = *crypto::sign_with_label(thief.signer, "KeyPackageTBS", tbs);
  EXPECT_TRUE(fails(validate(made, forge.expectations()), crypto::errc::kBadSignature, "signature of a KeyPackage"));
}

TEST(KeyPackageValidation, RefusesExtensionsThatTheLeafDoesNotList) {
  LeafForge forge;
  for (const ExtensionType type :
       {ExtensionType{0xf777}, ExtensionType{0x0a0a}, ExtensionType::last_resort_key_package}) {
    KeyPackage made = forge.key_package();
    std::erase(made.leaf_node.capabilities.extensions, ExtensionType::last_resort_key_package);
    made.extensions.push_back({type, {}});
    forge.sign(made);
    EXPECT_TRUE(fails(validate(made, forge.expectations()), errc::kUnsupportedCapability, "RFC 9420 §10:"));
    made.leaf_node.capabilities.extensions.push_back(type);
    forge.sign(made);
    EXPECT_TRUE(succeeds(validate(made, forge.expectations())));
  }
}

TEST(KeyPackageValidation, RefusesDuplicateAndMalformedExtensions) {
  LeafForge forge;
  KeyPackage made = forge.key_package();
  made.extensions.push_back(made.extensions.front());
  forge.sign(made);
  EXPECT_TRUE(fails(validate(made, forge.expectations()), errc::kInvalidExtension, "occurs twice"));
  made = forge.key_package();
  made.extensions.push_back({ExtensionType::last_resort_key_package, {0}});
  forge.sign(made);
  EXPECT_TRUE(fails(validate(made, forge.expectations()), errc::kInvalidExtension, "malformed"));
}

TEST(KeyPackageValidation, AsksTheApplicationLast) {
  class Refusing final : public CredentialValidator {
   public:
    Result<void> validate(const CredentialView&, BytesView) const override {
      ++asked;
      return fail(errc::kInvalidCredential, "test: who is this?");
    }
    Result<void> valid_successor(const CredentialView&, const CredentialView&) const override { return {}; }
    mutable int asked = 0;
  } validator;
  LeafForge forge;
  Bytes octets = tls_codec::encode(forge.key_package());
  EXPECT_TRUE(fails(validate(octets, forge.expectations(), validator), errc::kInvalidCredential, "who is this?"));
  EXPECT_EQ(validator.asked, 1);
  octets.back() ^= 1;
  EXPECT_TRUE(fails(validate(octets, forge.expectations(), validator), crypto::errc::kBadSignature, "KeyPackage"));
  EXPECT_EQ(validator.asked, 1);
}

TEST(KeyPackageValidation, DoesNotSurviveAnyFlippedBit) {
  for (const auto& suite : {suite_of(1), suite_of(2)}) {
    LeafForge forge(suite);
    const Bytes good = tls_codec::encode(forge.key_package());
    ASSERT_TRUE(succeeds(validate(good, forge.expectations())));
    for (std::size_t bit = 0; bit < 8 * good.size(); bit += bit_stride()) {
      Bytes flipped = good;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
      EXPECT_FALSE(validate(flipped, forge.expectations())) << bit;
    }
  }
}

// ---- making one --------------------------------------------------------------------------------------------------

TEST(MakeKeyPackage, MakesOneThatOthersAccept) {
  for (const auto& suite : all_suites()) {
    LeafForge forge(suite);
    auto bundle = make_key_package(suite, forge.signer, options(), forge.random);
    ASSERT_TRUE(succeeds(bundle));
    LeafExpectations group{.suite = suite};
    group.lifetime = {.now = 1500, .maximum_length = 1000};
    EXPECT_TRUE(succeeds(validate(bundle->key_package, group)));
  }
}

TEST(MakeKeyPackage, KeepsThePrivateKeysOfBothPublicKeys) {
  LeafForge forge;
  const auto bundle = make_key_package(forge.suite, forge.signer, options(), forge.random);
  ASSERT_TRUE(succeeds(bundle));
  const Bytes message = {1, 2, 3};
  const crypto::HpkeInfo info(forge.suite, {});
  const auto to_init = crypto::hpke_seal(info, bundle->key_package.init_key, {}, message, forge.random);
  const auto to_leaf = crypto::hpke_seal(info, bundle->key_package.leaf_node.encryption_key, {}, message, forge.random);
  EXPECT_EQ(to_bytes(crypto::hpke_open(info, bundle->init, {}, *to_init)->expose()), message);
  EXPECT_EQ(to_bytes(crypto::hpke_open(info, bundle->encryption, {}, *to_leaf)->expose()), message);
  EXPECT_FALSE(crypto::hpke_open(info, bundle->init, {}, *to_leaf));
}

TEST(MakeKeyPackage, NeverUsesAKeyTwice) {
  LeafForge forge;
  std::set<std::string> keys;
  for (int i = 0; i < 50; ++i) {
    const auto bundle = make_key_package(forge.suite, forge.signer, options(), forge.random);
    ASSERT_TRUE(succeeds(bundle));
    keys.insert(test::hex(bundle->key_package.init_key.octets));
    keys.insert(test::hex(bundle->key_package.leaf_node.encryption_key.octets));
  }
  EXPECT_EQ(keys.size(), 100u);
}

TEST(MakeKeyPackage, SameSeedSameOctets) {
  LeafForge a, b;
  EXPECT_EQ(make_key_package(a.suite, a.signer, options(), a.random)->key_package,
            make_key_package(b.suite, b.signer, options(), b.random)->key_package);
}

TEST(MakeKeyPackage, AddsGreaseUnlessToldNotTo) {
  LeafForge forge;
  const auto count = [](const ExtensionList& list) {
    return std::count_if(list.begin(), list.end(),
                         [](const Extension& e) { return is_grease(static_cast<std::uint16_t>(e.extension_type)); });
  };
  const auto greased = make_key_package(forge.suite, forge.signer, options(), forge.random);
  ASSERT_TRUE(succeeds(greased));
  EXPECT_EQ(count(greased->key_package.extensions), 1);
  EXPECT_EQ(count(greased->key_package.leaf_node.extensions), 1);
  EXPECT_NE(greased->key_package.leaf_node.capabilities, default_capabilities());

  KeyPackageOptions plain = options();
  plain.grease = false;
  const auto bare = make_key_package(forge.suite, forge.signer, plain, forge.random);
  ASSERT_TRUE(succeeds(bare));
  EXPECT_TRUE(bare->key_package.extensions.empty());
  EXPECT_TRUE(bare->key_package.leaf_node.extensions.empty());
  EXPECT_EQ(bare->key_package.leaf_node.capabilities, default_capabilities());
}

TEST(MakeKeyPackage, MarksOneOfLastResort) {
  LeafForge forge;
  KeyPackageOptions last = options();
  last.last_resort = true;
  const auto bundle = make_key_package(forge.suite, forge.signer, last, forge.random);
  ASSERT_TRUE(succeeds(bundle));
  const Bytes octets = tls_codec::encode(bundle->key_package);
  EXPECT_TRUE(KeyPackageView::parse(octets)->is_last_resort());
  EXPECT_TRUE(succeeds(validate(octets, {.suite = forge.suite})));

  std::erase(last.capabilities.extensions, ExtensionType::last_resort_key_package);
  EXPECT_TRUE(fails(make_key_package(forge.suite, forge.signer, last, forge.random), dmls::errc::kMisuse, "§10:"));
}

TEST(MakeKeyPackage, RefusesToMakeWhatOthersWouldRefuse) {
  LeafForge forge;
  const auto attempt = [&](auto change) {
    KeyPackageOptions o = options();
    change(o);
    return make_key_package(forge.suite, forge.signer, std::move(o), forge.random);
  };
  EXPECT_TRUE(fails(attempt([](auto& o) { o.capabilities.credentials.clear(); }), dmls::errc::kMisuse, "credential"));
  EXPECT_TRUE(fails(attempt([](auto& o) { o.capabilities.versions.clear(); }), dmls::errc::kMisuse, "version"));
  EXPECT_TRUE(fails(attempt([](auto& o) { o.capabilities.cipher_suites.clear(); }), dmls::errc::kMisuse, "suite"));
  EXPECT_TRUE(fails(attempt([](auto& o) { o.lifetime = {2, 1}; }), dmls::errc::kMisuse, "lifetime"));
  EXPECT_TRUE(fails(attempt([](auto& o) { o.lifetime = {2, 2}; }), dmls::errc::kMisuse, "lifetime"));
  EXPECT_TRUE(fails(attempt([](auto& o) { o.lifetime = {}; }), dmls::errc::kMisuse, "lifetime"));
  EXPECT_TRUE(fails(attempt([](auto& o) { o.extensions = {{kUnknownExtension, {}}}; }), dmls::errc::kMisuse, "§10"));
  EXPECT_TRUE(fails(attempt([](auto& o) {
                      o.leaf_extensions = {{kUnknownExtension, {}}};
                    }),
                    dmls::errc::kMisuse, "§7.3"));
  EXPECT_TRUE(fails(attempt([](auto& o) { o.capabilities.proposals = {ProposalType::add}; }), dmls::errc::kMisuse,
                    "default types"));
  EXPECT_TRUE(fails(attempt([](auto& o) {
                      o.credential = OpaqueCredential{CredentialType::x509, {5}};
                    }),
                    dmls::errc::kMisuse, ""));
}

TEST(MakeKeyPackage, FailsWithItsRandomSource) {
  // Fails at the n-th request, for every n until none fails any more.
  class Failing final : public Random {
   public:
    Result<void> fill(std::span<std::uint8_t> out) override {
      if (left-- == 0) return fail(dmls::errc::kRandomFailed, "no entropy");
      return inner.fill(out);
    }
    int left = 0;
    SeededRandom inner{1};
  };
  LeafForge forge;
  int n = 0;
  for (;; ++n) {
    Failing random;
    random.left = n;
    const auto bundle = make_key_package(forge.suite, forge.signer, options(), random);
    if (bundle) break;
    EXPECT_TRUE(fails(bundle, dmls::errc::kRandomFailed, "no entropy"));
    ASSERT_LT(n, 100);
  }
  EXPECT_GE(n, 4);  // two key pairs, GREASE
}

TEST(SignKeyPackage, RefusesAnotherKeyThanTheLeafs) {
  LeafForge forge;
  LeafForge other(forge.suite, 2);
  KeyPackage made = forge.key_package();
  EXPECT_TRUE(fails(sign_key_package(made, other.signer), dmls::errc::kMisuse, "signature_key"));
}

}  // namespace
}  // namespace dmls::treekem
