// Proposals that are invalid by themselves. RFC 9420 §12.1

#include <dmls/group/external_proposal.h>

#include "forged_world.h"

namespace dmls::group {
namespace {

using forge::by_value;

// With one external sender, and a requirement that all fulfil.
class ProposalRules : public World {
 protected:
  ProposalRules() : ProposalRules(crypto::generate_signature_key_pair(suite1(), seeded())->clone()) {}
  explicit ProposalRules(crypto::SignatureKeyPair gateway)
      : World(std::make_shared<AcceptEverything>(), extensions(gateway.public_key)),
        gateway_(std::make_shared<crypto::KeyPairSigner>(suite1(), std::move(gateway))) {}
  static Random& seeded() {
    static SeededRandom random(77);
    return random;
  }
  static treekem::ExtensionList extensions(const crypto::SignaturePublicKey& gateway) {
    treekem::ExtensionList out;
    treekem::set_extension(out, treekem::ExternalSenders{{{gateway, treekem::BasicCredential{{'g'}}}}});
    treekem::set_extension(out, treekem::RequiredCapabilities{{}, {}, {treekem::CredentialType::x509}});
    return out;
  }

  // Refused when it is committed; kept, with an objection, when it is proposed, and then left out of Bob's own commits.
  void invalid(const Proposal& proposal, Errc code, std::string_view words) {
    refused({.proposals = {by_value(proposal)}}, code, words);
    objected(forge::proposal(mallory, proposal), code);
  }
  void objected(const Bytes& message, Errc code) {
    const auto event = bob().process(message);
    ASSERT_TRUE(event) << event.error().rule;
    const auto& received = std::get<ReceivedProposal>(*event);
    ASSERT_TRUE(received.objection);
    EXPECT_EQ(received.objection->code, code) << received.objection->rule;
    const auto commit = bob().commit({});
    ASSERT_TRUE(commit) << commit.error().rule;
    EXPECT_TRUE(commit->changes().added.empty() && commit->changes().updated.empty() &&
                commit->changes().removed.empty() && commit->changes().psks.empty());
  }
  void valid(const Bytes& message) {
    const auto event = bob().process(message);
    ASSERT_TRUE(event) << event.error().rule;
    EXPECT_FALSE(std::get<ReceivedProposal>(*event).objection);
  }

  // A KeyPackage with something spoilt before or after both signatures.
  treekem::KeyPackage package(const forge::Spoil<treekem::KeyPackage>& before,
                              const forge::Spoil<treekem::KeyPackage>& after = {}) {
    const auto signer = fresh_signer();
    auto out = bundle("dave", signer).key_package;
    forge::apply(before, out);
    EXPECT_TRUE(treekem::sign_leaf_node(out.leaf_node, *signer, treekem::LeafPosition{bob().group_id(), LeafIndex(3)}));
    EXPECT_TRUE(treekem::sign_key_package(out, *signer));
    forge::apply(after, out);
    return out;
  }
  // Mallory's Update.
  treekem::LeafNode update(const forge::Spoil<treekem::LeafNode>& spoil, std::uint32_t position = 0) {
    auto leaf = mallory.leaf(LeafIndex(0));
    leaf.leaf_node_source = treekem::LeafFromUpdate{};
    leaf.encryption_key = crypto::generate_hpke_key_pair(suite_, *random_)->public_key;
    forge::apply(spoil, leaf);
    EXPECT_TRUE(
        treekem::sign_leaf_node(leaf, mallory.signer(), treekem::LeafPosition{bob().group_id(), LeafIndex(position)}));
    return leaf;
  }
  Bytes external(const Proposal& proposal, std::uint32_t index = 0, const crypto::Signer* signer = nullptr) {
    return forge::proposal(mallory, proposal,
                           {.content = [=](FramedContent& c) { c.sender = ExternalSender{index}; },
                            .signer = signer != nullptr ? signer : gateway_.get()});
  }

