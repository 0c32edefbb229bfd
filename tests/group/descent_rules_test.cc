// Welcomes to groups that are not the descendants that they claim to be. RFC 9420 §11.2, §11.3, §12.4.3.1

#include "forged_world.h"

namespace dmls::group {
namespace {

using forge::by_value;
using forge::CommitPlan;
using keyschedule::ResumptionPskId;
using keyschedule::ResumptionPSKUsage;

// Mallory starts groups that are said to descend from the one that she, Bob and Carol are in.
class DescentRules : public World {
 protected:
  void close() {
    earlier_.emplace(bob().resumption_psk());
    auto made = mallory.commit(CommitRequest().reinit({id_, crypto::ProtocolVersion::mls10, suite_.id(), {}}));
    const Bytes message = made.message();
    mallory.enter(std::move(made));
    follow(bob(), message);
    follow(carol(), message);
    done_ = true;
  }
  static treekem::KeyPackage package(Client& client) {
    const auto message = *tls_codec::decode<MlsMessage>(*client.new_key_package());
    return std::get<treekem::KeyPackage>(message.body);
  }
  std::vector<treekem::KeyPackage> both() { return {package(bob_), package(carol_)}; }
  ResumptionPskId link(ResumptionPSKUsage usage) { return {usage, to_bytes(bob().group_id()), bob().epoch()}; }

  // The Welcome of a first commit that adds these and is linked like that, with the PSK of that epoch.
  Bytes welcome(const Insider& by, const std::vector<treekem::KeyPackage>& packages, const ResumptionPskId& link,
                CommitPlan plan = {}) {
    for (const auto& one : packages) plan.proposals.push_back(by_value(Add{one}));
    plan.proposals.push_back(by_value(PreSharedKey{{link, Bytes(32, 5)}}));
    auto made = forge::commit(by, plan);
    std::vector<keyschedule::InjectedPsk> psks;
    const bool before = earlier_ && link.psk_epoch == 1;
    psks.push_back({made.psks.at(0), before ? earlier_->clone() : bob().resumption_psk()});
    made.psk_secret = *keyschedule::psk_secret(suite_, psks);
    keyschedule::OrdinarySuccession succession;
    const auto secrets = *keyschedule::derive_epoch(
        suite_,
        keyschedule::epoch_secret(suite_, *keyschedule::member_secret(suite_, made.joiner_secret, made.psk_secret),
                                  tls_codec::encode(made.context)),
        succession);
    made.content.auth.confirmation_tag =
        keyschedule::confirmation_tag(suite_, secrets.confirmation_key, made.context.confirmed_transcript_hash);
    return forge::welcome(by, made);
  }
  Insider fresh(BytesView id, treekem::ExtensionList extensions = {}) {
    return Insider(mallory.config, id, std::move(extensions));
  }
  void not_joined(const Bytes& octets, Errc code, std::string_view words, bool named = true) {
    const auto before = bob_.key_package_count();
    const auto joined = bob_.join(octets, {.descends_from = named ? &bob() : nullptr});
    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().code, code) << joined.error().rule;
    EXPECT_NE(std::string_view(joined.error().rule).find(words), std::string_view::npos) << joined.error().rule;
    EXPECT_EQ(bob_.key_package_count(), before);
  }
  void joins(const Bytes& octets) {
    const auto joined = bob_.join(octets, {.descends_from = &bob()});
    EXPECT_TRUE(joined) << joined.error().rule;
  }

