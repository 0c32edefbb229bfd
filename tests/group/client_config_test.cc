// What a client's configuration decides.

#include "support.h"

namespace dmls::group {
namespace {

treekem::KeyPackage key_package_with_grease(bool grease) {
  SeededRandom random(7);
  auto pair = *crypto::generate_signature_key_pair(suite1(), random);
  ClientConfig config{suite1(), treekem::BasicCredential{to_bytes(as_bytes("alice"))},
                      std::make_shared<crypto::KeyPairSigner>(suite1(), std::move(pair)),
                      std::make_shared<AcceptEverything>()};
  config.grease = grease;
  Client client = *Client::create(std::move(config));
  return std::get<treekem::KeyPackage>(tls_codec::decode<MlsMessage>(*client.new_key_package())->body);
}

TEST(ClientConfig, GreaseIsSentUnlessItIsTurnedOff) {
  const auto greased = key_package_with_grease(true);
  EXPECT_FALSE(greased.extensions.empty());
  EXPECT_FALSE(greased.leaf_node.extensions.empty());
  const auto plain = key_package_with_grease(false);
  EXPECT_TRUE(plain.extensions.empty());
  EXPECT_TRUE(plain.leaf_node.extensions.empty());
  EXPECT_EQ(plain.leaf_node.capabilities, treekem::default_capabilities());
}

}  // namespace
}  // namespace dmls::group