  std::shared_ptr<const crypto::Signer> gateway_;
};

TEST_F(ProposalRules, AnAddHasAValidKeyPackage) {
  RULE("12.1.1", "the KeyPackage of an Add is valid");
  RULE("10.1", "a KeyPackage has the group's version and cipher suite, valid signatures, and an init_key of its own");
  invalid(Add{package([](auto& p) { p.version = crypto::ProtocolVersion{2}; })}, treekem::errc::kInvalidKeyPackage,
          "version");
  invalid(Add{package([](auto& p) { p.cipher_suite = crypto::CipherSuiteId{2}; })}, treekem::errc::kInvalidKeyPackage,
          "cipher suite");
  invalid(Add{package([](auto& p) { p.init_key = p.leaf_node.encryption_key; })}, treekem::errc::kInvalidKeyPackage,
          "init_key");
  invalid(Add{package([](auto& p) { p.init_key.octets = Bytes(32); })}, crypto::errc::kInvalidPublicKey, "");
  invalid(Add{package({}, [](auto& p) { p.signature[0] ^= 1; })}, crypto::errc::kBadSignature, "");
  invalid(Add{package({},
                      [](auto& p) {
                        p.extensions.push_back({treekem::ExtensionType{0xf00d}, {}});
                      })},
          treekem::errc::kUnsupportedCapability, "");
  invalid(Add{package([](auto& p) {
            p.extensions = {{treekem::ExtensionType::last_resort_key_package, {}},
                            {treekem::ExtensionType::last_resort_key_package, {}}};
          })},
          treekem::errc::kInvalidExtension, "");
  valid(forge::proposal(mallory, Add{package({})}));
}

TEST_F(ProposalRules, AnAddHasALeafOfAKeyPackage) {
  RULE("7.3", "the leaf of a KeyPackage has source key_package");
  invalid(Add{package([](auto& p) { p.leaf_node.leaf_node_source = treekem::LeafFromUpdate{}; })},
          treekem::errc::kInvalidLeaf, "source");
  invalid(Add{package([](auto& p) { p.leaf_node.leaf_node_source = treekem::LeafFromCommit{Bytes(32)}; })},
          treekem::errc::kInvalidLeaf, "source");
}

TEST_F(ProposalRules, AnUpdateHasALeafOfAnUpdateWithANewKey) {
  RULE("12.1.2", "the leaf of an Update is valid for an Update");
  RULE("7.3", "the leaf of an Update has source update and a new encryption key");
  const auto wrong = [&](const treekem::LeafNode& leaf, Errc code) {
    objected(forge::proposal(mallory, Update{leaf}), code);
  };
  wrong(update([](auto& leaf) { leaf.leaf_node_source = treekem::LeafFromCommit{Bytes(32)}; }),
        treekem::errc::kInvalidLeaf);
  wrong(update([](auto& leaf) {
          leaf.leaf_node_source = treekem::LeafFromKeyPackage{{0, ~0ull}};
        }),
        treekem::errc::kInvalidLeaf);
  wrong(update([&](auto& leaf) { leaf.encryption_key = mallory.leaf(LeafIndex(0)).encryption_key; }),
        treekem::errc::kInvalidLeaf);
  wrong(update({}, 1), crypto::errc::kBadSignature);    // signed for another place
  valid(forge::proposal(mallory, Update{update({})}));  // from leaf 0
}

TEST_F(ProposalRules, ARemoveNamesAMember) {
  RULE("12.1.3", "a Remove names a leaf that is not blank");
  for (const std::uint32_t leaf : {3u, 4u, 77u, 0x80000000u, 0xffffffffu})
    invalid(Remove{leaf}, errc::kInvalidProposal, "blank");
}

TEST_F(ProposalRules, PsksForReinitAndBranchAreForNewGroups) {
  RULE("12.1.4", "no PSK with usage reinit or branch in an ordinary commit");
  for (const auto usage : {keyschedule::ResumptionPSKUsage::reinit, keyschedule::ResumptionPSKUsage::branch})
    invalid(PreSharedKey{{keyschedule::ResumptionPskId{usage, to_bytes(bob().group_id()), 1}, Bytes(32)}},
            errc::kInvalidProposal, "reinit or branch");
}

TEST_F(ProposalRules, APskNonceHasTheSizeOfAHash) {
  RULE("12.1.4", "a psk_nonce has Nh octets");
  for (const std::size_t length : {0u, 1u, 31u, 33u, 64u})
    invalid(PreSharedKey{{keyschedule::ExternalPskId{{1}}, Bytes(length)}}, keyschedule::errc::kWrongLength, "");
}

TEST_F(ProposalRules, AReInitGoesToNoOlderVersion) {
  RULE("12.1.5", "a ReInit does not go to an older version");
  invalid(ReInit{{1}, crypto::ProtocolVersion{0}, suite_.id(), {}}, errc::kInvalidProposal, "older version");
}

TEST_F(ProposalRules, AnExternalInitIsNotProposed) {
  RULE("12.1.6", "an ExternalInit is in external commits only");
  objected(forge::proposal(mallory, ExternalInit{Bytes(32, 9)}), errc::kInvalidProposalList);
  EXPECT_EQ(bob().propose(ExternalInit{}).error().code, dmls::errc::kMisuse);
}

TEST_F(ProposalRules, NewExtensionsAreSupportedByAll) {
  RULE("12.1.7", "all members support what new extensions require");
  RULE("13.4", "all members support the extensions of the GroupContext");
  const auto require = [](treekem::RequiredCapabilities required) {
    treekem::ExtensionList out;
    treekem::set_extension(out, required);
    return GroupContextExtensions{out};
  };
  invalid(require({{treekem::ExtensionType{0xf00d}}, {}, {}}), errc::kInvalidProposal, "support");
  invalid(require({{}, {treekem::ProposalType{0xf00d}}, {}}), errc::kInvalidProposal, "support");
  invalid(require({{}, {}, {treekem::CredentialType{0xf00d}}}), errc::kInvalidProposal, "support");
  invalid(GroupContextExtensions{{{treekem::ExtensionType{0xf00d}, {}}}}, errc::kInvalidProposal, "support");
  valid(forge::proposal(mallory, require({{treekem::ExtensionType::external_senders},
                                          {treekem::ProposalType::add},
                                          {treekem::CredentialType::basic}})));
}

TEST_F(ProposalRules, NewExtensionsAreWellFormedAndEachIsThereOnce) {
  RULE("13.4", "no extension stands in a list twice");
  const treekem::Extension required = treekem::make_extension(treekem::RequiredCapabilities{});
  invalid(GroupContextExtensions{{required, required}}, treekem::errc::kInvalidExtension, "");
  invalid(GroupContextExtensions{{{treekem::ExtensionType::required_capabilities, {0, 0}}}},
          treekem::errc::kInvalidExtension, "");
  invalid(GroupContextExtensions{{{treekem::ExtensionType::external_senders, {0, 0}}}},
          treekem::errc::kInvalidExtension, "");
}

TEST_F(ProposalRules, ACustomTypeIsSupportedByAll) {
  invalid(CustomProposal{treekem::ProposalType{0xf00d}, {}}, errc::kInvalidProposalList, "support");
}

// ---- from outside
// ----------------------------------------------------------------------------------------------------

TEST_F(ProposalRules, AnExternalSenderIsOneOfTheGroups) {
  RULE("12.1.8", "an external sender is one that the group's extension lists");
  valid(external(Remove{2}));
  for (const std::uint32_t index : {1u, 0xffffffffu})
    refused(external(Remove{2}, index), errc::kInvalidSender, "no external sender of this index");
  refused(external(Remove{2}, 0, &mallory.signer()), crypto::errc::kBadSignature, "");
}

TEST_F(ProposalRules, ExternalSendersProposeWhatTheyMay) {
  RULE("12.1.8", "an external sender proposes none but the types that are allowed to it");
  const Proposal allowed[] = {Add{package({})}, Remove{2}, PreSharedKey{{keyschedule::ExternalPskId{{1}}, Bytes(32)}},
                              ReInit{{1}, crypto::ProtocolVersion::mls10, suite_.id(), {}}, GroupContextExtensions{}};
  for (const auto& proposal : allowed) valid(external(proposal));
  const Proposal refusals[] = {Update{update({})}, ExternalInit{Bytes(32, 9)},
                               CustomProposal{treekem::ProposalType{0xf00d}, {}}};
  for (const auto& proposal : refusals) {
    refused(external(proposal), errc::kInvalidSender, "may not say this");
    EXPECT_EQ(make_external_proposal({to_bytes(bob().group_id()), 1, 0}, proposal, *gateway_).error().code,
              errc::kInvalidSender);
  }
}

TEST_F(ProposalRules, ExternalProposalsAreJudgedLikeOthers) {
  objected(external(Remove{3}), errc::kInvalidProposal);
  objected(external(Add{package([](auto& p) { p.cipher_suite = crypto::CipherSuiteId{2}; })}),
           treekem::errc::kInvalidKeyPackage);
}

TEST_F(ProposalRules, AProposalIsOfThePresentEpoch) {
  RULE("12.1", "the epoch of a proposal is the present one");
  const auto of_epoch = [&](std::uint64_t epoch) {
    return forge::proposal(mallory, Remove{2}, {.content = [=](FramedContent& c) { c.epoch = epoch; }});
  };
  EXPECT_EQ(std::get<Skipped>(*bob().process(of_epoch(0))), Skipped::too_old);
  EXPECT_EQ(std::get<Skipped>(*bob().process(of_epoch(2))), Skipped::kept);
  EXPECT_TRUE(bob().proposals().all().empty());
}

}  // namespace
}  // namespace dmls::group
