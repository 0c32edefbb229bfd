// Secrets marked as undefined memory: valgrind's memcheck then reports every branch and every address that depends on
// one. Exits with 77 ("skipped") where it is not run under valgrind. The kernels for SHA extensions and AVX-512 cannot
// run here, since this valgrind lacks those instructions; see kernels.cc.

#include <dmls/base/random.h>
#include <dmls/crypto/kdf.h>
#include <dmls/crypto/tree_kdf.h>
#include <dmls/crypto/tree_kdf_testing.h>
#include <dmls/pprf/pprf.h>
#include <valgrind/memcheck.h>

#include <cstdio>
#include <cstring>

namespace {

using namespace dmls;
using crypto::HashId;

constexpr crypto::CipherSuiteId kSuites[] = {crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
                                             crypto::CipherSuiteId::MLS_256_DHKEMP384_AES256GCM_SHA384_P384,
                                             crypto::CipherSuiteId::MLS_256_DHKEMP521_AES256GCM_SHA512_P521};

Bytes secret_octets(std::size_t n, std::uint8_t fill) {
  Bytes octets(n, fill);
  VALGRIND_MAKE_MEM_UNDEFINED(octets.data(), octets.size());
  return octets;
}

// What is published at the end may depend on secrets.
void publish(const void* p, std::size_t n) { VALGRIND_MAKE_MEM_DEFINED(p, n); }

bool is_marked(BytesView octets) {
  std::uint8_t bits[64];
  return VALGRIND_GET_VBITS(octets.data(), bits, octets.size()) == 1 && bits[0] == 0xff;
}

bool walk(const crypto::CipherSuite& suite, std::size_t depth) {
  const std::size_t nh = suite.hash_length();
  const Bytes node = secret_octets(nh, 0x17), path = secret_octets(nh, 0xa6);
  Bytes copath(depth * nh), end(nh);
  crypto::walk_tree(suite, {node, path, 0, depth, copath, end});
  // Had the marks been lost on the way, nothing would have been tested.
  const bool marked = is_marked(end) && is_marked(BytesView(copath).first(nh));
  publish(end.data(), end.size());
  return marked;
}

bool expander(const crypto::CipherSuite& suite) {
  const Bytes secret = secret_octets(suite.hash_length(), 0x21);
  const crypto::Expander from(suite, secret);
  const auto out = from.derive_tree_secret("key", 7, 16);
  return is_marked(out.expose());
}

bool first_puncture(const crypto::CipherSuite& suite) {
  auto parameters = pprf::Parameters::demls(suite);
  auto p =
      *pprf::Pprf::create(suite, pprf::Seed(SecretBytes(BytesView(secret_octets(suite.hash_length(), 3)))), parameters);
  const Bytes input = secret_octets(parameters.input_length(), 0x5c);
  auto e = *p.evaluate(input);
  const auto out = *p.puncture(std::move(e));
  return is_marked(out.expose());
}

// The walk with a branch on the path, to see that it would be found.
int leaky() {
  const Bytes path = secret_octets(1, 0xa6);
  return (path[0] & 1) != 0 ? std::puts("right") : std::puts("left");
}

}  // namespace

int main(int argc, char** argv) {
  if (RUNNING_ON_VALGRIND == 0) {
    std::puts("not run: this test needs valgrind");
    return 77;
  }
  if (argc > 1 && std::strcmp(argv[1], "leaky") == 0) return leaky() < 0;
  for (const char* kernel : {"portable", "shared"}) {
    for (const auto id : kSuites) {
      const auto suite = *crypto::CipherSuite::find(id);
      crypto::use_tree_kdf_for_testing(suite.hash(), kernel);
      if (!walk(suite, 16) || !expander(suite) || !first_puncture(suite)) {
        std::printf("%s: the marks were lost\n", kernel);
        return 2;
      }
    }
  }
  std::puts("no branch and no address depends on a secret");
  return 0;
}
