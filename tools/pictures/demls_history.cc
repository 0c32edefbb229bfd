// A netsplit as one device sees it: the history that its session holds, and what the PPRF of each epoch still derives.

#include <dmls/fork/client.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cast.h"
#include "pictures.h"
#include "svg.h"

namespace dmls::pictures {
namespace {

constexpr int kLeft = 24;
constexpr int kColumn = 180;
constexpr int kLane = 108;
constexpr int kWide = 144;
constexpr int kHigh = 74;
constexpr int kWidth = kLeft * 2 + 4 * kColumn + kWide;

// An epoch that this device has entered; it may have deleted it since.
struct Seen {
  fork::NodeId id;
  std::optional<fork::NodeId> parent;
  std::uint64_t number = 0;
  std::string what;
};

std::string describe(const group::Changes& changes) {
  std::string out = name_of(changes.committer);
  if (changes.added.empty()) return out + ": fresh keys";
  for (std::size_t i = 0; i < changes.added.size(); ++i)
    out += (i == 0 ? " adds " : ", ") + name_of(changes.added[i].member);
  return out;
}

// Alice's device, and what it has seen.
struct Device {
  fork::Session& session;
  std::vector<Seen> seen = {};

  void note(const fork::Events& events) {
    for (const auto& event : events) {
      if (const auto* step = std::get_if<fork::Advanced>(&event)) note(*step);
      if (const auto* step = std::get_if<fork::Forked>(&event)) note(*step);
    }
  }
  void note(const auto& step) { seen.push_back({step.node, step.parent, step.changes.epoch, describe(step.changes)}); }
};

std::size_t pprf_nodes(const fork::Session& session, const fork::NodeId& id) {
  for (const auto& held : session.inventory()) {
    const bool pprf = held.kind == fork::SecretKind::init_secrets || held.kind == fork::SecretKind::parent_init_root;
    if (pprf && held.node == id) return held.count;
  }
  return 0;
}

class Drawing {
 public:
  Drawing(Picture& picture, int top, const Device& device) : picture_(picture), top_(top), device_(device) {
    const auto path = device.session.history().path_to(device.session.head());
    for (const Seen& one : device.seen) {
      const auto above = one.parent ? places_.find(*one.parent) : places_.end();
      const int column = above == places_.end() ? 0 : above->second.first + 1;
      const bool preferred = std::find(path.begin(), path.end(), one.id) != path.end() || lost_ancestor(one, path);
      const int lane = preferred ? 0 : 1;
      places_[one.id] = {column, lane};
    }
  }

  void draw() {
    for (const Seen& one : device_.seen)
      if (one.parent && places_.count(*one.parent) != 0) edge(*one.parent, one.id);
    for (const Seen& one : device_.seen) epoch(one);
  }

 private:
  // Whether the preferred branch leads through this epoch although the history has dropped it.
  [[nodiscard]] bool lost_ancestor(const Seen& one, const std::vector<fork::NodeId>& path) const {
    for (const Seen& below : device_.seen) {
      if (!below.parent || !(*below.parent == one.id)) continue;
      if (std::find(path.begin(), path.end(), below.id) != path.end() || lost_ancestor(below, path)) return true;
    }
    return false;
  }
  [[nodiscard]] Point corner(const fork::NodeId& id) const {
    const auto [column, lane] = places_.at(id);
    return {kLeft + column * kColumn, top_ + lane * kLane};
  }
  void edge(const fork::NodeId& parent, const fork::NodeId& child) {
    const Point from = corner(parent), to = corner(child);
    const bool straight = from.y == to.y;
    const Point start =
        straight ? Point{from.x + kWide, from.y + kHigh / 2} : Point{from.x + kWide / 2, from.y + kHigh};
    picture_.arrow(start, {to.x, to.y + kHigh / 2}, {.stroke = colour::kInk});
    if (!device_.session.holds(parent)) return;
    // Entered here, so punctured there.
    if (straight) {
      picture_.line({start.x + 9, start.y - 8}, {start.x + 9, start.y + 8}, {.stroke = colour::kRed, .width = 4});
    } else {
      picture_.line({start.x + 8, start.y + 14}, {start.x + 18, start.y + 2}, {.stroke = colour::kRed, .width = 4});
    }
  }
  void epoch(const Seen& one) {
    const Point at = corner(one.id);
    const int middle = at.x + kWide / 2;
    const bool held = device_.session.holds(one.id), head = device_.session.head() == one.id;
    Look look{.fill = colour::kPaleBlue, .stroke = colour::kBlue};
    if (head) look = {.fill = colour::kPaleGreen, .stroke = colour::kGreen, .width = 3};
    if (!held) look = {.fill = colour::kPaper, .kind = Stroke::dashed};
    picture_.box(at, kWide, kHigh, look);
    const auto ink = held ? colour::kInk : colour::kFaint;
    picture_.text({middle, at.y + 19}, "epoch " + std::to_string(one.number) + " (" + short_name(one.id.octets()) + ")",
                  {.size = 12, .anchor = Anchor::middle, .fill = ink, .bold = true});
    picture_.text({middle, at.y + 39}, one.what, {.size = 11, .anchor = Anchor::middle, .fill = ink});
    const std::size_t nodes = pprf_nodes(device_.session, one.id);
    picture_.text({middle, at.y + 61},
                  !held        ? std::string("deleted")
                  : nodes == 1 ? std::string("PPRF: its root")
                               : "PPRF: " + std::to_string(nodes) + " nodes",
                  {.size = 11, .anchor = Anchor::middle, .fill = ink});
    if (head)
      picture_.text({middle, at.y - 7}, "head",
                    {.size = 12, .anchor = Anchor::middle, .fill = colour::kGreen, .bold = true});
  }

