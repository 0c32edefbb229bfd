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
  MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519 = 0x0001,
  MLS_128_DHKEMP256_AES128GCM_SHA256_P256 = 0x0002,
  MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519 = 0x0003,
  MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448 = 0x0004,
  MLS_256_DHKEMP521_AES256GCM_SHA512_P521 = 0x0005,
  MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448 = 0x0006,
  MLS_256_DHKEMP384_AES256GCM_SHA384_P384 = 0x0007,
};

// One row of the suite table.
struct SuiteParameters {
  CipherSuiteId id;
  std::string_view name;  // as the registry prints it
  KemId kem;
  KdfId kdf;
  AeadId aead;
  HashId hash;
  SignatureScheme signature;
};

// The registered suites, in order of their code points.
std::span<const SuiteParameters> registered_suites();

// CipherSuite is a row of the table together with the provider that computes it. Two pointers: pass it by value or
// reference as you like. The provider outlives every suite that names it.
class CipherSuite {
 public:
  // kUnknownSuite if `id` is not registered or `provider` lacks one of its algorithms.
  static Result<CipherSuite> find(CipherSuiteId id, const Provider& provider = default_provider());

  [[nodiscard]] CipherSuiteId id() const { return parameters_->id; }
  [[nodiscard]] std::string_view name() const { return parameters_->name; }
  [[nodiscard]] KemId kem() const { return parameters_->kem; }
  [[nodiscard]] KdfId kdf() const { return parameters_->kdf; }
  [[nodiscard]] AeadId aead() const { return parameters_->aead; }
  [[nodiscard]] HashId hash() const { return parameters_->hash; }
  [[nodiscard]] SignatureScheme signature() const { return parameters_->signature; }
  // Octets: KDF.Nh, AEAD.Nk, AEAD.Nn, AEAD.Nt.
  [[nodiscard]] std::size_t hash_length() const { return crypto::hash_length(parameters_->hash); }
  [[nodiscard]] std::size_t key_length() const { return aead_sizes(parameters_->aead).key; }
  [[nodiscard]] std::size_t nonce_length() const { return aead_sizes(parameters_->aead).nonce; }
  [[nodiscard]] std::size_t tag_length() const { return aead_sizes(parameters_->aead).tag; }
  [[nodiscard]] const Provider& provider() const { return *provider_; }

  friend bool operator==(const CipherSuite& a, const CipherSuite& b) { return a.id() == b.id(); }

 private:
  CipherSuite(const SuiteParameters& parameters, const Provider& provider)
      : parameters_(&parameters), provider_(&provider) {}
  const SuiteParameters* parameters_;
  const Provider* provider_;
};

}  // namespace dmls::crypto
