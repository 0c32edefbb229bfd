#pragma once
// Structs with every construct of the presentation language.

#include <dmls/tls_codec/codec.h>
#include <dmls/tls_codec/select.h>

#include <array>
#include <cstdint>
#include <optional>
#include <tuple>
#include <variant>
#include <vector>

namespace dmls::tls_codec::test {

enum class Color : std::uint16_t { red = 1, green = 2 };

struct Circle {
  static constexpr Color kTag = Color::red;
  std::uint32_t radius = 0;
  static constexpr auto fields(auto& s) { return std::tie(s.radius); }
  bool operator==(const Circle&) const = default;
};
struct Label {
  static constexpr Color kTag = Color::green;
  Bytes text;
  static constexpr auto fields(auto& s) { return std::tie(s.text); }
  bool operator==(const Label&) const = default;
};
using Shape = std::variant<Circle, Label>;

struct Sample {
  std::uint8_t small = 0;
  std::uint64_t large = 0;
  Color color{};
  Bytes octets;
  std::array<std::uint8_t, 3> fixed{};
  std::optional<std::uint16_t> maybe;
  std::vector<std::uint32_t> numbers;
  std::vector<std::vector<Bytes>> nested;
  std::vector<Shape> shapes;
  static constexpr auto fields(auto& s) {
    return std::tie(s.small, s.large, s.color, s.octets, s.fixed, s.maybe, s.numbers, s.nested, s.shapes);
  }
  bool operator==(const Sample&) const = default;
};

inline Sample full_sample() {
  return {.small = 1,
          .large = 0x0102030405060708,
          .color = Color{0xfafa},
          .octets = Bytes(70, 0xee),
          .fixed = {7, 8, 9},
          .maybe = 0x1234,
          .numbers = {1, 0xffffffff},
          .nested = {{}, {{}, {1}}, {{1, 2, 3}}},
          .shapes = {Circle{5}, Label{{0x61}}, Label{}}};
}

}  // namespace dmls::tls_codec::test
