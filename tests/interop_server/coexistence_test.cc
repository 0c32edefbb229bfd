// gRPC works with OpenSSL, and the library with the BoringSSL inside: both at once, in one process. The names of the
// latter have a prefix; without it this test does not survive.

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "conversation.h"

namespace dmls::interop::test {
namespace {

struct Certificate {
  std::string key;
  std::string certificate;
};

template <class Write>
std::string pem(Write write) {
  BIO* out = BIO_new(BIO_s_mem());
  EXPECT_EQ(write(out), 1);
  char* text = nullptr;
  const auto length = static_cast<std::size_t>(BIO_get_mem_data(out, &text));
  std::string copy(text, length);
  BIO_free(out);
  return copy;
}

// For localhost, by itself, for an hour.
Certificate self_signed() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
  X509_add_ext(certificate, names, -1);
  EXPECT_GT(X509_sign(certificate, key, EVP_sha256()), 0);
  Certificate out{
      pem([&](BIO* bio) { return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); }),
      pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); })};
  X509_EXTENSION_free(names);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return out;
}

TEST(Coexistence, MembersTalkInEverySuiteOverTheTlsOfAnotherLibrary) {
  const Certificate certificate = self_signed();
  grpc::SslServerCredentialsOptions options;
  options.pem_key_cert_pairs.push_back({certificate.key, certificate.certificate});
  const Server server(grpc::SslServerCredentials(options));
  Caller call(server.address(), grpc::SslCredentials({certificate.certificate, "", ""}));
  for (std::uint32_t suite = 1; suite <= 7; ++suite) {
    Conversation talk(call, {suite, true});
    talk.together({"alice", "bob", "carol"});
    talk.agree({"alice", "bob", "carol"});
  }
  Caller stranger(server.address(), grpc::InsecureChannelCredentials());  // it was TLS
  stranger.refused(DMLS_CALL(Name), mls_client::NameRequest{});
}

}  // namespace
}  // namespace dmls::interop::test
