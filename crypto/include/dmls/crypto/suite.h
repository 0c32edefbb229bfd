#pragma once
// Cipher suites are data. RFC 9420 §5.1, §17.1

#include <dmls/base/result.h>
#include <dmls/crypto/algorithms.h>
#include <dmls/crypto/error.h>
#include <dmls/crypto/provider.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace dmls::crypto {

// RFC 9420 §17.1. Open: an unknown suite is a value that can be carried, only not used.
enum class CipherSuiteId : std::uint16_t {
  MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519 = 0x0001,         // Nh = 32; mandatory to implement
  MLS_128_DHKEMP256_AES128GCM_SHA256_P256 = 0x0002,              // Nh = 32
  MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519 = 0x0003,  // Nh = 32
  MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448 = 0x0004,             // Nh = 64; needs libdecaf
  MLS_256_DHKEMP521_AES256GCM_SHA512_P521 = 0x0005,              // Nh = 64
  MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448 = 0x0006,      // Nh = 64; needs libdecaf
  MLS_256_DHKEMP384_AES256GCM_SHA384_P384 = 0x0007,              // Nh = 48
};

// One row of the suite table.
struct SuiteParameters {
  CipherSuiteId id;           // as it is on the wire
  std::string_view name;      // as the registry prints it
  KemId kem;                  // of HPKE
  KdfId kdf;                  // of HPKE, and of all labelled derivations
  AeadId aead;                // of HPKE, and of messages
  HashId hash;                // of Hash and MAC, and the one that `kdf` is made of
  SignatureScheme signature;  // of leaves, key packages, messages and GroupInfos
};

// The registered suites, in order of their code points.
std::span<const SuiteParameters> registered_suites();

// CipherSuite is a row of the table together with the provider that computes it. Two pointers: pass it by value or
// reference as you like. The provider outlives every suite that names it.
class CipherSuite {
 public:
  // kUnknownSuite if `id` is not registered or `provider` lacks one of its algorithms.
  static Result<CipherSuite> find(CipherSuiteId id, const Provider& provider = default_provider());

  // Two suites are equal if this is, whatever their providers.
  [[nodiscard]] CipherSuiteId id() const { return parameters_->id; }
  // As the registry prints it; a literal.
  [[nodiscard]] std::string_view name() const { return parameters_->name; }
  // See SuiteParameters, here and below.
  [[nodiscard]] KemId kem() const { return parameters_->kem; }
  // Of HPKE, and of all labelled derivations.
  [[nodiscard]] KdfId kdf() const { return parameters_->kdf; }
  // Of HPKE, and of messages.
  [[nodiscard]] AeadId aead() const { return parameters_->aead; }
  // Of Hash and MAC, and the one that the KDF is made of.
  [[nodiscard]] HashId hash() const { return parameters_->hash; }
  // Of leaves, key packages, messages and GroupInfos.
  [[nodiscard]] SignatureScheme signature() const { return parameters_->signature; }
  // KDF.Nh, in octets.
  [[nodiscard]] std::size_t hash_length() const { return crypto::hash_length(parameters_->hash); }
  // AEAD.Nk, in octets.
  [[nodiscard]] std::size_t key_length() const { return aead_sizes(parameters_->aead).key; }
  // AEAD.Nn, in octets.
  [[nodiscard]] std::size_t nonce_length() const { return aead_sizes(parameters_->aead).nonce; }
  // AEAD.Nt, in octets.
  [[nodiscard]] std::size_t tag_length() const { return aead_sizes(parameters_->aead).tag; }
  // What computes it; outlives the suite.
  [[nodiscard]] const Provider& provider() const { return *provider_; }

  friend bool operator==(const CipherSuite& a, const CipherSuite& b) { return a.id() == b.id(); }

 private:
  CipherSuite(const SuiteParameters& parameters, const Provider& provider)
      : parameters_(&parameters), provider_(&provider) {}
  const SuiteParameters* parameters_;
  const Provider* provider_;
};

}  // namespace dmls::crypto
