// Message keys from the secret tree, and the keys of sender data. RFC 9420 §9, §6.3.2

#include <dmls/base/hex.h>
#include <dmls/keyschedule/secret_tree.h>
#include <dmls/keyschedule/sender_data.h>

#include <array>

#include "families.h"

namespace dmls::vectors {
namespace {

using namespace keyschedule;

// The window of a verifier's tree: vectors may jump further than a member would follow.
constexpr RatchetLimits kLimits{.max_ahead = 100'000, .max_kept = 100'000};

Result<SecretTree> make_tree(const crypto::CipherSuite& suite, std::size_t leaves, BytesView encryption_secret) {
  const auto size = tree_math::LeafCount::enough_for(leaves);
  if (!size) return fail(errc::kFailed, "there is no tree with so many leaves");
  return SecretTree::create(suite, *size, EncryptionSecret(SecretBytes(encryption_secret)), kLimits);
}

Result<void> verify_leaf(const Value& leaf, tree_math::LeafIndex index, SecretTree& tree) {
  DMLS_TRY(const auto generations, leaf.list());
  for (const Value& entry : generations) {
    DMLS_TRY(const auto generation, entry.integer<std::uint32_t>("generation"));
    DMLS_TRY(RatchetKey handshake, entry.in("generation", tree.look(index, RatchetKind::handshake, generation)));
    DMLS_CHECK(entry.expect("handshake_key", handshake.key()));
    DMLS_CHECK(entry.expect("handshake_nonce", handshake.nonce()));
    DMLS_CHECK(entry.in("generation", tree.spend(std::move(handshake))));
    DMLS_TRY(RatchetKey application, entry.in("generation", tree.look(index, RatchetKind::application, generation)));
    DMLS_CHECK(entry.expect("application_key", application.key()));
    DMLS_CHECK(entry.expect("application_nonce", application.nonce()));
    DMLS_CHECK(entry.in("generation", tree.spend(std::move(application))));
  }
  return {};
}

Result<Json> generate_case(const Generation& generation, std::uint32_t leaves) {
  const crypto::CipherSuite& suite = *generation.suite;
  Random& random = generation.random;
  DMLS_TRY(const Bytes sender_data_secret, random.bytes(suite.hash_length()));
  DMLS_TRY(const Bytes ciphertext, random.bytes(77));
  DMLS_TRY(const Bytes encryption_secret, random.bytes(suite.hash_length()));
  const SenderDataKeys keys(suite, SenderDataSecret(SecretBytes(sender_data_secret)));
  const KeyAndNonce sender_data = keys.key_and_nonce(ciphertext);
  DMLS_TRY(SecretTree tree, make_tree(suite, leaves, encryption_secret));
  Json all = Json::array();
  for (std::uint32_t i = 0; i < leaves; ++i) {
    Json leaf = Json::array();
    for (const std::uint32_t g : {0u, 15u}) {
      DMLS_TRY(const RatchetKey handshake, tree.look(tree_math::LeafIndex(i), RatchetKind::handshake, g));
      DMLS_TRY(const RatchetKey application, tree.look(tree_math::LeafIndex(i), RatchetKind::application, g));
      leaf.push_back({{"generation", g},
                      {"handshake_key", to_hex(handshake.key())},
                      {"handshake_nonce", to_hex(handshake.nonce())},
                      {"application_key", to_hex(application.key())},
                      {"application_nonce", to_hex(application.nonce())}});
    }
    all.push_back(std::move(leaf));
  }
  return Json{{"cipher_suite", static_cast<std::uint16_t>(suite.id())},
              {"sender_data",
               {{"sender_data_secret", to_hex(sender_data_secret)},
                {"ciphertext", to_hex(ciphertext)},
                {"key", to_hex(sender_data.key.expose())},
                {"nonce", to_hex(sender_data.nonce.expose())}}},
              {"encryption_secret", to_hex(encryption_secret)},
              {"leaves", std::move(all)}};
}

}  // namespace

Result<void> verify_secret_tree(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  DMLS_TRY(const Value sender_data, vector.at("sender_data"));
  DMLS_TRY(const Bytes sender_data_secret, sender_data.octets("sender_data_secret", suite.hash_length()));
  DMLS_TRY(const Bytes ciphertext, sender_data.octets("ciphertext"));
  const SenderDataKeys keys(suite, SenderDataSecret(SecretBytes(sender_data_secret)));
  const KeyAndNonce computed = keys.key_and_nonce(ciphertext);
  DMLS_CHECK(sender_data.expect("key", computed.key));
  DMLS_CHECK(sender_data.expect("nonce", computed.nonce));

  DMLS_TRY(const Bytes encryption_secret, vector.octets("encryption_secret", suite.hash_length()));
  DMLS_TRY(const auto leaves, vector.list("leaves"));
  DMLS_TRY(SecretTree tree, vector.in("leaves", make_tree(suite, leaves.size(), encryption_secret)));
  for (std::size_t i = 0; i < leaves.size(); ++i)
    DMLS_CHECK(verify_leaf(leaves[i], tree_math::LeafIndex(static_cast<std::uint32_t>(i)), tree));
  return {};
}

// As the official cases: 1, 8 and 32 leaves, the first and the sixteenth generation of each.
Result<Json> generate_secret_tree(const Generation& generation) {
  Json cases = Json::array();
  for (const std::uint32_t leaves : {1u, 8u, 32u}) {
    DMLS_TRY(Json one, generate_case(generation, leaves));
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace dmls::vectors
