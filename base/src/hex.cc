#include <dmls/base/hex.h>

namespace dmls {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string to_hex(BytesView octets) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(2 * octets.size());
  for (const auto o : octets) {
    out.push_back(kDigits[o >> 4]);
    out.push_back(kDigits[o & 15]);
  }
  return out;
}

Result<Bytes> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return fail(errc::kMisuse, "hexadecimal text needs two digits per octet");
  Bytes out(digits.size() / 2);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = digit(digits[2 * i]);
    const int low = digit(digits[2 * i + 1]);
    if (high < 0 || low < 0) return fail(errc::kMisuse, "hexadecimal text holds a character that is no digit");
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return out;
}

}  // namespace dmls
