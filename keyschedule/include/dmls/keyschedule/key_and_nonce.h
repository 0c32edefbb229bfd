#pragma once
#include <dmls/base/secret.h>

namespace dmls::keyschedule {

// KeyAndNonce is what one AEAD operation needs: AEAD.Nk and AEAD.Nn octets.
struct KeyAndNonce {
  SecretBytes key;
  SecretBytes nonce;
  [[nodiscard]] KeyAndNonce clone() const { return {key.clone(), nonce.clone()}; }
};

}  // namespace dmls::keyschedule