  std::optional<keyschedule::Psk> earlier_;  // of epoch 1, once that was left
  const Bytes id_{'t', 'h', 'e', ' ', 'n', 'e', 'x', 't'};
};

TEST_F(DescentRules, AReinitialisedGroupIsTheOneThatTheReInitAnnounced) {
  RULE("11.2", "group_id, version, cipher suite and extensions are those of the ReInit");
  close();
  not_joined(welcome(fresh(as_bytes("another")), both(), link(ResumptionPSKUsage::reinit)), errc::kInvalidWelcome,
             "announced");
  treekem::ExtensionList list;
  treekem::set_extension(list, treekem::ExternalSenders{});
  not_joined(welcome(fresh(id_, list), both(), link(ResumptionPSKUsage::reinit)), errc::kInvalidWelcome, "announced");
  joins(welcome(fresh(id_), both(), link(ResumptionPSKUsage::reinit)));
}

TEST_F(DescentRules, AReinitialisedGroupStartsInEpochOne) {
  RULE("11.2", "the epoch of the new group is 1");
  close();
  not_joined(welcome(fresh(id_), both(), link(ResumptionPSKUsage::reinit),
                     {.context = [](auto& context) { context.epoch = 2; }}),
             errc::kInvalidWelcome, "epoch 1");
}

TEST_F(DescentRules, AReinitialisedGroupHasAllMembersOfTheOldOne) {
  RULE("12.4.3.1", "all members of the old group are in the re-initialised one");
  close();
  not_joined(welcome(fresh(id_), {package(bob_)}, link(ResumptionPSKUsage::reinit)), errc::kInvalidWelcome,
             "a member of the old group");
}

TEST_F(DescentRules, TheLastCommitOfTheOldGroupIsAReInit) {
  RULE("12.4.3.1", "the last commit of the old group has a ReInit");
  not_joined(welcome(fresh(id_), both(), link(ResumptionPSKUsage::reinit)), errc::kInvalidWelcome, "no ReInit");
}

TEST_F(DescentRules, TheLinkNamesAnEpochThatIsKept) {
  RULE("11.2", "the PSK names the old group and the epoch after the ReInit");
  close();
  auto other = link(ResumptionPSKUsage::reinit);
  other.psk_epoch = 0;
  not_joined(welcome(fresh(id_), both(), other), errc::kUnknownPsk, "");
  other.psk_epoch = 1;  // before the ReInit
  not_joined(welcome(fresh(id_), both(), other), errc::kInvalidWelcome, "no ReInit");
  other = link(ResumptionPSKUsage::reinit);
  other.psk_group_id.push_back(0);
  not_joined(welcome(fresh(id_), both(), other), errc::kUnknownPsk, "");
}

TEST_F(DescentRules, ADescentIsExpectedOrRefused) {
  RULE("11.2", "PSKs with usage reinit are used for re-initialised groups only");
  RULE("11.3", "PSKs with usage branch are used for subgroups only");
  not_joined(welcome(fresh(id_), {package(bob_)}, link(ResumptionPSKUsage::branch)), errc::kInvalidWelcome,
             "was not named", false);
  not_joined(welcome(fresh(id_), both(), link(ResumptionPSKUsage::reinit)), errc::kInvalidWelcome, "was not named",
             false);
  const auto plain = fresh(id_);
  not_joined(forge::welcome(plain, forge::commit(plain, {.proposals = {by_value(Add{package(bob_)})}})),
             errc::kInvalidWelcome, "does not link");
}

TEST_F(DescentRules, ASubgroupHasMembersOfItsGroupOnly) {
  RULE("11.3", "every member of a subgroup is a member of its group");
  not_joined(welcome(fresh(id_), {package(bob_), bundle("dave").key_package}, link(ResumptionPSKUsage::branch)),
             errc::kInvalidWelcome, "not in the group");
  joins(welcome(fresh(id_), {package(bob_)}, link(ResumptionPSKUsage::branch)));
}

TEST_F(DescentRules, ASubgroupStartsInEpochOne) {
  RULE("11.3", "the epoch of a subgroup is 1");
  not_joined(welcome(fresh(id_), {package(bob_)}, link(ResumptionPSKUsage::branch),
                     {.context = [](auto& context) { context.epoch = 2; }}),
             errc::kInvalidWelcome, "epoch 1");
}

}  // namespace
}  // namespace dmls::group
