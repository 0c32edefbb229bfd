// The published vectors of RFC 9180, as far as MLS can use them.

#include <dmls/crypto/hpke.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "crypto/doubles.h"
#include "support/vectors.h"

namespace dmls::crypto {
namespace {

std::optional<CipherSuite> suite_with(unsigned kem, unsigned kdf, unsigned aead) {
  for (const CipherSuite& suite : test::suites())
    if (static_cast<unsigned>(suite.kem()) == kem && static_cast<unsigned>(suite.kdf()) == kdf &&
        static_cast<unsigned>(suite.aead()) == aead)
      return suite;
  return std::nullopt;
}

// One row, whose KEM this build has: DeriveKeyPair of both sides.
void check_kem(const nlohmann::json& v) {
  const auto kem = static_cast<KemId>(v["kem_id"].get<unsigned>());
  const auto field = [&v](const char* name) { return dmls::test::unhex(v[name].get<std::string>()); };
  const Provider& provider = default_provider();
  for (const auto& [ikm, secret, pub] : {std::tuple{"ikmR", "skRm", "pkRm"}, std::tuple{"ikmE", "skEm", "pkEm"}}) {
    Bytes private_key(kem_sizes(kem).private_key), public_key(kem_sizes(kem).public_key);
    ASSERT_TRUE(provider.kem_derive_private_key(kem, field(ikm), private_key));
    EXPECT_EQ(private_key, field(secret));
    ASSERT_TRUE(provider.kem_public_key(kem, private_key, public_key));
    EXPECT_EQ(public_key, field(pub));
  }
}

// One row in base mode, of a suite that MLS has: everything down to messages and exports.
void check_row(const CipherSuite& suite, const nlohmann::json& v, int& messages, int& exports) {
  const auto octets_of = [](const nlohmann::json& object, const char* name) {
    return dmls::test::unhex(object[name].get<std::string>());
  };
  const auto recipient = derive_hpke_key_pair(suite, octets_of(v, "ikmR"));
  ASSERT_TRUE(recipient);
  const HpkeInfo info(suite, octets_of(v, "info"));
  EXPECT_EQ(to_bytes(info.key_schedule_context()), octets_of(v, "key_schedule_context"));
  test::FixedRandom ephemeral(octets_of(v, "ikmE"));
  auto sender = hpke_setup_sender(info, recipient->public_key, ephemeral);
  ASSERT_TRUE(sender);
  EXPECT_EQ(sender->kem_output, octets_of(v, "enc"));
  auto receiver = hpke_setup_recipient(info, *recipient, octets_of(v, "enc"));
  ASSERT_TRUE(receiver);
  for (const auto& m : v["sequence"]) {
    sender->context.set_sequence_for_testing(m["sequence number"]);
    receiver->set_sequence_for_testing(m["sequence number"]);
    const auto ciphertext = sender->context.seal(octets_of(m, "aad"), octets_of(m, "pt"));
    ASSERT_TRUE(ciphertext);
    EXPECT_EQ(*ciphertext, octets_of(m, "ct"));
    const auto plaintext = receiver->open(octets_of(m, "aad"), octets_of(m, "ct"));
    ASSERT_TRUE(plaintext);
    EXPECT_EQ(test::octets(*plaintext), octets_of(m, "pt"));
    ++messages;
  }
  for (const auto& e : v["exports"]) {
    for (const HpkeContext* context : {&sender->context, &*receiver}) {
      const auto secret = context->export_secret(octets_of(e, "exporter_context"), e["L"]);
      ASSERT_TRUE(secret);
      EXPECT_EQ(test::octets(*secret), octets_of(e, "exported_value"));
    }
    ++exports;
  }
}

TEST(HpkeVectors, Rfc9180) {
  DMLS_VECTORS_OR_SKIP(dir, "HPKE_VECTORS");
  static constexpr const char* kModes[] = {"base", "psk", "auth", "auth_psk"};
  int run = 0, kem_only = 0, messages = 0, exports = 0;
  std::map<std::string, int> skipped;
  for (const auto& v : dmls::test::load_json(dir / "rfc9180.json")) {
    const std::string name = v["suite"].get<std::string>() + ", mode " + kModes[v["mode"].get<unsigned>()];
    SCOPED_TRACE(name);
    if (!default_provider().supports(static_cast<KemId>(v["kem_id"].get<unsigned>()))) {
      ++skipped[name];
      continue;
    }
    check_kem(v);
    // MLS uses base mode alone, and a suite fixes KEM, KDF and AEAD together.
    const auto suite = suite_with(v["kem_id"], v["kdf_id"], v["aead_id"]);
    if (v["mode"] != 0 || !suite) {
      ++kem_only;
      ++skipped[name];
      continue;
    }
    check_row(*suite, v, messages, exports);
    ++run;
  }
  for (const auto& [name, count] : skipped) std::printf("skipped (key derivation only): %s\n", name.c_str());
  std::printf("rfc9180.json: %d rows, %d messages, %d exports; of %d other rows only the key derivation\n", run,
              messages, exports, kem_only);
  RecordProperty("rows", run);
  RecordProperty("messages", messages);
  RecordProperty("exports", exports);
  EXPECT_GE(run, 4);
  EXPECT_GE(messages, 4 * 6);
}

}  // namespace
}  // namespace dmls::crypto
