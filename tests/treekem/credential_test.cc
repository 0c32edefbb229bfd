#include <dmls/treekem/credential.h>

#include <dmls/treekem/credential_validator.h>

#include "support/vectors.h"
#include "treekem/leaf_forge.h"

namespace dmls::treekem {
namespace {

Result<Credential> read(const Bytes& octets) { return tls_codec::decode<Credential>(octets); }

Result<CredentialView> view(const Bytes& octets) {
  tls_codec::Reader in(octets);
  auto one = CredentialView::read(in);
  EXPECT_TRUE(!one || in.empty());
  return one;
}

TEST(Credential, HasTheOctetsOfTheRfc) {
  EXPECT_EQ(test::hex(tls_codec::encode(Credential(BasicCredential{{0xaa, 0xbb}}))), "000102aabb");
  // Certificate certificates<V>, each with cert_data<V>.
  const Credential chain = X509Credential{{{{0xaa}}, {{0xbb, 0xcc}}}};
  EXPECT_EQ(test::hex(tls_codec::encode(chain)), "00020501aa02bbcc");
  EXPECT_EQ(test::hex(tls_codec::encode(Credential(OpaqueCredential{kUnknownCredential, {1, 2}}))), "f345020102");
}

TEST(Credential, IsViewedInItsEncodingWhereverThatIsMoved) {
  std::vector<EncodedCredential> kept;
  for (std::uint8_t octet = 1; octet <= 3; ++octet)
    kept.push_back(*EncodedCredential::of(BasicCredential{Bytes(3, octet)}));
  for (std::uint8_t octet = 1; octet <= 3; ++octet)
    EXPECT_EQ(kept[octet - 1u].view().decode(), Credential(BasicCredential{Bytes(3, octet)}));
  EXPECT_FALSE(EncodedCredential::of(OpaqueCredential{CredentialType::x509, {0xff}}));
}

TEST(Credential, EveryTypeSurvivesARoundTrip) {
  const std::vector<Credential> all = {
      BasicCredential{},
      BasicCredential{Bytes(300, 5)},
      X509Credential{},
      X509Credential{{{Bytes(70, 1)}, {{}}, {Bytes(20000, 2)}}},
      OpaqueCredential{kUnknownCredential, {}},
      OpaqueCredential{CredentialType{0x0a0a}, Bytes(64, 3)},
      OpaqueCredential{CredentialType{0}, {1}},
  };
  for (const Credential& credential : all) {
    const Bytes octets = tls_codec::encode(credential);
    EXPECT_EQ(*read(octets), credential);
    EXPECT_EQ(view(octets)->decode(), credential);
    EXPECT_EQ(view(octets)->credential_type, credential_type(credential));
    EXPECT_EQ(test::hex(view(octets)->encoded), test::hex(octets));
  }
}

TEST(Credential, AnUnknownTypeIsKeptAsOneVector) {
  const auto unknown = read({0xf3, 0x45, 2, 1, 2});
  ASSERT_TRUE(succeeds(unknown));
  EXPECT_EQ(std::get<OpaqueCredential>(*unknown).body, (Bytes{1, 2}));
}

TEST(Credential, ACertificateChainIsReadToItsEnd) {
  EXPECT_FALSE(read({0, 2, 3, 1, 0xaa, 5}));
  EXPECT_FALSE(view({0, 2, 3, 1, 0xaa, 5}));
  // The same body means nothing to us in another type.
  EXPECT_TRUE(succeeds(read({0, 1, 3, 1, 0xaa, 5})));
}

TEST(Credential, EveryTruncationAndEveryTrailingOctetIsRefused) {
  for (const Credential& credential : {Credential(BasicCredential{{1, 2}}), Credential(X509Credential{{{{1}}, {{2}}}}),
                                       Credential(OpaqueCredential{kUnknownCredential, {1, 2}})}) {
    Bytes octets = tls_codec::encode(credential);
    for (std::size_t n = 0; n < octets.size(); ++n) {
      const Bytes head(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(n));
      EXPECT_FALSE(read(head)) << n;
      EXPECT_FALSE(view(head)) << n;
    }
    octets.push_back(0);
    EXPECT_TRUE(fails(read(octets), tls_codec::errc::kTrailingOctets, "left over"));
  }
}

TEST(Credential, ViewsAreEqualIfTypeAndContentAre) {
  const Bytes alice = tls_codec::encode(Credential(BasicCredential{{1}}));
  const Bytes again = alice;
  const Bytes bob = tls_codec::encode(Credential(BasicCredential{{2}}));
  const Bytes other_type = tls_codec::encode(Credential(OpaqueCredential{kUnknownCredential, {1}}));
  EXPECT_TRUE(*view(alice) == *view(again));
  EXPECT_FALSE(*view(alice) == *view(bob));
  EXPECT_FALSE(*view(alice) == *view(other_type));
}

TEST(Credential, ClientsAreToldApartByTheirSignatureKeyUnlessTheApplicationKnowsBetter) {
  const Bytes octets = tls_codec::encode(Credential(BasicCredential{{1}}));
  const AcceptAnyCredential validator;
  EXPECT_EQ(validator.client_id(*view(octets), Bytes{1, 2}), (Bytes{1, 2}));
}

}  // namespace
}  // namespace dmls::treekem
