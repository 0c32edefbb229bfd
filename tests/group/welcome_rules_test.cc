// Welcomes and GroupInfos that are wrong, by a member who can make them. RFC 9420 §12.4.3

#include "forged_world.h"

namespace dmls::group {
namespace {

using forge::by_value;
using forge::CommitPlan;
using forge::WelcomePlan;

// Dave is invited by Mallory.
class WelcomeRules : public World {
 protected:
  WelcomeRules() : dave_(*Client::create(config("dave"))), package_(packages(dave_)) {}
  static treekem::KeyPackage packages(Client& client) {
    const auto message = *tls_codec::decode<MlsMessage>(*client.new_key_package());
    return std::get<treekem::KeyPackage>(message.body);
  }
  forge::ForgedCommit commit(CommitPlan plan = {}) {
    plan.proposals.push_back(by_value(Add{package_}));
    return forge::commit(mallory, plan);
  }
  // Dave does not join, keeps his key package, and then joins by a genuine Welcome.
  void not_joined(const Bytes& welcome, Errc code, std::string_view words) {
    const auto joined = dave_.join(welcome);
    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().code, code) << joined.error().rule;
    EXPECT_NE(std::string_view(joined.error().rule).find(words), std::string_view::npos) << joined.error().rule;
    EXPECT_EQ(dave_.key_package_count(), 1u);
  }
  void refuses(const WelcomePlan& plan, Errc code, std::string_view words) {
    not_joined(forge::welcome(mallory, commit(), plan), code, words);
  }
  void refuses(const CommitPlan& plan, Errc code, std::string_view words) {
    not_joined(forge::welcome(mallory, commit(plan)), code, words);
  }
  void TearDown() override {
    const auto joined = dave_.join(forge::welcome(mallory, commit()));
    EXPECT_TRUE(joined) << joined.error().rule;
    World::TearDown();
  }
  static void replace(Bytes& in, BytesView from, BytesView to) {
    const auto at = std::search(in.begin(), in.end(), from.begin(), from.end());
    ASSERT_NE(at, in.end());
    std::copy(to.begin(), to.end(), at);
  }
  // The tree with octets replaced, and everything computed anew.
  CommitPlan tree_with(Bytes from, Bytes to) {
    return {.tree = [this, from, to](treekem::RatchetTree& tree) {
      Bytes octets = tree.encode();
      replace(octets, from, to);
      auto altered = treekem::RatchetTree::decode(suite_, octets);
      ASSERT_TRUE(altered) << altered.error().rule;
      tree = *std::move(altered);
    }};
  }

