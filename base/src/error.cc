#include <dmls/base/error.h>

#include <cstdio>
#include <cstdlib>

namespace dmls {

void panic(const char* what) {
  std::fputs("dmls: internal error: ", stderr);
  std::fputs(what, stderr);
  std::fputc('\n', stderr);
  std::abort();
}

}  // namespace dmls
