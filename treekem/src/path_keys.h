#pragma once
#include <dmls/crypto/keys.h>
#include <dmls/treekem/tree_secrets.h>

#include <memory>

namespace dmls::treekem {

// PathKeys derives what follows from path secrets, and puts it into TreeSecrets. RFC 9420 §7.4
struct PathKeys {
  // path_secret[i+1] = DeriveSecret(path_secret[i], "path").
  static PathSecret next(const crypto::CipherSuite&, const PathSecret&);
  // The key pair of DeriveSecret(path_secret, "node").
  static Result<crypto::HpkeKeyPair> node_pair(const crypto::CipherSuite&, const PathSecret&);

  // Takes the pair of the node at `level` above the leaf.
  static void put(TreeSecrets&, unsigned level, crypto::HpkeKeyPair);
  // The pair that a member holds for a node, if it is on its direct path and has this public key.
  static const crypto::HpkeKeyPair* find(const TreeSecrets&, NodeIndex, BytesView public_key);
};

}  // namespace dmls::treekem