  Picture& picture_;
  int top_;
  const Device& device_;
  std::map<fork::NodeId, std::pair<int, int>> places_;  // column and lane
};

}  // namespace

std::string demls_history() {
  auto a = must(fork::Client::create(person("Alice"))), b = must(fork::Client::create(person("Bob"))),
       c = must(fork::Client::create(person("Carol"))), d = must(fork::Client::create(person("Dave")));
  auto alice = must(a.create_group(as_bytes("netsplit")));
  Device device{alice};
  const auto add =
      must(alice.commit(group::CommitRequest().add(must(b.new_key_package())).add(must(c.new_key_package()))));
  const auto joined = must(alice.accept(add.commit));
  device.note(joined.events);
  auto bob = must(b.join(joined.welcomes.at(0).message));
  auto carol = must(c.join(joined.welcomes.at(0).message));

  // The network splits. Alice and Bob renew their keys; Carol, alone, adds Dave.
  const auto renewed = must(alice.commit({}));
  device.note(must(alice.accept(renewed.commit)).events);
  bob.process(renewed.message);
  const auto bobs = must(bob.commit({}));
  must(bob.accept(bobs.commit));
  device.note(alice.process(bobs.message));
  const auto added = must(carol.commit(group::CommitRequest().add(must(d.new_key_package()))));
  must(carol.accept(added.commit));

  // It heals: each side hears what the other did.
  device.note(alice.process(added.message));
  bob.process(added.message);
  carol.process(renewed.message);
  carol.process(bobs.message);
  if (!(alice.head() == bob.head()) || !(alice.head() == carol.head())) give_up("the members do not agree on a branch");

  Picture picture(kWidth, 640, "A DeMLS history on Alice's device: a fork, and the same after it was healed");
  picture.text({kLeft, 30}, "The halves have met again: Alice holds both branches", {.size = 14, .bold = true});
  Drawing(picture, 64, device).draw();

  // What the branch that lost had changed is done again, then Carol commits on the common branch as well.
  const bool alices_won = !(alice.head() == added.node);
  const fork::NodeId loser = alices_won ? added.node : bobs.node;
  group::CommitRequest again;
  if (!must(alice.lost_changes(loser)).added.empty()) again.add(must(d.new_key_package()));
  for (fork::Session* committer : {&alice, &carol}) {
    const auto made = must(committer->commit(committer == &alice ? again : group::CommitRequest()));
    const auto done = must(committer->accept(made.commit));
    if (committer == &alice) device.note(done.events);
    for (fork::Session* reader : {&alice, &bob, &carol}) {
      if (reader == committer) continue;
      const auto events = reader->process(made.message);
      if (reader == &alice) device.note(events);
    }
  }
  must(alice.forget_branch(alices_won ? added.node : renewed.node));

  picture.line({20, 282}, {kWidth - 20, 282}, {.stroke = colour::kPaleGrey, .width = 2});
  picture.text({kLeft, 312},
               std::string("Healed: Alice has ") + (again.adds().empty() ? "committed again" : "added Dave again") +
                   ", Carol has committed, the losing branch was forgotten",
               {.size = 14, .bold = true});
  Drawing(picture, 346, device).draw();

  picture.line({kLeft + 8, 551}, {kLeft + 8, 567}, {.stroke = colour::kRed, .width = 4});
  picture.text({kLeft + 27, 564},
               "puncture: the child on this edge was entered, its init secret cannot be derived again", {.size = 12});
  picture.key({kLeft, 588}, {.fill = colour::kPaleGreen, .stroke = colour::kGreen, .width = 3},
              "the head: messages are sent here");
  picture.key({kLeft, 612}, {.fill = colour::kPaper, .kind = Stroke::dashed},
              "deleted: nobody can need it any more (every member committed below it), or it was forgotten by hand");
  return picture.finish();
}

}  // namespace dmls::pictures
