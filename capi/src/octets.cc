#include "boundary.h"

using namespace dmls;
using namespace dmls::capi;

extern "C" {

size_t dmls_octets_size(const dmls_octets* octets) noexcept { return octets != nullptr ? octets->octets.size() : 0; }
const uint8_t* dmls_octets_data(const dmls_octets* octets) noexcept {
  return octets != nullptr ? octets->octets.data() : nullptr;
}

dmls_error dmls_octets_copy(const dmls_octets* octets, uint8_t* buffer, size_t size) noexcept {
  DMLS_NEED(octets != nullptr && (buffer != nullptr || size == 0));
  if (size < octets->octets.size()) return to_c({errc::kLimit, "dmls.h: the buffer is too small"});
  std::copy(octets->octets.begin(), octets->octets.end(), buffer);
  return kOk;
}

void dmls_octets_free(dmls_octets* octets) noexcept { delete octets; }

size_t dmls_octets_list_size(const dmls_octets_list* list) noexcept { return list != nullptr ? list->items.size() : 0; }
const dmls_octets* dmls_octets_list_get(const dmls_octets_list* list, size_t index) noexcept {
  return index < dmls_octets_list_size(list) ? &list->items[index] : nullptr;
}
void dmls_octets_list_free(dmls_octets_list* list) noexcept { delete list; }

}  // extern "C"
