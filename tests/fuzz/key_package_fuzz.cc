// KeyPackage, RFC 9420 §10: all of treekem's leaf structures are inside.
#include <dmls/treekem/key_package.h>

#include "support/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dmls::test::accepted_is_canonical<dmls::treekem::KeyPackage>({data, size});
  return 0;
}
