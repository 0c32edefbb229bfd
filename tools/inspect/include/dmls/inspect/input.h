#pragma once
// Octets as people have them: as they are, in hexadecimal, or in base64.

#include <dmls/base/bytes.h>

#include <optional>
#include <string>
#include <string_view>

namespace dmls::inspect {

enum class Encoding : std::uint8_t { binary, hex, base64 };
[[nodiscard]] const char* name_of(Encoding);

struct Input {
  Encoding encoding{};
  Bytes octets;
  std::string fault;  // not empty: it is text, and neither; which character says so
};

// Decodes `text`. Blanks and line breaks are passed over, so are quotes around the whole and a leading 0x; base64 may
// have either alphabet, and may lack its padding. Without `encoding`: hexadecimal if nothing else occurs in it, base64
// if nothing else occurs in it, or else, where there is an octet that no text has, the octets themselves.
[[nodiscard]] Input decode_input(std::string_view text, std::optional<Encoding> encoding = {});

}  // namespace dmls::inspect
