// What the application decides: who people are, and what may be done to the group.

#include "forged_world.h"

namespace dmls::group {
namespace {

using forge::by_value;
using forge::CommitPlan;

// A policy whose answers a test sets.
class Rules final : public Policy {
 public:
  std::function<Result<void>(BytesView identity)> on_validate;
  std::function<Result<void>(BytesView before, BytesView after)> on_successor;
  std::function<Result<void>(const Changes&)> on_accept;
  std::function<Result<void>(const StoredProposal&)> on_proposal;
  bool by_identity = false;  // a client is its identity, whatever its key

  Result<void> validate(const treekem::CredentialView& credential, BytesView) const override {
    return on_validate ? on_validate(credential.body) : Result<void>();
  }
  Result<void> valid_successor(const treekem::CredentialView& before,
                               const treekem::CredentialView& after) const override {
    return on_successor ? on_successor(before.body, after.body) : Result<void>();
  }
  Result<void> accept(const PublicEpoch&, const Changes& changes) const override {
    return on_accept ? on_accept(changes) : Result<void>();
  }
  Result<void> accept_proposal(const PublicEpoch&, const StoredProposal& proposal) const override {
    return on_proposal ? on_proposal(proposal) : Result<void>();
  }
  [[nodiscard]] Bytes client_id(const treekem::CredentialView& credential, BytesView key) const override {
    return by_identity ? to_bytes(credential.body) : to_bytes(key);
  }
};

Result<void> no() { return fail(errc::kRefusedByPolicy, "the test says no"); }

// Bob and Carol follow `rules_`; Mallory is the administrator, and accepts everything.
class PolicyRules : public World {
 protected:
  PolicyRules() : PolicyRules(std::make_shared<Rules>()) {}
  explicit PolicyRules(std::shared_ptr<Rules> rules) : World(rules), rules_(std::move(rules)) {}
  void TearDown() override {
    *rules_ = Rules();
    World::TearDown();
  }

  // Bob refuses the commit while `refuse` says so, and accepts it otherwise.
  void judged(const CommitPlan& plan, std::function<bool(const Changes&)> refuse,
              const forge::Outsider* outsider = nullptr) {
    const auto message = forge::commit(mallory, plan, outsider).message;
    rules_->on_accept = [refuse](const Changes& changes) { return refuse(changes) ? no() : Result<void>(); };
    refused(message, errc::kRefusedByPolicy, "the test says no");
    rules_->on_accept = {};
    accepted(message);
  }
  static bool from(const Sender& sender, std::uint32_t leaf) {
    const auto* member = std::get_if<MemberSender>(&sender);
    return member != nullptr && member->leaf_index == leaf;
  }
  ProposalOrRef carol_proposes(Proposal proposal) {
    return ProposalByReference{
        proposed(*carol().propose(std::move(proposal), {.handshake = HandshakeFormat::public_message}))};
  }

