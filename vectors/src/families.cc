#include "families.h"

#include <array>

namespace dmls::vectors {
namespace {

// In order of their names (a test checks it): name, section, verifier, generator, generated per suite.
constexpr auto kFamilies = std::to_array<Family>({
    {"deserialization", "RFC 9420 §2.1.2", verify_deserialization, generate_deserialization, false},
});

}  // namespace

std::span<const Family> families() { return kFamilies; }

}  // namespace dmls::vectors
