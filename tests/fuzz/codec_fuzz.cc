// Every construct of the presentation language at once. RFC 9420 §2.1
#include "support/fuzz.h"
#include "tls_codec/structs.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dmls::test::accepted_is_canonical<dmls::tls_codec::test::Sample>({data, size});
  return 0;
}
