#pragma once
// HPKE in base mode. RFC 9180 §5.1.1, §5.2, §5.3; as MLS uses it: RFC 9420 §5.1.3, §7.6, §8.3
//
// Nothing here looks inside plaintexts, and nothing falls back: a public key of the wrong size, off the curve or of low
// order is kInvalidPublicKey, both when sealing and when opening.

#include <dmls/base/bytes.h>
#include <dmls/base/random.h>
#include <dmls/base/result.h>
#include <dmls/base/secret.h>
#include <dmls/crypto/keys.h>
#include <dmls/crypto/suite.h>

#include <cstdint>
#include <string_view>
#include <tuple>

namespace dmls::crypto {

// struct { opaque kem_output<V>; opaque ciphertext<V>; } HPKECiphertext; RFC 9420 §7.6
struct HpkeCiphertext {
  Bytes kem_output;
  Bytes ciphertext;
  static constexpr auto fields(auto& s) { return std::tie(s.kem_output, s.ciphertext); }
  bool operator==(const HpkeCiphertext&) const = default;
};

// HpkeInfo is the part of HPKE's key schedule that does not depend on the recipient: mode, psk_id_hash and info_hash.
// Sealing one thing to many recipients (an UpdatePath, a Welcome) computes it once. Not secret; copyable.
class HpkeInfo {
 public:
  HpkeInfo(const CipherSuite&, BytesView info);
  // The info of EncryptWithLabel: struct EncryptContext { opaque label<V> = "MLS 1.0 " + label; opaque context<V> }.
  static HpkeInfo with_label(const CipherSuite&, std::string_view label, BytesView context);

  [[nodiscard]] const CipherSuite& suite() const { return suite_; }
  // key_schedule_context of RFC 9180 §5.1.
  [[nodiscard]] BytesView key_schedule_context() const { return key_schedule_context_; }

 private:
  CipherSuite suite_;
  Bytes key_schedule_context_;
};

// Single shot: SealBase and OpenBase with the AEAD's aad.
Result<HpkeCiphertext> hpke_seal(const HpkeInfo&, const HpkePublicKey& recipient, BytesView aad, BytesView plaintext,
                                 Random&);
// The same with what it would draw, `ephemeral`: Nsk random octets that nothing else is made from. Whoever draws in
// order may seal in any.
Result<HpkeCiphertext> hpke_seal(const HpkeInfo&, const HpkePublicKey& recipient, BytesView aad, BytesView plaintext,
                                 const SecretBytes& ephemeral);
Result<SecretBytes> hpke_open(const HpkeInfo&, const HpkeKeyPair& recipient, BytesView aad,
                              const HpkeCiphertext& sealed);

// EncryptWithLabel and DecryptWithLabel, RFC 9420 §5.1.3 (aad is empty).
Result<HpkeCiphertext> encrypt_with_label(const CipherSuite&, const HpkePublicKey& recipient, std::string_view label,
                                          BytesView context, BytesView plaintext, Random&);
Result<SecretBytes> decrypt_with_label(const CipherSuite&, const HpkeKeyPair& recipient, std::string_view label,
                                       BytesView context, const HpkeCiphertext& sealed);

// HpkeContext is an established context (RFC 9180 §5.2): an AEAD key with a counter, and an exporter. The sender's
// seals and the recipient's opens; the other way round would use a nonce twice and is kMisuse.
class HpkeContext {
 public:
  // Each call uses the next sequence number; kSequenceExhausted when there is none left, and none is ever used twice. A
  // failed open uses none.
  Result<Bytes> seal(BytesView aad, BytesView plaintext);
  Result<SecretBytes> open(BytesView aad, BytesView ciphertext);
  // Context.Export(exporter_context, length), RFC 9180 §5.3; kLimit beyond 255 * Nh octets.
  Result<SecretBytes> export_secret(BytesView exporter_context, std::size_t length) const;

  // Test seam: continues at sequence number `n`.
  void set_sequence_for_testing(std::uint64_t n) { sequence_ = n; }

 private:
  friend struct HpkeContextMaker;
  enum class Role : std::uint8_t { sender, recipient };
  HpkeContext(const CipherSuite& suite, Role role) : suite_(suite), role_(role) {}
  Result<SecretBytes> next_nonce() const;
  CipherSuite suite_;
  Role role_;
  SecretBytes key_;
  SecretBytes base_nonce_;
  SecretBytes exporter_secret_;
  std::uint64_t sequence_ = 0;
};

struct HpkeSetup {
  Bytes kem_output;  // enc, to be sent to the recipient
  HpkeContext context;
};
// SetupBaseS and SetupBaseR.
Result<HpkeSetup> hpke_setup_sender(const HpkeInfo&, const HpkePublicKey& recipient, Random&);
Result<HpkeContext> hpke_setup_recipient(const HpkeInfo&, const HpkeKeyPair& recipient, BytesView kem_output);

}  // namespace dmls::crypto
