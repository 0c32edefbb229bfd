#pragma once
// Joining with the group's external key pair. RFC 9420 §8, §8.3

#include <dmls/base/bytes.h>
#include <dmls/base/random.h>
#include <dmls/base/result.h>
#include <dmls/crypto/hpke.h>
#include <dmls/crypto/keys.h>
#include <dmls/crypto/suite.h>
#include <dmls/keyschedule/secrets.h>

namespace dmls::keyschedule {

// external_priv, external_pub = KEM.DeriveKeyPair(external_secret). RFC 9420 §8
Result<crypto::HpkeKeyPair> external_key_pair(const crypto::CipherSuite&, const ExternalSecret&);

// What an external joiner sends, and what it keeps.
struct SentExternalInit {
  Bytes kem_output;        // for the ExternalInit proposal; Nenc octets
  InitSecret init_secret;  // KDF.Nh octets
};
// The joiner's side: SetupBaseS(external_pub, ""), then export("MLS 1.0 external init secret", KDF.Nh).
// kInvalidPublicKey (crypto) for a key that the KEM refuses.
Result<SentExternalInit> send_external_init(const crypto::CipherSuite&, const crypto::HpkePublicKey& external_pub,
                                            Random&);

// The members' side: SetupBaseR(kem_output, external_priv, ""), and the same export.
// kInvalidPublicKey (crypto) for a kem_output that the KEM refuses.
Result<InitSecret> receive_external_init(const crypto::CipherSuite&, const crypto::HpkeKeyPair& external,
                                         BytesView kem_output);

}  // namespace dmls::keyschedule
