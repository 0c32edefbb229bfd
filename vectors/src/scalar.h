#pragma once
#include <dmls/base/bytes.h>

namespace dmls::vectors {

// Some writers of these files drop leading zero octets of private keys; RFC 9180 §7.1.2 has them.
inline Bytes scalar_of_full_size(Bytes octets, std::size_t size) {
  if (octets.size() < size) octets.insert(octets.begin(), size - octets.size(), 0);
  return octets;
}

}  // namespace dmls::vectors
