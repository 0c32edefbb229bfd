// What one Send Group lends to another, and the names of Send Groups. vector-formats: `dimls-psk`.
// draft-xue-distributed-mls, "COMMIT", "Group Operations"; RFC 9420 §8.4, §8.5

#include <dmls/base/hex.h>
#include <dmls/crypto/keys.h>
#include <dmls/keyschedule/psk.h>
#include <dmls/sendgroup/exporter_psk.h>
#include <dmls/sendgroup/group_id.h>

#include <string>

#include "families.h"

namespace dmls::vectors {
namespace {

using keyschedule::ExporterSecret;

struct Inputs {
  crypto::CipherSuite exporting;
  crypto::CipherSuite importing;
  sendgroup::EpochName name;
  ExporterSecret exporter_secret;
  std::string label;
  std::uint16_t length;
  Bytes psk_nonce;
  Bytes leaf_signature_key;
};

struct Outputs {
  Bytes psk_id;
  keyschedule::Psk psk;
  keyschedule::PskSecret psk_secret;
  Bytes derived_group_id;
};

Result<Outputs> compute(const Inputs& in) {
  Outputs out;
  out.psk_id = sendgroup::psk_id(in.name);
  DMLS_TRY(out.psk, sendgroup::exporter_psk(in.exporting, in.exporter_secret, in.label, in.name, in.length));
  const keyschedule::InjectedPsk injected[] = {
      {keyschedule::PreSharedKeyID{keyschedule::ExternalPskId{out.psk_id}, in.psk_nonce}, out.psk.clone()}};
  DMLS_TRY(out.psk_secret, keyschedule::psk_secret(in.importing, injected));
  DMLS_TRY(out.derived_group_id, sendgroup::derived_group_id(in.exporting, in.exporter_secret, in.leaf_signature_key));
  return out;
}

}  // namespace

Result<void> verify_dimls_psk(const Value& vector) {
  DMLS_TRY(const auto exporting, vector.suite());
  DMLS_TRY(const auto importing, vector.suite("importing_cipher_suite"));
  DMLS_TRY(const Bytes secret, vector.octets("exporter_secret", exporting.hash_length()));
  DMLS_TRY(const auto label, vector.text("label"));
  Inputs in{exporting, importing, {}, ExporterSecret(SecretBytes(secret)), std::string(label), 0, {}, {}};
  DMLS_TRY(in.name.group_id, vector.octets("group_id"));
  DMLS_TRY(in.name.epoch, vector.integer<std::uint64_t>("epoch"));
  DMLS_TRY(in.length, vector.integer<std::uint16_t>("length"));
  DMLS_TRY(in.psk_nonce, vector.octets("psk_nonce", importing.hash_length()));
  DMLS_TRY(in.leaf_signature_key, vector.octets("leaf_signature_key"));

  DMLS_TRY(const auto out, vector.in("length", compute(in)));
  DMLS_CHECK(vector.expect("psk_id", out.psk_id));
  DMLS_TRY(const auto parsed, vector.in("psk_id", sendgroup::parse_psk_id(out.psk_id)));
  DMLS_CHECK(vector.require(parsed == in.name, "psk_id", "it is read back as the epoch and group id it was made of"));
  DMLS_CHECK(vector.expect("psk", out.psk));
  DMLS_CHECK(vector.expect("psk_secret", out.psk_secret));
  return vector.expect("derived_group_id", out.derived_group_id);
}

// Every importing suite of this build; lengths and epochs at their edges; a label of another's.
Result<Json> generate_dimls_psk(const Generation& generation) {
  const crypto::CipherSuite& suite = *generation.suite;
  const std::uint64_t epochs[] = {1, 0, 0x0102030405060708, ~std::uint64_t{0}};
  const std::size_t lengths[] = {suite.hash_length(), 32, 64, 255 * suite.hash_length()};
  Json cases = Json::array();
  std::size_t turn = 0;
  for (const auto& row : crypto::registered_suites()) {
    const auto importing = crypto::CipherSuite::find(row.id, suite.provider());
    if (!importing) continue;
    Inputs in{suite, *importing, {}, {}, std::string(sendgroup::kExporterPskLabel), 0, {}, {}};
    if (turn == 3) in.label = "exporter_psk";
    // Group ids below, at and above the length where a length takes a second octet.
    DMLS_TRY(in.name.group_id, generation.random.bytes(turn % 3 == 2 ? 70 : turn % 3 == 1 ? 1 : suite.hash_length()));
    in.name.epoch = epochs[turn % 4];
    DMLS_TRY(auto secret, generation.random.secret(suite.hash_length()));
    in.exporter_secret = ExporterSecret(std::move(secret));
    in.length = static_cast<std::uint16_t>(lengths[turn % 4]);
    DMLS_TRY(in.psk_nonce, generation.random.bytes(importing->hash_length()));
    DMLS_TRY(const auto pair, crypto::generate_signature_key_pair(suite, generation.random));
    in.leaf_signature_key = pair.public_key.octets;
    DMLS_TRY(const auto out, compute(in));
    Json epoch = in.name.epoch;
    if (in.name.epoch > (std::uint64_t{1} << 53) - 1) epoch = std::to_string(in.name.epoch);
    cases.push_back({{"cipher_suite", static_cast<std::uint16_t>(suite.id())},
                     {"importing_cipher_suite", static_cast<std::uint16_t>(row.id)},
                     {"group_id", to_hex(in.name.group_id)},
                     {"epoch", std::move(epoch)},
                     {"exporter_secret", to_hex(in.exporter_secret.expose())},
                     {"label", in.label},
                     {"length", in.length},
                     {"psk_nonce", to_hex(in.psk_nonce)},
                     {"leaf_signature_key", to_hex(in.leaf_signature_key)},
                     {"psk_id", to_hex(out.psk_id)},
                     {"psk", to_hex(out.psk.expose())},
                     {"psk_secret", to_hex(out.psk_secret.expose())},
                     {"derived_group_id", to_hex(out.derived_group_id)}});
    ++turn;
  }
  return cases;
}

}  // namespace dmls::vectors
