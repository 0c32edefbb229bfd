// A secret tree, and what is left of it after some messages: drawn from the records that a store would get.

#include <dmls/base/random.h>
#include <dmls/keyschedule/secret_tree.h>

#include <set>
#include <string>
#include <utility>

#include "cast.h"
#include "pictures.h"
#include "svg.h"

namespace dmls::pictures {
namespace {

using keyschedule::RatchetKind;
using keyschedule::RecordType;
using keyschedule::SecretTree;
using tree_math::LeafIndex;
using tree_math::NodeIndex;

constexpr int kLeft = 30;
constexpr int kStep = 101;
constexpr int kRise = 56;
constexpr int kWide = 84;
constexpr int kHigh = 30;
constexpr int kWidth = kLeft * 2 + 7 * kStep + kWide;
constexpr int kTop = 62;
constexpr std::string_view kNames[] = {"Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi"};

Look held() { return {.fill = colour::kPaleBlue, .stroke = colour::kBlue, .width = 2}; }
Look gone() { return {.fill = colour::kPaleRed, .stroke = colour::kRed}; }
Look to_come() { return {.fill = colour::kPaper, .kind = Stroke::dashed}; }

struct Held {
  std::set<NodeIndex> nodes;
  std::set<std::pair<std::uint32_t, RatchetKind>> ratchets;
  std::set<std::pair<std::pair<std::uint32_t, RatchetKind>, std::uint32_t>> skipped;

  explicit Held(const SecretTree& tree) {
    for (const auto& record : tree.records()) {
      const auto& key = record.key;
      if (key.type == RecordType::node) nodes.insert(NodeIndex(key.index));
      if (key.type == RecordType::ratchet) ratchets.insert({key.index, key.kind});
      if (key.type == RecordType::skipped) skipped.insert({{key.index, key.kind}, key.generation});
    }
  }
  // Whether a node's secret can still be derived: it, or one above it, is held.
  [[nodiscard]] bool covers(NodeIndex node, tree_math::LeafCount size) const {
    for (const auto step : tree_math::DirectPath(node, size))
      if (nodes.count(step.node) != 0) return true;
    return nodes.count(node) != 0;
  }
};

Point corner_of(NodeIndex node) {
  const int twice = static_cast<int>(tree_math::first_leaf(node).value() + tree_math::last_leaf(node).value());
  return {kLeft + twice * kStep / 2, kTop + (3 - static_cast<int>(node.level())) * kRise};
}

void draw_ratchet(Picture& picture, Point at, const SecretTree& tree, const Held& what, LeafIndex leaf,
                  RatchetKind kind) {
  const std::pair<std::uint32_t, RatchetKind> name{leaf.value(), kind};
  const auto next = static_cast<int>(must(tree.next_generation(leaf, kind)));
  picture.text({at.x + 128, at.y + 19},
               std::string(kNames[leaf.value()]) + (kind == RatchetKind::handshake ? ", handshake" : ", application"),
               {.size = 12, .anchor = Anchor::end});
  const int wide = 74;
  for (int generation = 0; generation < 6; ++generation) {
    const Point corner{at.x + 140 + generation * (wide + 22), at.y};
    const bool kept = what.skipped.count({name, static_cast<std::uint32_t>(generation)}) != 0;
    const bool ratchet = generation == next && what.ratchets.count(name) != 0;
    const bool spent = generation < next && !kept;
    picture.box(corner, wide, 28, spent ? gone() : kept || ratchet ? held() : to_come(), 4);
    picture.text(
        {corner.x + wide / 2, corner.y + 18},
        std::to_string(generation) + (spent     ? " spent"
                                      : kept    ? " key"
                                      : ratchet ? " secret"
                                                : ""),
        {.size = 12, .anchor = Anchor::middle, .fill = spent || kept || ratchet ? colour::kInk : colour::kFaint});
    if (generation < 5)
      picture.arrow({corner.x + wide + 2, corner.y + 14}, {corner.x + wide + 20, corner.y + 14},
                    {.stroke = generation < next ? colour::kRed : colour::kLine});
  }
}

}  // namespace

std::string secret_tree() {
  const auto suite = pictures::suite();
  SeededRandom random(1);
  auto tree = must(SecretTree::create(suite, tree_math::LeafCount(8),
                                      keyschedule::EncryptionSecret(must(random.secret(suite.hash_length())))));
  // Alice's device: she has sent a commit and two messages; of Dave's messages 0, 3 and 2 have arrived, in this order.
  const LeafIndex alice(0), dave(3);
  must(tree.next(alice, RatchetKind::handshake));
  must(tree.next(alice, RatchetKind::application));
  must(tree.next(alice, RatchetKind::application));
  for (const std::uint32_t generation : {0u, 3u, 2u})
    must(tree.spend(must(tree.look(dave, RatchetKind::application, generation))));

  const Held what(tree);
  const auto size = tree.leaf_count();
  Picture picture(kWidth, 562, "A secret tree after some messages: which secrets are held, spent, and not derived yet");
  picture.text({kLeft, 30}, "Alice's device: a commit and two messages sent, Dave's messages 0, 3 and 2 read",
               {.size = 14, .bold = true});
  for (std::uint32_t i = 0; i < size.node_count(); ++i) {
    const NodeIndex node(i);
    const auto above = tree_math::parent(node, size);
    if (!above) continue;
    const Point from = corner_of(node), to = corner_of(*above);
    picture.line({from.x + kWide / 2, from.y}, {to.x + kWide / 2, to.y + kHigh}, {});
  }
  for (std::uint32_t i = 0; i < size.node_count(); ++i) {
    const NodeIndex node(i);
    const Point corner = corner_of(node);
    const bool here = what.nodes.count(node) != 0;
    const bool later = !here && what.covers(node, size);
    picture.box(corner, kWide, kHigh, here ? held() : later ? to_come() : gone());
    const auto leaf = LeafIndex::from(node);
    picture.text({corner.x + kWide / 2, corner.y + 19},
                 leaf                  ? std::string(kNames[leaf->value()])
                 : node == size.root() ? std::string("root")
                                       : "node " + std::to_string(i),
                 {.size = 12, .anchor = Anchor::middle, .fill = later ? colour::kFaint : colour::kInk});
  }

  int y = kTop + 4 * kRise + 26;
  picture.text({kLeft, y}, "The ratchets that have begun, by generation", {.size = 13, .bold = true});
  y += 14;
  for (const LeafIndex leaf : {alice, dave}) {
    for (const RatchetKind kind : {RatchetKind::handshake, RatchetKind::application}) {
      draw_ratchet(picture, {kLeft, y}, tree, what, leaf, kind);
      y += 38;
    }
  }
  y += 20;
  picture.key({kLeft, y}, held(),
              "held: " + std::to_string(tree.node_secrets()) + " node secrets, " +
                  std::to_string(what.ratchets.size()) + " ratchet secrets, " + std::to_string(tree.skipped_keys()) +
                  " key of a message that is still missing");
  picture.key({kLeft, y + 22}, gone(), "deleted: whoever steals the device now cannot derive it again");
  picture.key({kLeft, y + 44}, to_come(), "not derived yet: follows from what is held to the left of it, or above");
  return picture.finish();
}

}  // namespace dmls::pictures
