#pragma once
// Walks octets as the grammar says, and notes what lies where.

#include <dmls/base/bytes.h>
#include <dmls/inspect/grammar.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmls::inspect {

// One field, in the order of the octets; what is inside it follows, one deeper.
struct Part {
  const Type* type;
  std::string_view name;   // of the field; empty for an element of a vector
  std::uint32_t begin;     // the first octet, length header included
  std::uint32_t content;   // the first octet behind the length header
  std::uint32_t end;       // one behind the last
  std::uint32_t index;     // of an element
  std::uint32_t repeated;  // how many elements in a row this stands for: 1, or more blank nodes of a tree
  std::uint16_t depth;
};

// What is wrong, and where.
struct Fault {
  std::uint32_t octet;
  std::string rule;   // e.g. "RFC 9420 §2.1.2: a vector length is not minimally encoded"
  std::string place;  // e.g. "message.secrets[0].new_member"
};

struct Walk {
  std::vector<Part> parts;     // as far as the octets could be followed
  std::optional<Fault> fault;  // they are no such structure
  std::vector<Fault> inner;    // they are, but the data of an extension is not what its type says; at most 16
  [[nodiscard]] bool clean() const { return !fault && inner.empty(); }
  // How far the walk came.
  std::uint32_t reached = 0;
};

// The longest input, in octets. A walk keeps less than 48 octets for each octet of input, and never goes deeper than
// kMaxDepth: beyond it the data of extensions is left as it is.
inline constexpr std::size_t kMaxInput = std::size_t{16} << 20;
inline constexpr std::uint16_t kMaxDepth = 48;

// Follows `octets`, all of them, as a `type`. A fault names an octet of the input, or the one behind its end. More than
// kMaxInput octets are a fault at octet kMaxInput.
[[nodiscard]] Walk walk(const Type& type, BytesView octets);

// What octets of unknown type are: the first structure that fits without any fault, else the one that fits best.
struct Detected {
  const Type* type;
  Walk walk;
  std::vector<const Type*> also;  // the others that fit without any fault
};
[[nodiscard]] Detected detect(BytesView octets);

}  // namespace dmls::inspect
