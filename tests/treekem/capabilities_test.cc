#include <dmls/treekem/capabilities.h>

#include <dmls/treekem/required_capabilities.h>

#include "support/vectors.h"
#include "treekem/leaf_forge.h"

namespace dmls::treekem {
namespace {

Capabilities some() {
  Capabilities c;
  c.versions = {crypto::ProtocolVersion::mls10, crypto::ProtocolVersion{0x7777}};
  c.cipher_suites = {crypto::CipherSuiteId{1}, crypto::CipherSuiteId{0xfefe}};
  c.extensions = {kUnknownExtension};
  c.proposals = {kUnknownProposal};
  c.credentials = {CredentialType::basic, kUnknownCredential};
  return c;
}

Result<CapabilitiesView> view(const Bytes& octets) {
  tls_codec::Reader in(octets);
  auto one = CapabilitiesView::read(in);
  EXPECT_TRUE(!one || in.empty());
  return one;
}

TEST(Capabilities, HaveTheOctetsOfTheRfc) {
  EXPECT_EQ(test::hex(tls_codec::encode(some())),
            "0400017777"
            "040001fefe"
            "02f123"
            "02f234"
            "040001f345");
}

TEST(Capabilities, UnknownCodePointsSurviveARoundTrip) {
  EXPECT_EQ(*tls_codec::decode<Capabilities>(tls_codec::encode(some())), some());
}

TEST(Capabilities, TheViewAndTheStructGiveTheSameAnswers) {
  const Capabilities owned = some();
  const Bytes octets = tls_codec::encode(owned);
  const auto borrowed = view(octets);
  ASSERT_TRUE(succeeds(borrowed));
  EXPECT_EQ(test::hex(borrowed->encoded), test::hex(octets));
  for (unsigned i = 0; i < 0x10000; ++i) {
    const auto v = static_cast<std::uint16_t>(i);
    EXPECT_EQ(borrowed->supports(crypto::ProtocolVersion{v}), owned.supports(crypto::ProtocolVersion{v}));
    EXPECT_EQ(borrowed->supports(crypto::CipherSuiteId{v}), owned.supports(crypto::CipherSuiteId{v}));
    EXPECT_EQ(borrowed->supports(ExtensionType{v}), owned.supports(ExtensionType{v}));
    EXPECT_EQ(borrowed->supports(ProposalType{v}), owned.supports(ProposalType{v}));
    EXPECT_EQ(borrowed->supports(CredentialType{v}), owned.supports(CredentialType{v}));
  }
  EXPECT_TRUE(owned.supports(crypto::ProtocolVersion{0x7777}));
  EXPECT_FALSE(owned.supports(crypto::CipherSuiteId{2}));
  EXPECT_FALSE(owned.supports(CredentialType::x509));
  std::vector<CredentialType> listed;
  borrowed->for_each_credential([&](CredentialType type) { listed.push_back(type); });
  EXPECT_EQ(listed, owned.credentials);
}

TEST(Capabilities, DefaultTypesAreSupportedWithoutBeingListed) {
  const Capabilities none;
  EXPECT_TRUE(none.supports(ExtensionType::application_id));
  EXPECT_TRUE(none.supports(ExtensionType::external_senders));
  EXPECT_TRUE(none.supports(ProposalType::add));
  EXPECT_TRUE(none.supports(ProposalType::group_context_extensions));
  EXPECT_FALSE(none.supports(ExtensionType::last_resort_key_package));
  EXPECT_FALSE(none.supports(ProposalType{8}));
  EXPECT_FALSE(none.supports(CredentialType::basic));
  EXPECT_FALSE(none.supports(crypto::ProtocolVersion::mls10));
}

TEST(Capabilities, OurOwnListNoDefaultTypesAndEverySuiteOfTheProvider) {
  const Capabilities own = default_capabilities();
  EXPECT_FALSE(lists_default_types(own));
  EXPECT_EQ(own.versions, std::vector{crypto::ProtocolVersion::mls10});
  EXPECT_EQ(own.credentials, (std::vector{CredentialType::basic, CredentialType::x509}));
  EXPECT_EQ(own.cipher_suites.size(), all_suites().size());
  for (const auto& suite : all_suites()) EXPECT_TRUE(own.supports(suite.id()));
}

TEST(Capabilities, ListedDefaultTypesAreNoticed) {
  Capabilities c = some();
  EXPECT_FALSE(lists_default_types(c));
  c.extensions.push_back(ExtensionType::external_senders);
  EXPECT_TRUE(lists_default_types(c));
  c = some();
  c.proposals.push_back(ProposalType::reinit);
  EXPECT_TRUE(lists_default_types(c));
}

TEST(Capabilities, EveryTruncationIsRefusedByBothReaders) {
  const Bytes octets = tls_codec::encode(some());
  for (std::size_t n = 0; n < octets.size(); ++n) {
    const Bytes head(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(n));
    EXPECT_FALSE(tls_codec::decode<Capabilities>(head)) << n;
    EXPECT_FALSE(view(head)) << n;
  }
}

TEST(Capabilities, HalfACodePointIsRefusedByBothReaders) {
  for (int list = 0; list < 5; ++list) {
    Bytes octets;
    for (int i = 0; i < 5; ++i) octets = concat({octets, i == list ? Bytes{3, 0, 1, 0} : Bytes{2, 0, 1}});
    EXPECT_TRUE(fails(tls_codec::decode<Capabilities>(octets), tls_codec::errc::kTruncated, "")) << list;
    EXPECT_TRUE(fails(view(octets), tls_codec::errc::kTruncated, "inside one")) << list;
  }
}

// ---- required_capabilities ---------------------------------------------------------------------------------------

TEST(RequiredCapabilities, AreMetByWhoListsThem) {
  const RequiredCapabilities required{{kUnknownExtension}, {kUnknownProposal}, {kUnknownCredential}};
  EXPECT_TRUE(succeeds(check_required_capabilities(required, some())));
  EXPECT_TRUE(succeeds(check_required_capabilities({}, Capabilities{})));
}

TEST(RequiredCapabilities, DefaultTypesNeedNotBeListedButCredentialTypesDo) {
  const RequiredCapabilities defaults{{ExtensionType::external_senders}, {ProposalType::psk}, {}};
  EXPECT_TRUE(succeeds(check_required_capabilities(defaults, Capabilities{})));
  EXPECT_TRUE(fails(check_required_capabilities({{}, {}, {CredentialType::basic}}, Capabilities{}),
                    errc::kUnsupportedCapability, "required credential type"));
}

TEST(RequiredCapabilities, EachMissingTypeIsRefused) {
  EXPECT_TRUE(fails(check_required_capabilities({{ExtensionType{0xf999}}, {}, {}}, some()),
                    errc::kUnsupportedCapability, "required extension type"));
  EXPECT_TRUE(fails(check_required_capabilities({{}, {ProposalType{0xf999}}, {}}, some()), errc::kUnsupportedCapability,
                    "required proposal type"));
  EXPECT_TRUE(fails(check_required_capabilities({{}, {}, {CredentialType::x509}}, some()), errc::kUnsupportedCapability,
                    "required credential type"));
}

TEST(RequiredCapabilities, ManyRequirementsAgainstManyCapabilitiesTakeLinearTime) {
  // 60,000 requirements, each absent from or late in a list of 60,000: 3.6 * 10^9 comparisons if done one by one.
  Capabilities c;
  RequiredCapabilities required;
  for (unsigned i = 0; i < 60000; ++i) {
    c.extensions.push_back(ExtensionType{static_cast<std::uint16_t>(60009 - i)});
    required.extension_types.push_back(ExtensionType{static_cast<std::uint16_t>(i + 10)});
  }
  EXPECT_TRUE(succeeds(check_required_capabilities(required, c)));
  required.extension_types.push_back(ExtensionType{60010});
  EXPECT_TRUE(fails(check_required_capabilities(required, c), errc::kUnsupportedCapability, "extension"));
}

}  // namespace
}  // namespace dmls::treekem