  Client dave_;
  treekem::KeyPackage package_;
};

TEST_F(WelcomeRules, AWelcomeNamesAKeyPackageOfItsReceiver) {
  RULE("12.4.3.1", "the Welcome names a KeyPackage of the receiver");
  refuses({.welcome = [](Welcome& w) { w.secrets[0].new_member[0] ^= 1; }}, errc::kNotForUs, "");
  refuses({.welcome = [](Welcome& w) { w.secrets.clear(); }}, errc::kNotForUs, "");
}

TEST_F(WelcomeRules, AWelcomeHasTheCipherSuiteOfTheKeyPackage) {
  RULE("12.4.3.1", "the cipher suite of the Welcome is that of the KeyPackage");
  refuses({.welcome = [](Welcome& w) { w.cipher_suite = crypto::CipherSuiteId{2}; }}, errc::kInvalidWelcome,
          "cipher suite");
}

TEST_F(WelcomeRules, GroupSecretsAreBoundToTheEncryptedGroupInfo) {
  RULE("12.4.3.1", "the GroupSecrets open with the init key and the encrypted GroupInfo");
  refuses({.welcome = [](Welcome& w) { w.encrypted_group_info.back() ^= 1; }}, crypto::errc::kOpenFailed, "");
  refuses({.welcome = [](Welcome& w) { w.secrets[0].encrypted_group_secrets.ciphertext[0] ^= 1; }},
          crypto::errc::kOpenFailed, "");
}

TEST_F(WelcomeRules, GroupSecretsAndGroupInfoDecodeCompletely) {
  RULE("12.4.3.1", "GroupSecrets and GroupInfo decode, with nothing after them");
  refuses({.info_octets = [](Bytes& o) { o.push_back(0); }}, tls_codec::errc::kTrailingOctets, "");
  refuses({.info_octets = [](Bytes& o) { o.pop_back(); }}, tls_codec::errc::kTruncated, "");
  refuses({.secrets_octets = [](Bytes& o) { o.push_back(0); }}, tls_codec::errc::kTrailingOctets, "");
  refuses({.secrets_octets = [](Bytes& o) { o.pop_back(); }}, tls_codec::errc::kTruncated, "");
}

TEST_F(WelcomeRules, TheJoinerSecretIsTheOneThatTheGroupInfoIsEncryptedUnder) {
  RULE("12.4.3.1", "the GroupInfo opens with the joiner secret and the PSKs");
  refuses({.secrets = [](auto& s) { s.joiner_secret = keyschedule::JoinerSecret(SecretBytes(32)); }},
          crypto::errc::kOpenFailed, "");
  for (const std::size_t length : {0u, 31u, 33u})
    refuses({.secrets = [=](auto& s) { s.joiner_secret = keyschedule::JoinerSecret(SecretBytes(length)); }},
            keyschedule::errc::kWrongLength, "");
}

TEST_F(WelcomeRules, PsksOfAWelcomeAreHeld) {
  RULE("12.4.3.1", "the receiver holds all PSKs that the GroupSecrets name");
  const keyschedule::PreSharedKeyID id{keyschedule::ExternalPskId{{1}}, Bytes(32)};
  refuses({.secrets = [=](auto& s) { s.psks = {id}; }}, errc::kUnknownPsk, "");
  (void)dave_.add_psk(Bytes{1}, keyschedule::Psk(SecretBytes(5)));
  refuses({.secrets = [=](auto& s) { s.psks = {id}; }}, crypto::errc::kOpenFailed, "");  // the sender used none
}

TEST_F(WelcomeRules, PsksOfAWelcomeAreDistinctAndWellFormed) {
  RULE("12.4.3.1", "no PSK stands twice in the GroupSecrets, and every nonce has Nh octets");
  const keyschedule::PreSharedKeyID id{keyschedule::ExternalPskId{{1}}, Bytes(32)};
  refuses({.secrets = [=](auto& s) { s.psks = {id, id}; }}, keyschedule::errc::kDuplicatePsk, "");
  refuses({.secrets =
               [](auto& s) {
                 s.psks = {{keyschedule::ExternalPskId{{1}}, Bytes(31)}};
               }},
          keyschedule::errc::kWrongLength, "");
}

TEST_F(WelcomeRules, OnePskForReinitOrBranchAtMost) {
  RULE("12.4.3.1", "at most one PSK with usage reinit or branch");
  using keyschedule::ResumptionPSKUsage;
  const auto id = [](ResumptionPSKUsage usage) {
    return keyschedule::PreSharedKeyID{keyschedule::ResumptionPskId{usage, {1}, 1}, Bytes(32)};
  };
  refuses({.secrets =
               [=](auto& s) {
                 s.psks = {id(ResumptionPSKUsage::branch), id(ResumptionPSKUsage::reinit)};
               }},
          errc::kInvalidWelcome, "more than one");
}

TEST_F(WelcomeRules, TheGroupInfoIsSignedByItsSigner) {
  RULE("12.4.3", "the GroupInfo is signed with the key of the leaf that it names");
  refuses({.signer = carols_.signer.get()}, crypto::errc::kBadSignature, "");
  refuses({.info = [](auto& info) { info.signer = 2; }}, crypto::errc::kBadSignature, "");
  refuses({.signed_info = [](auto& info) { info.signature[9] ^= 1; }}, crypto::errc::kBadSignature, "");
  refuses({.signed_info =
               [](auto& info) {
                 info.extensions.push_back({treekem::ExtensionType{0xf00d}, {}});
               }},
          crypto::errc::kBadSignature, "");
}

TEST_F(WelcomeRules, TheSignersLeafIsNotBlank) {
  RULE("12.4.3.1", "the leaf of the GroupInfo's signer is not blank");
  for (const std::uint32_t leaf : {4u, 77u, 0x80000000u, 0xffffffffu})
    refuses({.info = [=](auto& info) { info.signer = leaf; }}, errc::kInvalidGroupInfo, "blank");
}

TEST_F(WelcomeRules, TheGroupIsNotOneThatTheReceiverIsIn) {
  RULE("12.4.3", "the group_id is unique among the receiver's groups");
  Client erin = *Client::create(config("erin"));
  const auto first = packages(erin), second = packages(erin);
  Group there =
      *erin.enter(*erin.join(forge::welcome(mallory, forge::commit(mallory, {.proposals = {by_value(Add{first})}}))));
  Insider other(config("other mallory"), as_bytes("the group"));
  const auto welcome = forge::welcome(other, forge::commit(other, {.proposals = {by_value(Add{second})}}));
  const auto refusal = erin.join(welcome);
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().code, errc::kKnownGroup);
  EXPECT_EQ(erin.key_package_count(), 1u);
}

