#pragma once
// The exported PSKs that somebody may still import.

#include <dmls/base/bytes.h>
#include <dmls/group/proposal_store.h>
#include <dmls/group/psk_source.h>
#include <dmls/sendgroup/detached_leaf.h>
#include <dmls/sendgroup/exporter_psk.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "roster.h"

namespace dmls::sendgroup {

class PskLedger final : public group::PskSource {
 public:
  // `roster`: who can derive the PSK, and so may be in a group that imports it.
  struct Entry {
    keyschedule::Psk psk;
    SharedRoster roster;
    std::vector<PublishedLeaf> leaves = {};                             // LeafKeys::detached_leaf, for each suite
    std::map<crypto::CipherSuiteId, group::OwnUpdate> own_leaves = {};  // and what is behind them, if they are ours

    // nullptr if there is none for the suite.
    [[nodiscard]] const treekem::LeafNode* published(crypto::CipherSuiteId suite) const {
      for (const PublishedLeaf& one : leaves)
        if (one.suite == suite) return &one.leaf;
      return nullptr;
    }
    [[nodiscard]] const group::OwnUpdate* own_leaf(crypto::CipherSuiteId suite) const {
      const auto found = own_leaves.find(suite);
      return found == own_leaves.end() ? nullptr : &found->second;
    }
  };

  // Beyond `per_group` entries of one group the oldest goes.
  void add(const EpochName&, Entry, std::size_t per_group);
  // nullptr if it is not (or no longer) there.
  [[nodiscard]] const Entry* entry(const EpochName&) const;
  // For commits: by the name of the PSK. kUnknownPsk.
  Result<keyschedule::Psk> find(const keyschedule::PreSharedKeyID&) const override;
  // Wipes those of a group for which `gone(name, entry)` holds.
  void erase_if(BytesView group_id, auto&& gone) {
    const auto group = groups_.find(group_id);
    if (group == groups_.end()) return;
    std::erase_if(group->second, [&](const auto& item) {
      EpochName name{group->first, item.first};
      if (!gone(name, item.second)) return false;
      changed_.insert(std::move(name));
      return true;
    });
    if (group->second.empty()) groups_.erase(group);
  }
  [[nodiscard]] std::vector<Bytes> group_ids() const;
  [[nodiscard]] std::size_t size() const;
  // The names of what was added or wiped since the last call.
  std::set<EpochName> take_changes() { return std::exchange(changed_, {}); }

 private:
  std::map<Bytes, std::map<std::uint64_t, Entry>, OctetOrder> groups_;
  std::set<EpochName> changed_;
};

}  // namespace dmls::sendgroup
