// The verbs of the draft, with everybody in reach.

#include "support.h"

namespace dmls::sendgroup {
namespace {

TEST(Session, AllHearEachOtherOnceTheirSendGroupsAreOpen) {
  Mesh mesh = Mesh::open(4);
  mesh.expect_agreement();
  for (std::size_t i = 0; i < 4; ++i) mesh.expect_heard(i, "hello from " + std::to_string(i));
  mesh.expect_agreement();
}

TEST(Session, RealSuitesWorkToo) {
  Mesh mesh = Mesh::open(3, 1, {.suites = {real_suite()}});
  for (std::size_t i = 0; i < 3; ++i) mesh.expect_heard(i, "hello from " + std::to_string(i));
  mesh.broadcast(1, mesh[1].session.update());
  mesh.broadcast(0, mesh[0].session.commit());
  mesh.expect_agreement();
}

TEST(Session, AKeyPackageThatItsSignerCannotSignForIsNotImported) {
  Member member = Member::create("somebody", 1);
  const group::ClientConfig& config = *member.clients[0];
  const auto package_of = [&](const crypto::Signer& signer) {
    return *treekem::make_key_package(
        config.suite, signer,
        {.credential = config.credential,
         .capabilities = config.capabilities,
         .lifetime = treekem::Lifetime::from_now(member.clock->now(), config.key_package_lifetime)},
        *member.random);
  };
  const crypto::KeyPairSigner older(config.suite, *crypto::generate_signature_key_pair(config.suite, *member.random));
  EXPECT_TRUE(member.session.import_key_package(package_of(*config.signer)));
  const auto refused = member.session.import_key_package(package_of(older));  // the same name, another key
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, dmls::errc::kMisuse);
  EXPECT_STREQ(refused.error().rule, "the key package has another signature key than the session signs with");
}

TEST(Session, TheUniverseIsNamedAfterItsCreatorsSendGroup) {
  Mesh mesh = Mesh::open(3);
  for (const Member& member : mesh.members) EXPECT_EQ(member.session.universe_id(), mesh[0].group());
  std::set<Bytes> names;
  for (const Member& member : mesh.members) names.insert(member.group());
  EXPECT_EQ(names.size(), 3u);
}

TEST(Session, AnUpdateIsImportedOnce) {
  Mesh mesh = Mesh::open(3);
  mesh.broadcast(1, mesh[1].session.update());
  ASSERT_EQ(mesh[0].session.pending().imports.size(), 1u);
  EXPECT_EQ(mesh[0].session.pending().imports[0], (EpochName{mesh[1].group(), 2}));
  mesh.broadcast(0, mesh[0].session.commit());
  EXPECT_TRUE(mesh[0].session.pending().imports.empty());
  EXPECT_EQ(mesh[0].session.commit().error().code, errc::kNothingToCommit);
  EXPECT_EQ(mesh[2].session.imported(mesh[0].id(), mesh[1].group()), 2u);
  mesh.expect_agreement();
  mesh.expect_heard(0, "healed");
}

TEST(Session, ImportsQuiesce) {
  Mesh mesh = Mesh::open(5);
  for (std::size_t i = 0; i < 5; ++i) mesh.broadcast(i, mesh[i].session.update());
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(mesh[i].session.pending().imports.size(), 4u);
    mesh.broadcast(i, mesh[i].session.commit(CommitKind::partial));
  }
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_TRUE(mesh[i].session.pending().imports.empty());
    EXPECT_EQ(mesh[i].session.epoch(mesh[i].group()), 3u);  // one for the update, one for all imports
  }
  mesh.expect_agreement();
}

TEST(Session, AFullCommitImportsAndIsAnUpdateToo) {
  Mesh mesh = Mesh::open(3);
  mesh.broadcast(1, mesh[1].session.update());
  mesh.broadcast(2, mesh[2].session.commit(CommitKind::full));
  const auto advanced = mesh[0].all<Advanced>();
  ASSERT_EQ(advanced.size(), 2u);
  EXPECT_TRUE(advanced[1].has_path);
  EXPECT_EQ(advanced[1].imports, (std::vector<EpochName>{{mesh[1].group(), 2}}));
  EXPECT_EQ(mesh[0].session.pending().imports.size(), 2u);
  mesh.expect_agreement();
}

TEST(Session, APartialCommitHasNoPathAndObligesNobody) {
  Mesh mesh = Mesh::open(3);
  mesh.broadcast(1, mesh[1].session.update());
  mesh.broadcast(2, mesh[2].session.commit(CommitKind::partial));
  const auto advanced = mesh[0].all<Advanced>();
  ASSERT_EQ(advanced.size(), 2u);
  EXPECT_FALSE(advanced[1].has_path);
  EXPECT_EQ(mesh[0].session.pending().imports, (std::vector<EpochName>{{mesh[1].group(), 2}}));
}

TEST(Session, BeforeAMessageObservedUpdatesAreImportedIfThePolicySaysSo) {
  MemberOptions options;
  options.updates.incorporate = Incorporate::always;
  Mesh mesh = Mesh::open(3, 1, options);
  mesh.broadcast(1, mesh[1].session.update());
  const auto sent = *mesh[0].session.protect(as_bytes("healed"));
  EXPECT_EQ(sent.size(), 2u);
  mesh.broadcast(0, sent);
  EXPECT_EQ(mesh[2].session.imported(mesh[0].id(), mesh[1].group()), 2u);
  EXPECT_TRUE(mesh[2].heard("healed"));
  EXPECT_EQ(mesh[0].session.protect(as_bytes("again"))->size(), 1u);
}

