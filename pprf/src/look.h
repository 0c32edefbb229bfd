#pragma once
// What the files of this layer share about Pprf.

#include <dmls/crypto/tree_kdf.h>
#include <dmls/pprf/pprf.h>

#include "chain.h"

namespace dmls::pprf {

inline Shape shape_of(const crypto::CipherSuite& suite, const Parameters& parameters) {
  return {suite.hash_length(), parameters.depth};
}
inline Shape shape_of(const Pprf& pprf) { return shape_of(pprf.suite(), pprf.parameters()); }

// kParameters unless such a tree can exist.
Result<void> check_parameters(const Parameters& parameters);

// What is wrong with octets that were read: kMalformed, and the rule that they break; kMismatch stays.
inline Result<Pprf> malformed_unless_mismatch(Result<Pprf> read) {
  if (!read && read.error().code != errc::kMismatch) return fail(errc::kMalformed, read.error().rule);
  return read;
}

// Everything is allocated and located; the hashing is left to do.
struct Pprf::Look {
  Evaluation evaluation;
  const std::uint8_t* node = nullptr;  // the frontier node above the input
  SecretBytes leaf;                    // where the walk ends

  // The part of the descent whose copath is kept.
  crypto::TreeWalk walk();
};

}  // namespace dmls::pprf
