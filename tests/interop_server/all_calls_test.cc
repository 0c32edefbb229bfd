// Every call of the interface, in every cipher suite, with handshakes private and public.

#include "conversation.h"

namespace dmls::interop::test {
namespace {

constexpr std::uint32_t kSuites = 7;

class EveryCall : public testing::TestWithParam<std::tuple<std::uint32_t, bool>> {
 protected:
  Server server_;
  Caller call_{server_.address()};
  Conversation talk_{call_, {std::get<0>(GetParam()), std::get<1>(GetParam())}};

  void about_itself();
  void proposals_by_reference();
  void proposals_by_value();
  void from_outside();
  void external_signer();
  void branched();
  void reinitialized();
};

void EveryCall::about_itself() {
  EXPECT_EQ(call_(DMLS_CALL(Name), mls_client::NameRequest{}).name(), "dmls");
  const auto suites = call_(DMLS_CALL(SupportedCiphersuites), mls_client::SupportedCiphersuitesRequest{});
  EXPECT_EQ(suites.ciphersuites_size(), static_cast<int>(kSuites));
}

// Authors get their own proposals back, committers too.
void EveryCall::proposals_by_reference() {
  talk_.together({"alice", "bob", "carol"});
  talk_.agree({"alice", "bob", "carol"});
  for (const char* name : {"alice", "bob"}) talk_.store_psk(talk_.states[name], "psk");
  const std::string package = talk_.key_package("dave");
  talk_.store_psk(talk_.transactions["dave"], "psk");  // before it has joined
  auto request = talk_.commit_request(
      "alice", {talk_.propose_add("alice", package), talk_.propose_update("bob"), talk_.propose_remove("bob", "carol"),
                talk_.propose_psk("alice", "psk"), talk_.propose_extensions("bob")});
  request.set_external_tree(true);
  talk_.commit("alice", request, {"bob"}, {"dave"});
  talk_.agree({"alice", "bob", "dave"});
  talk_.commit("bob", talk_.commit_request("bob", {talk_.propose_resumption("alice", 2)}), {"alice", "dave"});
  talk_.agree({"alice", "bob", "dave"});
}

void EveryCall::proposals_by_value() {
  auto request = talk_.commit_request("dave");
  Conversation::add(request, "add")->set_key_package(talk_.key_package("erin"));
  Conversation::add(request, "remove")->set_removed_id("bob");
  Conversation::add(request, "externalPSK")->set_psk_id("psk");
  talk_.store_psk(talk_.transactions["erin"], "psk");
  Conversation::add_extensions(Conversation::add(request, "groupContextExtensions")->mutable_extensions());
  request.set_force_path(true);
  talk_.commit("dave", request, {"alice"}, {"erin"});
  auto again = talk_.commit_request("alice");
  Conversation::add(again, "resumptionPSK")->set_epoch_id(4);
  talk_.commit("alice", again, {"dave", "erin"});
  talk_.agree({"alice", "dave", "erin"});
}

// By an external commit, by one that replaces an own leaf, and by proposing oneself.
void EveryCall::from_outside() {
  const std::vector<std::string> members = {"alice", "dave", "erin"};
  for (const bool again : {false, true}) {
    const auto info = talk_.group_info("alice", !again);
    mls_client::ExternalJoinRequest request;
    request.set_group_info(info.group_info());
    request.set_ratchet_tree(info.ratchet_tree());
    request.set_encrypt_handshake(talk_.mode().encrypt);
    request.set_identity("frank");
    request.set_remove_prior(again);
    auto* psk = request.add_psks();
    psk->set_psk_id("door");
    psk->set_psk_secret("secret of door");
    for (const std::string& name : members) talk_.store_psk(talk_.states[name], "door");
    const auto joined = call_(DMLS_CALL(ExternalJoin), request);
    talk_.states["frank"] = joined.state_id();
    for (const std::string& name : members) {
      const auto followed = call_(DMLS_CALL(HandleCommit), talk_.handle_request(name, joined.commit()));
      EXPECT_EQ(followed.epoch_authenticator(), joined.epoch_authenticator());
    }
    talk_.agree({"alice", "dave", "erin", "frank"});
  }
  mls_client::NewMemberAddProposalRequest request;
  request.set_group_info(talk_.group_info("frank", false).group_info());
  request.set_identity("grace");
  const auto proposed = call_(DMLS_CALL(NewMemberAddProposal), request);
  EXPECT_FALSE(proposed.init_priv().empty() || proposed.encryption_priv().empty() || proposed.signature_priv().empty());
  talk_.transactions["grace"] = proposed.transaction_id();
  talk_.commit("frank", talk_.commit_request("frank", {proposed.proposal()}), members, {"grace"});
  talk_.agree({"alice", "dave", "erin", "frank", "grace"});
}

// Two signers, the second of whom proposes a Remove by identity, and names no index.
void EveryCall::external_signer() {
  std::vector<std::string> members = {"alice", "dave", "erin", "frank", "grace"};
  const std::vector<std::string> others(members.begin() + 1, members.end());
  std::uint32_t signer = 0;
  for (const char* name : {"first", "second"}) {
    mls_client::CreateExternalSignerRequest request;
    request.set_cipher_suite(talk_.mode().suite);
    request.set_identity(name);
    const auto made = call_(DMLS_CALL(CreateExternalSigner), request);
    signer = made.signer_id();
    auto adding = talk_.of<mls_client::AddExternalSignerRequest>("alice");
    adding.set_external_sender(made.external_sender());
    const auto proposal = call_(DMLS_CALL(AddExternalSigner), adding).proposal();
    talk_.commit("alice", talk_.commit_request("alice", {proposal}), others);
  }
  mls_client::ExternalSignerProposalRequest request;
  request.set_signer_id(signer);
  const auto info = talk_.group_info("dave", true);
  request.set_group_info(info.group_info());
  request.set_ratchet_tree(info.ratchet_tree());
  request.mutable_description()->set_proposal_type("remove");
  request.mutable_description()->set_removed_id("grace");
  const auto proposal = call_(DMLS_CALL(ExternalSignerProposal), request).proposal();
  talk_.commit("dave", talk_.commit_request("dave", {proposal}), {"alice", "erin", "frank"});
  talk_.agree({"alice", "dave", "erin", "frank"});
}

// The old group goes on.
void EveryCall::branched() {
  auto request = talk_.of<mls_client::CreateBranchRequest>("alice");
  request.set_group_id("branch");
  Conversation::add_extensions(request.mutable_extensions());
  for (const char* name : {"dave", "erin"}) request.add_key_packages(talk_.key_package(name));
  request.set_external_tree(true);
  const auto made = call_(DMLS_CALL(CreateBranch), request);
  Conversation branch(call_, talk_.mode());
  branch.states["alice"] = made.state_id();
  for (const char* name : {"dave", "erin"}) {
    auto following = talk_.of<mls_client::HandleBranchRequest>(name);
    following.set_transaction_id(talk_.transactions[name]);
    following.set_welcome(made.welcome());
    following.set_ratchet_tree(made.ratchet_tree());
    const auto followed = call_(DMLS_CALL(HandleBranch), following);
    EXPECT_EQ(followed.epoch_authenticator(), made.epoch_authenticator());
    branch.states[name] = followed.state_id();
  }
  branch.agree({"alice", "dave", "erin"});
  branch.commit("erin", branch.commit_request("erin"), {"alice", "dave"});
  branch.agree({"alice", "dave", "erin"});
  talk_.agree({"alice", "dave", "erin", "frank"});
  for (const auto& [name, state] : branch.states) branch.free(state);
}

// Into the next cipher suite. Welcomed by somebody who neither proposed nor committed.
void EveryCall::reinitialized() {
  const std::uint32_t suite = talk_.mode().suite % kSuites + 1;
  const std::string proposal = talk_.propose_reinit("alice", suite);
  const auto made = call_(DMLS_CALL(ReInitCommit), talk_.commit_request("dave", {proposal}));
  std::map<std::string, mls_client::HandleReInitCommitResponse> closed;
  closed["dave"] =
      call_(DMLS_CALL(HandlePendingReInitCommit), talk_.of<mls_client::HandlePendingCommitRequest>("dave"));
  for (const char* name : {"alice", "erin", "frank"}) {
    closed[name] = call_(DMLS_CALL(HandleReInitCommit), talk_.handle_request(name, made.commit(), {proposal}));
    EXPECT_EQ(closed[name].epoch_authenticator(), closed["dave"].epoch_authenticator());
  }
  mls_client::ReInitWelcomeRequest welcoming;
  welcoming.set_reinit_id(closed["erin"].reinit_id());
  for (const char* name : {"alice", "dave", "frank"}) welcoming.add_key_package(closed[name].key_package());
  welcoming.set_external_tree(true);
  const auto welcome = call_(DMLS_CALL(ReInitWelcome), welcoming);
  Conversation next(call_, {suite, talk_.mode().encrypt});
  next.states["erin"] = welcome.state_id();
  for (const char* name : {"alice", "dave", "frank"}) {
    mls_client::HandleReInitWelcomeRequest following;
    following.set_reinit_id(closed[name].reinit_id());
    following.set_welcome(welcome.welcome());
    following.set_ratchet_tree(welcome.ratchet_tree());
    const auto followed = call_(DMLS_CALL(HandleReInitWelcome), following);
    EXPECT_EQ(followed.epoch_authenticator(), welcome.epoch_authenticator());
    next.states[name] = followed.state_id();
  }
  next.agree({"alice", "dave", "erin", "frank"});
  next.commit("alice", next.commit_request("alice"), {"dave", "erin", "frank"});
  next.agree({"alice", "dave", "erin", "frank"});
}

TEST_P(EveryCall, IsAnsweredAndMembersAgree) {
  about_itself();
  proposals_by_reference();
  proposals_by_value();
  from_outside();
  external_signer();
  branched();
  reinitialized();
  for (const auto& [name, state] : talk_.states) talk_.free(state);

  std::set<std::string> all;
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("mls_client.MLSClient");
  ASSERT_NE(service, nullptr);
  for (int i = 0; i < service->method_count(); ++i) all.insert(service->method(i)->name());
  EXPECT_EQ(all.size(), 34u);
  EXPECT_EQ(call_.called(), all);
}

INSTANTIATE_TEST_SUITE_P(Suites, EveryCall, testing::Combine(testing::Range(1u, kSuites + 1), testing::Bool()),
                         [](const auto& chosen) {
                           return "Suite" + std::to_string(std::get<0>(chosen.param)) +
                                  (std::get<1>(chosen.param) ? "Private" : "Public");
                         });

}  // namespace
}  // namespace dmls::interop::test
