// What members, outsiders and servers might try.

#include <dmls/crypto_testing/forwarding_provider.h>
#include <dmls/fork/key_schedule.h>
#include <dmls/group/client.h>
#include <dmls/group/external_proposal.h>
#include <dmls/group/group.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/tls_codec/error.h>
#include <dmls/treekem/error.h>
#include <dmls/treekem/external_sender.h>

#include "support.h"

namespace dmls::fork {
namespace {

using group::CommitRequest;
using group::HandshakeFormat;

Bytes wrapped(const group::MlsMessage& message, const NodeId& epoch) { return encode_dmls_message({message, epoch}); }

group::MlsMessage inner(const Bytes& dmls_message) {
  return decode_dmls_message(dmls_message, suite1().hash_length())->content.message;
}

// Breaks what it seals when it is told to.
class Saboteur final : public crypto_testing::ForwardingProvider {
 public:
  Saboteur() : ForwardingProvider(crypto::default_provider()) {}
  Result<void> aead_seal(crypto::AeadId id, BytesView key, BytesView nonce, BytesView aad, BytesView plaintext,
                         crypto::MutableBytes out) const override {
    DMLS_CHECK(target().aead_seal(id, key, nonce, aad, plaintext, out));
    if (sabotage && plaintext.size() == 32) out[0] ^= 1;  // a path secret
    return {};
  }
  mutable bool sabotage = false;
};

TEST_F(Members, CannotFollowAPathThatTheyCannotOpenAndJoinAgain) {
  static const Saboteur saboteur;
  gather(2, ExternalCommits::allowed);
  cast_.suite = suite1(saboteur);
  Client mallory = cast_.client("mallory");
  cast_.suite = suite1();
  const OwnCommit add = *a().commit(CommitRequest().add(*mallory.new_key_package()));
  Session m = *mallory.join(a().accept(add.commit)->welcomes[0].message);
  (void)b().process(add.message);

  saboteur.sabotage = true;
  const OwnCommit bad = *m.commit({});
  saboteur.sabotage = false;
  ASSERT_TRUE(m.accept(bad.commit));
  const NodeId before = b().head();
  const auto lost = only<CannotFollow>(b().process(bad.message));
  EXPECT_EQ(lost.parent, before);
  EXPECT_EQ(lost.commit, bad.commit);
  EXPECT_EQ(b().head(), before);
  // It cost a generation of Mallory's handshake ratchet, and nothing else.
  EXPECT_NE(find_event<Rejected>(b().process(bad.message)), nullptr);
  const OwnCommit good = commit(a());
  EXPECT_NE(find_event<Advanced>(b().process(good.message)), nullptr);
  expect_same_epoch(a(), b(), good.node);

  // Others chose Mallory's branch: join again there, in the place of the old leaf.
  ExternalJoin again = *clients_[1].join_by_commit(*m.group_info(), {.resync = group::Resync::replace_own_leaf});
  EXPECT_NE(find_event<Advanced>(m.process(again.message)), nullptr);
  const auto replaced = b().replace_with(std::move(again.session));
  ASSERT_TRUE(replaced);
  EXPECT_NE(find_event<Deleted>(*replaced), nullptr);
  EXPECT_EQ(b().head(), m.head());
  expect_same_epoch(b(), m, m.head());
  EXPECT_EQ(b().members(b().head())->size(), 3u);
}

TEST_F(Members, PayNothingForAPublicCommitWithAWrongTag) {
  gather(2);
  const OwnCommit real = *a().commit(CommitRequest().handshake(HandshakeFormat::public_message));
  auto message = inner(real.message);
  std::get<group::PublicMessage>(message.body).auth.confirmation_tag->at(0) ^= 1;
  // Whoever changes the tag breaks the membership tag as well.
  expect_rejected(b().process(wrapped(message, root_)), crypto::errc::kBadTag);
  EXPECT_NE(find_event<Advanced>(b().process(real.message)), nullptr);
}

TEST_F(Members, NeverChooseAnExternalCommitThatWasMintedWithTheHighestTag) {
  gather(2, ExternalCommits::allowed);
  Client mallory = cast_.client("mallory");
  const ExternalJoin join = *mallory.join_by_commit(*a().group_info());
  auto message = inner(join.message);
  // The tag of an external commit is covered by nothing that an outsider lacks.
  std::get<group::PublicMessage>(message.body).auth.confirmation_tag = Bytes(32, 0xff);
  expect_rejected(b().process(wrapped(message, root_)), group::errc::kConfirmationMismatch);
  EXPECT_EQ(b().head(), root_);
  const OwnCommit real = commit(a());
  (void)b().process(real.message);
  expect_rejected(b().process(wrapped(message, root_)), group::errc::kConfirmationMismatch);
  EXPECT_EQ(b().head(), real.node);
  EXPECT_NE(find_event<Forked>(b().process(join.message)), nullptr);  // the genuine one still counts
}

// A group that knows an external sender, in two forks.
class WithExternalSender : public Members {
 protected:
  WithExternalSender() {
    auto pair = *crypto::generate_signature_key_pair(cast_.suite, *cast_.random);
    signer_ = std::make_unique<crypto::KeyPairSigner>(cast_.suite, std::move(pair));
    treekem::ExtensionList extensions;
    treekem::set_extension(extensions, treekem::ExternalSenders{{{signer_->public_key(), treekem::BasicCredential{}}}});
    for (const char* name : {"a", "b", "c"}) clients_.push_back(cast_.client(name));
    sessions_.push_back(*clients_[0].create_group(as_bytes("g"), ExternalCommits::refused, std::move(extensions)));
    const OwnCommit add =
        *a().commit(CommitRequest().add(*clients_[1].new_key_package()).add(*clients_[2].new_key_package()));
    const Accepted done = *a().accept(add.commit);
    for (std::size_t i = 1; i < 3; ++i) sessions_.push_back(*clients_[i].join(done.welcomes[0].message));
    one_ = commit(a()).node;
    other_ = commit(b()).node;
  }
  const keyschedule::GroupContext& context(Session& session, const NodeId& node) {
    return (*session.epoch(node))->context;
  }
  group::ExternalSenderPosition position() { return {context(a(), one_).group_id, context(a(), one_).epoch, 0}; }

