// Ratchet trees as the library holds them.

#include <dmls/tree_math/tree_math.h>
#include <dmls/treekem/ratchet_tree.h>

#include <map>
#include <string>
#include <vector>

#include "cast.h"
#include "pictures.h"
#include "room.h"
#include "svg.h"

namespace dmls::pictures {
namespace {

using tree_math::LeafIndex;
using tree_math::NodeIndex;

constexpr int kLeft = 30;
constexpr int kStep = 101;  // from leaf to leaf
constexpr int kRise = 68;   // from level to level
constexpr int kWide = 84;   // a node
constexpr int kHigh = 38;   //
constexpr int kWidth = kLeft * 2 + 7 * kStep + kWide;

struct Hue {
  std::string_view pale;
  std::string_view strong;
};

// The nodes of one path, from the lowest up.
constexpr Hue kHues[] = {
    {colour::kPaleGreen, colour::kGreen}, {colour::kPaleAmber, colour::kAmber}, {colour::kPaleRed, colour::kRed}};

struct Panel {
  Picture& picture;
  const Room& room;
  int top;                          // of the root
  std::vector<Sealed> sealed = {};  // by the last commit
  std::string_view committer = {};

  [[nodiscard]] Point at(NodeIndex node) const {
    const int twice = static_cast<int>(tree_math::first_leaf(node).value() + tree_math::last_leaf(node).value());
    const int level = static_cast<int>(node.level());
    const int depth = static_cast<int>(room.tree().leaf_count().depth());
    return {kLeft + twice * kStep / 2, top + (depth - level) * kRise};
  }
  [[nodiscard]] Point bottom(NodeIndex node) const { return {at(node).x + kWide / 2, at(node).y + kHigh}; }
  [[nodiscard]] Point head(NodeIndex node) const { return {at(node).x + kWide / 2, at(node).y}; }

  // Which path secret this node is for, and which one its owners received.
  [[nodiscard]] const Hue* fresh(NodeIndex node) const {
    for (std::size_t i = 0; i < sealed.size(); ++i)
      if (sealed[i].node == node) return &kHues[i];
    return nullptr;
  }
  [[nodiscard]] const Hue* receives(NodeIndex node) const {
    for (std::size_t i = 0; i < sealed.size(); ++i)
      for (const NodeIndex to : sealed[i].to)
        if (to == node) return &kHues[i];
    return nullptr;
  }
  [[nodiscard]] bool commits(NodeIndex node) const {
    const auto leaf = LeafIndex::from(node);
    return leaf && !committer.empty() && room.name_at(*leaf) == committer;
  }

  void draw() const {
    const auto size = room.tree().leaf_count();
    for (std::uint32_t i = 0; i < size.node_count(); ++i) {
      const NodeIndex node(i);
      const auto above = tree_math::parent(node, size);
      if (!above) continue;
      const Hue* hue = fresh(*above);
      const bool on_path = hue != nullptr && (fresh(node) != nullptr || commits(node));
      picture.line(head(node), bottom(*above),
                   {.stroke = on_path ? hue->strong : colour::kLine, .width = on_path ? 3 : 1});
    }
    for (std::uint32_t i = 0; i < size.node_count(); ++i) draw(NodeIndex(i));
  }

  void draw(NodeIndex node) const {
    const Point corner = at(node), middle{corner.x + kWide / 2, corner.y};
    const auto key = room.tree().encryption_key(node);
    const auto leaf = LeafIndex::from(node);
    const std::string number = "node " + std::to_string(node.value());
    if (!key) {
      picture.box(corner, kWide, kHigh, {.fill = colour::kPaper, .kind = Stroke::dashed});
      picture.text({middle.x, middle.y + 16}, number, {.size = 11, .anchor = Anchor::middle, .fill = colour::kFaint});
      picture.text({middle.x, middle.y + 30}, "blank", {.size = 11, .anchor = Anchor::middle, .fill = colour::kFaint});
    } else {
      const Hue* hue = fresh(node);
      Look look{.fill = colour::kPaleBlue, .stroke = colour::kBlue};
      if (hue != nullptr) look = {.fill = hue->pale, .stroke = hue->strong, .width = 2};
      if (commits(node)) look = {.fill = colour::kPalePurple, .stroke = colour::kPurple, .width = 2};
      picture.box(corner, kWide, kHigh, look);
      picture.text({middle.x, middle.y + 16}, leaf ? room.name_at(*leaf) : number,
                   {.size = 12, .anchor = Anchor::middle, .bold = true});
      picture.text({middle.x, middle.y + 31}, short_name(*key), {.size = 12, .anchor = Anchor::middle, .mono = true});
    }
    if (leaf)
      picture.text({middle.x, middle.y + kHigh + 14}, "leaf " + std::to_string(leaf->value()),
                   {.size = 11, .anchor = Anchor::middle, .fill = colour::kFaint});
    if (const Hue* hue = receives(node)) {
      const int y = leaf ? middle.y + kHigh + 19 : middle.y + kHigh + 3;
      picture.box({corner.x + 8, y}, kWide - 16, 7, {.fill = hue->strong, .stroke = hue->strong}, 3);
    }
    const auto parent = room.tree().parent_node(node);
    if (!parent || parent->unmerged_leaves.empty()) return;
    std::string names = "unmerged:";
    for (const std::uint32_t index : parent->unmerged_leaves) names += " " + room.name_at(LeafIndex(index));
    picture.box({corner.x + kWide + 4, corner.y + 9}, 108, 20, {.fill = colour::kPaleAmber, .stroke = colour::kAmber},
                9);
    picture.text({corner.x + kWide + 58, corner.y + 23}, names, {.size = 11, .anchor = Anchor::middle});
  }

