// What a Welcome holds. RFC 9420 §12.4.3.1

#include <dmls/base/hex.h>
#include <dmls/crypto/aead.h>
#include <dmls/crypto/hpke.h>
#include <dmls/group/mls_message.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/transcript.h>

#include <algorithm>

#include "cast.h"

namespace dmls::vectors {
namespace {

template <class Body>
Result<Body> body_of(const Value& vector, std::string_view field) {
  DMLS_TRY(const Bytes octets, vector.octets(field));
  DMLS_TRY(auto message, vector.in(field, tls_codec::decode<group::MlsMessage>(octets)));
  auto* body = std::get_if<Body>(&message.body);
  DMLS_CHECK(vector.require(body != nullptr, field, "an MLSMessage of this kind"));
  return std::move(*body);
}

}  // namespace

Result<void> verify_welcome(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  DMLS_TRY(const auto package, body_of<treekem::KeyPackage>(vector, "key_package"));
  DMLS_TRY(const auto welcome, body_of<group::Welcome>(vector, "welcome"));
  DMLS_TRY(const Bytes init_priv, vector.octets("init_priv"));
  DMLS_TRY(const Bytes signer_pub, vector.octets("signer_pub"));
  DMLS_TRY(const auto init, vector.in("init_priv", crypto::hpke_key_pair_from_private(
                                                       suite, crypto::HpkePrivateKey(SecretBytes(init_priv)))));
  DMLS_CHECK(vector.require(init.public_key == package.init_key, "init_priv", "the private key of init_key"));

  const Bytes reference = treekem::key_package_ref(suite, package);
  const auto entry = std::find_if(welcome.secrets.begin(), welcome.secrets.end(),
                                  [&](const auto& secrets) { return secrets.new_member == reference; });
  DMLS_CHECK(vector.require(entry != welcome.secrets.end(), "welcome", "an entry for the key package"));
  DMLS_TRY(const auto octets,
           vector.in("welcome", crypto::decrypt_with_label(suite, init, "Welcome", welcome.encrypted_group_info,
                                                           entry->encrypted_group_secrets)));
  DMLS_TRY(const auto secrets, vector.in("welcome", tls_codec::decode<group::GroupSecrets>(octets.expose())));

  DMLS_TRY(const auto psk_secret, keyschedule::psk_secret(suite, {}));
  DMLS_TRY(auto member, vector.in("welcome", keyschedule::member_secret(suite, secrets.joiner_secret, psk_secret)));
  const auto key = keyschedule::welcome_key_and_nonce(suite, keyschedule::welcome_secret(suite, member));
  DMLS_TRY(const auto info_octets, vector.in("welcome", crypto::aead_open(suite, key.key.expose(), key.nonce.expose(),
                                                                          {}, welcome.encrypted_group_info)));
  DMLS_TRY(const auto info, vector.in("welcome", tls_codec::decode<group::GroupInfo>(info_octets.expose())));
  DMLS_CHECK(vector.in("signer_pub", group::verify_group_info(info, suite, {signer_pub})));

  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(const auto epoch,
           keyschedule::derive_epoch(
               suite, keyschedule::epoch_secret(suite, std::move(member), tls_codec::encode(info.group_context)),
               succession));
  return vector.in("welcome", keyschedule::verify_confirmation_tag(suite, epoch.confirmation_key,
                                                                   info.group_context.confirmed_transcript_hash,
                                                                   info.confirmation_tag));
}

// One Welcome, to the second member of a group.
Result<Json> generate_welcome(const Generation& generation) {
  DMLS_TRY(Cast cast, Cast::create(generation));
  DMLS_TRY(const auto keys, publish_keys(generation, "joiner"));
  DMLS_TRY(const auto done, cast.commit(0, group::CommitRequest().add(keys.message())));
  return Json::array({{{"cipher_suite", static_cast<std::uint16_t>(generation.suite->id())},
                       {"init_priv", to_hex(keys.bundle.init.private_key.expose())},
                       {"key_package", to_hex(keys.message())},
                       {"signer_pub", to_hex(cast.founder_key())},
                       {"welcome", to_hex(done.welcome)}}});
}

}  // namespace dmls::vectors
