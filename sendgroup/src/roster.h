#pragma once
// Who can read a Send Group, as client ids.

#include <dmls/base/bytes.h>
#include <dmls/group/changes.h>
#include <dmls/treekem/credential_validator.h>
#include <dmls/treekem/ratchet_tree.h>

#include <memory>
#include <optional>
#include <set>

namespace dmls::sendgroup {

using Roster = std::set<Bytes, OctetOrder>;
using SharedRoster = std::shared_ptr<const Roster>;

Bytes client_of(const treekem::TreeLeaf&, const treekem::CredentialValidator&);
Bytes client_of(const group::Member&, const treekem::CredentialValidator&);
SharedRoster roster_of(const treekem::RatchetTree&, const treekem::CredentialValidator&);
// Every member of `small` is one of `large`.
bool is_subset(const Roster& small, const Roster& large);
std::optional<treekem::LeafIndex> leaf_of(const treekem::RatchetTree&, const treekem::CredentialValidator&,
                                          BytesView client);

}  // namespace dmls::sendgroup
