// `dmls inspect`: what octets are, field by field.

#include <dmls/base/hex.h>
#include <dmls/inspect/input.h>
#include <dmls/inspect/text.h>
#include <dmls/inspect/walk.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>

#include "commands.h"
#include "nearest.h"

namespace dmls::tools {
namespace {

using inspect::Form;
using inspect::Part;

constexpr std::size_t kMaxText = inspect::kMaxInput * 4;

// At most kMaxText octets, and one more if there are more.
std::optional<std::string> read_all(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file || file.peek() == std::ifstream::traits_type::eof()) {
      if (!file.is_open() || !file.eof()) return std::nullopt;
      return std::string();
    }
  }
  std::istream& in = path == "-" ? std::cin : file;
  std::string text;
  std::string block(std::size_t{64} << 10, '\0');
  while (text.size() <= kMaxText && (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount()))
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
  if (in.bad()) return std::nullopt;
  return text;
}

nlohmann::json json_of(const inspect::Walk& walk, const std::vector<std::size_t>& above, BytesView octets,
                       std::size_t& next, std::string_view section) {
  const std::size_t mine = next++;
  const Part& part = walk.parts[mine];
  const inspect::Type& type = *part.type;
  if (!type.section.empty()) section = type.section;
  const Part* around = above[mine] == mine ? nullptr : &walk.parts[above[mine]];
  nlohmann::json out{{"type", type.name}, {"begin", part.begin}, {"end", part.end}};
  if (const std::string name = inspect::label(part, around); !name.empty()) out["name"] = name;
  if (!section.empty()) out["section"] = inspect::full_section(section);
  const BytesView inside = octets.subspan(part.content, part.end - part.content);
  if (type.form == Form::integer && inside.size() == type.size) {
    std::uint64_t value = 0;
    for (const auto o : inside) value = value << 8 | o;
    out["value"] = value;
    for (const auto& known : type.names)
      if (known.value == value) out["means"] = known.name;
  } else if (type.form == Form::vector && type.element->form == Form::integer) {
    nlohmann::json list = nlohmann::json::array();
    for (std::size_t i = 0; i + type.element->size <= inside.size(); i += type.element->size) {
      std::uint64_t value = 0;
      for (std::size_t k = 0; k < type.element->size; ++k) value = value << 8 | inside[i + k];
      list.push_back(value);
    }
    out["value"] = std::move(list);
  } else if (type.form == Form::opaque || type.form == Form::fixed || type.form == Form::content ||
             type.form == Form::padding) {
    out["content_begin"] = part.content;
    out["value"] = to_hex(inside);
  } else if (type.form == Form::optional) {
    out["value"] = part.repeated > 1 ? "blank" : octets[part.begin] == 0 ? "absent" : "present";
    if (part.repeated > 1) out["repeated"] = part.repeated;
  }
  nlohmann::json fields = nlohmann::json::array();
  while (next < walk.parts.size() && walk.parts[next].depth > part.depth)
    fields.push_back(json_of(walk, above, octets, next, section));
  if (!fields.empty()) out["fields"] = std::move(fields);
  return out;
}

nlohmann::json json_of(const inspect::Fault& fault) {
  return {{"octet", fault.octet}, {"rule", fault.rule}, {"place", fault.place}};
}

void report(const Console& console, const std::string& path, std::string_view type, const inspect::Fault& fault) {
  console.error(
      "{}: octet {}: {}{}", path == "-" ? "standard input" : path, fault.octet, fault.rule,
      fault.place.empty() ? fmt::format(" (reading a {})", type) : fmt::format(" (in {} of a {})", fault.place, type));
}

}  // namespace