TEST_F(WelcomeRules, TheGroupInfoHasTheVersionAndSuiteOfTheKeyPackage) {
  RULE("12.4.3.1", "the cipher suite of the GroupInfo is that of the KeyPackage");
  refuses(CommitPlan{.context = [](auto& c) { c.cipher_suite = crypto::CipherSuiteId{2}; }}, errc::kInvalidGroupInfo,
          "cipher suite");
  refuses(CommitPlan{.context = [](auto& c) { c.version = crypto::ProtocolVersion{2}; }}, errc::kInvalidGroupInfo,
          "version");
}

TEST_F(WelcomeRules, TheTreeHasTheTreeHashOfTheGroupInfo) {
  RULE("12.4.3.1", "the tree has the tree_hash of the GroupInfo");
  refuses(CommitPlan{.context = [](auto& c) { c.tree_hash[0] ^= 1; }}, treekem::errc::kInvalidTree, "tree_hash");
  refuses(CommitPlan{.context = [](auto& c) { c.tree_hash.pop_back(); }}, treekem::errc::kInvalidTree, "tree_hash");
}

TEST_F(WelcomeRules, ThereIsATree) {
  RULE("12.4.3.3", "the tree is inside or aside, and decodes");
  refuses({.info = [](auto& info) { info.extensions.clear(); }}, errc::kInvalidGroupInfo, "neither inside nor aside");
  refuses({.tree = [](Bytes& tree) { tree.pop_back(); }}, tls_codec::errc::kTruncated, "");
  refuses({.tree = [](Bytes& tree) { tree.push_back(0); }}, tls_codec::errc::kTrailingOctets, "");
}

TEST_F(WelcomeRules, EveryParentIsParentHashValid) {
  RULE("12.4.3.1", "every parent node is parent-hash valid");
  refuses(CommitPlan{.tree =
                         [&](treekem::RatchetTree& tree) {
                           Bytes octets = tree.encode();
                           const Bytes old = to_bytes(*tree.encryption_key(tree_math::NodeIndex(3)));
                           replace(octets, old, crypto::generate_hpke_key_pair(suite_, *random_)->public_key.octets);
                           tree = *treekem::RatchetTree::decode(suite_, octets);
                         }},
          treekem::errc::kParentHash, "");
}

TEST_F(WelcomeRules, EveryLeafIsSigned) {
  RULE("12.4.3.1", "every leaf of the tree is valid");
  const auto erin = bundle("erin").key_package;  // a new leaf, so that no parent hash covers it
  Bytes altered = erin.leaf_node.signature;
  altered[3] ^= 1;
  auto plan = tree_with(erin.leaf_node.signature, altered);
  plan.proposals = {by_value(Add{erin})};
  plan.path = false;
  refuses(plan, crypto::errc::kBadSignature, "");
}

