// LeafKeys::detached_leaf: an UPDATE publishes a leaf, and whoever imports its PSK puts that leaf in its place.

#include <dmls/group/client.h>
#include <dmls/group/error.h>
#include <dmls/group/group.h>
#include <dmls/tls_codec/error.h>

#include "leaves_support.h"
#include "store_support.h"

namespace dmls::sendgroup {
namespace {

using group::CommitRequest;
using group::LeafIndex;

constexpr UniverseParameters detached() { return {.leaf_keys = LeafKeys::detached_leaf}; }
MemberOptions able() { return {.detached_leaves = true}; }

TEST(DetachedLeaf, GoesWhereThePskOfItsUpdateIsImported) {
  Mesh mesh = Mesh::open(3, 1, able(), detached());
  mesh.broadcast(1, mesh[1].session.update());
  EXPECT_TRUE(mesh[2].all<Advanced>().back().renewed.empty());
  mesh.broadcast(0, mesh[0].session.commit());
  const auto advanced = mesh[2].all<Advanced>().back();
  EXPECT_EQ(advanced.renewed, (std::vector<Bytes>{mesh[1].id()}));
  EXPECT_EQ(advanced.imports, (std::vector<EpochName>{{mesh[1].group(), 2}}));
  EXPECT_TRUE(advanced.has_path);
  EXPECT_FALSE(advanced.is_update);
  // Whose leaf it is has the key: what is sealed to it from now on can be opened.
  mesh.broadcast(0, mesh[0].session.update());
  mesh.broadcast(2, mesh[2].session.commit(CommitKind::full));
  mesh.expect_agreement();
  for (std::size_t i = 0; i < 3; ++i) mesh.expect_heard(i, "renewed " + std::to_string(i));
}

TEST(DetachedLeaf, ImportsQuiesce) {
  Mesh mesh = Mesh::open(4, 1, able(), detached());
  for (std::size_t i = 0; i < 4; ++i) mesh.broadcast(i, mesh[i].session.update());
  std::size_t commits = 0;
  for (bool some = true; some && commits < 100;) {
    some = false;
    for (std::size_t i = 0; i < 4; ++i) {
      auto made = mesh[i].session.commit(CommitKind::partial);
      if (!made) continue;
      mesh.broadcast(i, made->messages());
      ++commits;
      some = true;
    }
  }
  EXPECT_EQ(commits, 4u);
  mesh.expect_agreement();
  for (auto& member : mesh.members) EXPECT_EQ(member.session.statistics().ledger, 0u);
}

TEST(DetachedLeaf, EverySuiteOfTheUniverseHasOne) {
  const auto one = cheap_suite(CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519);
  const auto other = cheap_suite(CipherSuiteId::MLS_128_DHKEMP256_AES128GCM_SHA256_P256);
  Mesh mesh;
  for (std::size_t i = 0; i < 3; ++i) {
    MemberOptions options = able();
    options.suites = i == 1 ? std::vector{other, one} : std::vector{one, other};
    mesh.members.push_back(Member::create(Mesh::name_of(i), i, options));
  }
  mesh.open_all(detached());
  for (std::size_t i = 0; i < 3; ++i) mesh.broadcast(i, mesh[i].session.update());
  for (std::size_t i = 0; i < 3; ++i) {
    mesh.broadcast(i, mesh[i].session.commit());
    const auto& reader = mesh[(i + 1) % 3];
    EXPECT_EQ(reader.all<Advanced>().back().renewed.size(), 2u);
  }
  for (std::size_t i = 0; i < 3; ++i) mesh.broadcast(i, mesh[i].session.update());
  mesh.expect_agreement();
  for (std::size_t i = 0; i < 3; ++i) mesh.expect_heard(i, "in suites of our own");
}

TEST(DetachedLeaf, AnAdditionPublishesNoneAndANewcomerFollowsAll) {
  Mesh mesh = Mesh::open(3, 1, able(), detached());
  mesh.members.push_back(Member::create(Mesh::name_of(3), 77, able()));
  const auto invited = *mesh[0].session.add(*mesh[3].session.new_key_package());
  for (std::size_t i = 1; i < 4; ++i)
    for (const Bytes& message : invited.messages()) mesh[i].take(message);
  mesh.broadcast(3, mesh[3].session.open_send_group());
  for (std::size_t i = 1; i < 3; ++i) mesh.broadcast(i, mesh[i].session.commit());
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < 4; ++i) mesh.broadcast(i, mesh[i].session.update());
    for (std::size_t i = 0; i < 4; ++i) mesh.broadcast(i, mesh[i].session.commit());
  }
  mesh.expect_agreement();
  for (std::size_t i = 0; i < 4; ++i) mesh.expect_heard(i, "four now");
}

