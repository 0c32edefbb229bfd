// Bad input: each has its own refusal, nothing changes, and what is remembered is bounded.

#include <dmls/crypto/error.h>
#include <dmls/group/client.h>
#include <dmls/group/group.h>

#include "support.h"

namespace dmls::sendgroup {
namespace {

using group::CommitRequest;

// Three sessions, and a fourth participant who speaks plain MLS and follows no rule. It is in the Send Groups of the
// others, and its own has them all.
class Hostile : public testing::Test {
 protected:
  Hostile() : rogue_(rogue_client("rogue")) {
    for (std::size_t i = 0; i < 3; ++i) mesh_.members.push_back(Member::create(Mesh::name_of(i), i));
    std::vector<Bytes> packages;
    for (std::size_t i = 1; i < 3; ++i) packages.push_back(*mesh_[i].session.new_key_package());
    packages.push_back(last_resort());
    const auto opened = *mesh_[0].session.open_universe(packages);
    mesh_.broadcast(0, opened.messages());
    groups_.push_back(enter(opened.welcome));
    // What session 0 knows about the rogue it has announced: enough to open Send Groups with it.
    for (std::size_t i = 1; i < 3; ++i) {
      const auto own = *mesh_[i].session.open_send_group();
      mesh_.broadcast(i, own.messages());
      groups_.push_back(enter(own.welcome));
    }
    own_.emplace(open_group(rogue_, mesh_[0].session.send_group_of(text("rogue"))));
    before_ = statistics();
  }

