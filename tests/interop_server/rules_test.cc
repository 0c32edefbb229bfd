// What callers rely on, and easily goes wrong.

#include <array>
#include <cstdio>

#include "conversation.h"

namespace dmls::interop::test {
namespace {

class Rules : public testing::TestWithParam<bool> {
 protected:
  Server server_;
  Caller call_{server_.address()};
  Conversation talk_{call_, {1, GetParam()}};
};

TEST_P(Rules, ProposalsTravelAsTheirMembersSaidWhenTheyJoined) {
  talk_.together({"alice", "bob"});
  // RFC 9420 §6: version and wire format; 1 is a PublicMessage, 2 a PrivateMessage.
  EXPECT_EQ(talk_.propose_update("bob").substr(0, 4), std::string("\0\1\0", 3) + (GetParam() ? '\2' : '\1'));
  const auto made = call_(DMLS_CALL(Commit), talk_.commit_request("alice"));
  EXPECT_EQ(made.commit().substr(0, 4), std::string("\0\1\0", 3) + (GetParam() ? '\2' : '\1'));
}

TEST_P(Rules, ACommitTakesTheListedProposalsAndNoOthers) {
  talk_.together({"alice", "bob", "carol"});
  const std::string listed = talk_.propose_update("bob");
  talk_.propose_remove("alice", "carol");  // waits at its author, and is not listed
  talk_.commit("alice", talk_.commit_request("alice", {listed}), {"bob", "carol"});
  talk_.agree({"alice", "bob", "carol"});
}

TEST_P(Rules, MessagesOfEpochsLongPastAreReadInAnyOrder) {
  talk_.together({"alice", "bob"});
  std::vector<std::string> sent;
  for (int epoch = 0; epoch < 12; ++epoch) {
    for (const char* word : {"one", "two"}) sent.push_back(talk_.protect("alice", word));
    talk_.commit("bob", talk_.commit_request("bob"), {"alice"});
  }
  for (std::size_t i = sent.size(); i > 0; --i) EXPECT_EQ(talk_.unprotect("bob", sent[i - 1]), i % 2 ? "one" : "two");
}

TEST_P(Rules, TheLastCommitMadeIsTheOneThatIsPending) {
  talk_.together({"alice", "bob"});
  call_(DMLS_CALL(Commit), talk_.commit_request("alice"));
  talk_.commit("alice", talk_.commit_request("alice"), {"bob"});
  talk_.agree({"alice", "bob"});
  const auto none =
      call_.refused(DMLS_CALL(HandlePendingCommit), talk_.of<mls_client::HandlePendingCommitRequest>("alice"));
  EXPECT_EQ(none.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_P(Rules, AnothersCommitMakesAnOwnPendingOneVoid) {
  talk_.together({"alice", "bob"});
  call_(DMLS_CALL(Commit), talk_.commit_request("alice"));
  talk_.commit("bob", talk_.commit_request("bob"), {"alice"});
  talk_.agree({"alice", "bob"});
  call_.refused(DMLS_CALL(HandlePendingCommit), talk_.of<mls_client::HandlePendingCommitRequest>("alice"));
}

TEST_P(Rules, WhoIsRemovedHearsOfItAndSendsNothing) {
  talk_.together({"alice", "bob", "carol"});
  auto request = talk_.commit_request("alice");
  Conversation::add(request, "remove")->set_removed_id("carol");
  const auto made = talk_.commit("alice", request, {"bob"});
  const auto removed = call_(DMLS_CALL(HandleCommit), talk_.handle_request("carol", made.commit()));
  EXPECT_TRUE(removed.epoch_authenticator().empty());
  auto sending = talk_.of<mls_client::ProtectRequest>("carol");
  sending.set_plaintext("still here");
  EXPECT_EQ(call_.refused(DMLS_CALL(Protect), sending).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

// Each is said to be wrong, and everybody agrees as before.
TEST_P(Rules, WhatIsWrongIsRefusedAndChangesNothing) {
  using grpc::StatusCode;
  talk_.together({"alice", "bob"});
  const std::string late = talk_.protect("alice", "once");

  auto nobody = talk_.of<mls_client::RemoveProposalRequest>("alice");
  nobody.set_removed_id("nobody");
  EXPECT_EQ(call_.refused(DMLS_CALL(RemoveProposal), nobody).error_code(), StatusCode::INVALID_ARGUMENT);

  mls_client::StateAuthRequest unknown;
  unknown.set_state_id(4711);
  EXPECT_EQ(call_.refused(DMLS_CALL(StateAuth), unknown).error_code(), StatusCode::NOT_FOUND);
  mls_client::StorePSKRequest psk;
  EXPECT_EQ(call_.refused(DMLS_CALL(StorePSK), psk).error_code(), StatusCode::NOT_FOUND);

  mls_client::CreateKeyPackageRequest suite;
  for (const std::uint32_t id : {0u, 8u, 0x10001u}) {
    suite.set_cipher_suite(id);
    call_.refused(DMLS_CALL(CreateKeyPackage), suite);
  }

  auto type = talk_.commit_request("alice");
  Conversation::add(type, "update");
  EXPECT_EQ(call_.refused(DMLS_CALL(Commit), type).error_code(), StatusCode::INVALID_ARGUMENT);
  auto missing = talk_.commit_request("alice");
  Conversation::add(missing, "externalPSK")->set_psk_id("nobody's");
  const auto refused = call_.refused(DMLS_CALL(Commit), missing);
  EXPECT_EQ(refused.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(refused.error_message().substr(0, 7), "0x0608 ");  // group::errc::kUnknownPsk
  auto own = talk_.commit_request("alice", {talk_.propose_update("alice")});
  EXPECT_EQ(call_.refused(DMLS_CALL(Commit), own).error_code(), StatusCode::FAILED_PRECONDITION);

  auto garbage = talk_.of<mls_client::UnprotectRequest>("bob");
  garbage.set_ciphertext("garbage");
  EXPECT_EQ(call_.refused(DMLS_CALL(Unprotect), garbage).error_code(), StatusCode::FAILED_PRECONDITION);
  auto message = talk_.handle_request("bob", talk_.propose_update("alice"));
  EXPECT_EQ(call_.refused(DMLS_CALL(HandleCommit), message).error_code(), StatusCode::INVALID_ARGUMENT);

  const auto commit = call_(DMLS_CALL(Commit), talk_.commit_request("alice"));
  auto twisted = commit.commit();
  twisted.back() = static_cast<char>(twisted.back() ^ 1);
  EXPECT_EQ(call_.refused(DMLS_CALL(HandleCommit), talk_.handle_request("bob", twisted)).error_code(),
            StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(call_.refused(DMLS_CALL(HandleReInitCommit), talk_.handle_request("bob", commit.commit())).error_code(),
            StatusCode::INVALID_ARGUMENT);

  EXPECT_EQ(talk_.unprotect("bob", late), "once");
  talk_.commit("bob", talk_.commit_request("bob"), {"alice"});
  talk_.agree({"alice", "bob"});
}

TEST_P(Rules, AJoinerThatIsRefusedMayTryAgain) {
  talk_.create("alice");
  auto request = talk_.commit_request("alice");
  Conversation::add(request, "add")->set_key_package(talk_.key_package("bob"));
  request.set_external_tree(true);
  const auto made = call_(DMLS_CALL(Commit), request);
  call_.refused(DMLS_CALL(JoinGroup), talk_.join_request("bob", made.welcome()));  // the tree is missing
  talk_.join("bob", made.welcome(), made.ratchet_tree());
  call_.refused(DMLS_CALL(JoinGroup), talk_.join_request("bob", made.welcome(), made.ratchet_tree()));
}

INSTANTIATE_TEST_SUITE_P(Handshakes, Rules, testing::Bool(),
                         [](const auto& chosen) { return chosen.param ? "Private" : "Public"; });

// The program itself, on a port that it chooses.
TEST(Program, SaysWhereItListensAndAnswers) {
  std::FILE* program = popen("exec " DMLS_INTEROP_SERVER " --port 0 --no-grease & echo $!; wait", "r");
  ASSERT_NE(program, nullptr);
  int process = 0;
  std::array<char, 64> address{};
  ASSERT_EQ(std::fscanf(program, "%d listening on %63s", &process, address.data()), 2);
  Caller call(address.data());
  Conversation talk(call, {2, true});
  talk.together({"alice", "bob"});
  talk.agree({"alice", "bob"});
  EXPECT_EQ(std::system(("kill " + std::to_string(process)).c_str()), 0);
  EXPECT_EQ(pclose(program), 0);
}

}  // namespace
}  // namespace dmls::interop::test
