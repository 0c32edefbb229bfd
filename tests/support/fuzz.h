#pragma once
// What every fuzz target of a decoder asserts.

#include <dmls/base/bytes.h>
#include <dmls/tls_codec/codec.h>

#include <cstdio>
#include <cstdlib>

namespace dmls::test {

// accepted_is_canonical decodes `input` as T. What is accepted must encode to the very same octets.
template <class T>
void accepted_is_canonical(BytesView input) {
  const auto value = tls_codec::decode<T>(input);
  if (!value) {
    return;
  }
  const Bytes again = tls_codec::encode(*value);
  if (!std::equal(again.begin(), again.end(), input.begin(), input.end())) {
    std::fputs("accepted, but encodes to other octets\n", stderr);
    std::abort();
  }
}

}  // namespace dmls::test
