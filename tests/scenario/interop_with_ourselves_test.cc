// Every suite, public and private handshakes, the tree inside and aside: one story each for everything that RFC 9420
// lets a group do.

#include <dmls/treekem/external_sender.h>

#include <tuple>

#include "room.h"

namespace dmls::scenario {
namespace {

using crypto::CipherSuite;
using crypto::CipherSuiteId;
using group::LeafIndex;

class Ourselves : public testing::TestWithParam<std::tuple<std::uint16_t, HandshakeFormat, TreeDelivery>> {
 protected:
  void SetUp() override {
    const auto [id, handshake, tree] = GetParam();
    const auto suite = CipherSuite::find(CipherSuiteId{id});
    if (!suite) GTEST_SKIP() << "not run: " << suite.error().rule;
    room_.emplace(Manner{*suite, handshake, tree});
  }
  Room& room() { return *room_; }
  bool in_public() { return room().manner().handshake == HandshakeFormat::public_message; }

  // Alice, Bob and Carol.
  void three() {
    room().create("alice");
    if (in_public()) room().observe("alice");
    CommitRequest request;
    request.add(room().key_package("bob")).add(room().key_package("carol"));
    room().commit("alice", request, {"bob", "carol"});
    room().talk();
  }
  LeafIndex leaf(const std::string& name) { return room().group(name).own_leaf(); }

