// Project Wycheproof: every file of the folder, every case that the primitives of MLS can meet. Cases are left out for
// one reason only, and counted: sizes of key or nonce that no caller of this library can pass (it would be its own
// bug).

#include <dmls/crypto/aead.h>
#include <dmls/crypto/hash.h>
#include <dmls/crypto/kdf.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>

#include "crypto/doubles.h"
#include "support/vectors.h"

namespace dmls::crypto {
namespace {

using nlohmann::json;

Bytes field(const json& object, const char* name) { return dmls::test::unhex(object[name].get<std::string>()); }

enum class Outcome { agreed, disagreed, left_out };

// Runs `check(group, item)` over all cases, reports disagreements by number, and prints the counts.
void run(const std::filesystem::path& dir, const char* name, int left_out_expected,
         const std::function<Outcome(const json&, const json&)>& check) {
  const json file = dmls::test::load_json(dir / name);
  int valid = 0, invalid = 0, acceptable = 0, left_out = 0;
  for (const json& group : file["testGroups"]) {
    for (const json& item : group["tests"]) {
      const Outcome outcome = check(group, item);
      if (outcome == Outcome::left_out) {
        ++left_out;
        continue;
      }
      EXPECT_EQ(outcome, Outcome::agreed) << name << " tcId " << item["tcId"] << " " << item["comment"] << " "
                                          << item["result"] << " " << item["flags"];
      ++(item["result"] == "valid" ? valid : item["result"] == "invalid" ? invalid : acceptable);
    }
  }
  std::printf("%s: %d valid, %d invalid, %d acceptable, %d left out\n", name, valid, invalid, acceptable, left_out);
  ::testing::Test::RecordProperty("run", valid + invalid + acceptable);
  EXPECT_EQ(valid + invalid + acceptable + left_out, file["numberOfTests"].get<int>());
  EXPECT_EQ(left_out, left_out_expected) << name;
}

Outcome agree(bool yes) { return yes ? Outcome::agreed : Outcome::disagreed; }
bool is_valid(const json& item) { return item["result"] == "valid"; }

CipherSuite suite_with(auto&& matches) {
  for (const CipherSuite& suite : test::suites())
    if (matches(suite)) return suite;
  panic("no suite matches");
}

// ---- AEAD ----------------------------------------------------------------------------------------------------------

Outcome aead_case(const CipherSuite& suite, const json& item) {
  const Bytes key = field(item, "key"), nonce = field(item, "iv"), aad = field(item, "aad"), msg = field(item, "msg");
  const Bytes ciphertext = test::join({field(item, "ct"), field(item, "tag")});
  const auto opened = aead_open(suite, key, nonce, aad, ciphertext);
  if (!is_valid(item)) return agree(!opened && opened.error().code == errc::kOpenFailed);
  const auto sealed = aead_seal(suite, key, nonce, aad, msg);
  return agree(opened && test::octets(*opened) == msg && sealed && *sealed == ciphertext);
}

TEST(Wycheproof, AesGcm) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  // Left out: AES-192, and nonces that are not of 96 bits (Nn is 12 in every suite; another size panics).
  run(dir, "aes_gcm_test.json", 183, [](const json& group, const json& item) {
    if (group["ivSize"] != 96 || group["keySize"] == 192) return Outcome::left_out;
    const AeadId id = group["keySize"] == 128 ? AeadId::aes_128_gcm : AeadId::aes_256_gcm;
    return aead_case(suite_with([id](const CipherSuite& s) { return s.aead() == id; }), item);
  });
}

TEST(Wycheproof, ChaCha20Poly1305) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run(dir, "chacha20_poly1305_test.json", 9, [](const json& group, const json& item) {
    if (group["ivSize"] != 96) return Outcome::left_out;
    return aead_case(suite_with([](const CipherSuite& s) { return s.aead() == AeadId::chacha20_poly1305; }), item);
  });
}