  std::shared_ptr<Rules> rules_;
};

TEST_F(PolicyRules, EveryKindOfChangeCanBeRefused) {
  judged({}, [](const Changes& c) { return c.has_path && c.committer.leaf == LeafIndex(0); });
  judged({.proposals = {by_value(Add{bundle("dave").key_package})}, .path = false},
         [](const Changes& c) { return c.added.size() == 1 && from(c.added[0].proposer, 0) && !c.has_path; });
  judged({.proposals = {by_value(Remove{2})}},
         [](const Changes& c) { return c.removed.size() == 1 && c.removed[0].member.leaf == LeafIndex(2); });
  judged({.proposals = {by_value(GroupContextExtensions{})}},
         [](const Changes& c) { return c.extensions && c.extensions->empty(); });
  judged({.proposals = {by_value(ReInit{{7}, crypto::ProtocolVersion::mls10, suite_.id(), {}})}, .path = false},
         [](const Changes& c) { return c.reinit && c.reinit->group_id == Bytes{7}; });
  (void)bob_.add_psk(Bytes{1}, keyschedule::Psk(SecretBytes(4)));
  mallory.psks.add(Bytes{1}, keyschedule::Psk(SecretBytes(4)));
  judged({.proposals = {by_value(PreSharedKey{{keyschedule::ExternalPskId{{1}}, Bytes(32)}})}, .path = false},
         [](const Changes& c) { return c.psks.size() == 1; });
  const auto update =
      ProposalByReference{proposed(*carol().propose_update({.handshake = HandshakeFormat::public_message}))};
  judged({.proposals = {update}},
         [](const Changes& c) { return c.updated.size() == 1 && from(c.updated[0].proposer, 2); });
}

TEST_F(PolicyRules, ExternalCommitsCanBeRefusedByTheirOrigin) {
  const auto dave = outsider("dave");
  judged(
      {.proposals = {by_value(ExternalInit{})}},
      [](const Changes& c) { return c.origin == CommitOrigin::joiner && !c.committer_before; }, &dave);
  judged(
      {.proposals = {by_value(ExternalInit{}), by_value(Remove{2})}},
      [](const Changes& c) {
        return c.origin == CommitOrigin::rejoiner && c.committer_before->leaf == LeafIndex(2) && c.removed.empty();
      },
      &dave);
}

TEST_F(PolicyRules, WhatAMemberProposedIsJudgedAsItsOwnWhoeverCommitsIt) {
  const auto only_the_administrator_removes = [](const Changes& changes) {
    for (const auto& removal : changes.removed)
      if (!from(removal.proposer, 0)) return true;
    return false;
  };
  judged({.proposals = {carol_proposes(Remove{2})}}, only_the_administrator_removes);
  rules_->on_accept = [&](const Changes& c) { return only_the_administrator_removes(c) ? no() : Result<void>(); };
  accepted({.proposals = {by_value(Remove{2})}});
  // Bob, who judges alike, does not commit it either; without it he does.
  EXPECT_EQ(bob().commit({}).error().code, errc::kRefusedByPolicy);
  EXPECT_TRUE(bob().commit(CommitRequest().pending(PendingProposals::leave)));
}

TEST_F(PolicyRules, AProposalWithAnObjectionIsKeptAndLeftOutOfOwnCommits) {
  rules_->on_proposal = [](const StoredProposal& p) { return from(p.sender, 2) ? no() : Result<void>(); };
  const auto message = forge::proposal(mallory, Remove{2});
  mallory.follow(message);
  EXPECT_FALSE(std::get<ReceivedProposal>(*bob().process(message)).objection);
  rules_->on_proposal = {};
  const auto sent = *carol().propose(Remove{0}, {.handshake = HandshakeFormat::public_message});
  rules_->on_proposal = [](const StoredProposal& p) { return from(p.sender, 2) ? no() : Result<void>(); };
  const auto event = bob().process(sent.message);
  ASSERT_TRUE(event) << event.error().rule;
  ASSERT_TRUE(std::get<ReceivedProposal>(*event).objection);
  EXPECT_EQ(std::get<ReceivedProposal>(*event).objection->code, errc::kRefusedByPolicy);
  const auto commit = bob().commit({});
  ASSERT_TRUE(commit) << commit.error().rule;
  ASSERT_EQ(commit->changes().removed.size(), 1u);
  EXPECT_EQ(commit->changes().removed[0].member.leaf, LeafIndex(2));
  // What others would be shown is not sent in the first place.
  EXPECT_EQ(carol().propose(Remove{0}).error().code, errc::kRefusedByPolicy);
  EXPECT_EQ(carol().proposals().all().size(), 1u);
}

TEST_F(PolicyRules, AnObjectionOfOurOwnDoesNotBindOthers) {
  rules_->on_proposal = [](const StoredProposal& p) { return from(p.sender, 0) ? no() : Result<void>(); };
  const auto message = forge::proposal(mallory, Remove{2});
  mallory.follow(message);
  auto event = bob().process(message);
  const auto reference = std::get<ReceivedProposal>(*event).reference;
  accepted({.proposals = {ProposalByReference{reference}}});
}

// ---- credentials
// -----------------------------------------------------------------------------------------------------

TEST_F(PolicyRules, EveryNewCredentialIsValidated) {
  RULE("5.3.1", "a credential that is new in the group is validated");
  rules_->on_validate = [](BytesView identity) {
    return to_bytes(identity) == to_bytes(as_bytes("eve")) ? no() : Result<void>();
  };
  refused({.proposals = {by_value(Add{bundle("eve").key_package})}}, errc::kRefusedByPolicy, "");
  const auto eve = outsider("eve");
  refused(forge::commit(mallory, {.proposals = {by_value(ExternalInit{})}}, &eve).message, errc::kRefusedByPolicy, "");
  refused({.leaf = [](auto& leaf) { leaf.credential = treekem::BasicCredential{to_bytes(as_bytes("eve"))}; }},
          errc::kRefusedByPolicy, "");
  EXPECT_EQ(bob().commit(CommitRequest().add(tls_codec::encode(bundle("eve").key_package))).error().code,
            errc::kRefusedByPolicy);
  accepted({.proposals = {by_value(Add{bundle("dave").key_package})}});
}

TEST_F(PolicyRules, CredentialsOfExternalSendersAreValidated) {
  RULE("5.3.1", "the credentials of external senders are validated");
  treekem::ExtensionList list;
  treekem::set_extension(
      list,
      treekem::ExternalSenders{{{fresh_signer()->public_key(), treekem::BasicCredential{to_bytes(as_bytes("eve"))}}}});
  rules_->on_validate = [](BytesView identity) {
    return to_bytes(identity) == to_bytes(as_bytes("eve")) ? no() : Result<void>();
  };
  refused({.proposals = {by_value(GroupContextExtensions{list})}}, errc::kRefusedByPolicy, "");
  EXPECT_EQ(bob().commit(CommitRequest().group_context_extensions(list)).error().code, errc::kRefusedByPolicy);
  EXPECT_EQ(bob_.create_group(Bytes{5}, list).error().code, errc::kRefusedByPolicy);

  Insider there(config("mallory two"), as_bytes("another group"), list);
  const auto info = forge::group_info(there);
  EXPECT_EQ(bob_.join_by_commit(info).error().code, errc::kRefusedByPolicy);
  rules_->on_validate = {};
  EXPECT_TRUE(bob_.join_by_commit(info));
  accepted({.proposals = {by_value(GroupContextExtensions{list})}});
}

TEST_F(PolicyRules, ANewCredentialInACommitIsASuccessorOfTheOldOne) {
  RULE("5.3.1", "a credential that replaces another is a valid successor");
  RULE("12.2", "the credential of a resync is acceptable for the removed member");
  std::vector<std::pair<Bytes, Bytes>> asked;
  rules_->on_successor = [&asked](BytesView before, BytesView after) {
    asked.emplace_back(to_bytes(before), to_bytes(after));
    return no();
  };
  const Bytes mallorys = to_bytes(as_bytes("mallory")), new_name = to_bytes(as_bytes("mallory the second"));
  refused({.leaf = [&](auto& leaf) { leaf.credential = treekem::BasicCredential{new_name}; }}, errc::kRefusedByPolicy,
          "");
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0], std::pair(mallorys, new_name));
  const auto dave = outsider("dave");
  refused(forge::commit(mallory, {.proposals = {by_value(ExternalInit{}), by_value(Remove{2})}}, &dave).message,
          errc::kRefusedByPolicy, "");
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[1], std::pair(to_bytes(as_bytes("carol")), to_bytes(as_bytes("dave"))));
  accepted(forge::commit(mallory, {.proposals = {by_value(ExternalInit{})}}, &dave).message);  // joins, succeeds nobody
  accepted(CommitPlan{});                                                                      // the same credential
}

