// A group whose history forks, as its members see it.

#include <dmls/tls_codec/codec.h>

#include <algorithm>

#include "support.h"

namespace dmls::fork {
namespace {

// RFC 9420 §12.4
TEST_F(Members, CommitWhatWasProposedBeforeTheySpeak) {
  gather(3);
  (void)b().process(a().propose_update()->message);
  EXPECT_EQ(b().protect(as_bytes("too early")).error().code, group::errc::kCommitFirst);
  const OwnCommit made = commit(b());
  EXPECT_EQ(made.changes.updated.size(), 1u);
  EXPECT_TRUE(b().protect(as_bytes("now")));
  // The epoch that was left keeps the proposal, and takes late messages.
  EXPECT_TRUE(b().protect_in(root_, as_bytes("to those who are late")));
}

TEST_F(Members, TakeAnotherIdentityByAnUpdate) {
  gather(3);
  const auto fresh = cast_.config("member 0");
  (void)b().process(a().propose_update({}, group::SigningIdentity{fresh.credential, fresh.signer})->message);
  const OwnCommit made = commit(b());
  (void)a().process(made.message);
  EXPECT_EQ((*a().members(made.node))[0].signature_key, fresh.signer->public_key().octets);
  // From now on it signs with that.
  const auto heard = only<ApplicationMessage>(b().process(*a().protect(as_bytes("hello"))));
  EXPECT_EQ(heard.data, to_bytes(as_bytes("hello")));
}

TEST_F(Members, FollowACommitAndTalkInTheNewEpoch) {
  gather(3);
  const OwnCommit update = commit(a());
  const Events events = b().process(update.message);
  EXPECT_EQ(only<Advanced>(events).node, update.node);
  EXPECT_EQ(b().head(), update.node);
  expect_same_epoch(a(), b(), update.node);
  const Bytes hello = *a().protect(as_bytes("hello"), as_bytes("aside"));
  const auto& said = only<ApplicationMessage>(b().process(hello));
  EXPECT_EQ(said.epoch, update.node);
  EXPECT_EQ(said.sender, *a().own_leaf(a().head()));
  EXPECT_EQ(said.data, to_bytes(as_bytes("hello")));
  EXPECT_EQ(said.authenticated_data, to_bytes(as_bytes("aside")));
}

TEST_F(Members, ForkAndChooseTheSameBranchInEitherOrder) {
  gather(4);
  const OwnCommit one = commit(a()), other = commit(b());
  (void)sessions_[2].process(one.message);
  const Events second = sessions_[2].process(other.message);
  EXPECT_EQ(only<Forked>(second).parent, root_);
  (void)sessions_[3].process(other.message);
  (void)sessions_[3].process(one.message);
  (void)a().process(other.message);
  (void)b().process(one.message);
  for (const Session& session : sessions_) {
    EXPECT_EQ(session.head(), a().head());
    expect_same_epoch(session, a(), one.node);
    expect_same_epoch(session, a(), other.node);
  }
  const auto tag = [&](const NodeId& node) { return (*a().epoch(node))->confirmation_tag; };
  EXPECT_EQ(a().head(), tag(one.node) > tag(other.node) ? one.node : other.node);
}

TEST_F(Members, ReadMessagesOfEveryBranchAndSayWhichOneTheyBelongTo) {
  gather(3);
  const OwnCommit one = commit(a()), other = commit(b());
  (void)c().process(one.message);
  (void)c().process(other.message);
  const Bytes from_a = *a().protect(as_bytes("a")), from_b = *b().protect(as_bytes("b"));
  EXPECT_EQ(only<ApplicationMessage>(c().process(from_a)).epoch, one.node);
  EXPECT_EQ(only<ApplicationMessage>(c().process(from_b)).epoch, other.node);
  EXPECT_NE(find_event<Skipped>(c().process(from_a)), nullptr);
}

TEST_F(Members, RollBackWhenABetterSiblingArrives) {
  gather(3);
  const OwnCommit one = commit(a()), other = commit(b());
  (void)c().process(one.message);
  (void)c().process(other.message);
  const bool one_wins = c().head() == one.node;
  Session& loser = one_wins ? b() : a();
  const OwnCommit& won = one_wins ? one : other;
  const OwnCommit& lost = one_wins ? other : one;
  const Events events = loser.process(won.message);
  const auto& back = only<RolledBack>(events);
  EXPECT_EQ(back.from, lost.node);
  EXPECT_EQ(back.to, won.node);
  EXPECT_EQ(back.common, root_);
  const auto& again = only<MustCommitAgain>(events);
  EXPECT_TRUE(again.self);
  EXPECT_EQ(again.branch, lost.node);
}

TEST_F(Members, BufferACommitUntilItsParentIsKnown) {
  gather(2);
  const OwnCommit first = commit(a()), second = commit(a());
  const Bytes hello = *a().protect(as_bytes("hello"));
  EXPECT_EQ(only<Waiting>(b().process(hello)).epoch, second.node);
  EXPECT_EQ(only<Waiting>(b().process(second.message)).epoch, first.node);
  const Events events = b().process(first.message);
  EXPECT_EQ(b().head(), second.node);
  EXPECT_EQ(only<ApplicationMessage>(events).data, to_bytes(as_bytes("hello")));
  ASSERT_EQ(events.size(), 3u) << describe(events);
}

TEST_F(Members, NoticeTheSameCommitBeforeAnyCryptography) {
  gather(2);
  const OwnCommit update = commit(a(), group::CommitRequest().handshake(group::HandshakeFormat::public_message));
  (void)b().process(update.message);
  EXPECT_NE(find_event<Skipped>(b().process(update.message)), nullptr);
  EXPECT_NE(find_event<Skipped>(a().process(update.message)), nullptr);
  // Another wrapper around the same message: the name is a hint, the message inside is the same.
  auto wrapped = *decode_dmls_message(update.message, cast_.suite.hash_length());
  wrapped.content.epoch = update.node;
  EXPECT_NE(find_event<Skipped>(b().process(encode_dmls_message(wrapped.content))), nullptr);
}

TEST_F(Members, TakeTheirOwnCommitBackAsAccepted) {
  gather(2);
  const OwnCommit mine = *a().commit({});
  EXPECT_EQ(a().head(), root_);
  EXPECT_EQ(only<Advanced>(a().process(mine.message)).node, mine.node);
  EXPECT_EQ(a().head(), mine.node);
  EXPECT_TRUE(a().pending_commits().empty());
}

TEST_F(Members, SendTheWelcomeOnceTheirCommitWasAcceptedHoweverTheyHearOfIt) {
  gather(1);
  Client dave = cast_.client("dave");
  const OwnCommit add = *a().commit(group::CommitRequest().add(*dave.new_key_package()));
  const Invited invited = only<Invited>(a().process(add.message));
  EXPECT_EQ(invited.node, add.node);
  ASSERT_EQ(invited.welcomes.size(), 1u);
  const Session joined = *dave.join(invited.welcomes[0].message);
  expect_same_epoch(a(), joined, add.node);
}

TEST_F(Members, KeepAnOwnCommitBesideASiblingAndAcceptItLater) {
  gather(2);
  const OwnCommit mine = *a().commit({});
  const OwnCommit theirs = commit(b());
  (void)a().process(theirs.message);
  ASSERT_EQ(a().pending_commits().size(), 1u);
  ASSERT_TRUE(a().accept(mine.commit));
  (void)b().process(mine.message);
  expect_same_epoch(a(), b(), mine.node);
  expect_same_epoch(a(), b(), theirs.node);
  EXPECT_EQ(a().head(), b().head());
}

TEST_F(Members, DiscardAnOwnCommitAtNoCost) {
  gather(2);
  const OwnCommit mine = *a().commit({});
  ASSERT_TRUE(a().discard(mine.commit));
  EXPECT_EQ(a().accept(mine.commit).error().code, errc::kUnknownCommit);
  const OwnCommit next = commit(a());
  (void)b().process(next.message);
  expect_same_epoch(a(), b(), next.node);
}

TEST_F(Members, AddSomebodyOnOneBranchWhoIsOrphanedWhenItLoses) {
  gather(2);
  bool orphaned = false;
  for (int i = 0; i < 8 && !orphaned; ++i) {  // until the branch with the newcomer loses
    const NodeId before = a().head();
    Client dave = cast_.client("dave");
    const OwnCommit add = commit(a(), group::CommitRequest().add(*dave.new_key_package()));
    const OwnCommit other = commit(b());
    Events events = a().process(other.message);
    (void)b().process(add.message);
    ASSERT_EQ(a().head(), b().head());
    if (a().head() == add.node) continue;
    const auto& lost = only<Orphaned>(events);
    ASSERT_EQ(lost.members.size(), 1u);
    EXPECT_EQ(std::get<treekem::BasicCredential>(lost.members[0].credential).identity, to_bytes(as_bytes("dave")));
    EXPECT_EQ(lost.branch, add.node);
    EXPECT_EQ(only<RolledBack>(events).common, before);
    orphaned = true;
  }
  EXPECT_TRUE(orphaned);
}

TEST_F(Members, AKeyPackageOfSomebodyElseIsNotImported) {
  const auto package_of = [&](const group::ClientConfig& config) {
    return *treekem::make_key_package(
        cast_.suite, *config.signer,
        {.credential = config.credential,
         .capabilities = config.capabilities,
         .lifetime = treekem::Lifetime::from_now(cast_.clock->now(), config.key_package_lifetime)},
        *cast_.random);
  };
  const auto own = cast_.config("alice"), older = cast_.config("alice"), other = cast_.config("mallory");
  auto config = own;
  config.other_signers.push_back(older.signer);
  Client client = *Client::create(config, cast_.options);
  EXPECT_TRUE(client.import_key_package(package_of(own)));
  EXPECT_TRUE(client.import_key_package(package_of(older)));
  auto foreign = client.import_key_package(package_of(other));
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, dmls::errc::kMisuse);
  EXPECT_STREQ(foreign.error().rule,
               "the private key of a signature_key is missing: neither ClientConfig::signer nor among other_signers");
  auto renamed = own;
  renamed.credential = other.credential;
  foreign = client.import_key_package(package_of(renamed));
  ASSERT_FALSE(foreign);
  EXPECT_STREQ(foreign.error().rule, "the credential of the key package is somebody else's");
  EXPECT_EQ(client.key_package_count(), 2u);
}

TEST_F(Members, ASecondClientOfSomebodyWhoIsThereIsOrphaned) {
  gather(2);
  Client phone = cast_.client("member 0");
  const OwnCommit add = commit(a(), group::CommitRequest().add(*phone.new_key_package()));
  bool lost = false;
  for (int i = 0; i < 64 && !lost; ++i) {  // until a sibling wins
    const Events events = a().process(b().commit({})->message);
    lost = a().head() != add.node;
    if (lost) {
      EXPECT_EQ(only<Orphaned>(events).members.size(), 1u);
      EXPECT_EQ(a().lost_changes(add.node)->added.size(), 1u);
    }
  }
  EXPECT_TRUE(lost);
}

TEST_F(Members, WhoWasAddedOnBothBranchesAtDifferentLeavesIsNotOrphaned) {
  gather(3);
  Client dave = cast_.client("dave");
  const auto third = *c().own_leaf(root_);
  const OwnCommit one = commit(a(), group::CommitRequest().remove(third).add(*dave.new_key_package()));
  const OwnCommit other = commit(b(), group::CommitRequest().add(*dave.new_key_package()));
  for (const Events& events : {a().process(other.message), b().process(one.message)})
    EXPECT_EQ(find_event<Orphaned>(events), nullptr);
  EXPECT_TRUE(a().lost_changes(a().head() == one.node ? other.node : one.node)->added.empty());
  const auto leaf_of_dave = [&](const OwnCommit& made) { return made.changes.added.at(0).member.leaf; };
  EXPECT_NE(leaf_of_dave(one), leaf_of_dave(other));
}

TEST_F(Members, RefuseToSendWhereTheyAreRemovedAndLiveOnElsewhere) {
  gather(3);
  const auto leaf = *c().own_leaf(root_);
  const OwnCommit removal = commit(a(), group::CommitRequest().remove(leaf));
  const OwnCommit update = commit(b());
  const Events events = c().process(removal.message);
  EXPECT_EQ(only<Removed>(events).epoch, root_);
  EXPECT_EQ(c().protect(as_bytes("still here?")).error().code, group::errc::kRemoved);
  EXPECT_EQ(c().commit({}).error().code, group::errc::kRemoved);
  (void)c().process(update.message);
  EXPECT_EQ(c().head(), update.node);
  const Bytes hello = *c().protect(as_bytes("still here"));
  EXPECT_EQ(only<ApplicationMessage>(b().process(hello)).epoch, update.node);
  EXPECT_EQ(a().members(removal.node)->size(), 2u);
  EXPECT_EQ(b().members(update.node)->size(), 3u);
}

TEST_F(Members, CommitProposalsByReferenceOnBothBranches) {
  gather(3);
  const Bytes proposal = c().propose_update()->message;
  EXPECT_EQ(only<Proposed>(a().process(proposal)).epoch, root_);
  (void)b().process(proposal);
  const OwnCommit one = commit(a()), other = commit(b());
  EXPECT_EQ(one.changes.updated.size(), 1u);
  EXPECT_EQ(other.changes.updated.size(), 1u);
  (void)c().process(one.message);
  (void)c().process(other.message);
  expect_same_epoch(a(), c(), one.node);
  expect_same_epoch(b(), c(), other.node);
}

TEST_F(Members, CommitExactlyTheProposalsTheyName) {
  gather(3);
  const group::SentProposal mine = *a().propose_update({.authenticated_data = {1, 2}});
  const group::SentProposal other = *c().propose_update();
  const Events heard = b().process(mine.message);
  EXPECT_EQ(only<Proposed>(heard).proposal.reference, mine.reference);
  EXPECT_EQ(only<Proposed>(heard).proposal.authenticated_data, Bytes({1, 2}));
  (void)b().process(other.message);
  const OwnCommit named = commit(b(), group::CommitRequest().references({other.reference}));
  ASSERT_EQ(named.changes.updated.size(), 1u);
  EXPECT_EQ(named.changes.updated[0].after.leaf, *c().own_leaf(root_));
}

TEST_F(Members, SayWhyAMessageIsSkipped) {
  gather(2);
  const Bytes said = *a().protect(as_bytes("text"));
  (void)b().process(said);
  EXPECT_EQ(only<Skipped>(b().process(said)).reason, group::Skipped::duplicate);
  EXPECT_EQ(only<Skipped>(a().process(said)).reason, group::Skipped::own_message);
  const Bytes proposed = a().propose_update({.handshake = group::HandshakeFormat::public_message})->message;
  EXPECT_EQ(only<Skipped>(a().process(proposed)).reason, group::Skipped::own_message);
}

TEST_F(Members, HoldACommitBackUntilTheProposalItNamesIsThere) {
  gather(3);
  const Bytes proposal = a().propose_update()->message;
  (void)b().process(proposal);
  const OwnCommit update = commit(b());  // a PrivateMessage: its key is spent by the first attempt
  EXPECT_NE(find_event<Waiting>(c().process(update.message)), nullptr);
  EXPECT_NE(find_event<Skipped>(c().process(update.message)), nullptr);
  EXPECT_NE(find_event<Advanced>(c().process(proposal)), nullptr);
  expect_same_epoch(b(), c(), update.node);
}

TEST_F(Members, ResolveResumptionPsksAlongTheBranchOfTheCommit) {
  gather(2);
  const OwnCommit one = commit(a()), other = commit(b());
  (void)a().process(other.message);
  (void)b().process(one.message);
  const std::uint64_t number = (*a().epoch(one.node))->context.epoch;
  // Both branches have an epoch of that number, and different PSKs for it.
  const auto request = group::CommitRequest().resumption_psk(a().group_id(), number);
  for (const NodeId& branch : {one.node, other.node}) {
    const OwnCommit with_psk = *a().commit_in(branch, request);
    ASSERT_TRUE(a().accept(with_psk.commit));
    EXPECT_NE(find_event<Advanced>(b().process(with_psk.message)), nullptr);
    expect_same_epoch(a(), b(), with_psk.node);
  }
  const auto foreign = a().commit(group::CommitRequest().resumption_psk(as_bytes("another group"), 1));
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, errc::kForeignResumption);
}

