#pragma once
// Which kernels this processor can run.

namespace dmls::crypto::kernel {

struct Features {
  bool shani = false;       // SHA extensions, SSSE3, SSE4.1
  bool avx512 = false;      // AVX-512 F, BW, VL, and the system saves their registers
  bool wide_lanes = false;  // 512-bit vectors beat the SHA extensions in batches
};

// Asked of the processor once.
const Features& features();

}  // namespace dmls::crypto::kernel
