#pragma once
#include <dmls/base/secret.h>

namespace dmls::keyschedule {

// KeyAndNonce is what one AEAD operation needs.
struct KeyAndNonce {
  SecretBytes key;    // AEAD.Nk octets
  SecretBytes nonce;  // AEAD.Nn octets
  // A second owner of both.
  [[nodiscard]] KeyAndNonce clone() const { return {key.clone(), nonce.clone()}; }
};

}  // namespace dmls::keyschedule
