#include "roster.h"

#include <dmls/base/result.h>
#include <dmls/tls_codec/codec.h>

#include <algorithm>

namespace dmls::sendgroup {

Bytes client_of(const treekem::TreeLeaf& leaf, const treekem::CredentialValidator& validator) {
  const auto view = leaf.view();
  return validator.client_id(view.credential, view.signature_key);
}

Bytes client_of(const group::Member& member, const treekem::CredentialValidator& validator) {
  const auto credential = treekem::EncodedCredential::of(member.credential);
  if (!credential) panic("a member's credential does not survive its encoding");
  return validator.client_id(credential->view(), member.signature_key);
}

SharedRoster roster_of(const treekem::RatchetTree& tree, const treekem::CredentialValidator& validator) {
  auto out = std::make_shared<Roster>();
  tree.for_each_leaf([&](const treekem::TreeLeaf& leaf) { out->insert(client_of(leaf, validator)); });
  return out;
}

bool is_subset(const Roster& small, const Roster& large) {
  return std::includes(large.begin(), large.end(), small.begin(), small.end(), OctetOrder());
}

std::optional<treekem::LeafIndex> leaf_of(const treekem::RatchetTree& tree,
                                          const treekem::CredentialValidator& validator, BytesView client) {
  std::optional<treekem::LeafIndex> found;
  tree.for_each_leaf([&](const treekem::TreeLeaf& leaf) {
    const Bytes id = client_of(leaf, validator);
    if (std::equal(id.begin(), id.end(), client.begin(), client.end())) found = leaf.index();
  });
  return found;
}

}  // namespace dmls::sendgroup
