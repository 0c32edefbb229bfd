// Leaves and key packages that other implementations made.

#include <dmls/treekem/key_package.h>

#include <cstdlib>
#include <optional>

#include "support/vectors.h"
#include "treekem/leaf_forge.h"

namespace dmls::treekem {
namespace {

using crypto::CipherSuite;
using crypto::CipherSuiteId;

// The KeyPackage inside an MLSMessage of wire format mls_key_package, RFC 9420 §6.
Result<Bytes> from_message(const Bytes& message) {
  if (message.size() < 4 || Bytes(message.begin(), message.begin() + 4) != Bytes{0, 1, 0, 5})
    return fail(tls_codec::errc::kInvalidValue, "not a KeyPackage of version mls10");
  return Bytes(message.begin() + 4, message.end());
}

TEST(LeafVectors, KeyPackagesOfMessagesSurviveARoundTrip) {
  DMLS_VECTORS_OR_SKIP(folder, "MLS_VECTORS");
  int count = 0;
  for (const auto& entry : test::load_json(folder / "messages.json")) {
    const auto octets = from_message(test::unhex(entry.at("mls_key_package").get<std::string>()));
    ASSERT_TRUE(succeeds(octets));
    const auto owned = tls_codec::decode<KeyPackage>(*octets);
    const auto view = KeyPackageView::parse(*octets);
    ASSERT_TRUE(succeeds(owned));
    ASSERT_TRUE(succeeds(view));
    EXPECT_EQ(tls_codec::encode(*owned), *octets);
    EXPECT_EQ(view->decode(), *owned);
    ++count;
  }
  EXPECT_GT(count, 0);
}

TEST(LeafVectors, KeyPackagesOfPassiveClientsAreValid) {
  DMLS_VECTORS_OR_SKIP(folder, "MLS_VECTORS");
  int count = 0;
  for (const char* file :
       {"passive-client-welcome.json", "passive-client-random.json", "passive-client-handling-commit.json"}) {
    for (const auto& entry : test::load_json(folder / file)) {
      const auto suite = CipherSuite::find(CipherSuiteId{entry.at("cipher_suite").get<std::uint16_t>()});
      if (!suite) continue;
      const auto octets = from_message(test::unhex(entry.at("key_package").get<std::string>()));
      ASSERT_TRUE(succeeds(octets));
      const auto view = KeyPackageView::parse(*octets);
      ASSERT_TRUE(succeeds(view));
      EXPECT_TRUE(succeeds(validate_key_package(*view, {.suite = *suite}, AcceptAnyCredential())))
          << file << ": " << count;
      ++count;
    }
  }
  EXPECT_GT(count, 0);
}

TEST(LeafVectors, KeyPackagesOfWelcomesVerify) {
  // Signatures only: the leaf for suite 7 in welcome.json lists suites 1 to 6, so that no group of suite 7 can have it.
  DMLS_VECTORS_OR_SKIP(folder, "MLS_VECTORS");
  int count = 0;
  for (const auto& entry : test::load_json(folder / "welcome.json")) {
    const auto suite = CipherSuite::find(CipherSuiteId{entry.at("cipher_suite").get<std::uint16_t>()});
    if (!suite) continue;
    const auto octets = from_message(test::unhex(entry.at("key_package").get<std::string>()));
    ASSERT_TRUE(succeeds(octets));
    const auto view = KeyPackageView::parse(*octets);
    ASSERT_TRUE(succeeds(view));
    EXPECT_TRUE(succeeds(verify_leaf_node_signature(*suite, view->leaf_node, std::nullopt)));
    const crypto::SignaturePublicKey key{to_bytes(view->leaf_node.signature_key)};
    EXPECT_TRUE(succeeds(crypto::verify_with_label(*suite, key, "KeyPackageTBS", view->content, view->signature)));
    const auto valid = validate_key_package(*view, {.suite = *suite}, AcceptAnyCredential());
    if (suite->id() == CipherSuiteId{7}) {
      EXPECT_TRUE(fails(valid, errc::kUnsupportedCapability, "the group's cipher suite"));
    } else {
      EXPECT_TRUE(succeeds(valid));
    }
    ++count;
  }
  EXPECT_GT(count, 0);
}

TEST(LeafVectors, LeavesOfTreesAreValidWhereTheyStandAndNowhereElse) {
  DMLS_VECTORS_OR_SKIP(folder, "MLS_VECTORS");
  int from_source[4] = {};
  for (const auto& entry : test::load_json(folder / "tree-validation.json")) {
    const auto suite = CipherSuite::find(CipherSuiteId{entry.at("cipher_suite").get<std::uint16_t>()});
    if (!suite) continue;
    const Bytes group_id = test::unhex(entry.at("group_id").get<std::string>());
    const Bytes octets = test::unhex(entry.at("tree").get<std::string>());
    tls_codec::Reader tree(octets);
    std::uint32_t node = 0;
    // optional<Node> ratchet_tree<V>, RFC 9420 §12.4.3.3
    const auto read = tls_codec::read_elements(tree, [&](tls_codec::Reader& in) -> Result<void> {
      const std::uint32_t index = node++;
      DMLS_TRY(const auto present, tls_codec::Codec<std::uint8_t>::read(in));
      if (present == 0) return {};
      DMLS_TRY(const auto type, tls_codec::Codec<std::uint8_t>::read(in));
      if (type != 1) {
        for (int field = 0; field < 3; ++field) DMLS_CHECK(tls_codec::read_opaque(in));
        return {};
      }
      DMLS_TRY(const auto leaf, LeafNodeView::read(in));
      ++from_source[static_cast<int>(leaf.source)];
      LeafExpectations expected{.suite = *suite};
      expected.position = LeafPosition{group_id, tree_math::LeafIndex(index / 2)};
      EXPECT_TRUE(succeeds(validate_leaf_node(leaf, expected, AcceptAnyCredential())));
      EXPECT_EQ(to_bytes(leaf.encoded), tls_codec::encode(leaf.decode()));
      if (leaf.source != LeafNodeSource::key_package) {
        expected.position->leaf_index = tree_math::LeafIndex(index / 2 + 1);
        EXPECT_TRUE(
            fails(verify_leaf_node_signature(*suite, leaf, expected.position), crypto::errc::kBadSignature, "§7.3"));
      }
      return {};
    });
    EXPECT_TRUE(succeeds(read));
  }
  EXPECT_GT(from_source[1], 0);
  EXPECT_GT(from_source[3], 0);
  RecordProperty("key_package", from_source[1]);
  RecordProperty("update", from_source[2]);
  RecordProperty("commit", from_source[3]);
}

}  // namespace
}  // namespace dmls::treekem
