#include <dmls/base/hex.h>
#include <dmls/inspect/input.h>

#include <algorithm>

namespace dmls::inspect {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

// The text without blanks, and without what people put around it.
std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  if (text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\''))
    text = text.substr(1, text.size() - 2);
  return text;
}

std::string where(std::string_view text, std::size_t at) {
  const char c = text[at];
  return std::string("character ") + std::to_string(at + 1) +
         (c > ' ' && c < 0x7f ? std::string(" ('") + c + "')" : std::string());
}

Input from_hex_text(std::string_view text) {
  Input out{Encoding::hex, {}, {}};
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_blank(text[i])) continue;
    if (!is_hex(text[i])) {
      out.fault = where(text, i) + " is no hexadecimal digit";
      return out;
    }
    digits += text[i];
  }
  if (digits.size() % 2 != 0) {
    out.fault = "the number of hexadecimal digits, " + std::to_string(digits.size()) + ", is odd";
    return out;
  }
  if (auto octets = from_hex(digits)) out.octets = *std::move(octets);
  return out;
}

Input from_base64_text(std::string_view text) {
  Input out{Encoding::base64, {}, {}};
  std::uint32_t bits = 0;
  unsigned held = 0;
  std::size_t symbols = 0;
  bool padded = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_blank(c)) continue;
    if (c == '=') {
      padded = true;
      continue;
    }
    const int value = base64_value(c);
    if (value < 0 || padded) {
      out.fault = where(text, i) + (padded ? " stands behind the padding" : " is not of base64");
      return out;
    }
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffff;
    held += 6;
    ++symbols;
    if (held >= 8) {
      held -= 8;
      out.octets.push_back(static_cast<std::uint8_t>(bits >> held));
    }
  }
  if (symbols % 4 == 1)
    out.fault = "the number of base64 characters, " + std::to_string(symbols) + ", cannot be";
  else if ((bits & ((1U << held) - 1)) != 0)
    out.fault = "the last character has bits that belong to no octet";
  return out;
}

// Only what text may hold.
bool is_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_blank(c) || (c > ' ' && c < 0x7f); });
}

}  // namespace

const char* name_of(Encoding encoding) {
  switch (encoding) {
    case Encoding::binary: return "binary";
    case Encoding::hex: return "hex";
    case Encoding::base64: return "base64";
  }
  return "";
}

Input decode_input(std::string_view text, std::optional<Encoding> encoding) {
  if (encoding == Encoding::binary || (!encoding && !is_text(text)))
    return {Encoding::binary, to_bytes(as_bytes(text)), {}};
  const std::string_view inside = trimmed(text);
  if (encoding == Encoding::hex) return from_hex_text(inside);
  if (encoding == Encoding::base64) return from_base64_text(inside);
  if (inside.empty()) return {Encoding::binary, {}, {}};
  Input hex = from_hex_text(inside);
  const auto digits = static_cast<std::size_t>(std::ranges::count_if(inside, is_hex));
  if (hex.fault.empty() || digits == inside.size()) return hex;
  Input base64 = from_base64_text(inside);
  if (base64.fault.empty()) return base64;
  // Mostly digits: what is wrong with them is what helps.
  return digits * 10 >= inside.size() * 8 ? hex : base64;
}

}  // namespace dmls::inspect
