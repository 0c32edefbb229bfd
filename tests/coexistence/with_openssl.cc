// One program, two crypto libraries: OpenSSL for itself, and this library with the BoringSSL inside. Both headers in
// one file, both working in turns, in whatever order they were linked.
#include <dmls/base/hex.h>
#include <dmls/base/random.h>
#include <dmls/crypto/hash.h>
#include <dmls/crypto/hpke.h>
#include <dmls/crypto/signature.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

void require(bool holds, const char* what) {
  if (!holds) {
    std::printf("failed: %s\n", what);
    std::exit(1);
  }
}

const char* const kSha256OfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

void use_openssl() {
  require(std::string(OpenSSL_version(OPENSSL_VERSION)).rfind("OpenSSL 3", 0) == 0, "OpenSSL answers for itself");

  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  require(EVP_Digest("abc", 3, digest, &length, EVP_sha256(), nullptr) == 1, "EVP_Digest");
  require(dmls::to_hex({digest, length}) == kSha256OfAbc, "OpenSSL's SHA-256");

  SSL_CTX* context = SSL_CTX_new(TLS_method());
  require(context != nullptr, "SSL_CTX_new");
  SSL* tls = SSL_new(context);
  require(tls != nullptr, "SSL_new");
  SSL_free(tls);
  SSL_CTX_free(context);

  EVP_PKEY* key = EVP_EC_gen("P-256");
  require(key != nullptr, "EVP_EC_gen");
  EVP_MD_CTX* signing = EVP_MD_CTX_new();
  unsigned char signature[128];
  std::size_t size = sizeof signature;
  const unsigned char message[] = "message";
  require(EVP_DigestSignInit(signing, nullptr, EVP_sha256(), nullptr, key) == 1, "EVP_DigestSignInit");
  require(EVP_DigestSign(signing, signature, &size, message, sizeof message) == 1, "EVP_DigestSign");
  EVP_MD_CTX_free(signing);
  EVP_MD_CTX* verifying = EVP_MD_CTX_new();
  require(EVP_DigestVerifyInit(verifying, nullptr, EVP_sha256(), nullptr, key) == 1, "EVP_DigestVerifyInit");
  require(EVP_DigestVerify(verifying, signature, size, message, sizeof message) == 1, "EVP_DigestVerify");
  EVP_MD_CTX_free(verifying);
  EVP_PKEY_free(key);
}

void use_dmls() {
  using namespace dmls::crypto;
  for (const auto& row : registered_suites()) {
    auto suite = CipherSuite::find(row.id);
    if (!suite) continue;
    dmls::SystemRandom random;
    if (row.hash == HashId::sha256) {
      require(dmls::to_hex(hash(*suite, dmls::as_bytes("abc"))) == kSha256OfAbc, "our SHA-256");
    }

    auto pair = generate_hpke_key_pair(*suite, random);
    require(pair.has_value(), "generate_hpke_key_pair");
    auto sealed = encrypt_with_label(*suite, pair->public_key, "test", {}, dmls::as_bytes("secret"), random);
    require(sealed.has_value(), "encrypt_with_label");
    auto opened = decrypt_with_label(*suite, *pair, "test", {}, *sealed);
    require(opened.has_value() && dmls::to_hex(opened->expose()) == "736563726574", "decrypt_with_label");

    auto signature_pair = generate_signature_key_pair(*suite, random);
    require(signature_pair.has_value(), "generate_signature_key_pair");
    const KeyPairSigner signer(*suite, std::move(*signature_pair));
    auto signature = sign_with_label(signer, "test", dmls::as_bytes("content"));
    require(signature.has_value(), "sign_with_label");
    require(verify_with_label(*suite, signer.public_key(), "test", dmls::as_bytes("content"), *signature).has_value(),
            "verify_with_label");
  }
}

}  // namespace

int main() {
  for (int turn = 0; turn < 3; ++turn) {
    use_openssl();
    use_dmls();
  }
  std::printf("%s, and dmls: ok\n", OpenSSL_version(OPENSSL_VERSION));
  return 0;
}