TEST(Session, BatchesWaitUntilTheyAreFull) {
  MemberOptions options;
  options.updates.incorporate = Incorporate::batched;
  options.updates.batch = 2;
  Mesh mesh = Mesh::open(4, 1, options);
  mesh.broadcast(1, mesh[1].session.update());
  EXPECT_EQ(mesh[0].session.protect(as_bytes("one"))->size(), 1u);
  mesh.broadcast(2, mesh[2].session.update());
  EXPECT_EQ(mesh[0].session.protect(as_bytes("two"))->size(), 2u);
}

TEST(Session, ASelfUpdateIsDueAfterATimeOrAfterMessages) {
  MemberOptions options;
  options.updates.self_update_seconds = 100;
  options.updates.self_update_messages = 3;
  Mesh mesh = Mesh::open(2, 1, options);
  EXPECT_TRUE(mesh[0].session.maintain()->empty());
  mesh[0].clock->set(mesh[0].clock->now() + 100);
  EXPECT_EQ(mesh[0].session.maintain()->size(), 1u);
  EXPECT_TRUE(mesh[0].session.maintain()->empty());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(mesh[0].session.protect(as_bytes("m"))->size(), 1u);
  EXPECT_EQ(mesh[0].session.protect(as_bytes("m"))->size(), 2u);
}

TEST(Session, StalenessSaysHowLongSomebodyHasNotHealed) {
  Mesh mesh = Mesh::open(3);
  mesh[0].clock->set(mesh[0].clock->now() + 50);
  mesh.broadcast(1, mesh[1].session.update());
  mesh[0].clock->set(mesh[0].clock->now() + 7);
  for (const auto& peer : mesh[0].session.staleness()) {
    EXPECT_EQ(peer.seconds, peer.client == mesh[1].id() ? 7u : 57u);
    EXPECT_EQ(peer.newest_update, peer.client == mesh[1].id() ? 2u : 1u);
    EXPECT_EQ(peer.imported, 0u);
  }
}

TEST(Session, EverySenderHasItsOwnSuite) {
  const std::vector<CipherSuiteId> ids = {CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
                                          CipherSuiteId::MLS_256_DHKEMP521_AES256GCM_SHA512_P521,
                                          CipherSuiteId::MLS_256_DHKEMP384_AES256GCM_SHA384_P384};
  Mesh mesh;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    MemberOptions options;
    options.suites.clear();
    for (std::size_t k = 0; k < ids.size(); ++k) options.suites.push_back(cheap_suite(ids[(i + k) % ids.size()]));
    mesh.members.push_back(Member::create(Mesh::name_of(i), i, options));
  }
  mesh.open_all({.export_length = 64});
  for (std::size_t i = 0; i < 3; ++i) mesh.broadcast(i, mesh[i].session.update());
  for (std::size_t i = 0; i < 3; ++i) mesh.broadcast(i, mesh[i].session.commit(CommitKind::full));
  for (std::size_t i = 0; i < 3; ++i) mesh.expect_heard(i, "in my own suite");
  mesh.expect_agreement();
}

TEST(Session, ASuiteOutsideTheUniverseIsRefused) {
  Mesh mesh;
  mesh.members.push_back(Member::create("a", 1));
  MemberOptions other;
  other.suites = {cheap_suite(CipherSuiteId::MLS_256_DHKEMP384_AES256GCM_SHA384_P384), cheap_suite()};
  mesh.members.push_back(Member::create("b", 2, other));
  const std::vector<Bytes> packages = {*mesh[1].session.new_key_package(KeyPackageUse::last_resort, 1)};
  const auto opened = mesh[0].session.open_universe(packages);
  mesh[1].take(opened->welcome);
  EXPECT_EQ(mesh[1].refusal(opened->announcement).code, errc::kSuiteNotAllowed);
  EXPECT_EQ(mesh[1].session.open_send_group().error().code, errc::kNoUniverse);
}

TEST(Session, KeyPackagesForOneOwnerEachWorkIfTheyAreHandedOver) {
  Mesh mesh;
  for (std::size_t i = 0; i < 3; ++i) mesh.members.push_back(Member::create(Mesh::name_of(i), i));
  std::vector<Bytes> first;
  for (std::size_t i = 1; i < 3; ++i) first.push_back(*mesh[i].session.new_key_package(KeyPackageUse::once));
  mesh.broadcast(0, mesh[0].session.open_universe(first));
  EXPECT_EQ(mesh[1].session.open_send_group().error().code, errc::kMissingKeyPackage);
  const std::vector<Bytes> second = {*mesh[2].session.new_key_package(KeyPackageUse::once)};
  mesh.broadcast(1, mesh[1].session.open_send_group(second));
  const std::vector<Bytes> third = {*mesh[1].session.new_key_package(KeyPackageUse::once)};
  mesh.broadcast(2, mesh[2].session.open_send_group(third));
  mesh.expect_agreement();
}

TEST(Session, AssignedGroupIdsFollowFromUniverseAndClient) {
  Mesh mesh = Mesh::open(3, 1, {}, {.group_ids = GroupIds::assigned});
  EXPECT_EQ(mesh[1].group(), assigned_group_id(cheap_suite(), mesh[0].group(), mesh[1].id()));
  mesh.expect_heard(2, "hello");
  mesh.expect_agreement();
}

TEST(Session, ARunIsReproducedByItsSeeds) {
  const auto wire = [](std::uint64_t seed) {
    Mesh mesh = Mesh::open(3, seed);
    return *mesh[1].session.protect(as_bytes("x"));
  };
  EXPECT_EQ(wire(7), wire(7));
  EXPECT_NE(wire(7), wire(8));
}

}  // namespace
}  // namespace dmls::sendgroup