TEST_F(WelcomeRules, NoKeyIsTwiceInTheTree) {
  RULE("12.4.3.1", "no encryption key occurs in two nodes of the tree");
  const Bytes bobs = mallory.leaf(LeafIndex(1)).encryption_key.octets;
  const Bytes carols = mallory.leaf(LeafIndex(2)).encryption_key.octets;
  refuses({.tree = [&](Bytes& tree) { replace(tree, bobs, carols); }}, treekem::errc::kDuplicateKey, "");
  refuses(
      {.tree =
           [&](Bytes& tree) { replace(tree, bobs_.signer->public_key().octets, carols_.signer->public_key().octets); }},
      treekem::errc::kDuplicateKey, "");
}

TEST_F(WelcomeRules, OneLeafIsThatOfTheKeyPackage) {
  RULE("12.4.3.1", "a leaf of the tree is identical to that of the KeyPackage");
  refuses(CommitPlan{.path = false, .tree = [](treekem::RatchetTree& tree) { ASSERT_TRUE(tree.remove(LeafIndex(3))); }},
          errc::kInvalidWelcome, "no leaf of the tree");
  const auto other = bundle("dave", fresh_signer()).key_package.leaf_node;
  refuses(CommitPlan{.path = false,
                     .tree =
                         [&](treekem::RatchetTree& tree) {
                           ASSERT_TRUE(tree.remove(LeafIndex(3)));
                           ASSERT_TRUE(tree.add(other));
                         }},
          errc::kInvalidWelcome, "no leaf of the tree");
}

TEST_F(WelcomeRules, ThePathSecretGivesTheKeysOfTheTree) {
  RULE("12.4.3.1", "the keys derived from the path secret are those of the tree");
  refuses({.secrets = [](auto& s) { s.path_secret = PathSecret{SecretBytes(32)}; }}, treekem::errc::kBadPath, "");
  for (const std::size_t length : {0u, 31u, 33u})
    refuses({.secrets = [=](auto& s) { s.path_secret = PathSecret{SecretBytes(length)}; }}, treekem::errc::kBadPath,
            "");
}

TEST_F(WelcomeRules, TheConfirmationTagVerifies) {
  RULE("12.4.3.1", "the confirmation tag of the GroupInfo verifies");
  refuses({.info = [](auto& info) { info.confirmation_tag[0] ^= 1; }}, errc::kConfirmationMismatch, "");
  refuses({.info = [](auto& info) { info.group_context.confirmed_transcript_hash[0] ^= 1; }},
          errc::kConfirmationMismatch, "");
  refuses({.info = [](auto& info) { info.group_context.epoch += 1; }}, errc::kConfirmationMismatch, "");
}

TEST_F(WelcomeRules, ExtensionsAreSupportedByTheJoiner) {
  RULE("13.4", "a joiner supports every extension of the GroupContext");
  auto able = config("mallory two");
  able.capabilities.extensions.push_back(treekem::ExtensionType{0xf123});
  Insider other(able, as_bytes("another group"), {{treekem::ExtensionType{0xf123}, {}}});
  not_joined(forge::welcome(other, forge::commit(other, {.proposals = {by_value(Add{package_})}})),
             treekem::errc::kUnsupportedCapability, "");
}

TEST_F(WelcomeRules, RequiredCapabilitiesAreThoseOfTheJoiner) {
  RULE("7.3", "a leaf supports the required capabilities");
  auto able = config("mallory two");
  able.capabilities.proposals.push_back(treekem::ProposalType{0xf123});
  treekem::ExtensionList list;
  treekem::set_extension(list, treekem::RequiredCapabilities{{}, {treekem::ProposalType{0xf123}}, {}});
  Insider other(able, as_bytes("another group"), list);
  not_joined(forge::welcome(other, forge::commit(other, {.proposals = {by_value(Add{package_})}})),
             treekem::errc::kUnsupportedCapability, "");
  Client erin = *Client::create(config("erin"));
  const auto joined = erin.join_by_commit(forge::group_info(other));
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().code, treekem::errc::kUnsupportedCapability);
}

TEST_F(WelcomeRules, UnknownExtensionsOfTheGroupInfoAreIgnoredAndNoneIsTwice) {
  RULE("13.4", "no extension stands in a list twice");
  refuses({.info = [](auto& info) { info.extensions.push_back(info.extensions[0]); }}, treekem::errc::kInvalidExtension,
          "");
  refuses(CommitPlan{.context = [](auto& c) { c.extensions = {0xf1, 0x23, 0, 0xf1, 0x23, 0}; }},
          treekem::errc::kInvalidExtension, "");
  EXPECT_TRUE(dave_.join(forge::welcome(mallory, commit(), {.info = [](auto& info) {
                                          info.extensions.push_back({treekem::ExtensionType{0xf00d}, {1}});
                                        }})));
}

