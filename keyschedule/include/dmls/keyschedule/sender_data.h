#pragma once
// Keys for the sender data of a PrivateMessage, and the reuse guard of its content. RFC 9420 §6.3.1, §6.3.2

#include <dmls/base/bytes.h>
#include <dmls/base/random.h>
#include <dmls/base/result.h>
#include <dmls/crypto/kdf.h>
#include <dmls/crypto/suite.h>
#include <dmls/keyschedule/key_and_nonce.h>
#include <dmls/keyschedule/secrets.h>

#include <array>
#include <cstdint>
#include <span>

namespace dmls::keyschedule {

// SenderDataKeys holds an epoch's sender_data_secret in a form that is ready to expand: make one per epoch.
class SenderDataKeys {
 public:
  // Copies what it needs from the secret; wiped when it dies.
  SenderDataKeys(const crypto::CipherSuite& suite, const SenderDataSecret& sender_data_secret)
      : suite_(suite), secret_(sender_data_secret.clone()), expander_(suite, sender_data_secret.expose()) {}

  // For storage.
  [[nodiscard]] const SenderDataSecret& secret() const { return secret_; }

  // sender_data_key and sender_data_nonce. `ciphertext`: PrivateMessage.ciphertext, all of it; the sample (its first
  // KDF.Nh octets, or everything if there are fewer) is taken here.
  [[nodiscard]] KeyAndNonce key_and_nonce(BytesView ciphertext) const;

 private:
  crypto::CipherSuite suite_;
  SenderDataSecret secret_;
  crypto::Expander expander_;
};

// opaque reuse_guard[4]
using ReuseGuard = std::array<std::uint8_t, 4>;
// Four fresh random octets.
Result<ReuseGuard> fresh_reuse_guard(Random&);
// XORs the guard into the first four octets of `nonce`, as sender and receiver both do. `nonce` has at least 4 octets.
void apply_reuse_guard(const ReuseGuard&, std::span<std::uint8_t> nonce);

}  // namespace dmls::keyschedule
