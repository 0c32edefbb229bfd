#pragma once
// Members, by name, and what they do to each other through the interface.

#include <map>

#include "caller.h"

namespace dmls::interop::test {

struct Mode {
  std::uint32_t suite;
  bool encrypt;
};

class Conversation {
 public:
  Conversation(Caller& call, Mode mode) : call_(call), mode_(mode) {}

  void create(const std::string& name) {
    mls_client::CreateGroupRequest request;
    request.set_group_id("group of " + name);
    request.set_cipher_suite(mode_.suite);
    request.set_encrypt_handshake(mode_.encrypt);
    request.set_identity(name);
    states[name] = call_(DMLS_CALL(CreateGroup), request).state_id();
  }
  // A key package as it is to be added.
  std::string key_package(const std::string& name) {
    mls_client::CreateKeyPackageRequest request;
    request.set_cipher_suite(mode_.suite);
    request.set_identity(name);
    const auto made = call_(DMLS_CALL(CreateKeyPackage), request);
    EXPECT_FALSE(made.init_priv().empty() || made.encryption_priv().empty() || made.signature_priv().empty());
    transactions[name] = made.transaction_id();
    return made.key_package();
  }
  mls_client::JoinGroupRequest join_request(const std::string& name, const std::string& welcome,
                                            const std::string& tree = {}) {
    mls_client::JoinGroupRequest request;
    request.set_transaction_id(transactions[name]);
    request.set_welcome(welcome);
    request.set_encrypt_handshake(mode_.encrypt);
    request.set_identity(name);
    request.set_ratchet_tree(tree);
    return request;
  }
  void join(const std::string& name, const std::string& welcome, const std::string& tree = {}) {
    const auto joined = call_(DMLS_CALL(JoinGroup), join_request(name, welcome, tree));
    states[name] = joined.state_id();
    EXPECT_EQ(joined.epoch_authenticator(), authenticator(name));
  }
  std::string authenticator(const std::string& name) {
    return call_(DMLS_CALL(StateAuth), of<mls_client::StateAuthRequest>(name)).state_auth_secret();
  }
  std::string exported(const std::string& name) {
    auto request = of<mls_client::ExportRequest>(name);
    request.set_label("label");
    request.set_context("context");
    request.set_key_length(40);
    const auto out = call_(DMLS_CALL(Export), request).exported_secret();
    EXPECT_EQ(out.size(), 40u);
    return out;
  }
  // Everybody agrees, and reads everybody.
  void agree(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      EXPECT_EQ(authenticator(name), authenticator(names.front())) << name;
      EXPECT_EQ(exported(name), exported(names.front())) << name;
      const std::string message = protect(name, "from " + name);
      for (const std::string& reader : names) {
        if (reader != name) {
          EXPECT_EQ(unprotect(reader, message), "from " + name);
        }
      }
    }
  }
  std::string protect(const std::string& name, const std::string& words) {
    auto request = of<mls_client::ProtectRequest>(name);
    request.set_plaintext(words);
    request.set_authenticated_data("about " + words);
    return call_(DMLS_CALL(Protect), request).ciphertext();
  }
  std::string unprotect(const std::string& name, const std::string& message) {
    auto request = of<mls_client::UnprotectRequest>(name);
    request.set_ciphertext(message);
    const auto read = call_(DMLS_CALL(Unprotect), request);
    EXPECT_EQ(read.authenticated_data(), "about " + read.plaintext());
    return read.plaintext();
  }
  void store_psk(std::uint32_t id, const std::string& psk) {
    mls_client::StorePSKRequest request;
    request.set_state_or_transaction_id(id);
    request.set_psk_id(psk);
    request.set_psk_secret("secret of " + psk);
    call_(DMLS_CALL(StorePSK), request);
  }
  // ---- proposals
  std::string propose_add(const std::string& by, const std::string& package) {
    auto request = of<mls_client::AddProposalRequest>(by);
    request.set_key_package(package);
    return call_(DMLS_CALL(AddProposal), request).proposal();
  }
  std::string propose_update(const std::string& by) {
    return call_(DMLS_CALL(UpdateProposal), of<mls_client::UpdateProposalRequest>(by)).proposal();
  }
  std::string propose_remove(const std::string& by, const std::string& whom) {
    auto request = of<mls_client::RemoveProposalRequest>(by);
    request.set_removed_id(whom);
    return call_(DMLS_CALL(RemoveProposal), request).proposal();
  }
  std::string propose_psk(const std::string& by, const std::string& psk) {
    auto request = of<mls_client::ExternalPSKProposalRequest>(by);
    request.set_psk_id(psk);
    return call_(DMLS_CALL(ExternalPSKProposal), request).proposal();
  }
  std::string propose_resumption(const std::string& by, std::uint64_t epoch) {
    auto request = of<mls_client::ResumptionPSKProposalRequest>(by);
    request.set_epoch_id(epoch);
    return call_(DMLS_CALL(ResumptionPSKProposal), request).proposal();
  }
  // An empty required_capabilities, and a list of no external senders.
  static void add_extensions(google::protobuf::RepeatedPtrField<mls_client::Extension>* list) {
    auto* required = list->Add();
    required->set_extension_type(3);
    required->set_extension_data(std::string(3, '\0'));
    auto* senders = list->Add();
    senders->set_extension_type(5);
    senders->set_extension_data(std::string(1, '\0'));
  }
  std::string propose_extensions(const std::string& by) {
    auto request = of<mls_client::GroupContextExtensionsProposalRequest>(by);
    add_extensions(request.mutable_extensions());
    return call_(DMLS_CALL(GroupContextExtensionsProposal), request).proposal();
  }
  std::string propose_reinit(const std::string& by, std::uint32_t suite) {
    auto request = of<mls_client::ReInitProposalRequest>(by);
    request.set_cipher_suite(suite);
    request.set_group_id("the next group");
    add_extensions(request.mutable_extensions());
    return call_(DMLS_CALL(ReInitProposal), request).proposal();
  }
  // ---- commits
  mls_client::CommitRequest commit_request(const std::string& by, const std::vector<std::string>& references = {}) {
    auto request = of<mls_client::CommitRequest>(by);
    for (const std::string& reference : references) request.add_by_reference(reference);
    return request;
  }
  mls_client::HandleCommitRequest handle_request(const std::string& name, const std::string& commit,
                                                 const std::vector<std::string>& references = {}) {
    auto request = of<mls_client::HandleCommitRequest>(name);
    request.set_commit(commit);
    for (const std::string& reference : references) request.add_proposal(reference);
    return request;
  }
  // Commits, and everybody follows. Joiners enter by the Welcome.
  mls_client::CommitResponse commit(const std::string& by, const mls_client::CommitRequest& request,
                                    const std::vector<std::string>& followers,
                                    const std::vector<std::string>& joiners = {}) {
    const auto made = call_(DMLS_CALL(Commit), request);
    const auto own = call_(DMLS_CALL(HandlePendingCommit), of<mls_client::HandlePendingCommitRequest>(by));
    states[by] = own.state_id();
    const std::vector<std::string> references(request.by_reference().begin(), request.by_reference().end());
    for (const std::string& name : followers) {
      const auto followed = call_(DMLS_CALL(HandleCommit), handle_request(name, made.commit(), references));
      states[name] = followed.state_id();
      EXPECT_EQ(followed.epoch_authenticator(), own.epoch_authenticator()) << name;
    }
    EXPECT_EQ(made.ratchet_tree().empty(), !request.external_tree());
    EXPECT_EQ(made.welcome().empty(), joiners.empty());
    for (const std::string& name : joiners) join(name, made.welcome(), made.ratchet_tree());
    return made;
  }
  static mls_client::ProposalDescription* add(mls_client::CommitRequest& request, const std::string& type) {
    auto* proposal = request.add_by_value();
    proposal->set_proposal_type(type);
    return proposal;
  }
  mls_client::GroupInfoResponse group_info(const std::string& name, bool external_tree) {
    auto request = of<mls_client::GroupInfoRequest>(name);
    request.set_external_tree(external_tree);
    auto out = call_(DMLS_CALL(GroupInfo), request);
    EXPECT_EQ(out.ratchet_tree().empty(), !external_tree);
    return out;
  }
  // A group of the first with the others.
  void together(const std::vector<std::string>& names) {
    create(names.front());
    auto request = commit_request(names.front());
    const std::vector<std::string> others(names.begin() + 1, names.end());
    for (const std::string& name : others) add(request, "add")->set_key_package(key_package(name));
    commit(names.front(), request, {}, others);
  }
  void free(std::uint32_t id) {
    mls_client::FreeRequest request;
    request.set_state_id(id);
    call_(DMLS_CALL(Free), request);
  }

  template <class Request>
  Request of(const std::string& name) {
    Request request;
    request.set_state_id(states[name]);
    return request;
  }
  [[nodiscard]] Caller& call() { return call_; }
  [[nodiscard]] Mode mode() const { return mode_; }

  std::map<std::string, std::uint32_t> states;
  std::map<std::string, std::uint32_t> transactions;

 private:
  Caller& call_;
  Mode mode_;
};

}  // namespace dmls::interop::test