TEST_F(Members, CannotFollowWithoutAPreSharedKeyAndTryAgainWithIt) {
  auto lonely = std::make_shared<group::ExternalPsks>();
  gather(1);
  auto config = cast_.config("lonely");
  config.psks = lonely;
  Client other = *Client::create(std::move(config), cast_.options);
  const OwnCommit add = *a().commit(group::CommitRequest().add(*other.new_key_package()));
  Session late = *other.join(a().accept(add.commit)->welcomes[0].message);
  cast_.psks->add(as_bytes("k"), keyschedule::Psk(SecretBytes(as_bytes("v"))));
  const OwnCommit with_psk = commit(a(), group::CommitRequest().external_psk(as_bytes("k")));
  EXPECT_EQ(only<CannotFollow>(late.process(with_psk.message)).error.code, group::errc::kUnknownPsk);
  lonely->add(as_bytes("k"), keyschedule::Psk(SecretBytes(as_bytes("v"))));
  EXPECT_NE(find_event<Advanced>(late.retry()), nullptr);
  expect_same_epoch(a(), late, with_psk.node);
}

TEST_F(Members, CloseTheEpochThatAReInitStartsAndNoOther) {
  gather(2);
  const Bytes proposal =
      b().propose(group::ReInit{{1, 2, 3}, crypto::ProtocolVersion::mls10, cast_.suite.id(), {}})->message;
  (void)a().process(proposal);
  const OwnCommit closing = commit(a());
  ASSERT_TRUE(closing.changes.reinit);
  EXPECT_EQ(a().commit_in(closing.node, {}).error().code, group::errc::kClosed);
  const OwnCommit beside = *b().commit(group::CommitRequest().pending(group::PendingProposals::leave));
  ASSERT_TRUE(b().accept(beside.commit));
  EXPECT_NE(find_event<Forked>(a().process(beside.message)), nullptr);
  EXPECT_TRUE(*a().may_send(beside.node));
  EXPECT_FALSE(*a().may_send(closing.node));
}

