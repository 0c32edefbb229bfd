/* libdmls.so and OpenSSL in one C program: each has to find its own. */
#include <dmls.h>

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <stdio.h>
#include <string.h>

static int ours(void) {
  uint8_t key[32];
  dmls_config *config = NULL;
  dmls_client *client = NULL;
  dmls_group *group = NULL;
  dmls_transition *commit = NULL;
  int good = dmls_config_new(2, &config).code == 0 &&
             dmls_signature_key_generate(2, key, dmls_suite_signature_key_size(2)).code == 0 &&
             dmls_config_basic_identity(config, (const uint8_t *)"a", 1, key, sizeof key).code == 0 &&
             dmls_config_accept_everything(config).code == 0 && dmls_client_new(config, &client).code == 0 &&
             dmls_client_create_group(client, NULL, 0, &group).code == 0 &&
             dmls_group_commit(group, NULL, &commit).code == 0 && dmls_group_merge(group, commit).code == 0 &&
             dmls_group_epoch(group) == 1;
  dmls_group_free(group);
  dmls_client_free(client);
  dmls_config_free(config);
  return good;
}

static int theirs(void) {
  static const unsigned char abc[] = {0xba, 0x78, 0x16, 0xbf};
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
  int good = tls != NULL && key != NULL && EVP_Digest("abc", 3, hash, &size, EVP_sha256(), NULL) == 1 && size == 32 &&
             memcmp(hash, abc, sizeof abc) == 0;
  EVP_PKEY_free(key);
  SSL_CTX_free(tls);
  return good;
}

int main(void) {
  const int good = ours() && theirs() && ours() && theirs();
  printf("%s beside dmls %s: %s\n", OpenSSL_version(OPENSSL_VERSION), dmls_version(), good ? "ok" : "FAILED");
  return good ? 0 : 1;
}