// ---- HMAC and HKDF -------------------------------------------------------------------------------------------------

// A truncated tag is valid for Wycheproof; here a MAC has Nh octets, so its prefix must be right and the whole refused.
void run_hmac(const std::filesystem::path& dir, const char* name, HashId hash) {
  const CipherSuite suite = suite_with([hash](const CipherSuite& s) { return s.hash() == hash; });
  run(dir, name, 0, [&suite](const json&, const json& item) {
    const Bytes key = field(item, "key"), msg = field(item, "msg"), tag = field(item, "tag");
    const bool verified = verify_mac(suite, key, msg, tag).has_value();
    if (tag.size() == suite.hash_length()) return agree(verified == is_valid(item));
    Bytes prefix = mac(suite, key, msg);
    prefix.resize(tag.size());
    return agree(!verified && (prefix == tag) == is_valid(item));
  });
}

TEST(Wycheproof, HmacSha256) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run_hmac(dir, "hmac_sha256_test.json", HashId::sha256);
}
TEST(Wycheproof, HmacSha384) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run_hmac(dir, "hmac_sha384_test.json", HashId::sha384);
}
TEST(Wycheproof, HmacSha512) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run_hmac(dir, "hmac_sha512_test.json", HashId::sha512);
}

// The invalid cases ask for more than 255 * Nh octets, which expand() counts as a bug of its caller: what can be
// checked is that max_expand_length() tells the caller so.
void run_hkdf(const std::filesystem::path& dir, const char* name, HashId hash) {
  const CipherSuite suite = suite_with([hash](const CipherSuite& s) { return s.hash() == hash; });
  run(dir, name, 0, [&suite](const json&, const json& item) {
    const std::size_t size = item["size"];
    if (!is_valid(item)) return agree(size > max_expand_length(suite));
    const SecretBytes prk = extract(suite, field(item, "salt"), field(item, "ikm"));
    return agree(test::octets(expand(suite, prk.expose(), field(item, "info"), size)) == field(item, "okm"));
  });
}

TEST(Wycheproof, HkdfSha256) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run_hkdf(dir, "hkdf_sha256_test.json", HashId::sha256);
}
TEST(Wycheproof, HkdfSha384) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run_hkdf(dir, "hkdf_sha384_test.json", HashId::sha384);
}
TEST(Wycheproof, HkdfSha512) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run_hkdf(dir, "hkdf_sha512_test.json", HashId::sha512);
}

// ---- Diffie-Hellman ------------------------------------------------------------------------------------------------

// "acceptable" are public keys on the twist, not reduced, or of low order. RFC 7748 §5 wants the first two accepted (a
// coordinate is reduced modulo p), and RFC 9180 §7.1.4 the last refused where the result is all zero. So: the published
// result unless that is zero, and kInvalidPublicKey then, both from DH and from the check without a private key.
void run_xdh(const std::filesystem::path& dir, const char* name, KemId kem) {
  run(dir, name, 0, [kem](const json&, const json& item) {
    const Bytes private_key = field(item, "private"), public_key = field(item, "public"),
                expected = field(item, "shared");
    const Provider& provider = default_provider();
    Bytes shared(kem_sizes(kem).dh);
    const auto outcome = provider.dh(kem, private_key, public_key, shared);
    const auto checked = provider.kem_check_public_key(kem, public_key);
    if (item["result"] == "invalid" || expected == Bytes(expected.size()))
      return agree(!outcome && outcome.error().code == errc::kInvalidPublicKey && !checked);
    return agree(outcome && shared == expected && checked);
  });
}

TEST(Wycheproof, X25519) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run_xdh(dir, "x25519_test.json", KemId::dhkem_x25519_hkdf_sha256);
}
TEST(Wycheproof, X448) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  if (!default_provider().supports(KemId::dhkem_x448_hkdf_sha512)) GTEST_SKIP() << "not run: no libdecaf in this build";
  run_xdh(dir, "x448_test.json", KemId::dhkem_x448_hkdf_sha512);
}

