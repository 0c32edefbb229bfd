// A secret of one role is not accepted where another role is asked for.
#include <dmls/base/secret.h>

using InitSecret = dmls::Secret<struct InitRole>;
using CommitSecret = dmls::Secret<struct CommitRole>;

void spend(InitSecret);

void f(InitSecret init, CommitSecret commit) {
#ifdef DMLS_MISUSE
  spend(std::move(commit));
#else
  spend(std::move(init));
#endif
  (void)init;
  (void)commit;
}
