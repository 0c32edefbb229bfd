// Whatever is looked into: it ends, a fault names an octet, and what is shown can be shown.
#include <dmls/inspect/input.h>
#include <dmls/inspect/text.h>
#include <dmls/inspect/walk.h>

#include "support/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dmls::inspect;  // NOLINT(google-build-using-namespace)
  using dmls::test::must;
  if (size == 0) return 0;
  const dmls::BytesView octets(data + 1, size - 1);
  const auto all = structures();
  const Walk found = walk(*all[data[0] % all.size()], octets);
  must(!found.fault || found.fault->octet <= octets.size(), "a fault lies outside the input");
  for (const Part& part : found.parts) {
    must(part.begin <= part.content && part.content <= part.end && part.end <= octets.size(), "a part lies outside");
    must(part.depth <= kMaxDepth, "deeper than said");
  }
  (void)tree_text(found, octets, 8);
  (void)decode_input({reinterpret_cast<const char*>(octets.data()), octets.size()});
  return 0;
}
