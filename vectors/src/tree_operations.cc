// What Add, Update and Remove do to a tree. RFC 9420 §12.1.1, §12.1.2, §12.1.3

#include <dmls/base/hex.h>
#include <dmls/treekem/key_package.h>
#include <dmls/treekem/ratchet_tree.h>

#include <variant>

#include "grove.h"

namespace dmls::vectors {
namespace {

// The three of RFC 9420 §12.1 that change a tree; all that this family has.
struct Add {
  static constexpr treekem::ProposalType kTag = treekem::ProposalType::add;
  treekem::KeyPackage key_package;
  static constexpr auto fields(auto& s) { return std::tie(s.key_package); }
};
struct Update {
  static constexpr treekem::ProposalType kTag = treekem::ProposalType::update;
  treekem::LeafNode leaf_node;
  static constexpr auto fields(auto& s) { return std::tie(s.leaf_node); }
};
struct Remove {
  static constexpr treekem::ProposalType kTag = treekem::ProposalType::remove;
  std::uint32_t removed = 0;
  static constexpr auto fields(auto& s) { return std::tie(s.removed); }
};
using TreeProposal = std::variant<Add, Update, Remove>;

Result<treekem::TreeChanges> changes_of(const TreeProposal& proposal, std::uint32_t sender) {
  treekem::TreeChanges changes;
  if (const auto* add = std::get_if<Add>(&proposal)) {
    changes.adds.push_back(&add->key_package.leaf_node);
    return changes;
  }
  const auto* remove = std::get_if<Remove>(&proposal);
  const auto index = tree_math::LeafIndex::from(std::uint64_t{remove != nullptr ? remove->removed : sender});
  if (!index) return fail(errc::kFailed, "a leaf index is beyond 2^31 - 1");
  if (remove != nullptr) {
    changes.removes.push_back(*index);
  } else {
    changes.updates.push_back({*index, &std::get_if<Update>(&proposal)->leaf_node});
  }
  return changes;
}

}  // namespace

Result<void> verify_tree_operations(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  DMLS_TRY(const Bytes before, vector.octets("tree_before"));
  DMLS_TRY(const Bytes encoded, vector.octets("proposal"));
  DMLS_TRY(const auto sender, vector.integer<std::uint32_t>("proposal_sender"));
  DMLS_TRY(auto tree, vector.in("tree_before", treekem::RatchetTree::decode(suite, before)));
  DMLS_CHECK(vector.expect("tree_before", tree.encode()));
  DMLS_CHECK(vector.expect("tree_hash_before", tree.tree_hash()));
  DMLS_TRY(const auto proposal, vector.in("proposal", tls_codec::decode<TreeProposal>(encoded)));
  DMLS_TRY(const auto changes, vector.in("proposal_sender", changes_of(proposal, sender)));
  const treekem::RatchetTree old = tree;
  DMLS_CHECK(vector.in("proposal", tree.apply(changes)));
  DMLS_CHECK(vector.expect("tree_after", tree.encode()));
  DMLS_CHECK(vector.expect("tree_hash_after", tree.tree_hash()));
  // The version before is still what it was.
  return vector.expect("tree_before", old.encode());
}

namespace {

Result<Json> operation(const treekem::RatchetTree& before, const TreeProposal& proposal, std::uint32_t sender) {
  DMLS_TRY(const auto changes, changes_of(proposal, sender));
  treekem::RatchetTree after = before;
  DMLS_CHECK(after.apply(changes));
  return Json({{"cipher_suite", static_cast<std::uint16_t>(before.suite().id())},
               {"tree_before", to_hex(before.encode())},
               {"proposal", to_hex(tls_codec::encode(proposal))},
               {"proposal_sender", sender},
               {"tree_hash_before", to_hex(before.tree_hash())},
               {"tree_after", to_hex(after.encode())},
               {"tree_hash_after", to_hex(after.tree_hash())}});
}

}  // namespace

// In every tree: somebody is added, the first member updates, each of the others but the sender is removed.
Result<Json> generate_tree_operations(const Generation& generation) {
  DMLS_TRY(auto all, groves(generation));
  Json cases = Json::array();
  for (Grove& grove : all) {
    DMLS_TRY(auto who, grove.newcomer());
    DMLS_TRY(Json added, operation(grove.tree(), Add{std::move(who.bundle.key_package)}, 0));
    cases.push_back(std::move(added));
    DMLS_TRY(auto leaf, grove.updated_leaf(tree_math::LeafIndex(0)));
    DMLS_TRY(Json updated, operation(grove.tree(), Update{std::move(leaf)}, 0));
    cases.push_back(std::move(updated));
    for (const auto& [index, member] : grove.members()) {
      if (index.value() == 0) continue;
      DMLS_TRY(Json removed, operation(grove.tree(), Remove{index.value()}, 0));
      cases.push_back(std::move(removed));
    }
  }
  return cases;
}

}  // namespace dmls::vectors
