// KeyPackage, RFC 9420 §10: all of treekem's leaf structures are inside. The view and the owned form accept the same,
// and the checks that come before any signature survive whatever was accepted.
#include <dmls/treekem/key_package.h>

#include "support/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dmls;
  const BytesView input{data, size};
  test::accepted_is_canonical<treekem::KeyPackage>(input);
  const auto owned = tls_codec::decode<treekem::KeyPackage>(input);
  const auto view = treekem::KeyPackageView::parse(input);
  test::must(owned.has_value() == view.has_value(), "the view of a KeyPackage and its decoder disagree");
  if (!view) return 0;
  test::must(view->decode() == *owned, "the view of a KeyPackage shows something else");
  if (const auto suite = crypto::CipherSuite::find(view->cipher_suite))
    (void)treekem::check_key_package(*view, {.suite = *suite});
  return 0;
}
