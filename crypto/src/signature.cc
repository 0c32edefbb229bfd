#include <dmls/crypto/signature.h>

#include "labels.h"

namespace dmls::crypto {

// struct { opaque label<V> = "MLS 1.0 " + Label; opaque content<V>; } SignContent; RFC 9420 §5.1.2
// It is copied together, because signers take one piece.
Result<Bytes> KeyPairSigner::sign(BytesView message) const {
  return suite_.provider().sign(suite_.signature(), pair_.private_key.expose(), pair_.public_key.octets, message);
}

Result<Bytes> sign_with_label(const Signer& signer, std::string_view label, BytesView content) {
  return signer.sign(labelled(label, content));
}

Result<void> verify_with_label(const CipherSuite& suite, const SignaturePublicKey& key, std::string_view label,
                               BytesView content, BytesView signature) {
  return suite.provider().verify(suite.signature(), key.octets, labelled(label, content), signature);
}

}  // namespace dmls::crypto
