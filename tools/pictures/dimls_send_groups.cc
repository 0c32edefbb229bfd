// Three Send Groups in time: epochs, and what they import from each other, as the sessions report it.

#include <dmls/sendgroup/session.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cast.h"
#include "pictures.h"
#include "svg.h"

namespace dmls::pictures {
namespace {

using sendgroup::EpochName;

constexpr int kLeft = 90;
constexpr int kColumn = 75;
constexpr int kTop = 122;
constexpr int kRow = 96;
constexpr int kRadius = 17;

// An epoch of a Send Group, or a message in it.
struct Mark {
  int column;
  EpochName epoch;
  bool fresh = false;  // keys
  bool message = false;
  std::vector<EpochName> imports = {};
};

struct Person {
  std::string name;
  sendgroup::Session session;
};

class Conversation {
 public:
  Conversation() {
    for (const char* name : {"Alice", "Bob", "Carol"}) {
      sendgroup::SessionConfig config;
      config.clients.push_back(std::make_shared<const group::ClientConfig>(person(name)));
      people_.push_back({name, must(sendgroup::Session::create(std::move(config)))});
    }
  }

  sendgroup::Session& operator[](std::size_t index) { return people_[index].session; }

  // Everybody else reads what one has sent. `verb`, and which kind of it, are written above the columns that it takes.
  void send(std::size_t from, const char* verb, const std::vector<Bytes>& messages, const char* kind = "") {
    const int first = column_;
    for (const Bytes& message : messages) {
      bool drawn = false;
      for (std::size_t to = 0; to < people_.size(); ++to) {
        if (to == from) continue;
        for (const auto& event : must(people_[to].session.unprotect(message))) drawn = note(event) || drawn;
      }
      if (drawn) ++column_;
    }
    if (column_ == first) give_up("a step has nothing to show");
    verbs_.push_back({people_[from].name, verb, kind, first, column_ - 1});
  }

  void draw(Picture& picture) const {
    for (std::size_t row = 0; row < people_.size(); ++row) {
      const int y = y_of(row);
      picture.text({24, y + 5}, people_[row].name, {.size = 14, .bold = true});
      picture.line({kLeft - 6, y}, {x_of(column_ - 1) + 32, y}, {.stroke = colour::kLine, .width = 2});
    }
    for (const auto& verb : verbs_) {
      const int x = (x_of(verb.first) + x_of(verb.last)) / 2;
      picture.text({x, 60}, verb.who, {.size = 11, .anchor = Anchor::middle, .fill = colour::kFaint});
      picture.text({x, 76}, verb.what, {.size = 11, .anchor = Anchor::middle, .bold = true});
      picture.text({x, 91}, verb.kind, {.size = 11, .anchor = Anchor::middle, .fill = colour::kFaint});
    }
    for (const Mark& mark : marks_)
      for (const auto& source : mark.imports) draw_import(picture, source, mark);
    for (const Mark& mark : marks_) draw(picture, mark);
  }

 private:
  struct Verb {
    std::string who;
    const char* what;
    const char* kind;
    int first;
    int last;
  };

  bool note(const sendgroup::Event& event) {
    if (const auto* joined = std::get_if<sendgroup::Joined>(&event)) return keep({column_, joined->epoch, true});
    if (const auto* step = std::get_if<sendgroup::Advanced>(&event))
      return keep({column_, step->epoch, step->has_path, false, step->imports});
    if (const auto* words = std::get_if<sendgroup::ApplicationMessage>(&event))
      return keep({column_, words->epoch, false, true});
    return false;
  }
  // Once, however many have read it.
  bool keep(Mark mark) {
    const bool known = std::ranges::any_of(
        marks_, [&](const Mark& other) { return other.epoch == mark.epoch && other.message == mark.message; });
    if (!known) marks_.push_back(std::move(mark));
    return !known;
  }
  [[nodiscard]] std::size_t row_of(const EpochName& epoch) const {
    for (std::size_t row = 0; row < people_.size(); ++row)
      if (people_[row].session.group_id() == epoch.group_id) return row;
    give_up("a Send Group belongs to nobody");
  }
  [[nodiscard]] const Mark& find(const EpochName& epoch) const {
    const auto found = std::ranges::find_if(marks_, [&](const Mark& m) { return m.epoch == epoch && !m.message; });
    if (found == marks_.end()) give_up("an epoch was imported that nobody has seen");
    return *found;
  }
  static int x_of(int column) { return kLeft + 30 + column * kColumn; }
  static int y_of(std::size_t row) { return kTop + 20 + static_cast<int>(row) * kRow; }
  [[nodiscard]] Point at(const Mark& mark) const { return {x_of(mark.column), y_of(row_of(mark.epoch))}; }

