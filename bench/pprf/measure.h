#pragma once
// Walks of the puncturable PRF, and the walk that everybody writes.

#include <dmls/base/random.h>
#include <dmls/crypto/kdf.h>
#include <dmls/crypto/tree_kdf.h>
#include <dmls/crypto/tree_kdf_testing.h>
#include <dmls/pprf/pprf.h>
#include <openssl/digest.h>
#include <openssl/hkdf.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "harness/measure.h"

namespace dmls::bench {

using crypto::HashId;

inline crypto::CipherSuite suite_with(HashId hash) {
  using enum crypto::CipherSuiteId;
  const auto id = hash == HashId::sha256   ? MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519
                  : hash == HashId::sha384 ? MLS_256_DHKEMP384_AES256GCM_SHA384_P384
                                           : MLS_256_DHKEMP521_AES256GCM_SHA512_P521;
  return *crypto::CipherSuite::find(id);
}

// Walks from a root to a leaf, each with memory of its own.
class Walks {
 public:
  Walks(HashId hash, std::size_t count)
      : nh(crypto::hash_length(hash)), copath(count, Bytes(8 * nh * nh)), end(count, Bytes(nh)) {
    SeededRandom random(1);
    for (std::size_t i = 0; i < count; ++i) {
      node.push_back(*random.bytes(nh));
      path.push_back(*random.bytes(nh));
    }
    for (std::size_t i = 0; i < count; ++i) views.push_back({node[i], path[i], 0, 8 * nh, copath[i], end[i]});
  }
  [[nodiscard]] bool same(const Walks& other) const { return copath == other.copath && end == other.end; }

  std::size_t nh;
  std::vector<Bytes> node, path, copath, end;
  std::vector<crypto::TreeWalk> views;
};

// What everybody does: one HKDF call of BoringSSL for each child.
inline void naive_walk(HashId hash, const crypto::TreeWalk& walk) {
  const EVP_MD* md = hash == HashId::sha256 ? EVP_sha256() : hash == HashId::sha384 ? EVP_sha384() : EVP_sha512();
  const std::size_t nh = crypto::hash_length(hash);
  const auto label = [&](const char* side) {
    return std::string("\0", 1) + static_cast<char>(nh) + "\x0cMLS 1.0 tree" + static_cast<char>(std::strlen(side)) +
           side;
  };
  static thread_local std::string left, right;
  left = label("left");
  right = label("right");
  std::uint8_t l[64], r[64];
  std::copy(walk.node.begin(), walk.node.end(), walk.end.begin());
  std::uint8_t* sibling = walk.copath.data();
  for (std::size_t d = walk.from; d < walk.to; ++d, sibling += nh) {
    HKDF_expand(l, nh, md, walk.end.data(), nh, reinterpret_cast<const std::uint8_t*>(left.data()), left.size());
    HKDF_expand(r, nh, md, walk.end.data(), nh, reinterpret_cast<const std::uint8_t*>(right.data()), right.size());
    const bool turn = (walk.path[d / 8] >> (7 - d % 8)) & 1;
    std::memcpy(walk.end.data(), turn ? r : l, nh);
    std::memcpy(sibling, turn ? l : r, nh);
  }
}

}  // namespace dmls::bench
