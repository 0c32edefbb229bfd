#include <dmls/crypto/hpke.h>
#include <gtest/gtest.h>

#include "support/vectors.h"

namespace dmls::crypto {
namespace {

// Fixed hands out octets chosen by the test, such as the ikmE of a published vector.
class Fixed final : public Random {
 public:
  explicit Fixed(Bytes octets) : octets_(std::move(octets)) {}
  Result<void> fill(std::span<std::uint8_t> out) override {
    if (out.size() != octets_.size()) return fail(errc::kRandomFailed, "the test has another number of octets");
    std::copy(octets_.begin(), octets_.end(), out.begin());
    return {};
  }

 private:
  Bytes octets_;
};

// The registered suite with these algorithms: all that MLS can use of HPKE.
std::optional<CipherSuite> suite_with(unsigned kem, unsigned kdf, unsigned aead) {
  for (const auto& row : registered_suites()) {
    if (static_cast<unsigned>(row.kem) != kem || static_cast<unsigned>(row.kdf) != kdf ||
        static_cast<unsigned>(row.aead) != aead)
      continue;
    auto suite = CipherSuite::find(row.id);
    if (suite) return *suite;
  }
  return std::nullopt;
}

TEST(Hpke, Rfc9180BaseModeVectorsAreReproduced) {
  DMLS_VECTORS_OR_SKIP(dir, "HPKE_VECTORS");
  int run = 0, skipped = 0, sealed = 0, exported = 0;
  for (const auto& v : test::load_json(dir / "rfc9180.json")) {
    const auto suite = suite_with(v["kem_id"], v["kdf_id"], v["aead_id"]);
    if (v["mode"] != 0 || !suite) {
      ++skipped;
      continue;
    }
    ++run;
    const auto field = [&v](const char* name) { return test::unhex(v[name].get<std::string>()); };
    const auto recipient = derive_hpke_key_pair(*suite, field("ikmR"));
    ASSERT_TRUE(recipient);
    EXPECT_EQ(to_bytes(recipient->private_key.expose()), field("skRm"));
    EXPECT_EQ(recipient->public_key.octets, field("pkRm"));
    const HpkeInfo info(*suite, field("info"));
    EXPECT_EQ(to_bytes(info.key_schedule_context()), field("key_schedule_context"));
    Fixed ephemeral(field("ikmE"));
    auto sender = hpke_setup_sender(info, recipient->public_key, ephemeral);
    ASSERT_TRUE(sender);
    EXPECT_EQ(sender->kem_output, field("enc"));
    auto receiver = hpke_setup_recipient(info, *recipient, sender->kem_output);
    ASSERT_TRUE(receiver);
    for (const auto& e : v["sequence"]) {
      const auto octets = [&e](const char* name) { return test::unhex(e[name].get<std::string>()); };
      sender->context.set_sequence_for_testing(e["sequence number"]);
      receiver->set_sequence_for_testing(e["sequence number"]);
      const auto ciphertext = sender->context.seal(octets("aad"), octets("pt"));
      ASSERT_TRUE(ciphertext);
      EXPECT_EQ(*ciphertext, octets("ct"));
      const auto plaintext = receiver->open(octets("aad"), *ciphertext);
      ASSERT_TRUE(plaintext);
      EXPECT_EQ(to_bytes(plaintext->expose()), octets("pt"));
      ++sealed;
    }
    for (const auto& e : v["exports"]) {
      const auto secret = receiver->export_secret(test::unhex(e["exporter_context"].get<std::string>()), e["L"]);
      ASSERT_TRUE(secret);
      EXPECT_EQ(to_bytes(secret->expose()), test::unhex(e["exported_value"].get<std::string>()));
      ++exported;
    }
  }
  std::printf("rfc9180.json: %d run, %d skipped, %d encryptions, %d exports\n", run, skipped, sealed, exported);
  EXPECT_GT(run, 0);
}

TEST(Hpke, WhatIsSealedOpensInEverySuite) {
  SeededRandom random(1);
  for (const auto& row : registered_suites()) {
    const auto suite = CipherSuite::find(row.id);
    if (!suite) continue;
    auto pair = generate_hpke_key_pair(*suite, random);
    ASSERT_TRUE(pair);
    const Bytes plaintext{1, 2, 3};
    auto sealed = encrypt_with_label(*suite, pair->public_key, "Welcome", {}, plaintext, random);
    ASSERT_TRUE(sealed);
    auto opened = decrypt_with_label(*suite, *pair, "Welcome", {}, *sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(to_bytes(opened->expose()), plaintext);
    EXPECT_FALSE(decrypt_with_label(*suite, *pair, "welcome", {}, *sealed));
  }
}

}  // namespace
}  // namespace dmls::crypto
