#pragma once
// A picture with a background of its own: SVG of whole numbers, the same octets on every machine.

#include <string>
#include <string_view>

namespace dmls::pictures {

// Colours that can be told apart, on the light background that every picture brings.
namespace colour {
inline constexpr std::string_view kPaper = "#fdfdfa";
inline constexpr std::string_view kInk = "#1f2430";
inline constexpr std::string_view kFaint = "#667080";
inline constexpr std::string_view kLine = "#98a2b0";
inline constexpr std::string_view kNone = "none";
inline constexpr std::string_view kBlue = "#2f6aa8";
inline constexpr std::string_view kPaleBlue = "#dfeaf6";
inline constexpr std::string_view kRed = "#c23b4e";
inline constexpr std::string_view kPaleRed = "#f9dfe2";
inline constexpr std::string_view kGreen = "#1f7a3a";
inline constexpr std::string_view kPaleGreen = "#dcf0e0";
inline constexpr std::string_view kAmber = "#a66a00";
inline constexpr std::string_view kPaleAmber = "#faecc8";
inline constexpr std::string_view kPurple = "#7b3a96";
inline constexpr std::string_view kPalePurple = "#eee0f4";
inline constexpr std::string_view kPaleGrey = "#eceef0";
}  // namespace colour

struct Point {
  int x = 0;
  int y = 0;
};

enum class Stroke : bool { solid, dashed };

// How a shape looks. A line has no fill.
struct Look {
  std::string_view fill = colour::kNone;
  std::string_view stroke = colour::kLine;
  int width = 1;
  Stroke kind = Stroke::solid;
};

enum class Anchor { start, middle, end };

struct Font {
  int size = 13;
  Anchor anchor = Anchor::start;
  std::string_view fill = colour::kInk;
  bool bold = false;
  bool mono = false;
};

class Picture {
 public:
  // `title` is read aloud by those who read pictures aloud.
  Picture(int width, int height, std::string_view title);

  void box(Point corner, int width, int height, const Look&, int round = 6);
  void circle(Point centre, int radius, const Look&);
  void line(Point from, Point to, const Look&);
  void arrow(Point from, Point to, const Look&);
  void text(Point where, std::string_view words, const Font& = {});

  // A row of a legend: a small box, and what it stands for.
  void key(Point where, const Look&, std::string_view words);

  [[nodiscard]] std::string finish() const { return octets_ + "</svg>\n"; }

 private:
  void add(std::string_view name, std::string_view attributes, const Look&);
  std::string octets_;
};

}  // namespace dmls::pictures