TEST_F(PolicyRules, ANewCredentialInAnUpdateIsASuccessorOfTheOldOne) {
  auto leaf = mallory.leaf(LeafIndex(0));
  leaf.leaf_node_source = treekem::LeafFromUpdate{};
  leaf.encryption_key = crypto::generate_hpke_key_pair(suite_, *random_)->public_key;
  leaf.credential = treekem::BasicCredential{{'m'}};
  ASSERT_TRUE(treekem::sign_leaf_node(leaf, mallory.signer(), treekem::LeafPosition{bob().group_id(), LeafIndex(0)}));
  rules_->on_successor = [](BytesView, BytesView) { return no(); };
  const auto event = bob().process(forge::proposal(mallory, Update{leaf}));
  ASSERT_TRUE(event) << event.error().rule;
  ASSERT_TRUE(std::get<ReceivedProposal>(*event).objection);
  EXPECT_EQ(std::get<ReceivedProposal>(*event).objection->code, errc::kRefusedByPolicy);
  EXPECT_TRUE(bob().commit({})->changes().updated.empty());
}

TEST_F(PolicyRules, OnesOwnNewIdentityIsJudgedBeforeItIsSent) {
  rules_->on_successor = [](BytesView, BytesView) { return no(); };
  const SigningIdentity identity{treekem::BasicCredential{{'b'}}, fresh_signer()};
  const auto epoch = bob().public_epoch();
  EXPECT_EQ(bob().commit(CommitRequest().identity(identity)).error().code, errc::kRefusedByPolicy);
  EXPECT_EQ(bob().propose_update({}, identity).error().code, errc::kRefusedByPolicy);
  EXPECT_EQ(bob().public_epoch(), epoch);
  EXPECT_TRUE(bob().proposals().all().empty());
}

