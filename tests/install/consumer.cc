// What an embedder writes first: seal to a public key, open again.
#include <dmls/base/hex.h>
#include <dmls/base/random.h>
#include <dmls/crypto/hpke.h>
#include <dmls/crypto/keys.h>
#include <dmls/crypto/suite.h>

#include <cstdio>

using namespace dmls::crypto;

int main() {
  for (const auto& row : registered_suites()) {
    auto suite = CipherSuite::find(row.id);
    if (!suite) {
      std::printf("%s: not in this build\n", row.name.data());
      continue;
    }
    dmls::SystemRandom random;
    auto pair = generate_hpke_key_pair(*suite, random);
    if (!pair) return 1;
    auto sealed = encrypt_with_label(*suite, pair->public_key, "Welcome", dmls::as_bytes("context"),
                                     dmls::as_bytes("hi"), random);
    if (!sealed) return 1;
    auto opened = decrypt_with_label(*suite, *pair, "Welcome", dmls::as_bytes("context"), *sealed);
    if (!opened || dmls::to_hex(opened->expose()) != "6869") return 1;
    std::printf("%s: ok\n", row.name.data());
  }
  return 0;
}