  std::unique_ptr<crypto::Signer> signer_;
  NodeId one_;
  NodeId other_;
};

TEST_F(WithExternalSender, AnExternalSendersRemoveCannotBeCarriedOverToAnotherFork) {
  ASSERT_EQ(context(a(), one_).epoch, context(b(), other_).epoch);  // RFC 9420 cannot tell them apart
  const Bytes removal = *external_proposal(one_, context(a(), one_), 0, group::Remove{2}, *signer_);
  EXPECT_NE(find_event<Proposed>(a().process(removal)), nullptr);
  expect_rejected(b().process(wrapped(inner(removal), other_)), errc::kNotBound);
}

TEST_F(WithExternalSender, AnExternalSenderThatNamesNoForkIsRefusedEverywhere) {
  const auto plain =
      *tls_codec::decode<group::MlsMessage>(*group::make_external_proposal(position(), group::Remove{2}, *signer_));
  expect_rejected(a().process(wrapped(plain, one_)), errc::kNotBound);
  expect_rejected(b().process(wrapped(plain, other_)), errc::kNotBound);
}

TEST_F(WithExternalSender, ANewMembersOwnAddIsBoundToItsForkAsWell) {
  Client dave = cast_.client("dave");
  const Bytes add = *dave.propose_to_join(*a().group_info());
  expect_rejected(b().process(wrapped(inner(add), other_)), errc::kNotBound);
  EXPECT_NE(find_event<Proposed>(a().process(add)), nullptr);
  const OwnCommit taken = *a().commit({});
  EXPECT_EQ(taken.changes.added.size(), 1u);
  Session joined = *dave.join(a().accept(taken.commit)->welcomes[0].message);
  expect_same_epoch(a(), joined, taken.node);
}

TEST_F(Members, RefuseWhateverWouldChangeTheSignallingExtension) {
  gather(2);
  const auto extensions = (*a().epoch(root_))->extensions;
  const treekem::ExtensionList dropped{};
  auto altered = extensions;
  treekem::set_extension(altered, Signalling::with(ExternalCommits::allowed));
  for (const auto& list : {dropped, altered}) {
    EXPECT_EQ(a().commit(CommitRequest().group_context_extensions(list)).error().code, errc::kSignallingChanged);
    EXPECT_EQ(a().propose(group::GroupContextExtensions{list}).error().code, errc::kSignallingChanged);
  }
  auto more = extensions;
  treekem::set_extension(more, treekem::ExternalSenders{});
  const OwnCommit fine = commit(a(), CommitRequest().group_context_extensions(more));
  EXPECT_NE(find_event<Advanced>(b().process(fine.message)), nullptr);
}

// Commits whatever it is asked to, below the rules of DeMLS: the epoch with everything that fork::Session checks left
// out.
TEST_F(Members, RefuseAReceivedCommitThatChangesTheSignallingExtension) {
  // A member of a group made by hand, whose library does not care.
  auto config = cast_.config("careless");
  add_demls_capabilities(config.capabilities);
  DemlsSuccession succession;
  auto epoch = *group::create_epoch(as_bytes("g"), *demls_extensions(ExternalCommits::refused, {}), config, succession);
  auto pprf = *std::move(succession).into_pprf(cast_.suite);
  Client honest = cast_.client("honest");
  DemlsInitSource source(pprf);
  DemlsSuccession second;
  group::ProposalStore none;
  auto added = *group::create_commit(epoch, CommitRequest().add(*honest.new_key_package()), {none, *cast_.psks, config},
                                     {source, second});
  Session h = *honest.join(tls_codec::encode(added.welcomes[0].message));
  const NodeId before = h.head();
  ASSERT_EQ(second.id(), before);

  auto pprf2 = *std::move(second).into_pprf(cast_.suite);
  DemlsInitSource source2(pprf2);
  DemlsSuccession third;
  auto altered = added.staged.next.shared().extensions;
  treekem::set_extension(altered, Signalling::with(ExternalCommits::allowed));
  auto bad = *group::create_commit(added.staged.next, CommitRequest().group_context_extensions(altered),
                                   {none, *cast_.psks, config}, {source2, third});
  expect_rejected(h.process(wrapped(bad.commit, before)), errc::kSignallingChanged);
  EXPECT_EQ(h.head(), before);
}

TEST_F(Members, RefuseExternalCommitsWhereTheGroupAllowsNone) {
  gather(2, ExternalCommits::refused);
  Client dave = cast_.client("dave");
  EXPECT_EQ(dave.join_by_commit(*a().group_info()).error().code, errc::kExternalCommits);
  for (const HeldSecret& held : a().inventory()) EXPECT_NE(held.kind, SecretKind::external_secret);
}

TEST_F(Members, FollowExternalCommitsBesideOtherForks) {
  gather(3, ExternalCommits::allowed);
  Client dave = cast_.client("dave");
  ExternalJoin join = *dave.join_by_commit(*a().group_info());
  const OwnCommit update = commit(b());
  for (Session* session : {&a(), &c()}) {
    (void)session->process(update.message);
    EXPECT_NE(find_event<Forked>(session->process(join.message)), nullptr);
  }
  EXPECT_NE(find_event<Forked>(b().process(join.message)), nullptr);
  const NodeId joined = join.session.head();
  for (Session* session : {&a(), &b(), &c()}) expect_same_epoch(*session, join.session, joined);
  EXPECT_EQ(join.session.history().find(joined)->parent, root_);
  EXPECT_NE(find_event<Skipped>(c().process(join.message)), nullptr);
}

TEST_F(Members, AreRemovedWhereTheyThemselvesHaveJoinedAnew) {
  gather(3, ExternalCommits::allowed);
  const ExternalJoin again =
      *clients_[2].join_by_commit(*a().group_info(), {.resync = group::Resync::replace_own_leaf});
  EXPECT_NE(find_event<Removed>(c().process(again.message)), nullptr);
  EXPECT_NE(find_event<Advanced>(b().process(again.message)), nullptr);
  expect_same_epoch(b(), again.session, again.session.head());
}

TEST_F(Members, AreNotAddedUnlessTheySupportDemls) {
  gather(1);
  auto vanilla = *group::Client::create(cast_.config("vanilla"));
  const auto refused = a().commit(CommitRequest().add(*vanilla.new_key_package()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, treekem::errc::kUnsupportedCapability) << refused.error().rule;
}

TEST_F(Members, AreRefusedByAnOrdinaryClient) {
  gather(2, ExternalCommits::allowed);
  auto vanilla = *group::Client::create(cast_.config("vanilla"));
  // It does not list what the GroupContext requires, and so cannot make a leaf for the group. RFC 9420 §7.2
  const auto joined = vanilla.join_by_commit(*a().group_info());
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().code, treekem::errc::kUnsupportedCapability) << joined.error().rule;
  EXPECT_TRUE(vanilla.pending_entries()->empty());
  // Nor is a DMLSMessage an MLSMessage, though it begins like one.
  auto ordinary = *vanilla.create_group(as_bytes("a group"));
  const OwnCommit update = commit(a());
  for (const Bytes& message : {update.message, *b().protect(as_bytes("hello"))}) {
    const auto read = ordinary.process(message);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, tls_codec::errc::kTrailingOctets) << read.error().rule;
  }
  EXPECT_EQ(ordinary.epoch(), 0u);
}

TEST_F(Members, DoNotMistakeAnOrdinaryGroupForADemlsGroup) {
  auto vanilla = *group::Client::create(cast_.config("vanilla"));
  auto ordinary = *vanilla.create_group(as_bytes("g"));
  Client dave = cast_.client("dave");
  const auto add = *ordinary.commit(CommitRequest().add(*dave.new_key_package()));
  const auto joined = dave.join(add.welcomes()[0].message);
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().code, errc::kNotDemls);
  EXPECT_EQ(dave.key_package_count(), 1u);
}

