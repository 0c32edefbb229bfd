// The labelled functions on which everything else is built. RFC 9420 §5.1.2, §5.1.3, §5.2, §8, §9

#include "families.h"

#include <dmls/base/hex.h>
#include <dmls/crypto/hash.h>
#include <dmls/crypto/hpke.h>
#include <dmls/crypto/kdf.h>
#include <dmls/crypto/signature.h>

#include <string>

namespace dmls::vectors {
namespace {

using crypto::CipherSuite;

// The field `length`: an expansion that the suite's KDF can make.
Result<std::size_t> expand_length(const CipherSuite& suite, const Value& test) {
  DMLS_TRY(const std::size_t length, test.integer<std::uint16_t>("length"));
  DMLS_CHECK(test.require(length <= crypto::max_expand_length(suite), "length", "at most 255 * Nh octets"));
  return length;
}

// RFC 9420 §5.2
Result<void> verify_ref_hash(const CipherSuite& suite, const Value& test) {
  DMLS_TRY(const std::string_view label, test.text("label"));
  DMLS_TRY(const Bytes value, test.octets("value"));
  return test.expect("out", crypto::ref_hash(suite, label, value));
}

// RFC 9420 §8
Result<void> verify_expand_with_label(const CipherSuite& suite, const Value& test) {
  DMLS_TRY(const Bytes secret, test.octets("secret", suite.hash_length()));
  DMLS_TRY(const std::string_view label, test.text("label"));
  DMLS_TRY(const Bytes context, test.octets("context"));
  DMLS_TRY(const std::size_t length, expand_length(suite, test));
  DMLS_CHECK(test.expect("out", crypto::expand_with_label(suite, secret, label, context, length)));
  return test.expect("out", crypto::Expander(suite, secret).expand_with_label(label, context, length));
}

// RFC 9420 §8
Result<void> verify_derive_secret(const CipherSuite& suite, const Value& test) {
  DMLS_TRY(const Bytes secret, test.octets("secret", suite.hash_length()));
  DMLS_TRY(const std::string_view label, test.text("label"));
  DMLS_CHECK(test.expect("out", crypto::derive_secret(suite, secret, label)));
  return test.expect("out", crypto::Expander(suite, secret).derive_secret(label));
}

// RFC 9420 §9
Result<void> verify_derive_tree_secret(const CipherSuite& suite, const Value& test) {
  DMLS_TRY(const Bytes secret, test.octets("secret", suite.hash_length()));
  DMLS_TRY(const std::string_view label, test.text("label"));
  DMLS_TRY(const auto generation, test.integer<std::uint32_t>("generation"));
  DMLS_TRY(const std::size_t length, expand_length(suite, test));
  DMLS_CHECK(test.expect("out", crypto::derive_tree_secret(suite, secret, label, generation, length)));
  return test.expect("out", crypto::Expander(suite, secret).derive_tree_secret(label, generation, length));
}

// RFC 9420 §5.1.2
Result<void> verify_sign_with_label(const CipherSuite& suite, const Value& test) {
  DMLS_TRY(const Bytes priv, test.octets("priv"));
  crypto::SignaturePublicKey pub;
  DMLS_TRY(pub.octets, test.octets("pub"));
  DMLS_TRY(const std::string_view label, test.text("label"));
  DMLS_TRY(const Bytes content, test.octets("content"));
  DMLS_TRY(const Bytes signature, test.octets("signature"));
  DMLS_CHECK(test.in("signature", crypto::verify_with_label(suite, pub, label, content, signature)));

  crypto::SignaturePrivateKey private_key{SecretBytes(priv)};
  DMLS_TRY(auto pair, test.in("priv", crypto::signature_key_pair_from_private(suite, std::move(private_key))));
  DMLS_CHECK(test.expect("pub", pair.public_key.octets));
  const crypto::KeyPairSigner signer(suite, std::move(pair));
  DMLS_TRY(const Bytes own, test.in("priv", crypto::sign_with_label(signer, label, content)));
  return test.in("pub", crypto::verify_with_label(suite, pub, label, content, own));
}

// RFC 9420 §5.1.3
Result<void> verify_encrypt_with_label(const CipherSuite& suite, const Value& test) {
  DMLS_TRY(const Bytes priv, test.octets("priv"));
  crypto::HpkePublicKey pub;
  DMLS_TRY(pub.octets, test.octets("pub"));
  DMLS_TRY(const std::string_view label, test.text("label"));
  DMLS_TRY(const Bytes context, test.octets("context"));
  DMLS_TRY(const Bytes plaintext, test.octets("plaintext"));
  crypto::HpkeCiphertext sealed;
  DMLS_TRY(sealed.kem_output, test.octets("kem_output"));
  DMLS_TRY(sealed.ciphertext, test.octets("ciphertext"));

  DMLS_TRY(const auto pair,
           test.in("priv", crypto::hpke_key_pair_from_private(suite, crypto::HpkePrivateKey(SecretBytes(priv)))));
  DMLS_CHECK(test.expect("pub", pair.public_key.octets));
  DMLS_TRY(const auto opened, test.in("ciphertext", crypto::decrypt_with_label(suite, pair, label, context, sealed)));
  DMLS_CHECK(test.expect("plaintext", opened));

  SystemRandom random;
  DMLS_TRY(const auto own, test.in("pub", crypto::encrypt_with_label(suite, pub, label, context, plaintext, random)));
  DMLS_TRY(const auto again, test.in("priv", crypto::decrypt_with_label(suite, pair, label, context, own)));
  return test.expect("plaintext", again);
}

Result<Json> generate_sign_with_label(const CipherSuite& suite, Random& random) {
  DMLS_TRY(auto pair, crypto::generate_signature_key_pair(suite, random));
  DMLS_TRY(const Bytes content, random.bytes(100));
  const std::string priv = to_hex(pair.private_key.expose());
  const std::string pub = to_hex(pair.public_key.octets);
  DMLS_TRY(const Bytes signature,
           crypto::sign_with_label(crypto::KeyPairSigner(suite, std::move(pair)), "SignWithLabel", content));
  return Json{{"priv", priv},
              {"pub", pub},
              {"content", to_hex(content)},
              {"label", "SignWithLabel"},
              {"signature", to_hex(signature)}};
}

Result<Json> generate_encrypt_with_label(const CipherSuite& suite, Random& random) {
  DMLS_TRY(const auto pair, crypto::generate_hpke_key_pair(suite, random));
  DMLS_TRY(const Bytes context, random.bytes(suite.hash_length()));
  DMLS_TRY(const Bytes plaintext, random.bytes(suite.hash_length()));
  DMLS_TRY(const auto sealed,
           crypto::encrypt_with_label(suite, pair.public_key, "EncryptWithLabel", context, plaintext, random));
  return Json{{"priv", to_hex(pair.private_key.expose())},
              {"pub", to_hex(pair.public_key.octets)},
              {"label", "EncryptWithLabel"},
              {"context", to_hex(context)},
              {"plaintext", to_hex(plaintext)},
              {"kem_output", to_hex(sealed.kem_output)},
              {"ciphertext", to_hex(sealed.ciphertext)}};
}

}  // namespace

Result<void> verify_crypto_basics(const Value& vector) {
  DMLS_TRY(const CipherSuite suite, vector.suite());
  struct Test {
    std::string_view field;
    Result<void> (*verify)(const CipherSuite&, const Value&);
  };
  constexpr Test kTests[] = {
      {"ref_hash", verify_ref_hash},
      {"expand_with_label", verify_expand_with_label},
      {"derive_secret", verify_derive_secret},
      {"derive_tree_secret", verify_derive_tree_secret},
      {"sign_with_label", verify_sign_with_label},
      {"encrypt_with_label", verify_encrypt_with_label},
  };
  for (const auto& [field, verify] : kTests) {
    DMLS_TRY(const Value test, vector.at(field));
    DMLS_CHECK(verify(suite, test));
  }
  return {};
}

Result<Json> generate_crypto_basics(const Generation& generation) {
  const CipherSuite& suite = *generation.suite;
  Random& random = generation.random;
  const std::size_t nh = suite.hash_length();
  DMLS_TRY(const Bytes value, random.bytes(nh));
  DMLS_TRY(const Bytes secret, random.bytes(nh));
  DMLS_TRY(const Bytes context, random.bytes(100));  // longer than a one-octet header can say
  DMLS_TRY(const Bytes number, random.bytes(4));
  const std::uint32_t leaf_generation =
      std::uint32_t{number[0]} << 24 | std::uint32_t{number[1]} << 16 | std::uint32_t{number[2]} << 8 | number[3];
  const std::size_t long_output = 2 * nh + 1;  // more than two blocks of HKDF

  const auto expanded = crypto::expand_with_label(suite, secret, "ExpandWithLabel", context, long_output);
  const auto derived = crypto::derive_secret(suite, secret, "DeriveSecret");
  const auto tree = crypto::derive_tree_secret(suite, secret, "DeriveTreeSecret", leaf_generation, nh);
  DMLS_TRY(Json sign, generate_sign_with_label(suite, random));
  DMLS_TRY(Json encrypt, generate_encrypt_with_label(suite, random));
  return Json::array({{
      {"cipher_suite", static_cast<std::uint16_t>(suite.id())},
      {"ref_hash",
       {{"label", "RefHash"}, {"value", to_hex(value)}, {"out", to_hex(crypto::ref_hash(suite, "RefHash", value))}}},
      {"expand_with_label",
       {{"secret", to_hex(secret)},
        {"label", "ExpandWithLabel"},
        {"context", to_hex(context)},
        {"length", long_output},
        {"out", to_hex(expanded.expose())}}},
      {"derive_secret", {{"secret", to_hex(secret)}, {"label", "DeriveSecret"}, {"out", to_hex(derived.expose())}}},
      {"derive_tree_secret",
       {{"secret", to_hex(secret)},
        {"label", "DeriveTreeSecret"},
        {"generation", leaf_generation},
        {"length", nh},
        {"out", to_hex(tree.expose())}}},
      {"sign_with_label", std::move(sign)},
      {"encrypt_with_label", std::move(encrypt)},
  }});
}

}  // namespace dmls::vectors
