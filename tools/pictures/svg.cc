#include "svg.h"

#include <cstdlib>

namespace dmls::pictures {
namespace {

std::string attribute(std::string_view name, int value) {
  return " " + std::string(name) + "='" + std::to_string(value) + "'";
}
std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "='" + std::string(value) + "'";
}

std::string escaped(std::string_view words) {
  std::string out;
  for (const char c : words) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

// The whole square root.
int root(int square) {
  int out = 0;
  while ((out + 1) * (out + 1) <= square) ++out;
  return out;
}

}  // namespace

Picture::Picture(int width, int height, std::string_view title) {
  octets_ = "<svg xmlns='http://www.w3.org/2000/svg'" + attribute("width", width) + attribute("height", height) +
            " viewBox='0 0 " + std::to_string(width) + " " + std::to_string(height) +
            "' role='img' font-family='DejaVu Sans, Verdana, Segoe UI, Helvetica, Arial, sans-serif'>\n<title>" +
            escaped(title) + "</title>\n";
  box({1, 1}, width - 2, height - 2, {.fill = colour::kPaper, .stroke = "#d5d8dc"}, 10);
}

void Picture::add(std::string_view name, std::string_view attributes, const Look& look) {
  octets_ += "<" + std::string(name) + std::string(attributes) + attribute("fill", look.fill) +
             attribute("stroke", look.stroke) + (look.width == 1 ? "" : attribute("stroke-width", look.width)) +
             (look.kind == Stroke::dashed ? attribute("stroke-dasharray", "4 3") : "") + "/>\n";
}

void Picture::box(Point corner, int width, int height, const Look& look, int round) {
  add("rect",
      attribute("x", corner.x) + attribute("y", corner.y) + attribute("width", width) + attribute("height", height) +
          attribute("rx", round),
      look);
}

void Picture::circle(Point centre, int radius, const Look& look) {
  add("circle", attribute("cx", centre.x) + attribute("cy", centre.y) + attribute("r", radius), look);
}

void Picture::line(Point from, Point to, const Look& look) {
  add("line", attribute("x1", from.x) + attribute("y1", from.y) + attribute("x2", to.x) + attribute("y2", to.y), look);
}

// The head is a triangle of its own, so that it takes the colour of its line everywhere.
void Picture::arrow(Point from, Point to, const Look& look) {
  const int dx = to.x - from.x, dy = to.y - from.y;
  const int length = root(dx * dx + dy * dy);
  if (length == 0) std::abort();
  const int head = 8, half = 4;
  const Point base{to.x - dx * head / length, to.y - dy * head / length};
  const Point side{-dy * half / length, dx * half / length};
  line(from, base, look);
  const auto at = [](int x, int y) { return std::to_string(x) + "," + std::to_string(y); };
  add("polygon",
      attribute("points", at(to.x, to.y) + " " + at(base.x + side.x, base.y + side.y) + " " +
                              at(base.x - side.x, base.y - side.y)),
      {.fill = look.stroke, .stroke = look.stroke});
}

void Picture::text(Point where, std::string_view words, const Font& font) {
  octets_ += "<text" + attribute("x", where.x) + attribute("y", where.y) + attribute("font-size", font.size) +
             attribute("fill", font.fill);
  if (font.anchor != Anchor::start) octets_ += attribute("text-anchor", font.anchor == Anchor::end ? "end" : "middle");
  if (font.bold) octets_ += attribute("font-weight", "bold");
  if (font.mono) octets_ += attribute("font-family", "DejaVu Sans Mono, Consolas, Menlo, monospace");
  octets_ += ">" + escaped(words) + "</text>\n";
}

void Picture::key(Point where, const Look& look, std::string_view words) {
  box({where.x, where.y - 11}, 20, 14, look, 3);
  text({where.x + 27, where.y}, words, {.size = 12});
}

}  // namespace dmls::pictures