  std::optional<Room> room_;
};

TEST_P(Ourselves, TwoThenThreeThenSeveralAtOnce) {
  room().create("alice");
  if (in_public()) room().observe("alice");
  room().commit("alice", CommitRequest().add(room().key_package("bob")), {"bob"});
  room().talk();
  room().commit("bob", CommitRequest().add(room().key_package("carol")), {"carol"});
  room().talk();
  CommitRequest several;
  for (const char* name : {"dave", "erin", "frank"}) several.add(room().key_package(name));
  room().commit("carol", several, {"dave", "erin", "frank"});
  room().talk();
  room().commit("frank");
  room().talk();
}

TEST_P(Ourselves, OneWelcomeForEach) {
  Manner manner = room().manner();
  manner.welcomes = group::WelcomeSplit::one_each;
  room_.emplace(manner);
  three();
}

TEST_P(Ourselves, UpdatesAndRemovalsByValueAndByReference) {
  three();
  for (const char* name : {"alice", "bob", "carol"}) room().commit(name);
  room().propose_update("bob");
  room().propose_update("carol");
  room().commit("alice");
  room().talk();
  // Add, remove and update by reference in one commit.
  room().propose_update("alice");
  room().propose("alice", group::Remove{leaf("carol").value()});
  const auto package = must(tls_codec::decode<group::MlsMessage>(room().key_package("dave")));
  room().propose("bob", group::Add{std::get<treekem::KeyPackage>(package.body)});
  room().commit("bob", {}, {"dave"});
  EXPECT_EQ(room().group("carol").status(), group::GroupStatus::removed);
  EXPECT_EQ(room().members(), (std::vector<std::string>{"alice", "bob", "dave"}));
  room().talk();
  room().commit("dave", CommitRequest().remove(leaf("alice")));
  room().talk();
  room().commit("dave", CommitRequest().path(group::PathChoice::when_required).add(room().key_package("erin")),
                {"erin"});
  room().talk();
}

TEST_P(Ourselves, ExternalJoinAndResync) {
  three();
  room().join_by_commit("dave", "bob");
  room().talk();
  room().join_by_commit("bob", "carol", group::Resync::replace_own_leaf);
  EXPECT_EQ(room().members().size(), 4u);
  room().talk();
  room().commit("bob");
  room().talk();
}

TEST_P(Ourselves, PreSharedKeys) {
  three();
  for (const char* name : {"alice", "bob", "carol", "dave"})
    (void)room().person(name).client.add_psk(as_bytes("k"), keyschedule::Psk(SecretBytes(as_bytes("v"))));
  const std::uint64_t first = room().group("alice").epoch();
  room().commit("alice", CommitRequest().external_psk(as_bytes("k")));
  room().commit("bob", CommitRequest().resumption_psk(room().group("bob").group_id(), first));
  room().propose("carol", group::PreSharedKey{{keyschedule::ExternalPskId{to_bytes(as_bytes("k"))}, {}}});
  room().commit("alice", CommitRequest().add(room().key_package("dave")), {"dave"});
  room().talk();
}

TEST_P(Ourselves, GroupContextExtensions) {
  three();
  treekem::ExtensionList list;
  treekem::set_extension(list, treekem::RequiredCapabilities{});
  room().commit("bob", CommitRequest().group_context_extensions(list));
  EXPECT_EQ(room().group("carol").extensions(), list);
  room().propose("carol", group::GroupContextExtensions{{}});
  room().commit("alice");
  EXPECT_TRUE(room().group("bob").extensions().empty());
  room().talk();
}

TEST_P(Ourselves, ExternalSendersAndNewMembersPropose) {
  const auto pair = must(crypto::generate_signature_key_pair(room().manner().suite, room().random()));
  const treekem::BasicCredential server{to_bytes(as_bytes("server"))};
  treekem::ExtensionList list;
  treekem::set_extension(list, treekem::ExternalSenders{{{pair.public_key, server}}});
  const crypto::KeyPairSigner signer(room().manner().suite, must(crypto::signature_key_pair_from_private(
                                                                room().manner().suite, pair.private_key.clone())));
  three();
  room().commit("alice", CommitRequest().group_context_extensions(list));

  const Group& group = room().group("alice");
  const group::ExternalSenderPosition position{to_bytes(group.group_id()), group.epoch(), 0};
  const auto package = must(tls_codec::decode<group::MlsMessage>(room().key_package("dave")));
  room().hand_out(
      must(group::make_external_proposal(position, group::Add{std::get<treekem::KeyPackage>(package.body)}, signer)));
  room().hand_out(must(group::make_external_proposal(position, group::Remove{leaf("carol").value()}, signer)));
  room().hand_out(must(room().person("erin").client.propose_to_join(group.group_id(), group.epoch())));
  room().commit("bob", {}, {"dave", "erin"});
  EXPECT_EQ(room().members(), (std::vector<std::string>{"alice", "bob", "dave", "erin"}));
  room().talk();
}

TEST_P(Ourselves, ReInitialisation) {
  three();
  treekem::ExtensionList list;
  treekem::set_extension(list, treekem::RequiredCapabilities{});
  const Bytes id{1, 2, 3};
  room().commit("bob", CommitRequest()
                           .path(group::PathChoice::when_required)
                           .reinit({id, crypto::ProtocolVersion::mls10, room().manner().suite.id(), list}));
  EXPECT_EQ(room().group("alice").status(), group::GroupStatus::closed);
  const std::vector<Bytes> packages{room().key_package("alice"), room().key_package("bob")};
  auto start = must(room().person("carol").client.reinitialize(room().group("carol"), packages, room().manner().tree));
  EXPECT_TRUE(start.message().empty());
  room().move_to("carol", std::move(start), {"alice", "bob"});
  EXPECT_EQ(to_bytes(room().group("bob").group_id()), id);
  EXPECT_EQ(room().group("alice").epoch(), 1u);
  EXPECT_EQ(room().group("alice").extensions(), list);
  room().expect_agreement();
  room().talk();
  room().commit("alice");
}

TEST_P(Ourselves, Branching) {
  three();
  room().commit("carol");
  auto start = must(room().person("alice").client.branch(
      room().group("alice"), {.key_packages = {room().key_package("carol")}, .tree = room().manner().tree}));
  Group subgroup = must(room().person("alice").client.enter(std::move(start)));
  EXPECT_EQ(subgroup.members().size(), 2u);
  EXPECT_EQ(subgroup.epoch(), 1u);
  room().talk();  // the old group goes on
}

TEST_P(Ourselves, ABranchIsJoinedFromTheGroupItDescendsFrom) {
  three();
  auto start = must(room().person("alice").client.branch(
      room().group("alice"), {.key_packages = {room().key_package("carol")}, .tree = room().manner().tree}));
  Client& carol = room().person("carol").client;
  const Bytes aside = room().manner().tree == TreeDelivery::aside ? start.ratchet_tree() : Bytes();
  EXPECT_FALSE(carol.join(start.welcome(), {.ratchet_tree = aside}));
  auto entry = must(carol.join(start.welcome(), {.ratchet_tree = aside, .descends_from = &room().group("carol")}));
  Group carols = must(carol.enter(std::move(entry)));
  Group alices = must(room().person("alice").client.enter(std::move(start)));
  EXPECT_TRUE(carols.epoch_authenticator() == alices.epoch_authenticator());
  EXPECT_TRUE(std::holds_alternative<group::ApplicationMessage>(
      must(carols.process(must(alices.protect(as_bytes("in the subgroup")))))));
}

TEST_P(Ourselves, MessagesOutOfOrderWithinAndAcrossEpochs) {
  three();
  std::vector<Bytes> messages;
  for (int i = 0; i < 4; ++i) messages.push_back(must(room().group("alice").protect(as_bytes("early"))));
  const auto read = [&](std::size_t i) {
    return std::holds_alternative<group::ApplicationMessage>(must(room().group("bob").process(messages[i])));
  };
  EXPECT_TRUE(read(3));
  EXPECT_TRUE(read(0));
  room().commit("carol");
  EXPECT_TRUE(read(2));
  room().commit("bob");
  EXPECT_TRUE(read(1));

  // Bob is ahead of Carol: what he sends is kept until she has caught up.
  auto next = must(room().group("bob").commit({}));
  const Bytes commit = next.message();
  must(room().group("bob").merge(std::move(next)));
  const Bytes ahead = must(room().group("bob").protect(as_bytes("from the next epoch")));
  Group& carol = room().group("carol");
  EXPECT_EQ(std::get<group::Skipped>(must(carol.process(ahead))), group::Skipped::kept);
  EXPECT_TRUE(carol.take_due().empty());
  must(carol.merge(std::get<group::Transition>(must(carol.process(commit)))));
  const auto due = carol.take_due();
  ASSERT_EQ(due.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<group::ApplicationMessage>(must(carol.process(due[0]))));
  EXPECT_TRUE(carol.take_due().empty());
}

std::string name_of(const testing::TestParamInfo<Ourselves::ParamType>& info) {
  const auto [id, handshake, tree] = info.param;
  return "suite" + std::to_string(id) + (handshake == HandshakeFormat::public_message ? "_public" : "_private") +
         (tree == TreeDelivery::inside ? "_inside" : "_aside");
}

INSTANTIATE_TEST_SUITE_P(All, Ourselves,
                         testing::Combine(testing::Range(std::uint16_t{1}, std::uint16_t{8}),
                                          testing::Values(HandshakeFormat::private_message,
                                                          HandshakeFormat::public_message),
                                          testing::Values(TreeDelivery::inside, TreeDelivery::aside)),
                         name_of);

}  // namespace
}  // namespace dmls::scenario