std::string inspect_help() {
  std::string out = "Types, as --type takes them (otherwise the first of them that fits is taken):\n";
  std::size_t width = 0;
  for (const auto* type : inspect::structures()) {
    if (width + type->name.size() > 98) {
      out += '\n';
      width = 0;
    }
    out.append(width == 0 ? "  " : " ").append(type->name);
    width += type->name.size() + 1;
  }
  return out +
         "\n\nEvery line shows the octets [first, one behind the last), the field, its value, and the section of\n"
         "RFC 9420 or the draft that defines it. Lengths of vectors count among their octets.\n"
         "Exit status: 0 it is what it says, 1 it is malformed (where, and which rule), 2 it cannot be read.\n"
         "Examples:\n"
         "  dmls inspect welcome.bin\n"
         "  echo 0001000540... | dmls inspect --json -\n"
         "  dmls inspect --type RatchetTree tree.b64";
}

int inspect_octets(const Console& console, const InspectOptions& options) {
  const inspect::Type* type = nullptr;
  if (!options.type.empty()) {
    type = inspect::find_structure(options.type);
    if (type == nullptr) {
      std::vector<std::string> names;
      for (const auto* one : inspect::structures()) names.emplace_back(one->name);
      console.error("unknown type '{}'; the nearest is '{}'", options.type, nearest(options.type, names));
      return kUsage;
    }
  }
  std::optional<inspect::Encoding> encoding;
  for (const auto one : {inspect::Encoding::binary, inspect::Encoding::hex, inspect::Encoding::base64})
    if (options.encoding == inspect::name_of(one)) encoding = one;

  const auto text = read_all(options.path);
  if (!text) {
    console.error("'{}' cannot be read", options.path);
    return kUsage;
  }
  const inspect::Input input = inspect::decode_input(*text, encoding);
  if (!input.fault.empty()) {
    console.error("'{}' is text, but {}", options.path, input.fault);
    return kUsage;
  }
  if (text->size() > kMaxText || input.octets.size() > inspect::kMaxInput) {
    console.error("'{}' is longer than {} octets", options.path, inspect::kMaxInput);
    return kUsage;
  }
  if (input.octets.empty()) {
    console.error("'{}' is empty", options.path);
    return kUsage;
  }

  inspect::Detected found;
  if (type != nullptr)
    found = {type, inspect::walk(*type, input.octets), {}};
  else
    found = inspect::detect(input.octets);
  const auto& walk = found.walk;
  const BytesView octets = input.octets;
  if (console.json) {
    nlohmann::json also = nlohmann::json::array();
    for (const auto* one : found.also) also.push_back(one->name);
    nlohmann::json faults = nlohmann::json::array();
    if (walk.fault) faults.push_back(json_of(*walk.fault));
    for (const auto& one : walk.inner) faults.push_back(json_of(one));
    std::size_t next = 0;
    const auto above = inspect::parents(walk.parts);
    console.data(nlohmann::json{{"schema_version", kSchemaVersion},
                                {"command", "inspect"},
                                {"type", found.type->name},
                                {"encoding", inspect::name_of(input.encoding)},
                                {"octets", octets.size()},
                                {"well_formed", walk.clean()},
                                {"faults", std::move(faults)},
                                {"also", std::move(also)},
                                {"root", json_of(walk, above, octets, next, "")}});
  } else {
    if (!console.quiet)
      console.data("{}, {} octets ({})", found.type->name, octets.size(), inspect::name_of(input.encoding));
    const std::size_t shown = options.full ? std::numeric_limits<std::size_t>::max() : 24;
    std::string tree = inspect::tree_text(walk, octets, shown);
    if (!tree.empty()) tree.pop_back();
    console.data("{}", tree);
    if (!found.also.empty()) {
      std::string also;
      for (const auto* one : found.also) also += (also.empty() ? "" : ", ") + std::string(one->name);
      console.note("also reads as: {}", also);
    }
  }
  if (walk.fault) report(console, options.path, found.type->name, *walk.fault);
  for (const auto& one : walk.inner) report(console, options.path, found.type->name, one);
  if (walk.fault && type == nullptr) console.note("no other type came further; --type says what it should be");
  return walk.clean() ? kDone : kCheckFailed;
}

}  // namespace dmls::tools
