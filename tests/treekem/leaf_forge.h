#pragma once
// Leaves and key packages for tests, right and deliberately wrong: whatever is changed in one is signed afterwards, so
// that only the rule under test can refuse it.

#include <dmls/base/random.h>
#include <dmls/crypto/keys.h>
#include <dmls/crypto/signature.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/key_package.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/vectors.h"

namespace dmls::treekem {

// Code points that nothing is registered for.
inline constexpr ExtensionType kUnknownExtension{0xf123};
inline constexpr ProposalType kUnknownProposal{0xf234};
inline constexpr CredentialType kUnknownCredential{0xf345};

// Whether `result` failed with `code` for a reason that contains `rule`.
template <class T>
testing::AssertionResult fails(const Result<T>& result, Errc code, std::string_view rule) {
  if (result) return testing::AssertionFailure() << "it was accepted";
  const Error& error = result.error();
  if (error.code != code || std::string_view(error.rule).find(rule) == std::string_view::npos)
    return testing::AssertionFailure() << "failed otherwise: " << static_cast<unsigned>(error.code) << " "
                                       << error.rule;
  return testing::AssertionSuccess();
}
template <class T>
testing::AssertionResult succeeds(const Result<T>& result) {
  if (result) return testing::AssertionSuccess();
  return testing::AssertionFailure() << static_cast<unsigned>(result.error().code) << " " << result.error().rule;
}

inline crypto::CipherSuite suite_of(std::uint16_t id = 1) {
  return *crypto::CipherSuite::find(crypto::CipherSuiteId{id});
}

// Every suite of this build.
inline std::vector<crypto::CipherSuite> all_suites() {
  std::vector<crypto::CipherSuite> suites;
  for (const auto& row : crypto::registered_suites())
    if (auto suite = crypto::CipherSuite::find(row.id)) suites.push_back(*suite);
  return suites;
}

// LeafForge is one member with a signature key, in the group "the group" at leaf 5.
struct LeafForge {
  crypto::CipherSuite suite;
  SeededRandom random;
  crypto::SignatureKeyPair keys;
  crypto::KeyPairSigner signer;
  Bytes group_id = to_bytes(as_bytes("the group"));
  LeafPosition position{group_id, tree_math::LeafIndex(5)};

  explicit LeafForge(crypto::CipherSuite s = suite_of(), std::uint64_t seed = 1)
      : suite(s), random(seed), keys(*crypto::generate_signature_key_pair(s, random)), signer(s, keys.clone()) {}
  LeafForge(const LeafForge&) = delete;

  // An unsigned leaf of `source` that breaks no rule.
  LeafNode leaf(LeafNodeSource source) {
    LeafNode leaf;
    leaf.encryption_key = crypto::generate_hpke_key_pair(suite, random)->public_key;
    leaf.signature_key = keys.public_key;
    leaf.credential = BasicCredential{to_bytes(as_bytes("alice"))};
    leaf.capabilities = default_capabilities();
    leaf.capabilities.extensions.push_back(kUnknownExtension);
    switch (source) {
      case LeafNodeSource::key_package: leaf.leaf_node_source = LeafFromKeyPackage{{1000, 2000}}; break;
      case LeafNodeSource::update: leaf.leaf_node_source = LeafFromUpdate{}; break;
      case LeafNodeSource::commit: leaf.leaf_node_source = LeafFromCommit{Bytes(suite.hash_length(), 7)}; break;
    }
    leaf.extensions = {make_extension(ApplicationId{{1, 2, 3}}), {kUnknownExtension, {9, 9}}};
    return leaf;
  }
  // Its encoding, signed.
  Bytes sign(LeafNode leaf) {
    EXPECT_TRUE(succeeds(sign_leaf_node(leaf, signer, position)));
    return tls_codec::encode(leaf);
  }
  // Its encoding, with SignWithLabel over octets of the test's choice.
  Bytes sign_over(LeafNode leaf, std::string_view label, BytesView content) {
    leaf.signature = *crypto::sign_with_label(signer, label, content);
    return tls_codec::encode(leaf);
  }
  // LeafNodeTBS without a group and an index.
  static Bytes content_of(LeafNode leaf) {
    leaf.signature.clear();
    Bytes encoded = tls_codec::encode(leaf);
    encoded.pop_back();  // the empty signature
    return encoded;
  }

  // What a group expects that makes no further demands.
  LeafExpectations expectations() const { return {.suite = suite, .position = position}; }

  // A KeyPackage that breaks no rule, both of its signatures valid.
  KeyPackage key_package() {
    KeyPackage made;
    made.version = crypto::ProtocolVersion::mls10;
    made.cipher_suite = suite.id();
    made.init_key = crypto::generate_hpke_key_pair(suite, random)->public_key;
    made.leaf_node = leaf(LeafNodeSource::key_package);
    made.extensions = {{kUnknownExtension, {4}}};
    sign(made);
    return made;
  }
  // Signs the leaf, then the KeyPackage.
  void sign(KeyPackage& unsigned_package) {
    EXPECT_TRUE(succeeds(sign_leaf_node(unsigned_package.leaf_node, signer, position)));
    EXPECT_TRUE(succeeds(sign_key_package(unsigned_package, signer)));
  }
};

// How far apart the flipped bits are: full runs flip each, quick ones every seventh (all eight places occur).
inline std::size_t bit_stride() { return test::property_runs(7) == 7 ? 1 : 7; }

// Octets written by hand: concat(u16(1), opaque("x")).
inline Bytes concat(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}
inline Bytes u16(unsigned v) { return {static_cast<std::uint8_t>(v >> 8), static_cast<std::uint8_t>(v)}; }
// An opaque<V>, or any other vector, of less than 16,384 octets.
inline Bytes vec(BytesView content) {
  Bytes out;
  if (content.size() >= 64) out.push_back(static_cast<std::uint8_t>(0x40 | (content.size() >> 8)));
  out.push_back(static_cast<std::uint8_t>(content.size()));
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

}  // namespace dmls::treekem
