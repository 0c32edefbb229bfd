// A layer sees the headers of the layers it names in the root CMakeLists.txt, and no others.
#include <dmls/tls_codec/codec.h>
#ifdef DMLS_MISUSE
#include <dmls/crypto/hpke.h>
#endif
