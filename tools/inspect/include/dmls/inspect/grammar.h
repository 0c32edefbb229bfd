#pragma once
// The wire formats as data: what fields a structure has, of what form, and where that is written.
//
// This is a second description of the formats, beside the structs of the library, and knows nothing of them: a
// structure that the library's decoder refuses can still be looked into, and tests hold the two against each other.

#include <cstdint>
#include <span>
#include <string_view>

namespace dmls::inspect {

enum class Form : std::uint8_t {
  integer,    // `size` octets, big-endian
  fixed,      // opaque[size]
  opaque,     // opaque<V>
  vector,     // element<V>
  optional,   // optional<element>
  structure,  // the fields, in order
  select,     // the case that the value in `slot` names; nothing, if there is no case and no `element` for the rest
  content,    // opaque<V> that holds what the value in `slot` names: the data of an extension
  tree,       // ratchet_tree: optional<Node><V>, with the rules of RFC 9420 §12.4.3.3
  padding,    // octets up to the end, all zero
};

// Values that later fields depend on.
enum class Slot : std::uint8_t {
  none,
  content_type,
  sender_type,
  wire_format,
  proposal_type,
  proposal_or_ref,
  credential_type,
  leaf_node_source,
  extension_type,
  psk_type,
  node_type,
  count
};

// What an integer or octets mean to a reader.
enum class Meaning : std::uint8_t { number, code_point, time, leaf_index, text };

struct NamedValue {
  std::uint64_t value;
  std::string_view name;
};

struct Type;
struct Field {
  std::string_view name;
  const Type* type;
};
struct Case {
  std::uint64_t value;
  const Type* type;  // nullptr: the value is known, and nothing follows
};

struct Type {
  Form form{};
  std::string_view name;     // "LeafNode", "uint64"
  std::string_view section;  // what defines it; empty: that of the structure it stands in
  std::uint8_t size = 0;
  Meaning meaning = Meaning::number;
  Slot slot = Slot::none;             // integer: where its value goes; select, content: what decides
  std::span<const NamedValue> names;  // of an integer's values
  std::string_view closed;            // the rule that other values break; empty: any value may stand here
  std::string_view zero;              // the rule that the value 0 breaks; empty: none
  std::span<const Field> fields;      // structure
  const Type* element = nullptr;      // vector, optional; select: whatever is not among the cases
  std::span<const Case> cases;        // select, content
};

// Every structure that can be asked for, in the order in which they are tried on octets of unknown type.
std::span<const Type* const> structures();
// The structure of that name; case, '-' and '_' do not matter. nullptr if there is none.
const Type* find_structure(std::string_view name);

}  // namespace dmls::inspect
