// KeyPackage, RFC 9420 §10: all of treekem's leaf structures are inside. The view and the owned form accept the same,
// and the checks that come before any signature survive whatever was accepted.
#include <dmls/treekem/key_package.h>

#include "support/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
<<<<<<< HEAD
  using namespace dmls;
  const BytesView input{data, size};
  test::accepted_is_canonical<treekem::KeyPackage>(input);
  const auto view = treekem::KeyPackageView::parse(input);
  if (view.has_value() != tls_codec::decode<treekem::KeyPackage>(input).has_value())
    panic("the view of a KeyPackage and its decoder disagree");
  if (!view) return 0;
  if (const auto suite = crypto::CipherSuite::find(view->cipher_suite))
    (void)treekem::check_key_package(*view, {.suite = *suite});
=======
  using dmls::treekem::KeyPackage;
  using dmls::treekem::KeyPackageView;
  const dmls::BytesView input(data, size);
  dmls::test::accepted_is_canonical<KeyPackage>(input);

  // The view in place accepts exactly the same, and says the same.
  const auto owned = dmls::tls_codec::decode<KeyPackage>(input);
  const auto view = KeyPackageView::parse(input);
  dmls::test::must(owned.has_value() == view.has_value(), "the view accepts something else");
  if (view) dmls::test::must(view->decode() == *owned, "the view shows something else");
>>>>>>> 644efb9 (Fuzz every decoder and the keys, ciphertexts and signatures of strangers)
  return 0;
}