  static group::Client rogue_client(std::string_view name) {
    std::uint64_t seed = 99;
    for (const char c : name) seed = 31 * seed + static_cast<unsigned char>(c);
    auto random = std::make_shared<SeededRandom>(seed);
    auto pair = *crypto::generate_signature_key_pair(cheap_suite(), *random);
    group::ClientConfig config{cheap_suite(), treekem::BasicCredential{text(name)},
                               std::make_shared<crypto::KeyPairSigner>(cheap_suite(), std::move(pair)),
                               std::make_shared<group::TrustNames>()};
    config.random = random;
    config.clock = std::make_shared<group::FixedClock>(1'700'000'000);
    return *group::Client::create(std::move(config));
  }
  Bytes last_resort() { return *rogue_.new_key_package({.reuse = group::KeyPackageReuse::last_resort}); }
  group::Group enter(const Bytes& welcome) { return *rogue_.enter(*rogue_.join(welcome)); }

  // A group of that id with all sessions in it; they are told.
  group::Group open_group(group::Client& client, const Bytes& id, bool deliver = true) {
    auto out = *client.create_group(id);
    CommitRequest request;
    for (auto& member : mesh_.members) request.add(*member.session.new_key_package());
    auto made = *out.commit(request);
    const Bytes welcome = made.welcomes().front().message;
    EXPECT_TRUE(out.merge(std::move(made)));
    if (deliver)
      for (auto& member : mesh_.members) member.take(welcome);
    last_welcome_ = welcome;
    return out;
  }

  // What the rogue's own next commit would be; the group stays where it is.
  Bytes commit(const CommitRequest& request) {
    auto made = own_->commit(request);
    EXPECT_TRUE(made) << made.error().rule;
    return made->message();
  }
  void hold(const Bytes& id, keyschedule::Psk psk) { EXPECT_TRUE(rogue_.add_psk(id, std::move(psk))); }
  // The PSK of an epoch of session `i`'s Send Group, which the rogue can derive as a member.
  EpochName know_psk(std::size_t i, std::uint64_t epoch, std::size_t length = 32) {
    const EpochName name{mesh_[i].group(), epoch};
    hold(psk_id(name), keyschedule::Psk(*groups_[i].export_secret(kExporterPskLabel, psk_id(name), length)));
    return name;
  }
  // Session `i` renews its keys, and all follow, the rogue too.
  void update(std::size_t i) {
    const auto made = *mesh_[i].session.update();
    mesh_.broadcast(i, made.messages());
    follow(i, made.commit);
  }
  void follow(std::size_t i, const Bytes& message) {
    auto event = groups_[i].process(message);
    ASSERT_TRUE(event) << event.error().rule;
    ASSERT_TRUE(groups_[i].merge(std::get<group::Transition>(*std::move(event))));
  }

  void expect_refused(const Bytes& message, Errc code) {
    const auto error = mesh_[1].refusal(message);
    EXPECT_EQ(error.code, code) << error.rule;
    expect_unchanged();
  }
  // The rogue's group still stands where it stood, and goes on.
  void expect_unchanged() {
    EXPECT_EQ(mesh_[1].session.epoch(own_->group_id()), own_->epoch());
    EXPECT_EQ(statistics(), before_);
    mesh_[1].take(*own_->protect(as_bytes("as before")));
    EXPECT_TRUE(mesh_[1].heard("as before"));
  }
  [[nodiscard]] std::array<std::size_t, 4> statistics() const {
    const auto s = mesh_.members[1].session.statistics();
    return {s.groups, s.ledger, s.postponed_messages, s.blocked_commits};
  }

  group::Client rogue_;
  Mesh mesh_;
  std::vector<group::Group> groups_;  // of the sessions, as the rogue sees them
  std::optional<group::Group> own_;
  Bytes last_welcome_;
  std::array<std::size_t, 4> before_{};
};

TEST_F(Hostile, AnOrdinaryCommitOfThatOwnerIsFollowed) {
  update(2);
  auto made = *own_->commit(CommitRequest().external_psk(psk_id(know_psk(2, 2))));
  mesh_[1].take(made.message());
  EXPECT_EQ(mesh_[1].session.imported(text("rogue"), mesh_[2].group()), 2u);
}

TEST_F(Hostile, SomebodyElseThanTheOwnerSaysSomething) {
  EXPECT_EQ(mesh_[1].refusal(*groups_[0].protect(as_bytes("I am not 0"))).code, errc::kNotOwner);
  mesh_[1].take(mesh_[0].session.protect(as_bytes("I am"))->front());
  EXPECT_TRUE(mesh_[1].heard("I am"));
}

TEST_F(Hostile, SomebodyElseThanTheOwnerCommits) {
  for (const auto format : {group::HandshakeFormat::private_message, group::HandshakeFormat::public_message}) {
    const auto made = *groups_[0].commit(CommitRequest().handshake(format));
    EXPECT_EQ(mesh_[1].refusal(made.message()).code, errc::kNotOwner);
    EXPECT_EQ(mesh_[0].refusal(made.message()).code, errc::kNotOwner);  // in its very own group
  }
  update(0);
  EXPECT_EQ(mesh_[1].session.epoch(mesh_[0].group()), 2u);
}

TEST_F(Hostile, SomebodyClaimsToBeTheOwner) {
  const auto made = *groups_[0].commit(CommitRequest().handshake(group::HandshakeFormat::public_message));
  auto message = *tls_codec::decode<group::MlsMessage>(made.message());
  std::get<group::PublicMessage>(message.body).content.sender = group::MemberSender{0};
  EXPECT_EQ(mesh_[1].refusal(tls_codec::encode(message)).code, crypto::errc::kBadTag);
}

TEST_F(Hostile, AnOutsiderJoinsByItself) {
  auto stranger = rogue_client("stranger");
  const Bytes info = *own_->group_info(group::TreeDelivery::inside, group::ExternalJoins::allowed);
  const auto made = *stranger.join_by_commit(info);
  expect_refused(made.message(), errc::kNotOwner);
  expect_refused(*stranger.propose_to_join(own_->group_id(), own_->epoch()), errc::kNotOwner);
}

TEST_F(Hostile, AMemberProposes) {
  const auto sent = *groups_[0].propose_update();
  EXPECT_EQ(mesh_[1].refusal(sent.message).code, errc::kForbiddenProposal);
  EXPECT_EQ(mesh_[0].refusal(sent.message).code, errc::kForbiddenProposal);
}

TEST_F(Hostile, TheOwnerChangesTheGroupItself) {
  expect_refused(commit(CommitRequest().group_context_extensions({})), errc::kForbiddenProposal);
  expect_refused(
      commit(CommitRequest().reinit({.group_id = text("other"), .cipher_suite = cheap_suite().id(), .extensions = {}})),
      errc::kForbiddenProposal);
}

TEST_F(Hostile, AResumptionPskIsImported) {
  expect_refused(commit(CommitRequest().resumption_psk(own_->group_id(), own_->epoch())), errc::kInvalidPskId);
}

TEST_F(Hostile, APskHasANameThatNamesNoEpoch) {
  hold(text("12345678"), keyschedule::Psk(SecretBytes(32)));
  expect_refused(commit(CommitRequest().external_psk(text("12345678"))), errc::kInvalidPskId);
}

TEST_F(Hostile, APskIsOfAGroupThatIsNobodys) {
  hold(text("12345678nobody"), keyschedule::Psk(SecretBytes(32)));
  expect_refused(commit(CommitRequest().external_psk(text("12345678nobody"))), errc::kInvalidImport);
}

TEST_F(Hostile, APskIsOfTheImportingGroupItself) {
  const Bytes id = psk_id({to_bytes(own_->group_id()), 1});
  hold(id, keyschedule::Psk(SecretBytes(32)));
  expect_refused(commit(CommitRequest().external_psk(id)), errc::kInvalidImport);
}

TEST_F(Hostile, APskIsOfAnEpochOfOursThatNeverWas) {
  const Bytes id = psk_id({mesh_[1].group(), 9});
  hold(id, keyschedule::Psk(SecretBytes(32)));
  expect_refused(commit(CommitRequest().external_psk(id)), errc::kInvalidImport);
}

TEST_F(Hostile, APskIsOfAnEpochFarBeyond) {
  const Bytes id = psk_id({mesh_[2].group(), 1'000'000});
  hold(id, keyschedule::Psk(SecretBytes(32)));
  expect_refused(commit(CommitRequest().external_psk(id)), dmls::errc::kLimit);
}

TEST_F(Hostile, TwoPsksAreOfOneSendGroup) {
  const Bytes first = psk_id(know_psk(2, 1));
  update(2);
  before_ = statistics();
  const Bytes second = psk_id(know_psk(2, 2));
  expect_refused(commit(CommitRequest().external_psk(first).external_psk(second)), errc::kInvalidImport);
  expect_refused(commit(CommitRequest().external_psk(second).external_psk(second)), errc::kInvalidImport);
}

TEST_F(Hostile, APskHasAnotherLengthThanAgreed) {
  update(2);
  before_ = statistics();
  for (const std::size_t length : {std::size_t{31}, std::size_t{33}, std::size_t{64}})
    expect_refused(commit(CommitRequest().external_psk(psk_id(know_psk(2, 2, length)))),
                   group::errc::kConfirmationMismatch);
}

TEST_F(Hostile, AnImportGoesBackToAnOlderEpoch) {
  const Bytes first = psk_id(know_psk(2, 1));
  update(2);
  auto made = *own_->commit(CommitRequest().external_psk(psk_id(know_psk(2, 2))));
  mesh_[1].take(made.message());
  ASSERT_TRUE(own_->merge(std::move(made)));
  before_ = statistics();
  expect_refused(commit(CommitRequest().external_psk(first)), errc::kStaleImport);
  expect_refused(commit(CommitRequest().external_psk(psk_id({mesh_[2].group(), 2}))), errc::kStaleImport);
}

TEST_F(Hostile, APskIsOfAnEpochWithoutFreshKeys) {
  update(0);
  const auto partial = *mesh_[2].session.commit(CommitKind::partial);
  mesh_.broadcast(2, partial.messages());
  hold(psk_id({mesh_[0].group(), 2}), keyschedule::Psk(SecretBytes(32)));  // whatever it is
  before_ = statistics();
  hold(psk_id({mesh_[2].group(), 2}), keyschedule::Psk(SecretBytes(32)));
  expect_refused(commit(CommitRequest().external_psk(psk_id({mesh_[2].group(), 2}))), errc::kInvalidImport);
}

TEST_F(Hostile, APskIsOfSomebodyWhoWasRemoved) {
  update(2);
  const Bytes id = psk_id(know_psk(2, 2));
  // In the same commit, and then in a later one.
  before_ = statistics();
  expect_refused(commit(CommitRequest().external_psk(id).remove(group::LeafIndex(3))), errc::kInvalidImport);
  auto removal = *own_->commit(CommitRequest().remove(group::LeafIndex(3)));
  mesh_[1].take(removal.message());
  ASSERT_TRUE(own_->merge(std::move(removal)));
  before_ = statistics();
  expect_refused(commit(CommitRequest().external_psk(id)), errc::kInvalidImport);
}

TEST_F(Hostile, APskIsImportedThatAMemberCannotDerive) {
  // 2 removes 0 from its Send Group. The rogue imports from 2, and has 0 still in its own.
  const auto removal = *mesh_[2].session.remove(mesh_[0].id());
  mesh_.broadcast(2, removal.messages());
  follow(2, removal.commit);
  before_ = statistics();
  expect_refused(commit(CommitRequest().external_psk(psk_id(know_psk(2, 2)))), errc::kInvalidImport);
}

TEST_F(Hostile, APskIsImportedThatANewcomerCannotDerive) {
  update(2);
  const Bytes id = psk_id(know_psk(2, 2));
  auto stranger = rogue_client("stranger");
  auto addition = *own_->commit(CommitRequest().add(*stranger.new_key_package()));
  mesh_[1].take(addition.message());
  ASSERT_TRUE(own_->merge(std::move(addition)));
  before_ = statistics();
  expect_refused(commit(CommitRequest().external_psk(id)), errc::kInvalidImport);  // 2 does not have the stranger
}

TEST_F(Hostile, SomebodyIsAddedAndAPskImportedInOneCommit) {
  update(2);
  before_ = statistics();
  auto stranger = rogue_client("stranger");
  expect_refused(commit(CommitRequest().external_psk(psk_id(know_psk(2, 2))).add(*stranger.new_key_package())),
                 errc::kInvalidImport);
}

TEST_F(Hostile, AGroupIdIsSquatted) {
  // The name of 2's Send Group, in a Welcome of the rogue's, before 2's own has come.
  Mesh mesh;
  for (std::size_t i = 0; i < 3; ++i) mesh.members.push_back(Member::create(Mesh::name_of(i), i));
  auto squatter = rogue_client("squatter");
  std::vector<Bytes> packages = {*mesh[1].session.new_key_package(), *mesh[2].session.new_key_package(),
                                 *squatter.new_key_package({.reuse = group::KeyPackageReuse::last_resort})};
  mesh.broadcast(0, mesh[0].session.open_universe(packages));
  auto squat = *squatter.create_group(mesh[1].session.send_group_of(mesh[2].id()));
  const auto made = *squat.commit(CommitRequest().add(*mesh[1].session.new_key_package()));
  EXPECT_EQ(mesh[1].refusal(made.welcomes().front().message).code, errc::kWrongOwner);
  mesh.broadcast(2, mesh[2].session.open_send_group());
  mesh.expect_heard(2, "the true 2");
}

TEST_F(Hostile, AGroupIdIsSquattedBeforeTheAnnouncement) {
  Mesh mesh;
  for (std::size_t i = 0; i < 3; ++i) mesh.members.push_back(Member::create(Mesh::name_of(i), i));
  auto squatter = rogue_client("squatter");
  const std::vector<Bytes> packages = {*mesh[1].session.new_key_package(), *mesh[2].session.new_key_package()};
  const auto universe = *mesh[0].session.open_universe(packages);
  const Bytes name = mesh[0].session.send_group_of(mesh[2].id());
  auto squat = *squatter.create_group(name);
  const auto made = *squat.commit(CommitRequest().add(*mesh[1].session.new_key_package()));
  mesh[1].take(made.welcomes().front().message);  // nobody can know yet
  EXPECT_EQ(mesh[1].session.statistics().groups, 1u);
  mesh.broadcast(0, universe.messages());
  const auto rejected = mesh[1].all<Rejected>();
  ASSERT_EQ(rejected.size(), 1u);
  EXPECT_EQ(rejected[0].error.code, errc::kWrongOwner);
  EXPECT_EQ(mesh[1].session.statistics().groups, 1u);  // 0's
  mesh.broadcast(2, mesh[2].session.open_send_group());
  mesh.expect_heard(2, "the true 2");
}

TEST_F(Hostile, AGroupIdIsSquattedWithTheOwnersNameOnAnotherKey) {
  Mesh mesh;
  for (std::size_t i = 0; i < 3; ++i) mesh.members.push_back(Member::create(Mesh::name_of(i), i));
  std::vector<Bytes> packages = {*mesh[1].session.new_key_package(), *mesh[2].session.new_key_package()};
  mesh.broadcast(0, mesh[0].session.open_universe(packages));
  auto impostor = rogue_client(Mesh::name_of(2));  // a policy that trusts names lets it pass; the key does not
  auto squat = *impostor.create_group(mesh[1].session.send_group_of(mesh[2].id()));
  const auto made = *squat.commit(CommitRequest().add(*mesh[1].session.new_key_package()));
  EXPECT_EQ(mesh[1].refusal(made.welcomes().front().message).code, errc::kWrongOwner);
}

TEST_F(Hostile, ASecondWelcomeLeadsIntoAGroupThatWeAreIn) {
  auto twin = rogue_client("rogue");  // a client has one group of an id
  (void)open_group(twin, to_bytes(own_->group_id()), false);
  expect_refused(last_welcome_, group::errc::kKnownGroup);
}

TEST_F(Hostile, AnUnknownGroupIsNotListenedTo) {
  auto stranger = rogue_client("stranger");
  auto other = *stranger.create_group(text("nobody's"));
  expect_refused(*other.protect(as_bytes("hello?")), errc::kUnknownGroup);
}

TEST_F(Hostile, AReplayChangesNothing) {
  const Bytes words = *own_->protect(as_bytes("once"));
  mesh_[1].take(words);
  mesh_[1].take(words);
  EXPECT_EQ(std::get<Skipped>(mesh_[1].events.back()), Skipped::duplicate);
  auto made = *own_->commit({});
  const Bytes commit = made.message();
  ASSERT_TRUE(own_->merge(std::move(made)));
  mesh_[1].take(commit);
  mesh_[1].take(commit);
  EXPECT_EQ(std::get<Skipped>(mesh_[1].events.back()), Skipped::duplicate);
  EXPECT_TRUE(mesh_[1].all<Equivocation>().empty());
}

TEST_F(Hostile, TwoCommitsForOneEpochAreReported) {
  const Bytes first = commit({});
  const Bytes second = commit({});
  mesh_[1].take(first);
  mesh_[1].take(second);
  const auto reports = mesh_[1].all<Equivocation>();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].owner, text("rogue"));
  EXPECT_EQ(reports[0].epoch, (EpochName{to_bytes(own_->group_id()), 2}));
  EXPECT_TRUE(reports[0].proven);
  EXPECT_EQ(reports[0].first, first);
  EXPECT_EQ(reports[0].second, second);
}

TEST_F(Hostile, TwoCommitsForOneEpochAreReportedWhileTheFirstWaits) {
  hold(psk_id({mesh_[2].group(), 5}), keyschedule::Psk(SecretBytes(32)));
  mesh_[1].take(commit(CommitRequest().external_psk(psk_id({mesh_[2].group(), 5}))));
  mesh_[1].take(commit({}));
  ASSERT_EQ(mesh_[1].all<Equivocation>().size(), 1u);
  EXPECT_TRUE(mesh_[1].all<Equivocation>()[0].proven);
}

TEST_F(Hostile, AFloodOfEarlyMessagesIsBounded) {
  // Of epochs that never come: kept up to the limit, then refused.
  std::size_t refused = 0;
  for (int i = 0; i < 600; ++i) {
    auto made = *own_->commit({});
    const Bytes message = made.message();
    ASSERT_TRUE(own_->merge(std::move(made)));
    if (i == 0) continue;  // the first one is lost, so all others are early
    const auto got = mesh_[1].session.unprotect(message);
    if (!got) {
      EXPECT_EQ(got.error().code, dmls::errc::kLimit);
      ++refused;
    }
  }
  const auto statistics = mesh_[1].session.statistics();
  EXPECT_EQ(statistics.postponed_messages, Limits{}.postponed_per_group);
  EXPECT_EQ(refused, 599 - Limits{}.postponed_per_group);
  mesh_.expect_heard(0, "others are not disturbed");
}

TEST_F(Hostile, AFloodOfBlockedCommitsIsOne) {
  // Each names an epoch that may still come; but a group has one next commit.
  for (std::uint64_t epoch = 2; epoch < 300; ++epoch) {
    const Bytes id = psk_id({mesh_[2].group(), epoch});
    hold(id, keyschedule::Psk(SecretBytes(32)));
    mesh_[1].take(commit(CommitRequest().external_psk(id)));
  }
  EXPECT_EQ(mesh_[1].session.statistics().blocked_commits, 1u);
  EXPECT_EQ(mesh_[1].session.statistics().postponed_messages, 0u);
  EXPECT_EQ(mesh_[1].session.missing(), (std::vector<Wanted>{{mesh_[2].group(), 2}}));
  // And when the epoch comes, the PSK was not the right one: refused, and everybody else goes on.
  update(2);
  const auto rejected = mesh_[1].all<Rejected>();
  ASSERT_EQ(rejected.size(), 1u);
  EXPECT_EQ(rejected[0].error.code, group::errc::kConfirmationMismatch);
  mesh_.expect_heard(2, "I go on");
}

TEST_F(Hostile, NoTruncationOfAMessageIsAccepted) {
  const Bytes message = commit({});
  for (std::size_t n = 0; n < message.size(); n += 7)
    EXPECT_FALSE(mesh_[1].session.unprotect(BytesView(message).first(n)));
  expect_unchanged();
}

}  // namespace
}  // namespace dmls::sendgroup
