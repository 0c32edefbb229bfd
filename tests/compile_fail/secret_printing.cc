// A secret cannot be streamed into a log.
#include <dmls/base/secret.h>

#include <iostream>

void f(const dmls::SecretBytes& secret, const dmls::Secret<struct Role>& role) {
#ifdef DMLS_MISUSE
  std::cout << secret << role;
#else
  std::cout << secret.size() << role.size();
#endif
}
