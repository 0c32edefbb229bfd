// Lists of proposals that do not go together, in commits of members and of joiners. RFC 9420 §12.2, §12.4.3.2

#include "forged_world.h"

namespace dmls::group {
namespace {

using forge::by_value;
using forge::CommitPlan;

class ListRules : public World {
 protected:
  ProposalOrRef carols_update() {
    return ProposalByReference{proposed(*carol().propose_update({.handshake = HandshakeFormat::public_message}))};
  }
  ProposalOrRef psk(std::string_view name, std::uint8_t nonce) {
    return by_value(PreSharedKey{{keyschedule::ExternalPskId{to_bytes(as_bytes(name))}, Bytes(32, nonce)}});
  }
  void external_refused(std::vector<ProposalOrRef> list, Errc code, std::string_view words, CommitPlan plan = {}) {
    plan.proposals = std::move(list);
    const auto dave = outsider("dave");
    refused(forge::commit(mallory, plan, &dave).message, code, words);
  }
  void external_accepted(std::vector<ProposalOrRef> list) {
    const auto dave = outsider("dave");
    accepted(forge::commit(mallory, {.proposals = std::move(list)}, &dave).message);
  }
  const ProposalOrRef init_ = by_value(ExternalInit{});
};

TEST_F(ListRules, NoUpdateOfTheCommitter) {
  RULE("12.2", "no Update of the committer");
  auto leaf = mallory.leaf(LeafIndex(0));
  leaf.leaf_node_source = treekem::LeafFromUpdate{};
  leaf.encryption_key = crypto::generate_hpke_key_pair(suite_, *random_)->public_key;
  ASSERT_TRUE(treekem::sign_leaf_node(leaf, mallory.signer(), treekem::LeafPosition{bob().group_id(), LeafIndex(0)}));
  refused({.proposals = {by_value(Update{leaf})}}, errc::kInvalidProposalList, "Update of the committer");
  const auto event = bob().process(forge::proposal(mallory, Update{leaf}));
  ASSERT_TRUE(event) << event.error().rule;
  const auto& received = std::get<ReceivedProposal>(*event);
  EXPECT_FALSE(received.objection);
  refused({.proposals = {ProposalByReference{received.reference}}}, errc::kInvalidProposalList,
          "Update of the committer");
}

TEST_F(ListRules, NoRemoveOfTheCommitter) {
  RULE("12.2", "no Remove of the committer");
  refused({.proposals = {by_value(Remove{0})}}, errc::kInvalidProposalList, "Remove of the committer");
}

TEST_F(ListRules, OneUpdateOrRemoveForALeaf) {
  RULE("12.2", "not several Updates and Removes of one leaf");
  const auto first = carols_update(), second = carols_update(), remove = by_value(Remove{2});
  refused({.proposals = {first, second}}, treekem::errc::kNoSuchLeaf, "");
  refused({.proposals = {first, remove}}, treekem::errc::kNoSuchLeaf, "");
  refused({.proposals = {remove, first}}, treekem::errc::kNoSuchLeaf, "");
  refused({.proposals = {remove, remove}}, treekem::errc::kNoSuchLeaf, "");
  refused({.proposals = {first, first}}, treekem::errc::kNoSuchLeaf, "");
  accepted({.proposals = {second}});
  accepted({.proposals = {remove}});
}

TEST_F(ListRules, OneAddForAClient) {
  RULE("12.2", "not several Adds of one client");
  const auto signer = fresh_signer();
  const auto one = by_value(Add{bundle("dave", signer).key_package});
  const auto other = by_value(Add{bundle("dave", signer).key_package});
  refused({.proposals = {one, other}}, errc::kInvalidProposalList, "two Add");
  refused({.proposals = {one, one}}, errc::kInvalidProposalList, "two Add");
  accepted({.proposals = {one}});
}

TEST_F(ListRules, NoAddForAClientThatIsThereUnlessItIsRemoved) {
  RULE("12.2", "no Add of a client that is in the group, unless it is removed");
  const auto add = by_value(Add{bundle("carol", carols_.signer).key_package});
  refused({.proposals = {add}}, treekem::errc::kDuplicateKey, "signature keys");
  refused({.proposals = {add, by_value(Add{bundle("dave").key_package})}}, treekem::errc::kDuplicateKey, "");
  accepted({.proposals = {add, by_value(Remove{2})}});
}

TEST_F(ListRules, NoPskTwice) {
  RULE("12.2", "no PreSharedKeyID twice");
  for (const auto name : {"one"}) {
    (void)bob_.add_psk(as_bytes(name), keyschedule::Psk(SecretBytes(as_bytes(name))));
    mallory.psks.add(as_bytes(name), keyschedule::Psk(SecretBytes(as_bytes(name))));
  }
  refused({.proposals = {psk("one", 1), psk("one", 1)}}, keyschedule::errc::kDuplicatePsk, "");
  refused({.proposals = {psk("one", 1), by_value(Remove{2}), psk("one", 1)}}, keyschedule::errc::kDuplicatePsk, "");
  accepted({.proposals = {psk("one", 1), psk("one", 2)}});
}

TEST_F(ListRules, NewExtensionsOnce) {
  RULE("12.2", "not several GroupContextExtensions");
  const auto extensions = by_value(GroupContextExtensions{});
  refused({.proposals = {extensions, extensions}}, errc::kInvalidProposalList, "several GroupContextExtensions");
  accepted({.proposals = {extensions}});  // an empty list is one too
}

TEST_F(ListRules, AReInitIsAlone) {
  RULE("12.2", "a ReInit is alone");
  const auto reinit = by_value(ReInit{{1}, crypto::ProtocolVersion::mls10, suite_.id(), {}});
  refused({.proposals = {reinit, by_value(Remove{2})}}, errc::kInvalidProposalList, "ReInit together");
  refused({.proposals = {by_value(Add{bundle("dave").key_package}), reinit}}, errc::kInvalidProposalList,
          "ReInit together");
  refused({.proposals = {reinit, reinit}}, errc::kInvalidProposalList, "ReInit together");
}

TEST_F(ListRules, NoExternalInitOfAMember) {
  RULE("12.2", "no ExternalInit in a commit of a member");
  refused({.proposals = {by_value(ExternalInit{Bytes(32, 9)})}}, errc::kInvalidProposalList, "ExternalInit");
}

TEST_F(ListRules, ACustomTypeIsSupportedByAllWhoProcessIt) {
  RULE("12.2", "a custom proposal type is supported by all who process the commit");
  RULE("13.2", "a custom proposal type is supported by all who process the commit");
  refused({.proposals = {by_value(CustomProposal{treekem::ProposalType{0xf111}, {1}})}}, errc::kInvalidProposalList,
          "support");
}

TEST_F(ListRules, TheTreeAfterwardsIsValid) {
  RULE("12.2", "the tree after the proposals is valid");
  auto dave = bundle("dave").key_package;
  const auto signer = fresh_signer();
  const auto with_key_of = [&](const crypto::HpkePublicKey& key) {
    dave.leaf_node.encryption_key = key;
    dave.leaf_node.signature_key = signer->public_key();
    EXPECT_TRUE(treekem::sign_leaf_node(dave.leaf_node, *signer, std::nullopt));
    EXPECT_TRUE(treekem::sign_key_package(dave, *signer));
    return by_value(Add{dave});
  };
  refused({.proposals = {with_key_of(mallory.leaf(LeafIndex(2)).encryption_key)}}, treekem::errc::kDuplicateKey, "");
  const auto eve = bundle("eve").key_package;
  refused({.proposals = {by_value(Add{eve}), with_key_of(eve.leaf_node.encryption_key)}}, treekem::errc::kDuplicateKey,
          "");
  const auto root = mallory.shared().tree.encryption_key(tree_math::NodeIndex(3));
  ASSERT_TRUE(root);
  refused({.proposals = {with_key_of({to_bytes(*root)})}}, treekem::errc::kDuplicateKey, "");
}

TEST_F(ListRules, RemovedMembersNeedNotSupportWhatIsNew) {
  RULE("12.1.7", "all members support what new extensions require, removed ones excepted");
  auto dave = bundle("dave");
  const auto signer = fresh_signer();
  dave.key_package.leaf_node.capabilities.credentials = {treekem::CredentialType::basic};
  dave.key_package.leaf_node.signature_key = signer->public_key();
  ASSERT_TRUE(treekem::sign_leaf_node(dave.key_package.leaf_node, *signer, std::nullopt));
  ASSERT_TRUE(treekem::sign_key_package(dave.key_package, *signer));
  auto made = mallory.commit(CommitRequest().add(tls_codec::encode(dave.key_package)));
  const Bytes message = made.message();
  mallory.enter(std::move(made));
  follow(bob(), message);
  follow(carol(), message);
  treekem::ExtensionList list;
  treekem::set_extension(list, treekem::RequiredCapabilities{{}, {}, {treekem::CredentialType::x509}});
  const auto require = by_value(GroupContextExtensions{list});
  refused({.proposals = {require}}, errc::kInvalidProposal, "support");
  accepted({.proposals = {require, by_value(Remove{3})}});
}

// ---- external commits
// ------------------------------------------------------------------------------------------------

TEST_F(ListRules, AnExternalCommitHasExactlyOneExternalInit) {
  RULE("12.2", "an external commit has exactly one ExternalInit");
  external_refused({}, errc::kInvalidProposalList, "exactly one ExternalInit");
  external_refused({init_, init_}, errc::kInvalidProposalList, "exactly one ExternalInit");
  external_refused({by_value(Remove{2})}, errc::kInvalidProposalList, "exactly one ExternalInit");
  external_accepted({init_});
}

TEST_F(ListRules, AnExternalCommitRemovesOneLeafAtMost) {
  RULE("12.2", "an external commit has at most one Remove");
  external_refused({init_, by_value(Remove{1}), by_value(Remove{2})}, errc::kInvalidProposalList, "at most one Remove");
  external_refused({init_, by_value(Remove{2}), by_value(Remove{2})}, errc::kInvalidProposalList, "at most one Remove");
  external_refused({init_, by_value(Remove{3})}, errc::kInvalidProposal, "blank");
  external_accepted({init_, by_value(Remove{2})});
  external_accepted({by_value(Remove{2}), init_});
}

TEST_F(ListRules, AnExternalCommitHasNoOtherProposals) {
  RULE("12.2", "an external commit has no proposals of other types");
  const Proposal others[] = {Add{bundle("eve").key_package}, Update{mallory.leaf(LeafIndex(0))},
                             ReInit{{1}, crypto::ProtocolVersion::mls10, suite_.id(), {}}, GroupContextExtensions{},
                             CustomProposal{treekem::ProposalType{0xf111}, {}}};
  for (const auto& other : others)
    external_refused({init_, by_value(other)}, errc::kInvalidProposalList, "another type");
}

TEST_F(ListRules, AnExternalCommitNamesNoPskTwice) {
  (void)bob_.add_psk(as_bytes("one"), keyschedule::Psk(SecretBytes(as_bytes("one"))));
  mallory.psks.add(as_bytes("one"), keyschedule::Psk(SecretBytes(as_bytes("one"))));
  external_refused({init_, psk("one", 1), psk("one", 1)}, keyschedule::errc::kDuplicatePsk, "");
  external_accepted({init_, psk("one", 1), psk("one", 2)});
}

TEST_F(ListRules, AnExternalCommitRefersToNoProposal) {
  RULE("12.4.3.2", "an external commit has no proposals by reference");
  external_refused({init_, carols_update()}, errc::kInvalidCommit, "refers to a proposal");
  external_refused({init_, ProposalByReference{{Bytes(32)}}}, errc::kInvalidCommit, "refers to a proposal");
}

TEST_F(ListRules, AnExternalCommitHasAPath) {
  RULE("12.4.3.2", "an external commit has a path");
  external_refused({init_}, errc::kInvalidSender, "with a path", {.path = false});
}

TEST_F(ListRules, AnExternalCommitIsSignedWithTheKeyOfItsLeaf) {
  RULE("12.4.3.2", "an external commit is signed with the key of its path's leaf");
  external_refused({init_}, crypto::errc::kBadSignature, "", {.framing = {.signer = &mallory.signer()}});
}

TEST_F(ListRules, AnExternalCommitIsSentByANewMember) {
  RULE("12.4.3.2", "the sender of an external commit is new_member_commit");
  const auto from = [&](Sender sender) {
    return CommitPlan{.framing = {.content = [sender](FramedContent& c) { c.sender = sender; }}};
  };
  external_refused({init_}, crypto::errc::kBadSignature, "", from(MemberSender{0}));
  external_refused({init_}, errc::kInvalidSender, "", from(NewMemberProposal{}));
  external_refused({init_}, errc::kInvalidSender, "", from(ExternalSender{0}));
}

TEST_F(ListRules, AnExternalCommitUsesTheInitSecretThatItSent) {
  RULE("12.4.3.2", "an external commit uses the external init secret");
  external_refused({init_}, errc::kConfirmationMismatch, "",
                   {.init_secret = [&](auto& secret) { secret = mallory.init_secret.clone(); }});
  auto other = *keyschedule::send_external_init(suite_, crypto::generate_hpke_key_pair(suite_, *random_)->public_key,
                                                *random_);  // of no epoch of this group
  external_refused({by_value(ExternalInit{other.kem_output})}, errc::kConfirmationMismatch, "",
                   {.init_secret = [&](auto& secret) { secret = std::move(other.init_secret); }});
}

TEST_F(ListRules, TheLeafOfAResyncIsOneThatCouldUpdateTheRemovedLeaf) {
  RULE("12.2", "the leaf of a resync is valid as an Update of the removed leaf");
  external_refused({init_, by_value(Remove{2})}, treekem::errc::kInvalidLeaf, "keeps",
                   {.late_leaf = [&](auto& leaf) { leaf.encryption_key = mallory.leaf(LeafIndex(2)).encryption_key; }});
}

TEST_F(ListRules, AJoinersKeysAreNoMembersKeys) {
  auto dave = outsider("dave");
  dave.signer = carols_.signer;
  const auto message = [&](std::vector<ProposalOrRef> list, CommitPlan plan) {
    plan.proposals = std::move(list);
    return forge::commit(mallory, plan, &dave).message;
  };
  accepted(message({init_, by_value(Remove{2})}, {}));
  const auto other = fresh_signer();
  dave.signer = other;
  refused(message({init_}, {.late_leaf = [&](auto& leaf) { leaf.signature_key = carols_.signer->public_key(); },
                            .leaf_signer = carols_.signer.get(),
                            .framing = {.signer = carols_.signer.get()}}),
          treekem::errc::kDuplicateKey, "signature keys");
}

}  // namespace
}  // namespace dmls::group
