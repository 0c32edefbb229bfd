// A program that fetches over TLS with libcurl, which uses OpenSSL, and speaks MLS. The server is OpenSSL, too, in a
// thread of this program: every fetch is a whole handshake.
#include <arpa/inet.h>
#include <curl/curl.h>
#include <dmls.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

namespace {

constexpr int kTurns = 3;

// A certificate that nobody signed but its owner.
SSL_CTX* server_context() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_sign(certificate, key, EVP_sha256());
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  const bool good = SSL_CTX_use_certificate(context, certificate) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1;
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (good) return context;
  SSL_CTX_free(context);
  return nullptr;
}

// Answers kTurns requests.
void serve(int listener, SSL_CTX* context) {
  static const char answer[] = "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  for (int turn = 0; turn < kTurns; ++turn) {
    const int connection = accept(listener, nullptr, nullptr);
    SSL* tls = SSL_new(context);
    SSL_set_fd(tls, connection);
    char request[4096];
    if (SSL_accept(tls) == 1 && SSL_read(tls, request, sizeof request) > 0) SSL_write(tls, answer, sizeof answer - 1);
    SSL_shutdown(tls);
    SSL_free(tls);
    close(connection);
  }
}

std::size_t collect(char* data, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

bool use_curl(int port) {
  // Where names clash, this is "OpenSSL/not available", and the handshake crashes.
  const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
  if (info->ssl_version == nullptr || std::strncmp(info->ssl_version, "OpenSSL/3", 9) != 0) return false;
  CURL* curl = curl_easy_init();
  if (curl == nullptr) return false;
  std::string body;
  const std::string url = "https://127.0.0.1:" + std::to_string(port) + "/";
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);  // the certificate is its own
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) std::printf("libcurl: %s\n", curl_easy_strerror(code));
  curl_easy_cleanup(curl);
  return code == CURLE_OK && body == "hello";
}

bool use_dmls() {
  dmls_config* config = nullptr;
  dmls_client* client = nullptr;
  dmls_group* group = nullptr;
  dmls_transition* commit = nullptr;
  const bool good =
      dmls_config_new(2, &config).code == 0 &&
      dmls_config_basic_identity(config, reinterpret_cast<const std::uint8_t*>("a"), 1, nullptr, 0).code == 0 &&
      dmls_config_accept_everything(config).code == 0 && dmls_client_new(config, &client).code == 0 &&
      dmls_client_create_group(client, nullptr, 0, &group).code == 0 &&
      dmls_group_commit(group, nullptr, &commit).code == 0 && dmls_group_merge(group, commit).code == 0 &&
      dmls_group_epoch(group) == 1;
  dmls_group_free(group);
  dmls_client_free(client);
  dmls_config_free(config);
  return good;
}

}  // namespace

int main() {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return 1;
  SSL_CTX* context = server_context();
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (context == nullptr || bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener, kTurns) != 0 || getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::printf("no server\n");
    return 1;
  }
  std::thread server(serve, listener, context);
  bool good = true;
  for (int turn = 0; turn < kTurns; ++turn) good = use_curl(ntohs(address.sin_port)) && use_dmls() && good;
  if (good) {
    server.join();
    SSL_CTX_free(context);
  } else {
    server.detach();  // it may wait for somebody who never came
  }
  std::printf("%s beside dmls %s: %s\n", curl_version(), dmls_version(), good ? "ok" : "FAILED");
  return good ? 0 : 1;
}