TEST_F(Members, AcceptACommitWithoutPathFromOthers) {
  gather(3);
  Client dave = cast_.client("dave"), erin = cast_.client("erin");
  const auto pathless = [](Client& who) {
    return group::CommitRequest().add(*who.new_key_package()).path(group::PathChoice::when_required);
  };
  const OwnCommit one = commit(a(), pathless(dave)), other = commit(b(), pathless(erin));
  EXPECT_FALSE(one.changes.has_path);
  (void)c().process(one.message);
  (void)c().process(other.message);
  expect_same_epoch(a(), c(), one.node);
  expect_same_epoch(b(), c(), other.node);
}

TEST_F(Members, GoOnAloneWhenEverybodyElseIsRemoved) {
  gather(2);
  const OwnCommit removal = commit(a(), group::CommitRequest().remove(*b().own_leaf(root_)));
  EXPECT_TRUE(removal.changes.has_path);
  const OwnCommit update = commit(a());  // a path with an empty filtered direct path
  EXPECT_EQ(a().head(), update.node);
  Client dave = cast_.client("dave");
  const OwnCommit add = *a().commit(group::CommitRequest().add(*dave.new_key_package()));
  Session joined = *dave.join(a().accept(add.commit)->welcomes[0].message);
  expect_same_epoch(a(), joined, add.node);
}

}  // namespace
}  // namespace dmls::fork