// "acceptable" is a compressed point, which RFC 9420 §5.1.1 does not know: refused. Wycheproof writes scalars as signed
// integers without leading zeros, MLS in the size of the field.
void run_ecdh(const std::filesystem::path& dir, const char* name, KemId kem) {
  run(dir, name, 0, [kem](const json&, const json& item) {
    Bytes private_key = field(item, "private");
    const std::size_t n = kem_sizes(kem).private_key;
    if (private_key.size() < n) private_key = test::join({Bytes(n - private_key.size()), private_key});
    if (private_key.size() > n) private_key = to_bytes(BytesView(private_key).last(n));
    Bytes shared(kem_sizes(kem).dh);
    const Provider& provider = default_provider();
    const auto outcome = provider.dh(kem, private_key, field(item, "public"), shared);
    const auto checked = provider.kem_check_public_key(kem, field(item, "public"));
    if (is_valid(item)) return agree(outcome && checked && shared == field(item, "shared"));
    return agree(!outcome && outcome.error().code == errc::kInvalidPublicKey && !checked);
  });
}

TEST(Wycheproof, EcdhP256) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run_ecdh(dir, "ecdh_secp256r1_ecpoint_test.json", KemId::dhkem_p256_hkdf_sha256);
}
TEST(Wycheproof, EcdhP384) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run_ecdh(dir, "ecdh_secp384r1_ecpoint_test.json", KemId::dhkem_p384_hkdf_sha384);
}
TEST(Wycheproof, EcdhP521) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run_ecdh(dir, "ecdh_secp521r1_ecpoint_test.json", KemId::dhkem_p521_hkdf_sha512);
}

// ---- Signatures ----------------------------------------------------------------------------------------------------

// The public keys of these files are all real ones, so an invalid signature is a bad signature and nothing else.
void run_signatures(const std::filesystem::path& dir, const char* name, SignatureScheme scheme, const char* key_field) {
  run(dir, name, 0, [scheme, key_field](const json& group, const json& item) {
    const Provider& provider = default_provider();
    const Bytes key = field(group["publicKey"], key_field);
    const auto outcome = provider.verify(scheme, key, field(item, "msg"), field(item, "sig"));
    return agree(provider.signature_check_public_key(scheme, key) && outcome.has_value() == is_valid(item) &&
                 (outcome || outcome.error().code == errc::kBadSignature));
  });
}

TEST(Wycheproof, EcdsaP256) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run_signatures(dir, "ecdsa_secp256r1_sha256_test.json", SignatureScheme::ecdsa_secp256r1_sha256, "uncompressed");
}
TEST(Wycheproof, EcdsaP384) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run_signatures(dir, "ecdsa_secp384r1_sha384_test.json", SignatureScheme::ecdsa_secp384r1_sha384, "uncompressed");
}
TEST(Wycheproof, EcdsaP521) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run_signatures(dir, "ecdsa_secp521r1_sha512_test.json", SignatureScheme::ecdsa_secp521r1_sha512, "uncompressed");
}
TEST(Wycheproof, Ed25519) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  run_signatures(dir, "ed25519_test.json", SignatureScheme::ed25519, "pk");
}
TEST(Wycheproof, Ed448) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  if (!default_provider().supports(SignatureScheme::ed448)) GTEST_SKIP() << "not run: no libdecaf in this build";
  run_signatures(dir, "ed448_test.json", SignatureScheme::ed448, "pk");
}

// A file that is added to the folder must not be overlooked.
TEST(Wycheproof, NoFileOfTheFolderIsUnknown) {
  DMLS_VECTORS_OR_SKIP(dir, "WYCHEPROOF_VECTORS");
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir)) files += entry.path().extension() == ".json";
  EXPECT_EQ(files, 18) << "tests/crypto/wycheproof_test.cc reads 18 files";
}

}  // namespace
}  // namespace dmls::crypto
