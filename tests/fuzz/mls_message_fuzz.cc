// MLSMessage, RFC 9420 §6, in all its wire formats.
#include <dmls/group/mls_message.h>

#include "support/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dmls::test::accepted_is_canonical<dmls::group::MlsMessage>({data, size});
  return 0;
}
