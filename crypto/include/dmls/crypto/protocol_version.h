#pragma once
#include <cstdint>

namespace dmls::crypto {

// RFC 9420 §6. Stands here because the version is part of every label ("MLS 1.0 "). Open: unknown versions can be
// carried.
enum class ProtocolVersion : std::uint16_t {
  mls10 = 1,  // the only one there is
};

}  // namespace dmls::crypto
