// A puncturable PRF of eight levels after two punctures: every node that is held, as its export lists them.

#include <dmls/base/random.h>
#include <dmls/pprf/pprf.h>
#include <dmls/tls_codec/reader.h>

#include <map>
#include <set>
#include <string>
#include <utility>

#include "cast.h"
#include "pictures.h"
#include "svg.h"

namespace dmls::pictures {
namespace {

constexpr int kDepth = 8;
constexpr int kLeft = 30;
constexpr int kTop = 58;
constexpr int kRise = 50;
constexpr int kHigh = 26;

// A node: its path from the root, as zeros and ones.
using Path = std::string;

Path path_of(std::uint8_t octet, int depth) {
  Path out;
  for (int i = 0; i < depth; ++i) out += (octet >> (7 - i) & 1) != 0 ? '1' : '0';
  return out;
}

// Reads Pprf::export_state(), but for the secrets.
std::set<Path> held_by(const pprf::Pprf& pprf) {
  const SecretBytes octets = pprf.export_state();
  tls_codec::Reader in(octets.expose());
  const auto number = [&](std::size_t size) {
    std::size_t out = 0;
    for (const std::uint8_t octet : must(in.take(size))) out = out << 8 | octet;
    return out;
  };
  must(in.take(2 + 2 + 2 + 1 + 2));
  std::set<Path> out;
  for (std::size_t left = number(4); left > 0; --left) {
    const auto depth = static_cast<int>(number(2));
    const std::uint8_t prefix = depth == 0 ? std::uint8_t{0} : must(in.take(1))[0];
    must(in.take(pprf.suite().hash_length()));
    out.insert(path_of(prefix, depth));
  }
  if (out.size() != pprf.node_count()) give_up("a PPRF counts its nodes differently");
  return out;
}

class Drawing {
 public:
  Drawing(Picture& picture, std::set<Path> held, std::set<Path> spent)
      : picture_(picture), held_(std::move(held)), spent_(std::move(spent)) {
    place("");
  }
  void draw() {
    for (const auto& [path, at] : places_) {
      if (path.empty()) continue;
      const Point above = places_.at(path.substr(0, path.size() - 1));
      const bool lost = held_.count(path) == 0;
      picture_.line({at.x, at.y}, {above.x, above.y + kHigh},
                    {.stroke = lost ? colour::kRed : colour::kLine, .width = lost ? 2 : 1});
    }
    for (const auto& [path, at] : places_) node(path, at);
  }

 private:
  [[nodiscard]] bool leads_to_spent(const Path& path) const {
    for (const Path& one : spent_)
      if (one.starts_with(path)) return true;
    return false;
  }
  // Places the nodes below a path, from left to right; only those that are held, or that lead to what was spent.
  int place(const Path& path) {
    int x = 0;
    if (leads_to_spent(path) && path.size() < kDepth) {
      const int left = place(path + '0');
      x = (left + place(path + '1')) / 2;
    } else {
      x = kLeft + 28 + 57 * columns_++;
    }
    places_[path] = {x, kTop + static_cast<int>(path.size()) * kRise};
    return x;
  }
  void node(const Path& path, Point at) {
    const bool held = held_.count(path) != 0, spent = spent_.count(path) != 0;
    const int wide = path.size() == kDepth ? 52 : 44;
    Look look{.fill = colour::kPaleRed, .stroke = colour::kRed};
    if (held) look = {.fill = colour::kPaleBlue, .stroke = colour::kBlue, .width = 2};
    if (spent) look.width = 3;
    picture_.box({at.x - wide / 2, at.y}, wide, kHigh, look);
    const std::string words = path.empty()       ? "root"
                              : path.size() <= 5 ? path
                              : spent            ? "spent"
                                                 : ".." + path.substr(path.size() - 3);
    picture_.text({at.x, at.y + 17}, words, {.size = 10, .anchor = Anchor::middle, .mono = true});
  }

  Picture& picture_;
  std::set<Path> held_;
  std::set<Path> spent_;
  std::map<Path, Point> places_;
  int columns_ = 0;
};

}  // namespace

std::string demls_pprf() {
  const auto suite = pictures::suite();
  SeededRandom random(1);
  const pprf::Parameters small{kDepth, pprf::Finisher::pprf, kDepth};
  auto pprf = must(pprf::Pprf::create(suite, pprf::Seed(must(random.secret(suite.hash_length()))), small));
  std::set<Path> spent;
  for (const std::uint8_t input : {std::uint8_t{0b01011010}, std::uint8_t{0b01101001}}) {
    must(pprf.puncture(must(pprf.evaluate(BytesView(&input, 1)))));
    spent.insert(path_of(input, kDepth));
  }
  const auto held = held_by(pprf);
  int derived = 0;
  for (int i = 0; i < 256; ++i) {
    const auto input = static_cast<std::uint8_t>(i);
    if (pprf.evaluate(BytesView(&input, 1))) ++derived;
  }

  Picture picture(860, 558, "A puncturable PRF after two punctures: the nodes that are held, and those that are gone");
  picture.text({kLeft, 30}, "A PPRF of 8 levels (256 inputs) after two inputs were punctured",
               {.size = 14, .bold = true});
  Drawing(picture, held, spent).draw();
  picture.key({kLeft, 508}, {.fill = colour::kPaleBlue, .stroke = colour::kBlue, .width = 2},
              "held, " + std::to_string(held.size()) + " nodes: from them follow the values of " +
                  std::to_string(derived) + " inputs, and of no others");
  picture.key({kLeft, 530}, {.fill = colour::kPaleRed, .stroke = colour::kRed},
              "wiped: the way from the root to an input that was spent. DeMLS has " +
                  std::to_string(pprf::Parameters::demls(suite).depth) + " levels in this suite");
  return picture.finish();
}

}  // namespace dmls::pictures
