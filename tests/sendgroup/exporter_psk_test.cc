#include <dmls/base/random.h>
#include <dmls/keyschedule/exporter.h>
#include <dmls/sendgroup/error.h>
#include <dmls/sendgroup/exporter_psk.h>
#include <dmls/sendgroup/group_id.h>
#include <gtest/gtest.h>

namespace dmls::sendgroup {
namespace {

using crypto::CipherSuiteId;

crypto::CipherSuite suite1() {
  return *crypto::CipherSuite::find(CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519);
}
keyschedule::ExporterSecret some_secret() {
  SeededRandom random(1);
  return keyschedule::ExporterSecret(*random.secret(32));
}
EpochName some_epoch() { return {to_bytes(as_bytes("group")), 0x0102030405060708}; }

TEST(ExporterPsk, TheIdIsTheEpochInNetworkOrderAndTheGroupId) {
  EXPECT_EQ(psk_id(some_epoch()), (Bytes{1, 2, 3, 4, 5, 6, 7, 8, 'g', 'r', 'o', 'u', 'p'}));
  EXPECT_EQ(*parse_psk_id(psk_id(some_epoch())), some_epoch());
}

TEST(ExporterPsk, EightOctetsNameNoGroup) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{8}})
    EXPECT_EQ(parse_psk_id(Bytes(size)).error().code, errc::kInvalidPskId);
  EXPECT_TRUE(parse_psk_id(Bytes(9)));
}

TEST(ExporterPsk, AResumptionPskNamesNoExportedEpoch) {
  const keyschedule::PreSharedKeyID id{keyschedule::ResumptionPskId{}, {}};
  EXPECT_EQ(imported_epoch(id).error().code, errc::kInvalidPskId);
}

TEST(ExporterPsk, TheContextIsTheIdItself) {
  const auto psk = exporter_psk(suite1(), some_secret(), kExporterPskLabel, some_epoch(), 48);
  const auto same = keyschedule::mls_exporter(suite1(), some_secret(), "exporter-psk", psk_id(some_epoch()), 48);
  EXPECT_TRUE(std::move(*same) == psk->clone().into_bytes());
}

TEST(ExporterPsk, LengthsEndAt32AndAt255Hashes) {
  for (const std::size_t length : {std::size_t{0}, std::size_t{31}, std::size_t{255} * 32 + 1}) {
    const auto psk = exporter_psk(suite1(), some_secret(), kExporterPskLabel, some_epoch(), length);
    ASSERT_FALSE(psk);
    EXPECT_EQ(psk.error().code, errc::kInvalidExportLength);
  }
  for (const std::size_t length : {std::size_t{32}, std::size_t{255} * 32})
    EXPECT_EQ(exporter_psk(suite1(), some_secret(), kExporterPskLabel, some_epoch(), length)->size(), length);
}

TEST(GroupId, DerivedNamesDependOnKeyAndEpoch) {
  SeededRandom random(2);
  const keyschedule::ExporterSecret other(*random.secret(32));
  const auto name = derived_group_id(suite1(), some_secret(), as_bytes("key"));
  EXPECT_EQ(name->size(), 32u);
  EXPECT_NE(*name, *derived_group_id(suite1(), some_secret(), as_bytes("kez")));
  EXPECT_NE(*name, *derived_group_id(suite1(), other, as_bytes("key")));
}

TEST(GroupId, AssignedNamesDependOnUniverseAndClient) {
  const Bytes name = assigned_group_id(suite1(), as_bytes("universe"), as_bytes("alice"));
  EXPECT_EQ(name.size(), 32u);
  EXPECT_NE(name, assigned_group_id(suite1(), as_bytes("universe"), as_bytes("bob")));
  EXPECT_NE(name, assigned_group_id(suite1(), as_bytes("universea"), as_bytes("lice")));
}

}  // namespace
}  // namespace dmls::sendgroup
