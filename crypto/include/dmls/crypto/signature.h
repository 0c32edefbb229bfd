#pragma once
// Signatures with labels. RFC 9420 §5.1.2

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/crypto/keys.h>
#include <dmls/crypto/suite.h>

#include <string_view>

namespace dmls::crypto {

// Signer is whoever holds a signature private key: a key pair in memory, or a token that never shows it.
class Signer {
 public:
  virtual ~Signer() = default;
  // What sign() makes is verified with it. Lent; stays the same for as long as the signer lives.
  [[nodiscard]] virtual const SignaturePublicKey& public_key() const = 0;
  // The suite's signature scheme over `message` as it is (the label is already inside).
  virtual Result<Bytes> sign(BytesView message) const = 0;
};

// KeyPairSigner signs with a key pair in memory.
class KeyPairSigner final : public Signer {
 public:
  // `pair` is one of the suite's signature scheme.
  KeyPairSigner(const CipherSuite& suite, SignatureKeyPair pair) : suite_(suite), pair_(std::move(pair)) {}
  [[nodiscard]] const SignaturePublicKey& public_key() const override { return pair_.public_key; }
  Result<Bytes> sign(BytesView message) const override;

 private:
  CipherSuite suite_;
  SignatureKeyPair pair_;
};

// SignWithLabel(., label, content): signs
//   struct { opaque label<V> = "MLS 1.0 " + label; opaque content<V>; } SignContent;
Result<Bytes> sign_with_label(const Signer&, std::string_view label, BytesView content);

// VerifyWithLabel; kBadSignature, or kInvalidPublicKey for an unusable key.
Result<void> verify_with_label(const CipherSuite&, const SignaturePublicKey&, std::string_view label, BytesView content,
                               BytesView signature);

}  // namespace dmls::crypto
