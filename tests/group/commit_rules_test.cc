// Commits that break a rule, by a member who can sign them. RFC 9420 §12.3, §12.4, §12.4.2

#include "forged_world.h"

namespace dmls::group {
namespace {

using forge::by_value;
using forge::CommitPlan;

class CommitRules : public World {
 protected:
  // A ciphertext for Bob, who is the only recipient at the lowest node of Mallory's path, in the place of the true one.
  CommitPlan with_path_secret(std::size_t octets) {
    auto context = std::make_shared<Bytes>();
    return {.path_context = [context](auto& c) { *context = tls_codec::encode(c); },
            .sealed_path =
                [this, context, octets](treekem::UpdatePath& path) {
                  path.nodes[0].encrypted_path_secret[0] =
                      *crypto::encrypt_with_label(suite_, mallory.leaf(LeafIndex(1)).encryption_key, "UpdatePathNode",
                                                  *context, *random_->bytes(octets), *random_);
                }};
  }
};

TEST_F(CommitRules, TheForgeMakesGenuineCommitsWhenNothingIsSpoilt) {
  accepted(CommitPlan{});
  accepted({.proposals = {by_value(Remove{2})}});
  accepted({.proposals = {by_value(Add{bundle("dave").key_package})}, .path = false});
  const auto dave = outsider("dave");
  accepted(forge::commit(mallory, {.proposals = {by_value(ExternalInit{})}}, &dave).message);
  accepted({.late_leaf = [](treekem::LeafNode&) {}});
  const auto event = bob().process(forge::private_message(mallory, ApplicationData{{1}}, {}));
  EXPECT_TRUE(event && std::holds_alternative<ApplicationMessage>(*event));
}

TEST_F(CommitRules, ACommitOfAnotherEpochIsEarlyOrLate) {
  RULE("12.4.2", "the epoch of a commit is the present one");
  const auto of_epoch = [&](std::uint64_t epoch) {
    return forge::commit(mallory, {.framing = {.content = [=](FramedContent& c) { c.epoch = epoch; }}}).message;
  };
  EXPECT_EQ(std::get<Skipped>(*bob().process(of_epoch(0))), Skipped::too_old);
  EXPECT_EQ(std::get<Skipped>(*bob().process(of_epoch(2))), Skipped::kept);
}

TEST_F(CommitRules, SomeProposalsNeedAPathAndSoDoNone) {
  RULE("12.4", "a commit has a path unless all it has are proposals that need none");
  refused({.path = false}, errc::kInvalidCommit, "need a path");
  refused({.proposals = {by_value(Remove{2})}, .path = false}, errc::kInvalidCommit, "need a path");
  refused({.proposals = {by_value(GroupContextExtensions{})}, .path = false}, errc::kInvalidCommit, "need a path");
  const auto update = proposed(*carol().propose_update({.handshake = HandshakeFormat::public_message}));
  refused({.proposals = {ProposalByReference{update}}, .path = false}, errc::kInvalidCommit, "need a path");
  accepted({.proposals = {ProposalByReference{update}}});
  accepted({.proposals = {by_value(ReInit{{1}, crypto::ProtocolVersion::mls10, suite_.id(), {}})}, .path = false});
}

TEST_F(CommitRules, TheLeafOfThePathIsANewOneOfACommit) {
  RULE("12.4.2", "leaf_node_source of the path's leaf is commit");
  RULE("7.3", "the leaf of a path has source commit");
  refused({.late_leaf = [](auto& leaf) { leaf.leaf_node_source = treekem::LeafFromUpdate{}; }},
          treekem::errc::kInvalidLeaf, "source");
  refused({.late_leaf =
               [](auto& leaf) {
                 leaf.leaf_node_source = treekem::LeafFromKeyPackage{{0, ~0ull}};
               }},
          treekem::errc::kInvalidLeaf, "source");
}

TEST_F(CommitRules, ThePathsLeafHasAnotherEncryptionKeyThanTheCommittersPresentOne) {
  RULE("12.4.2", "the path's leaf has another encryption key than the committer's present leaf");
  refused({.late_leaf = [&](auto& leaf) { leaf.encryption_key = mallory.leaf(LeafIndex(0)).encryption_key; }},
          treekem::errc::kInvalidLeaf, "keeps");
}

TEST_F(CommitRules, NoPublicKeyOfThePathIsInTheTree) {
  RULE("12.4.2", "no public key of the path is in the tree");
  for (const auto node : {tree_math::NodeIndex(1), tree_math::NodeIndex(2), tree_math::NodeIndex(3)}) {
    const auto key = mallory.shared().tree.encryption_key(node);
    if (!key) continue;
    refused({.sealed_path = [&](auto& path) { path.nodes[1].encryption_key.octets = to_bytes(*key); }},
            treekem::errc::kDuplicateKey, "no public key of a path");
  }
  refused({.sealed_path = [](auto& path) { path.nodes[1].encryption_key = path.nodes[0].encryption_key; }},
          treekem::errc::kBadPath, "");
  refused({.sealed_path = [](auto& path) { path.nodes[0].encryption_key = path.leaf_node.encryption_key; }},
          treekem::errc::kBadPath, "");
}

TEST_F(CommitRules, KeysOfThePathAreKeysOfTheKem) {
  RULE("12.4.2", "the keys of the path are public keys of the suite");
  for (const std::size_t length : {0u, 31u, 32u, 33u})
    refused({.sealed_path = [=](auto& path) { path.nodes[1].encryption_key.octets = Bytes(length); }},
            crypto::errc::kInvalidPublicKey, "");
}

TEST_F(CommitRules, APathHasOneNodeForEachOfTheFilteredDirectPath) {
  RULE("7.5", "a path has one node for each of the filtered direct path");
  refused({.sealed_path = [](auto& path) { path.nodes.pop_back(); }}, treekem::errc::kBadPath, "one node for each");
  refused({.sealed_path = [](auto& path) { path.nodes.push_back(path.nodes[0]); }}, treekem::errc::kBadPath,
          "one node for each");
  refused({.sealed_path = [](auto& path) { path.nodes.clear(); }}, treekem::errc::kBadPath, "one node for each");
}

TEST_F(CommitRules, APathNodeHasOneCiphertextForEachRecipient) {
  RULE("7.5", "one ciphertext for each node of the resolution, new members left out");
  refused({.sealed_path = [](auto& path) { path.nodes[0].encrypted_path_secret.clear(); }}, treekem::errc::kBadPath,
          "ciphertext");
  refused({.sealed_path =
               [](auto& path) {
                 auto& c = path.nodes[1].encrypted_path_secret;
                 c.push_back(c[0]);
               }},
          treekem::errc::kBadPath, "ciphertext");
  const auto add = by_value(Add{bundle("dave").key_package});
  refused({.proposals = {add}, .also_seal_to = {LeafIndex(3)}}, treekem::errc::kBadPath, "without new leaves");
  accepted({.proposals = {add}});
}

TEST_F(CommitRules, TheLeafsParentHashIsThatOfThePath) {
  RULE("7.5", "the parent_hash of the path's leaf is that of the merged path");
  const auto spoilt = [](auto&& change) {
    return CommitPlan{.late_leaf = [change](auto& leaf) {
      change(std::get<treekem::LeafFromCommit>(leaf.leaf_node_source).parent_hash);
    }};
  };
  refused(spoilt([](Bytes& hash) { hash[7] ^= 1; }), treekem::errc::kParentHash, "");
  refused(spoilt([](Bytes& hash) { hash.clear(); }), treekem::errc::kParentHash, "");
  refused(spoilt([](Bytes& hash) { hash.push_back(0); }), treekem::errc::kParentHash, "");
}

TEST_F(CommitRules, ThePathIsEncryptedForTheProvisionalGroupContext) {
  RULE("12.4.2", "the path is opened in the provisional GroupContext, new extensions included");
  refused({.path_context = [](auto& c) { c.epoch -= 1; }}, crypto::errc::kOpenFailed, "");
  refused({.path_context = [](auto& c) { c.tree_hash[0] ^= 1; }}, crypto::errc::kOpenFailed, "");
  refused({.path_context = [](auto& c) { c.confirmed_transcript_hash[0] ^= 1; }}, crypto::errc::kOpenFailed, "");
  treekem::ExtensionList list;
  treekem::set_extension(list, treekem::ExternalSenders{});
  const auto replace = by_value(GroupContextExtensions{list});
  refused({.proposals = {replace}, .path_context = [](auto& c) { c.extensions.clear(); }}, crypto::errc::kOpenFailed,
          "");
  accepted({.proposals = {replace}});
}

TEST_F(CommitRules, PathSecretsGiveThePublicKeysOfThePath) {
  RULE("7.5", "the keys derived from a path secret are those of the path");
  refused(with_path_secret(32), treekem::errc::kBadPath, "derived public keys");
  for (const std::size_t length : {0u, 1u, 31u, 33u, 64u})
    refused(with_path_secret(length), treekem::errc::kBadPath, "Nh octets");
}

TEST_F(CommitRules, TheConfirmationTagSpeaksForTheWholeNewState) {
  RULE("12.4.2", "the confirmation tag verifies");
  const auto state = [&](forge::Spoil<keyschedule::GroupContext> spoil) {
    refused({.context = std::move(spoil)}, errc::kConfirmationMismatch, "confirmation tag");
  };
  state([](auto& c) { c.epoch += 1; });
  state([](auto& c) { c.tree_hash[0] ^= 1; });
  state([](auto& c) { c.confirmed_transcript_hash[0] ^= 1; });
  state([](auto& c) { c.extensions = {0xf1, 0x23, 0}; });
  state([](auto& c) { c.group_id.push_back(0); });
  state([](auto& c) { c.cipher_suite = crypto::CipherSuiteId{2}; });
  refused({.init_secret = [](auto& secret) { secret = keyschedule::InitSecret(SecretBytes(32)); }},
          errc::kConfirmationMismatch, "confirmation tag");
  refused({.framing = {.auth = [](auto& auth) { (*auth.confirmation_tag)[31] ^= 1; }}}, errc::kConfirmationMismatch,
          "confirmation tag");
}

TEST_F(CommitRules, PsksEnterTheKeyScheduleInTheOrderOfTheProposals) {
  RULE("8.4", "PSKs are injected in the order of the proposals");
  std::vector<ProposalOrRef> list;
  for (const auto name : {"one", "two"}) {
    (void)bob_.add_psk(as_bytes(name), keyschedule::Psk(SecretBytes(as_bytes(name))));
    mallory.psks.add(as_bytes(name), keyschedule::Psk(SecretBytes(as_bytes(name))));
    list.push_back(by_value(PreSharedKey{{keyschedule::ExternalPskId{to_bytes(as_bytes(name))}, *random_->bytes(32)}}));
  }
  refused({.proposals = list, .psks = [](auto& ids) { std::swap(ids[0], ids[1]); }}, errc::kConfirmationMismatch, "");
  refused({.proposals = list, .psks = [](auto& ids) { ids.pop_back(); }}, errc::kConfirmationMismatch, "");
  accepted({.proposals = list});
}

TEST_F(CommitRules, WhatACommitNamesHasToBeThere) {
  RULE("12.4.2", "all proposals and PSKs that a commit names are available");
  const auto missing = [&](ProposalOrRef item) {
    auto event = bob().process(forge::commit(mallory, {.proposals = {std::move(item)}}).message);
    ASSERT_TRUE(event) << event.error().rule;
    EXPECT_TRUE(std::holds_alternative<WaitingCommit>(*event));
  };
  missing(ProposalByReference{{Bytes(32)}});
  missing(by_value(PreSharedKey{{keyschedule::ExternalPskId{{1}}, Bytes(32)}}));
}

TEST_F(CommitRules, OtherProposalsAreJudgedByTheNewExtensions) {
  RULE("12.3", "new extensions apply to the other proposals of the commit");
  auto dave = bundle("dave");
  dave.key_package.leaf_node.capabilities.credentials = {treekem::CredentialType::basic};
  const auto signer = fresh_signer();
  dave.key_package.leaf_node.signature_key = signer->public_key();
  ASSERT_TRUE(treekem::sign_leaf_node(dave.key_package.leaf_node, *signer, std::nullopt));
  ASSERT_TRUE(treekem::sign_key_package(dave.key_package, *signer));
  treekem::ExtensionList list;
  treekem::set_extension(list, treekem::RequiredCapabilities{{}, {}, {treekem::CredentialType::x509}});
  const auto add = by_value(Add{dave.key_package});
  const auto require = by_value(GroupContextExtensions{list});
  refused({.proposals = {add, require}}, treekem::errc::kUnsupportedCapability, "");
  accepted({.proposals = {add}});
  accepted({.proposals = {require}});
}

TEST_F(CommitRules, AReInitEndsSending) {
  RULE("12.4.2", "after a ReInit the group sends nothing");
  auto made = mallory.commit(CommitRequest().reinit({{1}, crypto::ProtocolVersion::mls10, suite_.id(), {}}));
  const Bytes message = made.message();
  mallory.enter(std::move(made));
  follow(bob(), message);
  EXPECT_EQ(bob().protect(as_bytes("hello")).error().code, errc::kClosed);
  EXPECT_EQ(bob().commit({}).error().code, errc::kClosed);
  EXPECT_EQ(bob().propose(Remove{2}).error().code, errc::kClosed);
  EXPECT_EQ(bob().propose_update().error().code, errc::kClosed);
  refused(forge::commit(mallory, {}).message, errc::kClosed, "re-initialised");
  done_ = true;
}

TEST_F(CommitRules, ARemovedMemberSendsNothingEvenWithACommitOfItsOwnPending) {
  RULE("12.4.2", "a removed member sends nothing");
  Transition own = *bob().commit({});
  const auto message = forge::commit(mallory, {.proposals = {by_value(Remove{1})}}).message;
  auto event = bob().process(message);
  ASSERT_TRUE(event) << event.error().rule;
  ASSERT_TRUE(bob().merge(std::get<Transition>(*std::move(event))));
  EXPECT_EQ(bob().status(), GroupStatus::removed);
  EXPECT_EQ(bob().merge(std::move(own)).error().code, errc::kStale);
  EXPECT_EQ(bob().protect(as_bytes("hello")).error().code, errc::kRemoved);
  EXPECT_EQ(bob().commit({}).error().code, errc::kRemoved);
  EXPECT_EQ(bob().propose(Remove{2}).error().code, errc::kRemoved);
  done_ = true;
}

TEST_F(CommitRules, AnExternalCommitOvertakesAPendingOne) {
  Transition own = *bob().commit({});
  const auto dave = outsider("dave");
  auto event = bob().process(forge::commit(mallory, {.proposals = {by_value(ExternalInit{})}}, &dave).message);
  ASSERT_TRUE(event) << event.error().rule;
  ASSERT_TRUE(bob().merge(std::get<Transition>(*std::move(event))));
  EXPECT_EQ(bob().merge(std::move(own)).error().code, errc::kStale);
  EXPECT_TRUE(bob().commit({}));
  done_ = true;
}

}  // namespace
}  // namespace dmls::group
