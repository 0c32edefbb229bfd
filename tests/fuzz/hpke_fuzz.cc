// Strangers' public keys, KEM outputs, ciphertexts and signatures, in every suite. RFC 9180 §5.1, RFC 9420 §5.1.2
#include <dmls/crypto/hpke.h>
#include <dmls/crypto/signature.h>

#include "support/fuzz.h"

namespace {

struct Attempt {
  dmls::Bytes key;
  dmls::Bytes sealed;
  static constexpr auto fields(auto& s) { return std::tie(s.key, s.sealed); }
};

}  // namespace

// The first octet chooses the suite; then opaque key<V>, opaque sealed<V>.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using dmls::test::must;
  if (size == 0) return 0;
  const auto suites = dmls::crypto::registered_suites();
  const auto suite = dmls::crypto::CipherSuite::find(suites[data[0] % suites.size()].id);
  const auto attempt = dmls::tls_codec::decode<Attempt>({data + 1, size - 1});
  if (!suite || !attempt) return 0;

  dmls::SeededRandom random(7);
  const auto mine = dmls::crypto::generate_hpke_key_pair(*suite, random);
  must(mine.has_value(), "no key pair");
  // Nobody who does not know the tag can make a ciphertext that opens.
  must(!dmls::crypto::decrypt_with_label(*suite, *mine, "fuzz", {}, {attempt->key, attempt->sealed}),
       "a forged ciphertext opens");
  const dmls::crypto::HpkePublicKey recipient{attempt->key};
  const bool usable = dmls::crypto::check_public_key(*suite, recipient).has_value();
  const auto sealed = dmls::crypto::encrypt_with_label(*suite, recipient, "fuzz", {}, attempt->sealed, random);
  must(usable || !sealed, "sealed to a key that is refused elsewhere");

  const dmls::crypto::SignaturePublicKey signer{attempt->key};
  (void)dmls::crypto::check_public_key(*suite, signer);
  (void)dmls::crypto::verify_with_label(*suite, signer, "fuzz", {}, attempt->sealed);
  (void)dmls::crypto::hpke_key_pair_from_private(*suite, dmls::crypto::HpkePrivateKey(dmls::SecretBytes(attempt->key)));
  return 0;
}