  [[nodiscard]] std::string name(NodeIndex node) const {
    const auto leaf = LeafIndex::from(node);
    return leaf ? room.name_at(*leaf) : "node " + std::to_string(node.value());
  }
  // What was sealed to whom, a line for each node of the path; the lowest line is the topmost node.
  void list(int y) const {
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      std::string words = "path secret of node " + std::to_string(sealed[i].node.value()) + ", sealed " +
                          (sealed[i].to.size() == 1 ? "once" : std::to_string(sealed[i].to.size()) + " times") +
                          ": to ";
      for (std::size_t k = 0; k < sealed[i].to.size(); ++k) words += (k == 0 ? "" : ", ") + name(sealed[i].to[k]);
      picture.key({kLeft, y + static_cast<int>(i) * 20}, {.fill = kHues[i].strong, .stroke = kHues[i].strong}, words);
    }
  }
};

void headline(Picture& picture, int y, std::string_view words) {
  picture.text({kLeft, y}, words, {.size = 14, .bold = true});
}

Look plain() { return {.fill = colour::kPaleBlue, .stroke = colour::kBlue}; }
Look blank() { return {.fill = colour::kPaper, .kind = Stroke::dashed}; }

}  // namespace

std::string tree_fresh() {
  const Room room;
  Picture picture(kWidth, 382, "A ratchet tree of eight members who have just been added: all parent nodes are blank");
  headline(picture, 30, "Epoch " + std::to_string(room.epoch()) + ": Alice has added seven, without a path");
  Panel{picture, room, 50}.draw();
  picture.key({kLeft, 342}, plain(), "a public key (its first two octets); leaves have those of their key packages");
  picture.key({kLeft, 364}, blank(), "no key: whoever is below has to be written to one by one");
  return picture.finish();
}

std::string tree_commit() {
  Room room;
  Picture picture(kWidth, 778, "A ratchet tree after a commit of Carol, and after one of Frank");
  for (const auto& [who, top] : std::vector<std::pair<std::string_view, int>>{{"Carol", 50}, {"Frank", 432}}) {
    const auto sealed = room.renew(who);
    std::size_t seals = 0;
    for (const auto& one : sealed) seals += one.to.size();
    headline(picture, top - 20,
             "Epoch " + std::to_string(room.epoch()) + ": " + std::string(who) + " commits fresh keys, sealed " +
                 std::to_string(seals) + " times");
    const Panel panel{picture, room, top, sealed, who};
    panel.draw();
    panel.list(top + 294);
    if (top == 50) picture.line({20, 394}, {kWidth - 20, 394}, {.stroke = colour::kPaleGrey, .width = 2});
  }
  return picture.finish();
}

std::string tree_unmerged() {
  Room room;
  room.renew("Carol");
  room.renew("Frank");
  room.remove("Alice", {"Bob", "Heidi"});
  room.add("Carol", "Ivan");
  Picture picture(kWidth, 404, "A ratchet tree after two were removed and one was added: blank nodes, unmerged leaves");
  headline(picture, 30,
           "Epoch " + std::to_string(room.epoch()) +
               ": Alice has removed Bob and Heidi, then Carol has added Ivan without a path");
  const Panel panel{picture, room, 50};
  panel.draw();
  const NodeIndex left = tree_math::left(room.tree().leaf_count().root());
  std::string names;
  for (const NodeIndex node : room.tree().resolution(left)) names += (names.empty() ? "" : ", ") + panel.name(node);
  picture.key({kLeft, 342}, {.fill = colour::kPaleAmber, .stroke = colour::kAmber},
              "Ivan does not know these keys: what is sealed to such a node is sealed to him as well");
  picture.key(
      {kLeft, 364}, blank(),
      "no key: there never was one, or somebody who was removed knew it; blank leaves are filled from the left");
  picture.text({kLeft, 388},
               "To reach all below node " + std::to_string(left.value()) + ", a commit seals to: " + names + ".",
               {.size = 12});
  return picture.finish();
}

}  // namespace dmls::pictures
