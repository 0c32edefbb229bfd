#include <dmls/treekem/leaf_node.h>

#include <dmls/treekem/leaf_node_view.h>

#include "support/vectors.h"
#include "treekem/leaf_forge.h"

namespace dmls::treekem {
namespace {

constexpr LeafNodeSource kSources[] = {LeafNodeSource::key_package, LeafNodeSource::update, LeafNodeSource::commit};

Result<void> verify(const LeafForge& forge, const Bytes& leaf, std::optional<LeafPosition> position) {
  const auto view = LeafNodeView::parse(leaf);
  if (!view) return fail(view.error());
  const auto in_place = verify_leaf_node_signature(forge.suite, *view, position);
  const auto owned = verify_leaf_node_signature(forge.suite, *tls_codec::decode<LeafNode>(leaf), position);
  EXPECT_EQ(in_place.has_value(), owned.has_value());
  return in_place;
}

// A small leaf whose octets can be written by hand.
LeafNode small(LeafNodeSource source) {
  LeafNode leaf;
  leaf.encryption_key.octets = {0xe1, 0xe2};
  leaf.signature_key.octets = {0x51};
  leaf.credential = BasicCredential{{0xc1}};
  leaf.capabilities.versions = {crypto::ProtocolVersion::mls10};
  leaf.capabilities.credentials = {CredentialType::basic};
  if (source == LeafNodeSource::key_package) leaf.leaf_node_source = LeafFromKeyPackage{{1, 0x0102030405060708}};
  if (source == LeafNodeSource::update) leaf.leaf_node_source = LeafFromUpdate{};
  if (source == LeafNodeSource::commit) leaf.leaf_node_source = LeafFromCommit{{0xaa, 0xbb}};
  leaf.extensions = {{kUnknownExtension, {0xdd}}};
  leaf.signature = {0x99};
  return leaf;
}
const char kBeforeSource[] =
    "02e1e2"
    "0151"
    "000101c1"
    "020001"
    "00"
    "00"
    "00"
    "020001";

TEST(LeafNode, HasTheOctetsOfTheRfcForEachSource) {
  const std::string before = kBeforeSource, after =
                                                "04f12301dd"
                                                "0199";
  EXPECT_EQ(test::hex(tls_codec::encode(small(LeafNodeSource::key_package))), before +
                                                                                  "01"
                                                                                  "00000000000000010102030405060708" +
                                                                                  after);
  EXPECT_EQ(test::hex(tls_codec::encode(small(LeafNodeSource::update))), before + "02" + after);
  EXPECT_EQ(test::hex(tls_codec::encode(small(LeafNodeSource::commit))), before +
                                                                             "03"
                                                                             "02aabb" +
                                                                             after);
}

TEST(LeafNode, OtherSourcesAreRefusedByBothReaders) {
  Bytes octets = tls_codec::encode(small(LeafNodeSource::update));
  const std::size_t at = std::strlen(kBeforeSource) / 2;
  ASSERT_EQ(octets[at], 2);
  for (const unsigned source : {0u, 4u, 5u, 255u}) {
    octets[at] = static_cast<std::uint8_t>(source);
    EXPECT_TRUE(fails(tls_codec::decode<LeafNode>(octets), tls_codec::errc::kInvalidValue, ""));
    EXPECT_TRUE(fails(LeafNodeView::parse(octets), tls_codec::errc::kInvalidValue, "leaf_node_source"));
  }
}

TEST(LeafNode, SurvivesARoundTripAndItsViewShowsTheSame) {
  for (const auto& suite : all_suites()) {
    LeafForge forge(suite);
    for (const LeafNodeSource source : kSources) {
      const Bytes octets = forge.sign(forge.leaf(source));
      const auto leaf = tls_codec::decode<LeafNode>(octets);
      const auto view = LeafNodeView::parse(octets);
      ASSERT_TRUE(succeeds(leaf));
      ASSERT_TRUE(succeeds(view));
      EXPECT_EQ(tls_codec::encode(*leaf), octets);
      EXPECT_EQ(view->decode(), *leaf);
      EXPECT_EQ(leaf->source(), source);
      EXPECT_EQ(view->source, source);
      EXPECT_EQ(to_bytes(view->encryption_key), leaf->encryption_key.octets);
      EXPECT_EQ(to_bytes(view->signature_key), leaf->signature_key.octets);
      EXPECT_EQ(view->credential.decode(), leaf->credential);
      EXPECT_EQ(to_bytes(view->capabilities.encoded), tls_codec::encode(leaf->capabilities));
      EXPECT_EQ(to_bytes(view->signature), leaf->signature);
      EXPECT_EQ(to_bytes(view->content), LeafForge::content_of(*leaf));
      EXPECT_EQ(view->encoded.size(), octets.size());
      EXPECT_EQ(to_bytes(*view->find_extension(kUnknownExtension)), (Bytes{9, 9}));
      EXPECT_FALSE(view->find_extension(ExtensionType::external_pub));
      if (source == LeafNodeSource::key_package) {
        EXPECT_EQ(view->lifetime, (Lifetime{1000, 2000}));
      }
      EXPECT_EQ(view->parent_hash.size(), source == LeafNodeSource::commit ? suite.hash_length() : 0);
    }
  }
}

TEST(LeafNode, EveryTruncationAndEveryTrailingOctetIsRefused) {
  LeafForge forge;
  for (const LeafNodeSource source : kSources) {
    Bytes octets = forge.sign(forge.leaf(source));
    for (std::size_t n = 0; n < octets.size(); ++n) {
      EXPECT_TRUE(fails(tls_codec::decode<LeafNode>(BytesView(octets).first(n)), tls_codec::errc::kTruncated, "")) << n;
      EXPECT_TRUE(fails(LeafNodeView::parse(BytesView(octets).first(n)), tls_codec::errc::kTruncated, "")) << n;
    }
    octets.push_back(0);
    EXPECT_TRUE(fails(tls_codec::decode<LeafNode>(octets), tls_codec::errc::kTrailingOctets, ""));
    EXPECT_TRUE(fails(LeafNodeView::parse(octets), tls_codec::errc::kTrailingOctets, ""));
  }
}

TEST(LeafNode, AViewReadsOneLeafAndLeavesTheRest) {
  LeafForge forge;
  const Bytes leaf = forge.sign(forge.leaf(LeafNodeSource::update));
  const Bytes two = concat({leaf, leaf, {1, 2}});
  tls_codec::Reader in(two);
  EXPECT_EQ(to_bytes(LeafNodeView::read(in)->encoded), leaf);
  EXPECT_EQ(to_bytes(LeafNodeView::read(in)->encoded), leaf);
  EXPECT_EQ(in.rest().size(), 2u);
}

TEST(LeafNode, BothReadersAcceptTheSameOctetsAndOnlyCanonicalOnes) {
  SeededRandom random(77);
  int accepted = 0;
  const int runs = test::property_runs(1000000, 20000);
  for (int run = 0; run < runs; ++run) {
    Bytes octets = tls_codec::encode(small(kSources[run % 3]));
    const Bytes dice = *random.bytes(7);
    for (std::size_t i = 0; i < 1u + dice[6] % 3u; ++i) octets[dice[2 * i] % octets.size()] = dice[2 * i + 1];
    const auto leaf = tls_codec::decode<LeafNode>(octets);
    const auto view = LeafNodeView::parse(octets);
    ASSERT_EQ(leaf.has_value(), view.has_value()) << test::hex(octets);
    if (!leaf) continue;
    ++accepted;
    ASSERT_EQ(tls_codec::encode(*leaf), octets);
    ASSERT_EQ(view->decode(), *leaf);
  }
  EXPECT_GT(accepted, runs / 100);
  EXPECT_LT(accepted, runs);
}

// ---- signatures --------------------------------------------------------------------------------------------------

TEST(LeafNodeSignature, VerifiesForEverySourceAndSuite) {
  for (const auto& suite : all_suites()) {
    LeafForge forge(suite);
    for (const LeafNodeSource source : kSources)
      EXPECT_TRUE(succeeds(verify(forge, forge.sign(forge.leaf(source)), forge.position))) << suite.name();
  }
}

TEST(LeafNodeSignature, CoversWhatTheRfcSays) {
  LeafForge forge;
  for (const LeafNodeSource source : kSources) {
    const LeafNode leaf = forge.leaf(source);
    Bytes tbs = LeafForge::content_of(leaf);
    if (source != LeafNodeSource::key_package) tbs = concat({tbs, vec(forge.group_id), {0, 0, 0, 5}});
    EXPECT_TRUE(succeeds(verify(forge, forge.sign_over(leaf, "LeafNodeTBS", tbs), forge.position)));
    EXPECT_TRUE(fails(verify(forge, forge.sign_over(leaf, "KeyPackageTBS", tbs), forge.position),
                      crypto::errc::kBadSignature, "RFC 9420 §7.3: the signature of a leaf"));
  }
}

TEST(LeafNodeSignature, OfAnUpdateOrCommitBindsTheGroup) {
  LeafForge forge;
  const Bytes other_group = to_bytes(as_bytes("the groups"));
  for (const LeafNodeSource source : {LeafNodeSource::update, LeafNodeSource::commit}) {
    const Bytes leaf = forge.sign(forge.leaf(source));
    EXPECT_TRUE(fails(verify(forge, leaf, LeafPosition{other_group, tree_math::LeafIndex(5)}),
                      crypto::errc::kBadSignature, "§7.3"));
    EXPECT_TRUE(fails(verify(forge, leaf, LeafPosition{{}, tree_math::LeafIndex(5)}), crypto::errc::kBadSignature, ""));
  }
}

TEST(LeafNodeSignature, OfAnUpdateOrCommitBindsTheLeafIndex) {
  LeafForge forge;
  for (const LeafNodeSource source : {LeafNodeSource::update, LeafNodeSource::commit}) {
    const Bytes leaf = forge.sign(forge.leaf(source));
    for (const std::uint32_t index : {0u, 4u, 6u, 5u << 8, 5u << 16})
      EXPECT_TRUE(fails(verify(forge, leaf, LeafPosition{forge.group_id, tree_math::LeafIndex(index)}),
                        crypto::errc::kBadSignature, "§7.3"));
  }
}

TEST(LeafNodeSignature, OfAnUpdateOrCommitThatForgotTheGroupIsRefused) {
  LeafForge forge;
  for (const LeafNodeSource source : {LeafNodeSource::update, LeafNodeSource::commit}) {
    const LeafNode leaf = forge.leaf(source);
    const Bytes forged = forge.sign_over(leaf, "LeafNodeTBS", LeafForge::content_of(leaf));
    EXPECT_TRUE(fails(verify(forge, forged, forge.position), crypto::errc::kBadSignature, "§7.3"));
    EXPECT_TRUE(fails(verify(forge, forged, std::nullopt), dmls::errc::kMisuse, "needs its position"));
  }
}

TEST(LeafNodeSignature, OfAKeyPackageLeafBindsNoGroup) {
  LeafForge forge;
  const Bytes leaf = forge.sign(forge.leaf(LeafNodeSource::key_package));
  EXPECT_TRUE(succeeds(verify(forge, leaf, std::nullopt)));
  EXPECT_TRUE(succeeds(verify(forge, leaf, LeafPosition{{}, tree_math::LeafIndex(9)})));
  // One that was signed as if it did is refused.
  const LeafNode other = forge.leaf(LeafNodeSource::key_package);
  const Bytes tbs = concat({LeafForge::content_of(other), vec(forge.group_id), {0, 0, 0, 5}});
  EXPECT_TRUE(fails(verify(forge, forge.sign_over(other, "LeafNodeTBS", tbs), forge.position),
                    crypto::errc::kBadSignature, "§7.3"));
}

TEST(LeafNodeSignature, DoesNotSurviveAnyFlippedBit) {
  LeafForge forge;
  for (const LeafNodeSource source : kSources) {
    const Bytes leaf = forge.sign(forge.leaf(source));
    ASSERT_TRUE(succeeds(verify(forge, leaf, forge.position)));
    for (std::size_t bit = 0; bit < 8 * leaf.size(); bit += bit_stride()) {
      Bytes flipped = leaf;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
      EXPECT_FALSE(verify(forge, flipped, forge.position)) << bit;
    }
  }
}

TEST(LeafNodeSignature, OfAnotherSourceDoesNotCarryOver) {
  // A commit leaf without a parent hash is an update leaf and one octet: the tag is what tells them apart.
  LeafForge forge;
  LeafNode leaf = forge.leaf(LeafNodeSource::update);
  ASSERT_TRUE(succeeds(sign_leaf_node(leaf, forge.signer, forge.position)));
  leaf.leaf_node_source = LeafFromCommit{};
  EXPECT_TRUE(fails(verify(forge, tls_codec::encode(leaf), forge.position), crypto::errc::kBadSignature, "§7.3"));
}

TEST(LeafNodeSignature, EmptyShortAndLongSignaturesAreRefused) {
  for (const auto& suite : all_suites()) {
    LeafForge forge(suite);
    LeafNode leaf = forge.leaf(LeafNodeSource::update);
    ASSERT_TRUE(succeeds(sign_leaf_node(leaf, forge.signer, forge.position)));
    const Bytes good = leaf.signature;
    for (std::size_t n = 0; n < good.size(); ++n) {
      leaf.signature.assign(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(n));
      EXPECT_FALSE(verify(forge, tls_codec::encode(leaf), forge.position)) << suite.name() << n;
    }
    leaf.signature = good;
    leaf.signature.push_back(0);
    EXPECT_FALSE(verify(forge, tls_codec::encode(leaf), forge.position)) << suite.name();
  }
}

TEST(LeafNodeSignature, AnUnusableSignatureKeyIsAnErrorAndNothingWorse) {
  for (const auto& suite : all_suites()) {
    LeafForge forge(suite);
    LeafNode leaf = forge.leaf(LeafNodeSource::update);
    ASSERT_TRUE(succeeds(sign_leaf_node(leaf, forge.signer, forge.position)));
    for (const Bytes& key : {Bytes{}, Bytes{4}, Bytes(32, 0), Bytes(65, 4), Bytes(57, 0xff), Bytes(1000, 1)}) {
      leaf.signature_key.octets = key;
      EXPECT_FALSE(verify(forge, tls_codec::encode(leaf), forge.position)) << suite.name() << key.size();
    }
  }
}

TEST(LeafNodeSignature, IsNotMadeWithAnotherKeyOrWithoutAPosition) {
  LeafForge forge;
  LeafForge other(forge.suite, 2);
  LeafNode leaf = forge.leaf(LeafNodeSource::commit);
  const LeafNode before = leaf;
  EXPECT_TRUE(fails(sign_leaf_node(leaf, other.signer, forge.position), dmls::errc::kMisuse, "signature_key"));
  EXPECT_TRUE(fails(sign_leaf_node(leaf, forge.signer, std::nullopt), dmls::errc::kMisuse, "needs its position"));
  EXPECT_EQ(leaf, before);
}

}  // namespace
}  // namespace dmls::treekem