  void draw_import(Picture& picture, const EpochName& source, const Mark& mark) const {
    const Point from = at(find(source)), to = at(mark);
    const int down = to.y > from.y ? 1 : -1;
    // From the edge of one circle to the edge of the other, as steep as the rows are apart.
    const int rows = (to.y - from.y) * down / kRow;
    const int slope = (to.x - from.x) / (kColumn * rows);
    const Point start{from.x + (slope > 0 ? 9 : 0), from.y + down * (kRadius - 3)};
    const Point end{to.x - (slope > 0 ? 11 : 4), to.y - down * (kRadius - 1)};
    picture.arrow(start, end, {.stroke = colour::kPurple, .width = 2});
  }
  void draw(Picture& picture, const Mark& mark) const {
    const Point centre = at(mark);
    if (mark.message) {
      picture.box({centre.x - 15, centre.y - 10}, 30, 20, {.fill = colour::kPaleAmber, .stroke = colour::kAmber}, 3);
      picture.line({centre.x - 15, centre.y - 9}, {centre.x, centre.y + 2}, {.stroke = colour::kAmber});
      picture.line({centre.x + 15, centre.y - 9}, {centre.x, centre.y + 2}, {.stroke = colour::kAmber});
      return;
    }
    picture.circle(centre, kRadius,
                   mark.fresh ? Look{.fill = colour::kPaleGreen, .stroke = colour::kGreen, .width = 2}
                              : Look{.fill = colour::kPaper, .stroke = colour::kBlue, .width = 2});
    picture.text({centre.x, centre.y + 5}, std::to_string(mark.epoch.epoch),
                 {.size = 13, .anchor = Anchor::middle, .bold = true});
  }

  std::vector<Person> people_;
  std::vector<Mark> marks_;
  std::vector<Verb> verbs_;
  int column_ = 0;
};

}  // namespace

std::string dimls_send_groups() {
  Conversation talk;
  auto &alice = talk[0], &bob = talk[1], &carol = talk[2];
  const std::vector<Bytes> packages = {must(bob.new_key_package()), must(carol.new_key_package())};
  talk.send(0, "INIT", must(alice.open_universe(packages)).messages());
  talk.send(1, "INIT", must(bob.open_send_group()).messages());
  talk.send(2, "INIT", must(carol.open_send_group()).messages());
  talk.send(1, "UPDATE", must(bob.update()).messages());
  talk.send(0, "PROTECT", must(alice.protect(as_bytes("hello"))));
  talk.send(2, "COMMIT", must(carol.commit(sendgroup::CommitKind::full)).messages(), "(full)");
  talk.send(0, "PROTECT", must(alice.protect(as_bytes("are you well?"))));
  talk.send(1, "COMMIT", must(bob.commit(sendgroup::CommitKind::partial)).messages(), "(partial)");

  Picture picture(860, 498, "Three Send Groups in time, with the epochs that they import from each other");
  picture.text({24, 30}, "Each row is a Send Group, which its owner alone moves; time goes to the right",
               {.size = 14, .bold = true});
  talk.draw(picture);
  const int y = 410;
  picture.key({24, y}, {.fill = colour::kPaleGreen, .stroke = colour::kGreen, .width = 2},
              "an epoch that brings fresh keys of the owner");
  picture.key({24, y + 22}, {.fill = colour::kPaper, .stroke = colour::kBlue, .width = 2},
              "an epoch that only imports; it obliges nobody to import it in turn");
  picture.arrow({24, y + 40}, {46, y + 40}, {.stroke = colour::kPurple, .width = 2});
  picture.text({51, y + 44}, "an import: a PSK, exported from that epoch of another Send Group", {.size = 12});
  picture.key({24, y + 66}, {.fill = colour::kPaleAmber, .stroke = colour::kAmber}, "an application message");
  return picture.finish();
}

}  // namespace dmls::pictures