TEST_F(Members, RefuseANameOfAnotherEpochInAGroupInfo) {
  gather(1, ExternalCommits::allowed);
  auto message = *tls_codec::decode<group::MlsMessage>(*a().group_info());
  auto& info = std::get<group::GroupInfo>(message.body);
  std::erase_if(info.extensions, [](const auto& e) { return e.extension_type == kEpochExtension; });
  Client dave = cast_.client("dave");
  EXPECT_EQ(dave.join_by_commit(tls_codec::encode(message)).error().code, errc::kNotBound);
}

TEST_F(Members, KeepABoundedNumberOfMessagesOfUnknownEpochs) {
  cast_.options.waiting.messages = 3;
  gather(2);
  const Bytes hello = *a().protect(as_bytes("hello"));
  const auto from_nowhere = [&](std::uint8_t octet) { return wrapped(inner(hello), NodeId(Bytes(32, octet))); };
  for (std::uint8_t i = 0; i < 3; ++i) EXPECT_EQ(only<Waiting>(b().process(from_nowhere(i))).dropped, 0u);
  EXPECT_EQ(only<Waiting>(b().process(from_nowhere(0))).dropped, 0u);  // waits already
  EXPECT_EQ(only<Waiting>(b().process(from_nowhere(3))).dropped, 1u);
  cast_.options.waiting = {};
  cast_.options.waiting.octets = 2 * hello.size() + 10;
  Session one = *cast_.client("lone").create_group(as_bytes("a group"));
  EXPECT_EQ(only<Waiting>(one.process(from_nowhere(0))).dropped, 0u);
  EXPECT_EQ(only<Waiting>(one.process(from_nowhere(1))).dropped, 0u);
  EXPECT_EQ(only<Waiting>(one.process(from_nowhere(2))).dropped, 1u);
}

