#include <dmls/storage/error.h>
#include <dmls/storage/key.h>

#include <algorithm>
#include <array>

namespace dmls::storage {

Bytes below(BytesView prefix, BytesView component) {
  if (component.size() > 0xff) panic("storage: a component of a key has at most 255 octets");
  Bytes key;
  key.reserve(prefix.size() + 1 + component.size());
  key.insert(key.end(), prefix.begin(), prefix.end());
  key.push_back(static_cast<std::uint8_t>(component.size()));
  key.insert(key.end(), component.begin(), component.end());
  return key;
}

Bytes below(BytesView prefix, std::string_view component) { return below(prefix, as_bytes(component)); }

Bytes below(BytesView prefix, std::uint64_t number) {
  std::array<std::uint8_t, 8> octets;
  for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  return below(prefix, BytesView(octets));
}

Result<std::vector<BytesView>> components(BytesView key) {
  std::vector<BytesView> out;
  while (!key.empty()) {
    const std::size_t length = key[0];
    if (key.size() < 1 + length) return fail(errc::kMalformedKey, "a key is a sequence of whole components");
    out.push_back(key.subspan(1, length));
    key = key.subspan(1 + length);
  }
  return out;
}

bool starts_with(BytesView key, BytesView prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

}  // namespace dmls::storage
