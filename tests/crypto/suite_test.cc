#include <dmls/crypto/suite.h>
#include <gtest/gtest.h>

#include "crypto/doubles.h"

namespace dmls::crypto {
namespace {

TEST(Suite, TheTableHoldsTheSevenRegisteredSuitesInOrder) {
  ASSERT_EQ(registered_suites().size(), 7u);
  for (std::size_t i = 0; i < 7; ++i)
    EXPECT_EQ(static_cast<std::size_t>(registered_suites()[i].id), i + 1) << registered_suites()[i].name;
}

// The names say which algorithms a suite has, so they can be held against the rest of the row.
TEST(Suite, EveryRowIsWhatItsNameSays) {
  for (const SuiteParameters& row : registered_suites()) {
    const auto has = [&row](std::string_view word) { return row.name.find(word) != std::string_view::npos; };
    EXPECT_EQ(has("X25519"), row.kem == KemId::dhkem_x25519_hkdf_sha256) << row.name;
    EXPECT_EQ(has("X448"), row.kem == KemId::dhkem_x448_hkdf_sha512) << row.name;
    EXPECT_EQ(has("P256"), row.kem == KemId::dhkem_p256_hkdf_sha256) << row.name;
    EXPECT_EQ(has("P384"), row.kem == KemId::dhkem_p384_hkdf_sha384) << row.name;
    EXPECT_EQ(has("P521"), row.kem == KemId::dhkem_p521_hkdf_sha512) << row.name;
    EXPECT_EQ(has("AES128GCM"), row.aead == AeadId::aes_128_gcm) << row.name;
    EXPECT_EQ(has("AES256GCM"), row.aead == AeadId::aes_256_gcm) << row.name;
    EXPECT_EQ(has("CHACHA20POLY1305"), row.aead == AeadId::chacha20_poly1305) << row.name;
    EXPECT_EQ(has("SHA256"), row.hash == HashId::sha256 && row.kdf == KdfId::hkdf_sha256) << row.name;
    EXPECT_EQ(has("SHA384"), row.hash == HashId::sha384 && row.kdf == KdfId::hkdf_sha384) << row.name;
    EXPECT_EQ(has("SHA512"), row.hash == HashId::sha512 && row.kdf == KdfId::hkdf_sha512) << row.name;
    EXPECT_EQ(has("Ed25519"), row.signature == SignatureScheme::ed25519) << row.name;
    EXPECT_EQ(has("Ed448"), row.signature == SignatureScheme::ed448) << row.name;
    EXPECT_EQ(has("_P256"), row.signature == SignatureScheme::ecdsa_secp256r1_sha256) << row.name;
    EXPECT_EQ(has("_P384"), row.signature == SignatureScheme::ecdsa_secp384r1_sha384) << row.name;
    EXPECT_EQ(has("_P521"), row.signature == SignatureScheme::ecdsa_secp521r1_sha512) << row.name;
  }
}

// Without libdecaf suites 4 and 6 are unknown, and nothing else is.
TEST(Suite, ABuildHasAllSuitesThatItsLibrariesAllow) {
  const bool have_448 = default_provider().supports(KemId::dhkem_x448_hkdf_sha512);
  EXPECT_EQ(have_448, default_provider().supports(SignatureScheme::ed448));
  EXPECT_EQ(test::suites().size(), have_448 ? 7u : 5u);
}

TEST(Suite, UnregisteredNumbersAreRefused) {
  for (const unsigned id : {0u, 8u, 0x0a0au, 0xf000u, 0xffffu}) {
    const auto suite = CipherSuite::find(static_cast<CipherSuiteId>(id));
    ASSERT_FALSE(suite);
    EXPECT_EQ(suite.error().code, errc::kUnknownSuite);
  }
}

TEST(Suite, AlgorithmsOutsideTheRegistriesAreNotSupported) {
  EXPECT_FALSE(default_provider().supports(static_cast<KemId>(0x0030)));
  EXPECT_FALSE(default_provider().supports(static_cast<AeadId>(0xffff)));
  EXPECT_FALSE(default_provider().supports(static_cast<SignatureScheme>(0x0804)));
}

TEST(Suite, TheDescriptionNamesBoringSsl) {
  EXPECT_NE(default_provider().description().find("BoringSSL"), std::string_view::npos);
}

}  // namespace
}  // namespace dmls::crypto
