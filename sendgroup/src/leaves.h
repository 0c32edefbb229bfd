#pragma once
#include <dmls/group/commit.h>
#include <dmls/sendgroup/detached_leaf.h>

#include <optional>
#include <vector>

#include "psk_ledger.h"

namespace dmls::sendgroup {

// What has to go along with the import of an epoch into a group of that suite; nothing if no leaf was published.
std::optional<group::CustomProposal> detached_leaf(const PskLedger&, const EpochName& import, crypto::CipherSuiteId);
// Of an UPDATE; empty if none are.
std::vector<PublishedLeaf> published_leaves(const group::Commit&);

}  // namespace dmls::sendgroup
