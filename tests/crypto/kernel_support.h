#pragma once
// What the tests of the derivation kernels share: the walk written down from RFC 9420 §9, over HKDF-Expand.

#include <dmls/base/random.h>
#include <dmls/crypto/kdf.h>
#include <dmls/crypto/tree_kdf.h>
#include <dmls/crypto/tree_kdf_testing.h>

#include <cstdint>
#include <string>
#include <vector>

namespace dmls::test {

using crypto::HashId;

inline const std::vector<HashId> kHashes{HashId::sha256, HashId::sha384, HashId::sha512};

inline crypto::CipherSuite suite_with(HashId hash, const crypto::Provider& provider = crypto::default_provider()) {
  using enum crypto::CipherSuiteId;
  const auto id = hash == HashId::sha256   ? MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519
                  : hash == HashId::sha384 ? MLS_256_DHKEMP384_AES256GCM_SHA384_P384
                                           : MLS_256_DHKEMP521_AES256GCM_SHA512_P521;
  return *crypto::CipherSuite::find(id, provider);
}

inline std::vector<const crypto::TreeKdf*> kernels_of(HashId hash) {
  std::vector<const crypto::TreeKdf*> found;
  for (const auto name : crypto::kKernelNames)
    if (const auto* kdf = crypto::tree_kdf_for_testing(hash, name)) found.push_back(kdf);
  return found;
}

// Every secret along one path: node d is at depth d, sibling d is the one beside node d + 1.
struct Descent {
  std::vector<Bytes> nodes, siblings;
};

inline bool goes_right(BytesView path, std::size_t depth) { return (path[depth / 8] >> (7 - depth % 8)) & 1; }

inline Descent descend(const crypto::CipherSuite& suite, Bytes root, BytesView path, std::size_t to) {
  Descent d;
  d.nodes.push_back(std::move(root));
  for (std::size_t depth = 0; depth < to; ++depth) {
    const auto child = [&](std::string_view side) {
      return to_bytes(
          crypto::expand_with_label(suite, d.nodes.back(), "tree", as_bytes(side), suite.hash_length()).expose());
    };
    Bytes left = child("left"), right = child("right");
    if (goes_right(path, depth)) std::swap(left, right);
    d.nodes.push_back(std::move(left));
    d.siblings.push_back(std::move(right));
  }
  return d;
}

// One walk with buffers of its own.
struct WalkBuffers {
  Bytes node, path, copath, end;
  std::size_t from, to;

  WalkBuffers(Bytes start, Bytes leaf, std::size_t first, std::size_t last)
      : node(std::move(start)),
        path(std::move(leaf)),
        copath((last - first) * node.size()),
        end(node.size()),
        from(first),
        to(last) {}
  crypto::TreeWalk view() { return {node, path, from, to, copath, end}; }
};

inline void expect_walked(const WalkBuffers& walk, const Descent& expected, const std::string& what) {
  const std::size_t nh = walk.node.size();
  EXPECT_EQ(walk.end, expected.nodes[walk.to]) << what << ": end";
  for (std::size_t depth = walk.from; depth < walk.to; ++depth) {
    const auto slot = BytesView(walk.copath).subspan((depth - walk.from) * nh, nh);
    ASSERT_EQ(to_bytes(slot), expected.siblings[depth]) << what << ": sibling below depth " << depth;
  }
}

}  // namespace dmls::test
