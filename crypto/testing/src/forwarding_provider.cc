#include <dmls/crypto_testing/forwarding_provider.h>

namespace dmls::crypto_testing {

using crypto::AeadId;
using crypto::HashId;
using crypto::KemId;
using crypto::MutableBytes;
using crypto::Parts;
using crypto::SignatureScheme;

std::string_view ForwardingProvider::description() const { return target_.description(); }
bool ForwardingProvider::supports(KemId id) const { return target_.supports(id); }
bool ForwardingProvider::supports(AeadId id) const { return target_.supports(id); }
bool ForwardingProvider::supports(SignatureScheme id) const { return target_.supports(id); }

void ForwardingProvider::hash(HashId id, Parts message, MutableBytes out) const { target_.hash(id, message, out); }
void ForwardingProvider::hmac(HashId id, BytesView key, Parts message, MutableBytes out) const {
  target_.hmac(id, key, message, out);
}
const crypto::TreeKdf* ForwardingProvider::tree_kdf(HashId id) const { return target_.tree_kdf(id); }

Result<void> ForwardingProvider::aead_seal(AeadId id, BytesView key, BytesView nonce, BytesView aad,
                                           BytesView plaintext, MutableBytes out) const {
  return target_.aead_seal(id, key, nonce, aad, plaintext, out);
}
Result<void> ForwardingProvider::aead_open(AeadId id, BytesView key, BytesView nonce, BytesView aad,
                                           BytesView ciphertext, MutableBytes out) const {
  return target_.aead_open(id, key, nonce, aad, ciphertext, out);
}

Result<void> ForwardingProvider::kem_derive_private_key(KemId id, BytesView ikm, MutableBytes private_key) const {
  return target_.kem_derive_private_key(id, ikm, private_key);
}
Result<void> ForwardingProvider::kem_public_key(KemId id, BytesView private_key, MutableBytes public_key) const {
  return target_.kem_public_key(id, private_key, public_key);
}
Result<void> ForwardingProvider::kem_check_public_key(KemId id, BytesView public_key) const {
  return target_.kem_check_public_key(id, public_key);
}
Result<void> ForwardingProvider::dh(KemId id, BytesView private_key, BytesView public_key, MutableBytes out) const {
  return target_.dh(id, private_key, public_key, out);
}

Result<void> ForwardingProvider::signature_derive_private_key(SignatureScheme id, BytesView seed,
                                                              MutableBytes private_key) const {
  return target_.signature_derive_private_key(id, seed, private_key);
}
Result<void> ForwardingProvider::signature_public_key(SignatureScheme id, BytesView private_key,
                                                      MutableBytes public_key) const {
  return target_.signature_public_key(id, private_key, public_key);
}
Result<void> ForwardingProvider::signature_check_public_key(SignatureScheme id, BytesView public_key) const {
  return target_.signature_check_public_key(id, public_key);
}
Result<Bytes> ForwardingProvider::sign(SignatureScheme id, BytesView private_key, BytesView public_key,
                                       BytesView message) const {
  return target_.sign(id, private_key, public_key, message);
}
Result<void> ForwardingProvider::verify(SignatureScheme id, BytesView public_key, BytesView message,
                                        BytesView signature) const {
  return target_.verify(id, public_key, message, signature);
}

}  // namespace dmls::crypto_testing