TEST(DetachedLeaf, WhoLacksTheCapabilityCannotTakePart) {
  Mesh mesh;
  mesh.members.push_back(Member::create("creator", 1));
  const auto unable = mesh[0].session.open_universe({}, detached());
  ASSERT_FALSE(unable);
  EXPECT_EQ(unable.error().code, dmls::errc::kMisuse);
  mesh.members.push_back(Member::create("another creator", 2, able()));
  mesh.members.push_back(Member::create("invited", 3));
  const std::vector<Bytes> packages = {*mesh[2].session.new_key_package()};
  EXPECT_FALSE(mesh[1].session.open_universe(packages, detached()));
}

TEST(DetachedLeaf, IsStoredWithItsKey) {
  const auto store = std::make_shared<UnreliableStore>();
  Mesh mesh;
  for (std::size_t i = 0; i < 3; ++i) {
    MemberOptions options = able();
    if (i == 1) options.store = store;
    mesh.members.push_back(Member::create(Mesh::name_of(i), 50 + i, options));
  }
  mesh.open_all(detached());
  mesh.broadcast(1, mesh[1].session.update());
  mesh[1].session = *load_session(mesh[1].config);  // what it has published, and the key
  mesh.broadcast(0, mesh[0].session.commit(CommitKind::full));
  mesh[1].session = *load_session(mesh[1].config);  // the leaf in somebody else's group
  mesh.broadcast(0, mesh[0].session.update());
  mesh.broadcast(2, mesh[2].session.commit(CommitKind::full));
  mesh[1].session = *load_session(mesh[1].config);
  mesh.broadcast(1, mesh[1].session.commit(CommitKind::full));
  mesh.expect_agreement();
  for (std::size_t i = 0; i < 3; ++i) mesh.expect_heard(i, "from the store");
}

// Two sessions, and a third participant who speaks plain MLS and puts leaves wherever it says so.
class ForgedLeaf : public testing::Test {
 protected:
  ForgedLeaf() : rogue_(rogue()) {
    for (std::size_t i = 0; i < 2; ++i) mesh_.members.push_back(Member::create(Mesh::name_of(i), 20 + i, able()));
    const std::vector<Bytes> packages = {*mesh_[1].session.new_key_package(),
                                         *rogue_.new_key_package({.reuse = group::KeyPackageReuse::last_resort})};
    const auto opened = *mesh_[0].session.open_universe(packages, detached());
    mesh_.broadcast(0, opened.messages());
    views_.push_back(*rogue_.enter(*rogue_.join(opened.welcome)));
    const auto own = *mesh_[1].session.open_send_group();
    mesh_.broadcast(1, own.messages());
    views_.push_back(*rogue_.enter(*rogue_.join(own.welcome)));
    own_.emplace(*rogue_.create_group(mesh_[0].session.send_group_of(text("rogue")), requiring_detached_leaves()));
    CommitRequest all;
    for (auto& member : mesh_.members) all.add(*member.session.new_key_package());
    auto made = *own_->commit(all);
    for (auto& member : mesh_.members) member.take(made.welcomes().front().message);
    EXPECT_TRUE(own_->merge(std::move(made)));
  }

