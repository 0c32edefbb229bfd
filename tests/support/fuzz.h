#pragma once
// What every fuzz target of a decoder asserts.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/tls_codec/codec.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace dmls::test {

// must ends the program, and the fuzzer keeps the input, where `holds` is false.
inline void must(bool holds, const char* otherwise) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", otherwise);
  std::abort();
}

// The value of what cannot fail here.
template <class T>
T ok(Result<T> result) {
  must(result.has_value(), result ? "" : result.error().rule);
  return *std::move(result);
}

// accepted_is_canonical decodes `input` as T. What is accepted must encode to the very same octets.
template <class T>
void accepted_is_canonical(BytesView input) {
  if (const auto value = tls_codec::decode<T>(input))
    must(std::ranges::equal(tls_codec::encode(*value), input), "accepted, but encodes to other octets");
}

// The same for structs that hold secrets.
template <class T>
void accepted_is_canonical_secret(BytesView input) {
  if (const auto value = tls_codec::decode<T>(input))
    must(std::ranges::equal(tls_codec::encode_secret(*value).expose(), input), "accepted, but encodes to other octets");
}

}  // namespace dmls::test
