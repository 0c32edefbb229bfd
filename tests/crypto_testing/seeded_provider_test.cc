#include <dmls/crypto/hpke.h>
#include <dmls/crypto/signature.h>
#include <dmls/crypto_testing/seeded_provider.h>
#include <gtest/gtest.h>

#include <string>

#include "crypto/doubles.h"
#include "support/vectors.h"

namespace dmls::crypto_testing {
namespace {

namespace errc = crypto::errc;
using crypto::CipherSuite;
using crypto::CipherSuiteId;
using crypto::SignatureScheme;
using test::hex;
using test::unhex;

struct KnownAnswer {
  const char* where;
  SignatureScheme scheme;
  const char* private_key;
  const char* message;
  const char* r;
  const char* s;
};

constexpr const char* kP256 = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
constexpr const char* kP384 =
    "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5";
constexpr const char* kP521 =
    "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89"
    "ec"
    "0c08b0e996b83538";

// The last two messages have digests that begin with two zero octets (bits2int counts those); their answers come from
// an independent computation with Python's integers.
const KnownAnswer kKnownAnswers[] = {
    {"RFC 6979 A.2.5, sample", SignatureScheme::ecdsa_secp256r1_sha256, kP256, "sample",
     "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
     "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
    {"RFC 6979 A.2.5, test", SignatureScheme::ecdsa_secp256r1_sha256, kP256, "test",
     "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
     "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"},
    {"RFC 6979 A.2.6, sample", SignatureScheme::ecdsa_secp384r1_sha384, kP384, "sample",
     "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46",
     "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"},
    {"RFC 6979 A.2.6, test", SignatureScheme::ecdsa_secp384r1_sha384, kP384, "test",
     "8203b63d3c853e8d77227fb377bcf7b7b772e97892a80f36ab775d509d7a5feb0542a7f0812998da8f1dd3ca3cf023db",
     "ddd0760448d42d8a43af45af836fce4de8be06b485e9b61b827c2f13173923e06a739f040649a667bf3b828246baa5a5"},
    {"RFC 6979 A.2.7, sample", SignatureScheme::ecdsa_secp521r1_sha512, kP521, "sample",
     "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee9017b5d450606add152b534931d7d4e8455cc91"
     "f9b"
     "15bf05ec36e377fa",
     "00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc4"
     "3997"
     "f1ee0e44da4a67a"},
    {"RFC 6979 A.2.7, test", SignatureScheme::ecdsa_secp521r1_sha512, kP521, "test",
     "013e99020abf5cee7525d16b69b229652ab6bdf2affcaef38773b4b7d08725f10cdb93482fdcc54edcee91eca4166b2a7c6265ef0ce2bd705"
     "1b7"
     "cef945babd47ee6d",
     "01fbd0013c674aa79cb39849527916ce301c66ea7ce8b80682786ad60f98f7e78a19ca69eff5c57400e3b3a0ad66ce0978214d13baf4e9ac6"
     "075"
     "2f7b155e2de4dce3"},
    {"P-256, digest 0000...", SignatureScheme::ecdsa_secp256r1_sha256, kP256, "message 115408",
     "ffa6785cda2125423b711b589d589b7196ceb3130cfa126b144f5c2b2f12bc5f",
     "ee463299886f19cf3f946728e3965543b400274c172c58a9c373a68e4b4c136a"},
    {"P-521, digest 0000...", SignatureScheme::ecdsa_secp521r1_sha512, kP521, "message 31356",
     "001aefcf305aef0f124966b23b05f96210400e5d8c873df12dc5366465721a0f1f7210f2c456be7c2b516b376bd57cdf1bcb7665e4e51cb73"
     "56f"
     "6455656c1188cde7c",
     "00f902a0bd7f4b8db8340f48296d58f23aaf5fc25741bf94a849825d07b54507389c850bd38816cc23bfaf09648146de7d7d1cfa85fc75dea"
     "9cc"
     "5fea59cc18bbdef7"},
};

// An INTEGER of DER, at most 127 octets long.
Bytes der_integer(std::string digits) {
  if (digits.size() % 2 != 0) digits.insert(digits.begin(), '0');
  Bytes v = unhex(digits);
  while (v.size() > 1 && v[0] == 0 && v[1] < 0x80) v.erase(v.begin());
  if (v[0] >= 0x80) v = crypto::test::join({Bytes{0}, v});
  return crypto::test::join({Bytes{0x02, static_cast<std::uint8_t>(v.size())}, v});
}

Bytes der_signature(const KnownAnswer& k) {
  const Bytes body = crypto::test::join({der_integer(k.r), der_integer(k.s)});
  const auto n = static_cast<std::uint8_t>(body.size());
  return crypto::test::join({n < 0x80 ? Bytes{0x30, n} : Bytes{0x30, 0x81, n}, body});
}

TEST(SeededProvider, SignsAsRfc6979Says) {
  for (const KnownAnswer& k : kKnownAnswers) {
    const auto signature = seeded_provider().sign(k.scheme, unhex(k.private_key), {}, as_bytes(k.message));
    ASSERT_TRUE(signature) << k.where;
    EXPECT_EQ(hex(*signature), hex(der_signature(k))) << k.where;
  }
}

TEST(SeededProvider, SignaturesVerifyWithTheDefaultProvider) {
  for (const CipherSuite& suite : crypto::test::suites(seeded_provider())) {
    SeededRandom random(1);
    const auto pair = generate_signature_key_pair(suite, random);
    ASSERT_TRUE(pair);
    const crypto::KeyPairSigner signer(suite, pair->clone());
    for (std::uint8_t i = 0; i < 16; ++i) {
      const auto signature = signer.sign(Bytes{i});
      ASSERT_TRUE(signature);
      EXPECT_EQ(*signature, *signer.sign(Bytes{i}));
      EXPECT_TRUE(crypto::default_provider().verify(suite.signature(), pair->public_key.octets, Bytes{i}, *signature));
    }
  }
}

TEST(SeededProvider, AWholeRunIsReproducible) {
  for (const CipherSuite& suite : crypto::test::suites(seeded_provider())) {
    const auto run = [&suite] {
      SeededRandom random(5);
      const auto pair = generate_hpke_key_pair(suite, random);
      const auto signing = generate_signature_key_pair(suite, random);
      const auto sealed = encrypt_with_label(suite, pair->public_key, "l", {}, as_bytes("m"), random);
      const auto signature = sign_with_label(crypto::KeyPairSigner(suite, signing->clone()), "l", as_bytes("m"));
      return crypto::test::join({sealed->kem_output, sealed->ciphertext, *signature});
    };
    EXPECT_EQ(run(), run()) << suite.name();
  }
}

TEST(SeededProvider, RefusesTheSamePrivateKeysAsTheDefaultProvider) {
  const auto scheme = SignatureScheme::ecdsa_secp256r1_sha256;
  for (const Bytes& bad : {Bytes{}, Bytes(31, 1), Bytes(33, 1), Bytes(32), Bytes(32, 0xff)})
    EXPECT_EQ(seeded_provider().sign(scheme, bad, {}, {}).error().code, errc::kInvalidPrivateKey);
}

}  // namespace
}  // namespace dmls::crypto_testing