  group::Client rogue() {
    auto random = std::make_shared<SeededRandom>(7);
    auto pair = *crypto::generate_signature_key_pair(cheap_suite(), *random);
    group::ClientConfig config{cheap_suite(), treekem::BasicCredential{text("rogue")},
                               std::make_shared<crypto::KeyPairSigner>(cheap_suite(), std::move(pair)),
                               std::make_shared<group::TrustNames>()};
    config.random = random;
    config.clock = std::make_shared<group::FixedClock>(1'700'000'000);
    config.capabilities = with_detached_leaves(config.capabilities);
    config.custom_proposals = std::make_shared<BelieveEveryLeaf>(places_);
    config_ = config;
    return *group::Client::create(std::move(config));
  }

  // Session 1 renews its keys; what it publishes can be read by the rogue, as by every member.
  treekem::LeafNode update() {
    const auto made = *mesh_[1].session.update();
    mesh_.broadcast(1, made.messages());
    auto event = *views_[1].process(made.commit);
    auto& transition = *std::get_if<group::Transition>(&event);
    const auto leaf = tls_codec::decode<PublishedLeaves>(transition.changes().custom.at(0).payload)->leaves.at(0).leaf;
    EXPECT_TRUE(views_[1].merge(std::move(transition)));
    return leaf;
  }
  EpochName know_psk(std::uint64_t epoch) {
    const EpochName name{mesh_[1].group(), epoch};
    EXPECT_TRUE(
        rogue_.add_psk(psk_id(name), keyschedule::Psk(*views_[1].export_secret(kExporterPskLabel, psk_id(name), 32))));
    return name;
  }
  // The rogue's next commit: imports these epochs of session 1, and puts a leaf at session 1's place.
  Result<group::Transition> import(const std::vector<EpochName>& names, const std::vector<DetachedLeaf>& leaves) {
    CommitRequest request;
    for (const auto& name : names) request.external_psk(psk_id(name));
    places_->insert_or_assign(mesh_[1].group(), own_leaf_of(1));
    for (const auto& leaf : leaves) request.custom({kDetachedLeafProposal, tls_codec::encode(leaf)});
    return own_->commit(request);
  }
  LeafIndex own_leaf_of(std::size_t i) { return LeafIndex(static_cast<std::uint32_t>(i + 1)); }
  void expect_refused(const Bytes& message, Errc code) {
    for (Member& member : mesh_.members) {
      const auto error = member.refusal(message);
      EXPECT_EQ(error.code, code) << error.rule;
      EXPECT_EQ(member.session.epoch(own_->group_id()), own_->epoch());
    }
    const Bytes words = *own_->protect(as_bytes("as before"));
    for (Member& member : mesh_.members) member.take(words);
  }
  Bytes publish(std::vector<PublishedLeaf> leaves, CommitRequest request = {}) {
    return own_->commit(request.custom({kPublishedLeavesProposal, tls_codec::encode(PublishedLeaves{leaves})}))
        ->message();
  }

  std::shared_ptr<Places> places_ = std::make_shared<Places>();
  group::ClientConfig config_{cheap_suite(), treekem::BasicCredential{}, nullptr, nullptr};
  group::Client rogue_;
  Mesh mesh_;
  std::vector<group::Group> views_;  // of the sessions' Send Groups
  std::optional<group::Group> own_;
};

TEST_F(ForgedLeaf, TheRightOneIsTaken) {
  const auto leaf = update();
  auto made = *import({know_psk(2)}, {{psk_id({mesh_[1].group(), 2}), leaf}});
  for (Member& member : mesh_.members) {
    member.take(made.message());
    EXPECT_EQ(member.all<Advanced>().back().renewed, (std::vector<Bytes>{mesh_[1].id()}));
  }
  ASSERT_TRUE(own_->merge(std::move(made)));
  EXPECT_EQ(own_->public_epoch()->tree.leaf(own_leaf_of(1))->node().encryption_key, leaf.encryption_key);
  const Bytes words = *own_->protect(as_bytes("taken"));
  for (Member& member : mesh_.members) {
    member.take(words);
    EXPECT_TRUE(member.heard("taken"));
  }
}

// Its signature names no epoch: who has stolen the key of an older leaf would bring it back if that were enough.
TEST_F(ForgedLeaf, ARollBackIsRefused) {
  const auto older = update();
  const auto before = know_psk(2);
  const auto newer = update();
  const auto now = know_psk(3);
  // With the newest PSK, by either name; alone; and with its own PSK, once a newer one was imported.
  expect_refused(import({now}, {{psk_id(now), older}})->message(), errc::kInvalidImport);
  expect_refused(import({now}, {{psk_id(before), older}})->message(), errc::kInvalidImport);
  expect_refused(import({}, {{psk_id(before), older}})->message(), errc::kInvalidImport);
  expect_refused(import({before, now}, {{psk_id(before), older}})->message(), errc::kInvalidImport);
  auto made = *import({now}, {{psk_id(now), newer}});
  for (Member& member : mesh_.members) member.take(made.message());
  ASSERT_TRUE(own_->merge(std::move(made)));
  expect_refused(import({before}, {{psk_id(before), older}})->message(), errc::kStaleImport);
}

TEST_F(ForgedLeaf, ThePskDoesNotComeAlone) {
  const auto leaf = update();
  const auto name = know_psk(2);
  expect_refused(import({name}, {})->message(), errc::kInvalidImport);
  const DetachedLeaf once{psk_id(name), leaf};
  EXPECT_FALSE(import({name}, {once, once}));  // RFC 9420 §12.2: the leaf would be replaced twice
}

TEST_F(ForgedLeaf, SomebodyElsesLeafOrAnAlteredOneIsRefused) {
  auto leaf = update();
  const auto name = know_psk(2);
  leaf.signature[0] ^= 1;
  EXPECT_FALSE(import({name}, {{psk_id(name), leaf}}));  // RFC 9420 §7.3 already
  auto stranger = config_;                               // whose leaf is valid in itself
  stranger.signer = std::make_shared<crypto::KeyPairSigner>(
      cheap_suite(), *crypto::generate_signature_key_pair(cheap_suite(), *config_.random));
  expect_refused(import({name}, {{psk_id(name), make_detached_leaf(stranger)->leaf}})->message(), errc::kInvalidImport);
}

TEST_F(ForgedLeaf, WhatIsPublishedHasALeafForEverySuiteOnce) {
  const auto suite = cheap_suite().id();
  const auto leaf = make_detached_leaf(config_)->leaf;
  expect_refused(publish({}), errc::kForbiddenProposal);
  expect_refused(publish({{suite, leaf}, {suite, leaf}}), errc::kForbiddenProposal);
  expect_refused(publish({{CipherSuiteId{0x7777}, leaf}}), errc::kForbiddenProposal);
  expect_refused(publish({{suite, leaf}}, CommitRequest().path(group::PathChoice::when_required)),
                 errc::kForbiddenProposal);
  expect_refused(own_->commit(CommitRequest().custom({treekem::ProposalType{0xfdf1}, text("no leaves")}))->message(),
                 tls_codec::errc::kTruncated);
}

TEST_F(ForgedLeaf, OnePublishedThatFitsNowhereKeepsNobodyWaiting) {
  (void)update();
  // Without the capabilities that every Send Group of the universe requires (RFC 9420 §7.3).
  auto leaf = make_detached_leaf(config_)->leaf;
  leaf.capabilities = treekem::default_capabilities();
  ASSERT_TRUE(treekem::sign_leaf_node(leaf, *config_.signer, std::nullopt));
  const Bytes published = publish({{cheap_suite().id(), leaf}});
  for (Member& member : mesh_.members) member.take(published);
  ASSERT_EQ(mesh_[0].session.pending().imports.size(), 2u);
  mesh_.broadcast(0, mesh_[0].session.commit());
  EXPECT_EQ(mesh_[1].all<Advanced>().back().imports, (std::vector<EpochName>{{mesh_[1].group(), 2}}));
  EXPECT_EQ(mesh_[0].session.commit().error().code, errc::kNothingToCommit);
  mesh_.broadcast(0, mesh_[0].session.commit(CommitKind::full));
  mesh_.expect_heard(0, "not waiting");
}

TEST_F(ForgedLeaf, AWelcomeToAGroupThatDoesNotAskForTheCapabilityIsRefused) {
  auto& member = mesh_[0];
  ASSERT_TRUE(member.session.abandon(own_->group_id()));
  own_.reset();  // a client has one group of an id
  auto again = *rogue_.create_group(member.session.send_group_of(text("rogue")));
  auto made = *again.commit(CommitRequest().add(*member.session.new_key_package()));
  EXPECT_EQ(member.refusal(made.welcomes().front().message).code, errc::kForbiddenProposal);
}

}  // namespace
}  // namespace dmls::sendgroup
