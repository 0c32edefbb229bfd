// A secret moves; it never copies by accident.
#include <dmls/base/secret.h>

void f() {
  dmls::SecretBytes one(32);
#ifdef DMLS_MISUSE
  dmls::SecretBytes two = one;
#else
  dmls::SecretBytes two = one.clone();
#endif
  (void)two;
}
