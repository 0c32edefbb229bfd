#pragma once
// Seams for tests and benchmarks of the derivation kernels. Nothing else uses them.

#include <dmls/crypto/tree_kdf.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace dmls::crypto {

// The names of all kernels, slowest first. `portable` is none of ours: Provider::hmac.
inline constexpr std::array<std::string_view, 4> kKernelNames{"portable", "shared", "shani", "avx512"};

// A kernel by name, or nullptr if there is none of that name for this hash on this processor.
const TreeKdf* tree_kdf_for_testing(HashId, std::string_view name);

// From now on native_tree_kdf(hash) returns the kernel of that name; "auto" restores the choice made at first use.
// False, and no change, if this processor lacks it.
bool use_tree_kdf_for_testing(HashId, std::string_view name);

// Compressions that the native kernels performed in this thread's walks, as counted inside them.
std::uint64_t walk_compressions_for_testing();

// SHA-256 compressions on the SHA extensions, `blocks` of them in each of `streams` (1 or 4) interleaved streams, for
// the limits that benchmarks print; `constant`: of blocks whose message schedule is a table. False if this processor
// lacks the instructions.
bool run_sha256_streams_for_testing(std::size_t streams, std::size_t blocks, bool constant);

}  // namespace dmls::crypto