TEST_F(Members, SurviveEveryTruncationAndSingleBitChangeOfAMessage) {
  gather(2);
  const OwnCommit update = commit(a(), CommitRequest().handshake(HandshakeFormat::public_message));
  for (std::size_t i = 0; i < update.message.size(); ++i) {
    EXPECT_NE(find_event<Rejected>(b().process(BytesView(update.message).first(i))), nullptr);
    Bytes changed = update.message;
    changed[i] ^= 0x10;
    const Events events = b().process(changed);
    EXPECT_EQ(find_event<Advanced>(events), nullptr);
  }
  EXPECT_EQ(b().head(), root_);
  EXPECT_NE(find_event<Advanced>(b().process(update.message)), nullptr);
}

TEST_F(Members, RefuseMessagesOfOtherGroupsWithoutKeepingThem) {
  gather(2);
  Session other = *cast_.client("other").create_group(as_bytes("another group"));
  expect_rejected(a().process(*other.protect(as_bytes("hello"))), group::errc::kWrongGroup);
}

TEST_F(Members, NeverUseAMessageKeyTwiceForPendingCommits) {
  gather(2);
  const OwnCommit first = *a().commit({}), second = *a().commit({});
  ASSERT_TRUE(a().discard(first.commit));
  const OwnCommit third = *a().commit({});
  // Every one can be opened: had two of them shared a generation, the later one would be a duplicate.
  for (const OwnCommit* each : {&first, &second, &third})
    EXPECT_EQ(find_event<Skipped>(b().process(each->message)), nullptr);
  EXPECT_EQ(b().history().find(root_)->children.size(), 3u);
}

}  // namespace
}  // namespace dmls::fork