TEST_F(WelcomeRules, AWelcomeIsUsedOnce) {
  const auto welcome = forge::welcome(mallory, commit());
  auto entry = *dave_.join(welcome);
  auto again = *dave_.join(welcome);
  { Group group = *dave_.enter(std::move(entry)); }
  EXPECT_EQ(dave_.enter(std::move(again)).error().code, errc::kStale);
  EXPECT_EQ(dave_.join(welcome).error().code, errc::kNotForUs);
  package_ = packages(dave_);
}

// ---- joining by a commit
// ---------------------------------------------------------------------------------------------

class GroupInfoRules : public WelcomeRules {
 protected:
  void refused_info(const Bytes& info, Errc code, std::string_view words, const ExternalCommitRequest& request = {}) {
    const auto joined = dave_.join_by_commit(info, request);
    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().code, code) << joined.error().rule;
    EXPECT_NE(std::string_view(joined.error().rule).find(words), std::string_view::npos) << joined.error().rule;
  }
  void refused_info(forge::Spoil<GroupInfo> spoil, Errc code, std::string_view words) {
    refused_info(forge::group_info(mallory, spoil), code, words);
  }
  static treekem::Extension& external_pub(GroupInfo& info) {
    for (auto& extension : info.extensions)
      if (extension.extension_type == treekem::ExtensionType::external_pub) return extension;
    ADD_FAILURE();
    return info.extensions.front();
  }
};

TEST_F(GroupInfoRules, AGroupInfoIsSignedByAMember) {
  RULE("12.4.3", "the GroupInfo is signed with the key of the leaf that it names");
  refused_info(forge::group_info(mallory, {}, carols_.signer.get()), crypto::errc::kBadSignature, "");
  refused_info([](auto& info) { info.signer = 3; }, errc::kInvalidGroupInfo, "blank");
  refused_info([](auto& info) { info.group_context.tree_hash[0] ^= 1; }, treekem::errc::kInvalidTree, "");
  EXPECT_TRUE(dave_.join_by_commit(forge::group_info(mallory)));
}

TEST_F(GroupInfoRules, AnExternalCommitterHasTheExternalKeyOfTheEpoch) {
  RULE("12.4.3.2", "the GroupInfo has an external_pub that is a key of the suite");
  refused_info([](auto& info) { info.extensions.pop_back(); }, errc::kInvalidGroupInfo, "no external_pub");
  refused_info([](auto& info) { external_pub(info).extension_data.pop_back(); }, treekem::errc::kInvalidExtension, "");
  refused_info([](auto& info) { treekem::set_extension(info.extensions, treekem::ExternalPub{{Bytes(32)}}); },
               crypto::errc::kInvalidPublicKey, "");
}

TEST_F(GroupInfoRules, MembersRefuseACommitToAnOldExternalKey) {
  RULE("12.4.3.2", "an external commit uses the external key of the present epoch");
  const auto old = *keyschedule::external_key_pair(suite_, mallory.epoch.own().external_secret);
  auto made = mallory.commit({});
  const Bytes message = made.message();
  mallory.enter(std::move(made));
  follow(bob(), message);
  follow(carol(), message);
  const auto info = forge::group_info(
      mallory, [&](GroupInfo& i) { treekem::set_extension(i.extensions, treekem::ExternalPub{old.public_key}); });
  const Transition join = *dave_.join_by_commit(info);
  refused(join.message(), errc::kConfirmationMismatch, "");
}

TEST_F(GroupInfoRules, AResyncTakesTheLeafOfTheSameIdentityOrNone) {
  RULE("12.4.3.2", "a resync removes a leaf of the joiner itself");
  refused_info(forge::group_info(mallory), errc::kNotAMember, "", {.resync = Resync::replace_own_leaf});
}

}  // namespace
}  // namespace dmls::group
