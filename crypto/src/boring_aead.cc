#include <dmls/base/secret.h>
#include <dmls/crypto/error.h>
#include <openssl/aead.h>
#include <openssl/err.h>

#include "boring_provider.h"

namespace dmls::crypto {
namespace {

const EVP_AEAD* algorithm(AeadId id) {
  switch (id) {
    case AeadId::aes_128_gcm: return EVP_aead_aes_128_gcm();
    case AeadId::aes_256_gcm: return EVP_aead_aes_256_gcm();
    case AeadId::chacha20_poly1305: return EVP_aead_chacha20_poly1305();
  }
  panic("unknown AeadId");
}

// Context is an expanded key on the stack, wiped when it dies.
class Context {
 public:
  Context(AeadId id, BytesView key)
      : ok_(EVP_AEAD_CTX_init(&context_, algorithm(id), key.data(), key.size(), EVP_AEAD_DEFAULT_TAG_LENGTH, nullptr) ==
            1) {}
  ~Context() {
    if (ok_) EVP_AEAD_CTX_cleanup(&context_);
    secure_wipe(&context_, sizeof context_);
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] const EVP_AEAD_CTX* get() const { return &context_; }

 private:
  EVP_AEAD_CTX context_;
  bool ok_;
};

}  // namespace

Result<void> BoringProvider::aead_seal(AeadId id, BytesView key, BytesView nonce, BytesView aad, BytesView plaintext,
                                       MutableBytes out) const {
  const Context context(id, key);
  std::size_t n = 0;
  if (!context.ok() ||
      EVP_AEAD_CTX_seal(context.get(), out.data(), &n, out.size(), nonce.data(), nonce.size(), plaintext.data(),
                        plaintext.size(), aad.data(), aad.size()) != 1 ||
      n != out.size()) {
    ERR_clear_error();
    return fail(errc::kBackendFailed, "BoringSSL could not seal");
  }
  return {};
}

Result<void> BoringProvider::aead_open(AeadId id, BytesView key, BytesView nonce, BytesView aad, BytesView ciphertext,
                                       MutableBytes out) const {
  const Context context(id, key);
  if (!context.ok()) {
    ERR_clear_error();
    return fail(errc::kBackendFailed, "BoringSSL could not expand an AEAD key");
  }
  std::size_t n = 0;
  // An empty output still needs an address to be told from an absent one.
  std::uint8_t none = 0;
  if (EVP_AEAD_CTX_open(context.get(), out.empty() ? &none : out.data(), &n, out.size(), nonce.data(), nonce.size(),
                        ciphertext.data(), ciphertext.size(), aad.data(), aad.size()) != 1 ||
      n != out.size()) {
    ERR_clear_error();
    return fail(errc::kOpenFailed, "RFC 5116 §2.2: the ciphertext is not authentic");
  }
  return {};
}

}  // namespace dmls::crypto
