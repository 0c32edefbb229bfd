#include <dmls/keyschedule/external_init.h>

namespace dmls::keyschedule {
namespace {

// RFC 9420 §8.3. The label is the exporter context of HPKE as it stands; nothing is put before it.
Result<InitSecret> export_init_secret(const crypto::CipherSuite& suite, const crypto::HpkeContext& context) {
  DMLS_TRY(SecretBytes init, context.export_secret(as_bytes("MLS 1.0 external init secret"), suite.hash_length()));
  return InitSecret(std::move(init));
}

}  // namespace

Result<crypto::HpkeKeyPair> external_key_pair(const crypto::CipherSuite& suite, const ExternalSecret& external) {
  return crypto::derive_hpke_key_pair(suite, external.expose());
}

Result<SentExternalInit> send_external_init(const crypto::CipherSuite& suite, const crypto::HpkePublicKey& external_pub,
                                            Random& random) {
  DMLS_TRY(crypto::HpkeSetup setup, crypto::hpke_setup_sender(crypto::HpkeInfo(suite, {}), external_pub, random));
  DMLS_TRY(InitSecret init, export_init_secret(suite, setup.context));
  return SentExternalInit{std::move(setup.kem_output), std::move(init)};
}

Result<InitSecret> receive_external_init(const crypto::CipherSuite& suite, const crypto::HpkeKeyPair& external,
                                         BytesView kem_output) {
  DMLS_TRY(const crypto::HpkeContext context,
           crypto::hpke_setup_recipient(crypto::HpkeInfo(suite, {}), external, kem_output));
  return export_init_secret(suite, context);
}

}  // namespace dmls::keyschedule
