#include <dmls/treekem/extension.h>

#include <dmls/treekem/external_sender.h>
#include <dmls/treekem/required_capabilities.h>

#include "support/vectors.h"
#include "treekem/leaf_forge.h"

namespace dmls::treekem {
namespace {

// The content of an encoded list, as check_extensions(BytesView) takes it.
Bytes content_of(const ExtensionList& list) {
  Bytes out;
  for (const Extension& extension : list) {
    const Bytes one = tls_codec::encode(extension);
    out.insert(out.end(), one.begin(), one.end());
  }
  return out;
}

// Both forms of the check have to agree; this is their answer.
Result<void> check_both(const ExtensionList& list) {
  const auto owned = check_extensions(list);
  const auto encoded = check_extensions(content_of(list));
  EXPECT_EQ(owned.has_value(), encoded.has_value());
  if (!owned && !encoded) {
    EXPECT_STREQ(owned.error().rule, encoded.error().rule);
  }
  return owned;
}

TEST(Extension, HasTheOctetsOfTheRfc) {
  // ApplicationId is opaque<V> inside extension_data<V>: two lengths.
  const Extension extension = make_extension(ApplicationId{{0xaa, 0xbb}});
  EXPECT_EQ(test::hex(tls_codec::encode(extension)), "00010302aabb");
  EXPECT_EQ(test::hex(tls_codec::encode(make_extension(LastResortKeyPackage{}))), "000a00");
  EXPECT_EQ(test::hex(tls_codec::encode(make_extension(ExternalPub{{{1, 2}}}))), "000403020102");
  const ExternalSenders senders{{{{{0x05}}, BasicCredential{{0x06}}}}};
  EXPECT_EQ(test::hex(tls_codec::encode(make_extension(senders))),
            "000507060105000101"
            "06");
  EXPECT_EQ(test::hex(tls_codec::encode(make_extension(ExternalSenders{}))), "00050100");
  const RequiredCapabilities required{{ExtensionType{0xf001}}, {}, {CredentialType::basic}};
  EXPECT_EQ(test::hex(tls_codec::encode(make_extension(required))), "00030702f00100020001");
}

TEST(Extension, KnownContentSurvivesARoundTrip) {
  ExtensionList list;
  set_extension(list, ApplicationId{{1, 2, 3}});
  set_extension(list, RequiredCapabilities{{kUnknownExtension}, {kUnknownProposal}, {CredentialType::x509}});
  set_extension(list, ExternalSenders{{{{{1}}, X509Credential{{{{2}}, {{3}}}}}}});
  EXPECT_TRUE(succeeds(check_both(list)));
  EXPECT_EQ((*get_extension<ApplicationId>(list))->application_id, (Bytes{1, 2, 3}));
  EXPECT_EQ((*get_extension<RequiredCapabilities>(list))->proposal_types.at(0), kUnknownProposal);
  EXPECT_EQ(std::get<X509Credential>((*get_extension<ExternalSenders>(list))->external_senders.at(0).credential)
                .certificates.at(1)
                .cert_data,
            Bytes{3});
  EXPECT_FALSE(get_extension<ExternalPub>(list)->has_value());
}

TEST(Extension, SettingOneReplacesTheOldContent) {
  ExtensionList list;
  set_extension(list, ApplicationId{{1}});
  set_extension(list, ApplicationId{{2}});
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ((*get_extension<ApplicationId>(list))->application_id, Bytes{2});
}

TEST(Extension, UnknownTypesArePreserved) {
  const ExtensionList list = {{kUnknownExtension, {1, 2}}, {ExtensionType{0x0a0a}, {}}, {ExtensionType{0}, {3}}};
  EXPECT_TRUE(succeeds(check_both(list)));
  EXPECT_EQ(*tls_codec::decode<ExtensionList>(tls_codec::encode(list)), list);
}

TEST(Extension, ATypeThatOccursTwiceIsRefused) {
  const ExtensionList unknown = {{kUnknownExtension, {1}}, {ExtensionType{7}, {}}, {kUnknownExtension, {2}}};
  EXPECT_TRUE(fails(check_both(unknown), errc::kInvalidExtension, "occurs twice"));
  const ExtensionList known = {make_extension(ApplicationId{{1}}), make_extension(ApplicationId{{1}})};
  EXPECT_TRUE(fails(check_both(known), errc::kInvalidExtension, "occurs twice"));
}

TEST(Extension, ATypeThatOccursTwiceIsFoundWhereverItStands) {
  for (const std::size_t n : {2u, 15u, 16u, 17u, 18u, 40u}) {
    ExtensionList list;
    for (std::size_t i = 0; i < n; ++i) list.push_back({ExtensionType{static_cast<std::uint16_t>(0xf000 + i)}, {}});
    EXPECT_TRUE(succeeds(check_both(list))) << n;
    for (std::size_t i = 0; i + 1 < n; ++i) {
      ExtensionList twice = list;
      twice.back().extension_type = list[i].extension_type;
      EXPECT_TRUE(fails(check_both(twice), errc::kInvalidExtension, "occurs twice")) << i << " of " << n;
    }
  }
}

TEST(Extension, AllPossibleTypesAtOnceAreNoProblem) {
  ExtensionList list;
  for (unsigned i = 0x10; i < 0x10000; ++i) list.push_back({ExtensionType{static_cast<std::uint16_t>(i)}, {}});
  EXPECT_TRUE(succeeds(check_both(list)));
  list.push_back({ExtensionType{0x8000}, {}});
  EXPECT_TRUE(fails(check_both(list), errc::kInvalidExtension, "occurs twice"));
}

TEST(Extension, KnownContentHasToBeCompleteAndNothingMore) {
  const std::vector<Extension> known = {
      make_extension(ApplicationId{{1, 2}}),
      make_extension(RequiredCapabilities{{kUnknownExtension}, {kUnknownProposal}, {CredentialType::basic}}),
      make_extension(ExternalPub{{{1, 2, 3}}}),
      make_extension(ExternalSenders{{{{{1}}, BasicCredential{{2}}}}}),
      make_extension(LastResortKeyPackage{}),
  };
  for (const Extension& good : known) {
    EXPECT_TRUE(succeeds(check_both({good})));
    Extension longer = good;
    longer.extension_data.push_back(0);
    EXPECT_TRUE(fails(check_both({longer}), errc::kInvalidExtension, "malformed")) << test::hex(good.extension_data);
    for (std::size_t n = 0; n < good.extension_data.size(); ++n) {
      Extension shorter = good;
      shorter.extension_data.resize(n);
      EXPECT_TRUE(fails(check_both({shorter}), errc::kInvalidExtension, "malformed")) << n;
    }
  }
}

TEST(Extension, MalformedContentIsAnErrorWhenItIsAskedFor) {
  const ExtensionList list = {{ExtensionType::application_id, {1, 2, 3}}};
  EXPECT_TRUE(fails(get_extension<ApplicationId>(list), tls_codec::errc::kTrailingOctets, "left over"));
}

TEST(Extension, ATruncatedListIsRefused) {
  const Bytes list = tls_codec::encode(ExtensionList{make_extension(ApplicationId{{1}}), {kUnknownExtension, {2, 3}}});
  for (std::size_t n = 0; n < list.size(); ++n)
    EXPECT_FALSE(tls_codec::decode<ExtensionList>(BytesView(list).first(n))) << n;
}

TEST(Extension, RegistryRangesAreRecognised) {
  for (unsigned i = 0; i < 0x10000; ++i) {
    const auto value = static_cast<std::uint16_t>(i);
    EXPECT_EQ(is_default(ExtensionType{value}), value >= 1 && value <= 5) << i;
    EXPECT_EQ(is_default(ProposalType{value}), value >= 1 && value <= 7) << i;
    EXPECT_EQ(is_private_use(ExtensionType{value}), value >= 0xf000) << i;
    EXPECT_EQ(is_private_use(ProposalType{value}), value >= 0xf000) << i;
  }
}

}  // namespace
}  // namespace dmls::treekem