TEST_F(PolicyRules, AClientIsWhatTheApplicationSaysItIs) {
  RULE("12.2", "no Add of a client that is in the group, unless it is removed");
  const auto again = by_value(Add{bundle("carol").key_package});  // another key
  accepted({.proposals = {again}});
  rules_->by_identity = true;
  refused({.proposals = {again}}, errc::kInvalidProposalList, "a client that is in the group");
  const auto one = by_value(Add{bundle("dave").key_package}), other = by_value(Add{bundle("dave").key_package});
  refused({.proposals = {one, other}}, errc::kInvalidProposalList, "two Add");
  accepted({.proposals = {again, by_value(Remove{2})}});
  accepted({.proposals = {one}});
}

// ---- identity rotation
// -----------------------------------------------------------------------------------------------

TEST_F(PolicyRules, AnIdentityTakenByACommitSignsFromThenOn) {
  const SigningIdentity identity{treekem::BasicCredential{to_bytes(as_bytes("bob two"))}, fresh_signer()};
  Client dave = *Client::create(config("dave"));
  Transition rotation = *bob().commit(CommitRequest()
                                          .identity(identity)
                                          .path(PathChoice::when_required)
                                          .handshake(HandshakeFormat::public_message)
                                          .add(*dave.new_key_package()));
  EXPECT_TRUE(rotation.changes().has_path);
  const auto received = carol().process(rotation.message());
  ASSERT_TRUE(received) << received.error().rule;
  EXPECT_EQ(std::get<Transition>(*received).changes().committer.signature_key, identity.signer->public_key().octets);
  EXPECT_EQ(std::get<Transition>(*received).changes().committer_before->signature_key,
            bobs_.signer->public_key().octets);
  mallory.follow(rotation.message());
  const Bytes welcome = rotation.welcome();
  ASSERT_TRUE(carol().merge(std::get<Transition>(*carol().process(rotation.message()))));
  ASSERT_TRUE(bob().merge(std::move(rotation)));
  Group there = joined(dave, welcome);  // its GroupInfo is signed with the new key
  const auto hello = there.process(*bob().protect(as_bytes("hello")));
  ASSERT_TRUE(hello) << hello.error().rule;
  EXPECT_EQ(std::get<ApplicationMessage>(*hello).sender.signature_key, identity.signer->public_key().octets);
}

TEST_F(PolicyRules, AnIdentityTakenByAnUpdateSignsOnceItIsCommitted) {
  const SigningIdentity identity{treekem::BasicCredential{to_bytes(as_bytes("carol two"))}, fresh_signer()};
  const auto update = *carol().propose_update({.handshake = HandshakeFormat::public_message}, identity);
  proposed(update);
  const Bytes early = *carol().protect(as_bytes("still the old key"));
  EXPECT_EQ(std::get<ApplicationMessage>(*bob().process(early)).sender.signature_key,
            carols_.signer->public_key().octets);
  const Bytes late = *carol().protect(as_bytes("late"));
  auto made = mallory.commit({});
  const Bytes message = made.message();
  mallory.enter(std::move(made));
  follow(bob(), message);
  follow(carol(), message);
  EXPECT_EQ(std::get<ApplicationMessage>(*bob().process(*carol().protect(as_bytes("new")))).sender.signature_key,
            identity.signer->public_key().octets);
  // A late message is shown with the credential of its own epoch.
  const auto event = bob().process(late);
  ASSERT_TRUE(event) << event.error().rule;
  EXPECT_EQ(std::get<ApplicationMessage>(*event).sender.signature_key, carols_.signer->public_key().octets);
  EXPECT_EQ(std::get<ApplicationMessage>(*event).sender.credential, carols_.credential);
}

}  // namespace
}  // namespace dmls::group
