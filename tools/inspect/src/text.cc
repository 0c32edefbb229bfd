#include <dmls/base/hex.h>
#include <dmls/inspect/text.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace dmls::inspect {
namespace {

std::uint64_t number_at(BytesView octets, std::size_t begin, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = begin; i < begin + size && i < octets.size(); ++i) value = value << 8 | octets[i];
  return value;
}

std::string hexadecimal(std::uint64_t value) {
  std::array<char, 20> out{};
  std::snprintf(out.data(), out.size(), "0x%04llx", static_cast<unsigned long long>(value));
  return out.data();
}

// 1970-01-01T00:00:00Z and so on; empty beyond the year 9999.
std::string date(std::uint64_t seconds) {
  if (seconds > 253402300799) return {};
  const std::chrono::sys_days day{std::chrono::days(static_cast<int>(seconds / 86400))};
  const std::chrono::year_month_day ymd(day);
  const auto rest = static_cast<unsigned>(seconds % 86400);
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02u:%02u:%02uZ", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()), rest / 3600, rest / 60 % 60,
                rest % 60);
  return out.data();
}

// RFC 9420 §13.5: 0x0A0A, 0x1A1A, ... 0xEAEA
bool is_grease(std::uint64_t value) {
  return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff) && value < 0xf000;
}

std::string integer_text(const Type& type, std::uint64_t value) {
  if (type.meaning == Meaning::time) {
    const std::string when = date(value);
    return std::to_string(value) + (when.empty() ? "" : " (" + when + ")");
  }
  if (type.meaning != Meaning::code_point) return std::to_string(value);
  for (const NamedValue& known : type.names)
    if (known.value == value)
      return (type.size == 2 && value > 0xff ? hexadecimal(value) : std::to_string(value)) + " (" +
             std::string(known.name) + ")";
  if (type.size == 1) return std::to_string(value) + " (unknown)";
  return hexadecimal(value) + (is_grease(value) ? " (GREASE)" : value >= 0xf000 ? " (private use)" : " (unknown)");
}

bool is_text(BytesView octets) {
  return !octets.empty() && octets.size() <= 64 &&
         std::ranges::all_of(octets, [](std::uint8_t o) { return o >= 0x20 && o < 0x7f; });
}

std::string octets_text(const Type& type, BytesView octets, std::size_t shown) {
  std::string out = std::to_string(octets.size()) + (octets.size() == 1 ? " octet" : " octets");
  if (octets.empty()) return out;
  out.append("  ").append(to_hex(octets.first(std::min(octets.size(), shown))));
  if (octets.size() > shown) out += "…";
  if (type.meaning == Meaning::text && is_text(octets))
    out.append("  \"").append(octets.begin(), octets.end()).append("\"");
  return out;
}

std::string list_text(const Type& element, BytesView octets, std::size_t shown) {
  const std::size_t count = octets.size() / element.size;
  std::string out = std::to_string(count) + (count == 1 ? " entry" : " entries");
  for (std::size_t i = 0; i < count; ++i) {
    if (i >= std::max<std::size_t>(shown, 8)) return out + ", …";
    out += (i == 0 ? ": " : ", ") + integer_text(element, number_at(octets, i * element.size, element.size));
  }
  return out;
}

std::size_t children(const std::vector<Part>& parts, std::size_t mine) {
  std::size_t count = 0;
  for (std::size_t i = mine + 1; i < parts.size() && parts[i].depth > parts[mine].depth; ++i)
    if (parts[i].depth == parts[mine].depth + 1) count += parts[i].repeated;
  return count;
}

}  // namespace

std::string full_section(std::string_view section) {
  return section.starts_with("§") ? "RFC 9420 " + std::string(section) : std::string(section);
}

std::vector<std::size_t> parents(const std::vector<Part>& parts) {
  std::vector<std::size_t> out(parts.size());
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    while (!open.empty() && parts[open.back()].depth >= parts[i].depth) open.pop_back();
    out[i] = open.empty() ? i : open.back();
    open.push_back(i);
  }
  return out;
}

std::string value_text(const Part& part, BytesView octets, std::size_t shown) {
  const Type& type = *part.type;
  const std::size_t end = std::min<std::size_t>(part.end, octets.size());
  const std::size_t content = std::min<std::size_t>(part.content, end);
  const BytesView inside = octets.subspan(content, end - content);
  switch (type.form) {
    case Form::integer:
      return inside.size() == type.size ? integer_text(type, number_at(octets, part.begin, type.size)) : "cut off";
    case Form::fixed:
    case Form::opaque:
    case Form::content: return octets_text(type, inside, shown);
    case Form::vector: return type.element->form == Form::integer ? list_text(*type.element, inside, shown) : "";
    case Form::padding: return octets_text(type, inside, 0);
    case Form::optional:
      if (part.repeated > 1) return "blank";
      return part.begin < octets.size() && octets[part.begin] == 0 ? "absent" : "present";
    case Form::structure:
    case Form::select:
    case Form::tree: return "";
  }
  return "";
}

std::string label(const Part& part, const Part* around) {
  if (!part.name.empty()) return std::string(part.name);
  if (around == nullptr) return "";
  const std::string index = std::to_string(part.index);
  std::string out;
  if (around->type->form == Form::tree) {
    if (part.repeated > 1)
      return out.append("nodes ").append(index).append(" to ").append(std::to_string(part.index + part.repeated - 1));
    out.append("node ").append(index);
    if (part.index % 2 == 0) out.append(", leaf ").append(std::to_string(part.index / 2));
  } else if (around->type->form == Form::vector) {
    out.append("[").append(index).append("]");
  }
  return out;
}

std::string tree_text(const Walk& walk, BytesView octets, std::size_t shown) {
  const auto& parts = walk.parts;
  const auto above = parents(parts);
  const auto width = static_cast<int>(std::to_string(octets.size()).size());
  std::vector<std::string_view> sections(parts.size());
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    sections[i] = part.type->section.empty() ? sections[above[i]] : part.type->section;
    std::array<char, 48> range{};
    std::snprintf(range.data(), range.size(), "[%*u, %*u)  ", width, part.begin, width, part.end);
    out += range.data();
    out.append(std::size_t{2} * part.depth, ' ');
    const std::string name = label(part, above[i] == i ? nullptr : &parts[above[i]]);
    out += name;
    const Form form = part.type->form;
    const bool list = (form == Form::vector && part.type->element->form != Form::integer) || form == Form::tree;
    // Names of types are worth a word where the field's name is not enough.
    if (form == Form::structure || form == Form::optional || list) {
      if (!name.empty()) out += ": ";
      out += part.type->name;
    }
    std::string value = value_text(part, octets, shown);
    if (list) {
      const std::size_t count = children(parts, i);
      value = std::to_string(count) + (form == Form::tree ? " node" : " entr") +
              (form == Form::tree ? (count == 1 ? "" : "s") : (count == 1 ? "y" : "ies"));
    }
    if (!value.empty()) out.append(form == Form::optional || list ? ", " : " = ").append(value);
    if (!sections[i].empty()) out.append("  (").append(sections[i]).append(")");
    out += '\n';
  }
  return out;
}

}  // namespace dmls::inspect
