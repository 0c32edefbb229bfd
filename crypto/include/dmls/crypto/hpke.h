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
  Bytes kem_output;  // opaque<V>: the encapsulated key, Nenc octets
  Bytes ciphertext;  // opaque<V>: as long as the plaintext, and Nt octets
  static constexpr auto fields(auto& s) { return std::tie(s.kem_output, s.ciphertext); }
  bool operator==(const HpkeCiphertext&) const = default;
};

// HpkeInfo is the part of HPKE's key schedule that does not depend on the recipient: mode, psk_id_hash and info_hash.
// Sealing one thing to many recipients (an UpdatePath, a Welcome) computes it once. Not secret; copyable.
class HpkeInfo {
 public:
  // `info` as HPKE takes it, without a label.
  HpkeInfo(const CipherSuite&, BytesView info);
  // The info of EncryptWithLabel: struct EncryptContext { opaque label<V> = "MLS 1.0 " + label; opaque context<V> }.
  static HpkeInfo with_label(const CipherSuite&, std::string_view label, BytesView context);

  // In which is sealed and opened.
  [[nodiscard]] const CipherSuite& suite() const { return suite_; }
  // key_schedule_context of RFC 9180 §5.1; 1 + 2 Nh octets, lent.
  [[nodiscard]] BytesView key_schedule_context() const { return key_schedule_context_; }

 private:
  CipherSuite suite_;
  Bytes key_schedule_context_;
};

// SealBase, RFC 9180 §6.1: single shot, with the AEAD's aad. Draws Nsk octets. kLimit as aead_seal().
Result<HpkeCiphertext> hpke_seal(const HpkeInfo&, const HpkePublicKey& recipient, BytesView aad, BytesView plaintext,
                                 Random&);
// The same with what it would draw, `ephemeral`: Nsk random octets that nothing else is made from. Whoever draws in
// order may seal in any.
Result<HpkeCiphertext> hpke_seal(const HpkeInfo&, const HpkePublicKey& recipient, BytesView aad, BytesView plaintext,
                                 const SecretBytes& ephemeral);
// OpenBase, RFC 9180 §6.1. kOpenFailed if it is not authentic.
Result<SecretBytes> hpke_open(const HpkeInfo&, const HpkeKeyPair& recipient, BytesView aad,
                              const HpkeCiphertext& sealed);

// EncryptWithLabel, RFC 9420 §5.1.3 (aad is empty); "MLS 1.0 " is put before `label` here. Errors of hpke_seal().
Result<HpkeCiphertext> encrypt_with_label(const CipherSuite&, const HpkePublicKey& recipient, std::string_view label,
                                          BytesView context, BytesView plaintext, Random&);
// DecryptWithLabel, RFC 9420 §5.1.3. Errors of hpke_open().
Result<SecretBytes> decrypt_with_label(const CipherSuite&, const HpkeKeyPair& recipient, std::string_view label,
                                       BytesView context, const HpkeCiphertext& sealed);

// HpkeContext is an established context (RFC 9180 §5.2): an AEAD key with a counter, and an exporter. The sender's
// seals and the recipient's opens; the other way round would use a nonce twice and is kMisuse.
class HpkeContext {
 public:
  // Uses the next sequence number; kSequenceExhausted when there is none left, and none is ever used twice.
  Result<Bytes> seal(BytesView aad, BytesView plaintext);
  // Opens what was sealed with the next sequence number. kOpenFailed, and no number used, if it is not that.
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

// What the sender of a context has: it, and what the recipient needs for the other end.
struct HpkeSetup {
  Bytes kem_output;     // enc, to be sent to the recipient; Nenc octets
  HpkeContext context;  // seals and exports
};
// SetupBaseS, RFC 9180 §5.1.1. Draws Nsk octets.
Result<HpkeSetup> hpke_setup_sender(const HpkeInfo&, const HpkePublicKey& recipient, Random&);
// SetupBaseR, RFC 9180 §5.1.1. The context opens and exports; that it is the sender's is only known once something was
// opened.
Result<HpkeContext> hpke_setup_recipient(const HpkeInfo&, const HpkeKeyPair& recipient, BytesView kem_output);

}  // namespace dmls::crypto
