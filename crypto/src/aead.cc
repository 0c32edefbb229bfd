#include <dmls/crypto/aead.h>

namespace dmls::crypto {
namespace {

// RFC 5116 §5.1 with its counter in mind: 2^32 - 2 blocks of AES-GCM. ChaCha20-Poly1305 would take more.
constexpr std::size_t kMaxPlaintext = (std::size_t{1} << 36) - 32;

void check_sizes(const CipherSuite& suite, BytesView key, BytesView nonce) {
  if (key.size() != suite.key_length()) panic("aead: a key has Nk octets");
  if (nonce.size() != suite.nonce_length()) panic("aead: a nonce has Nn octets");
}

}  // namespace

Result<Bytes> aead_seal(const CipherSuite& suite, BytesView key, BytesView nonce, BytesView aad, BytesView plaintext) {
  check_sizes(suite, key, nonce);
  if (plaintext.size() > kMaxPlaintext) return fail(errc::kLimit, "RFC 5116 §5.1: the plaintext is too long to seal");
  Bytes out(plaintext.size() + suite.tag_length());
  DMLS_CHECK(suite.provider().aead_seal(suite.aead(), key, nonce, aad, plaintext, out));
  return out;
}

Result<SecretBytes> aead_open(const CipherSuite& suite, BytesView key, BytesView nonce, BytesView aad,
                              BytesView ciphertext) {
  check_sizes(suite, key, nonce);
  if (ciphertext.size() < suite.tag_length())
    return fail(errc::kOpenFailed, "RFC 5116 §2.2: a ciphertext is at least as long as its tag");
  if (ciphertext.size() - suite.tag_length() > kMaxPlaintext)
    return fail(errc::kOpenFailed, "RFC 5116 §5.1: no ciphertext is this long");
  SecretBytes out(ciphertext.size() - suite.tag_length());
  DMLS_CHECK(suite.provider().aead_open(suite.aead(), key, nonce, aad, ciphertext, out.expose_mut()));
  return out;
}

}  // namespace dmls::crypto
