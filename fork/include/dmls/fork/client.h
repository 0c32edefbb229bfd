#pragma once
// A DeMLS client: one identity, the key packages it has published, the groups it makes and joins.

#include <dmls/fork/session.h>
#include <dmls/group/transition.h>
#include <dmls/treekem/key_package.h>

#include <map>
#include <memory>

namespace dmls::fork {

// A group that was entered by a commit of one's own. RFC 9420 §12.4.3.2
struct ExternalJoin {
  Bytes message;    // an encoded DMLSMessage for the members
  Session session;  // use it once the commit was accepted, else drop it
};

class Client {
 public:
  // kMisuse if signer, policy, clock or random are missing. The extension types of DeMLS are added to the capabilities.
  static Result<Client> create(group::ClientConfig, SessionOptions = {});

  Client(Client&&) noexcept = default;
  Client& operator=(Client&&) noexcept = default;

  // A fresh key package as an encoded MLSMessage. It lists what DeMLS groups require; its init key would derive the
  // first epoch again, so it is deleted when it is used. There are no last-resort key packages here: one would open the
  // epoch it joined for as long as it exists.
  Result<Bytes> new_key_package();
  // Takes over a key package that was made elsewhere, private keys included.
  Result<void> import_key_package(treekem::KeyPackageBundle);
  [[nodiscard]] std::size_t key_package_count() const { return key_packages_.size(); }

  // A DeMLS group with this client as its only member.
  Result<Session> create_group(BytesView group_id, ExternalCommits = ExternalCommits::refused,
                               treekem::ExtensionList extensions = {});
  // Joins with an encoded MLSMessage that carries a Welcome. kNotForUs (group), kNotDemls. What happened on branches
  // before, or beside, the epoch that is joined cannot be followed.
  Result<Session> join(BytesView welcome, BytesView ratchet_tree = {});
  // Joins by an external commit, with an encoded MLSMessage that carries a GroupInfo with its dmls_epoch. kNotDemls,
  // kExternalCommits, kNotBound if no dmls_epoch is named.
  Result<ExternalJoin> join_by_commit(BytesView group_info, const group::ExternalCommitRequest& = {},
                                      BytesView ratchet_tree = {});
  // An Add of this client for members to commit, bound to the epoch that the GroupInfo names; an encoded DMLSMessage.
  Result<Bytes> propose_to_join(BytesView group_info);

 private:
  [[nodiscard]] group::SigningIdentity identity() const { return {config_->credential, config_->signer}; }
  Client(std::shared_ptr<const group::ClientConfig> config, SessionOptions options)
      : config_(std::move(config)), options_(std::move(options)) {}
  std::shared_ptr<const group::ClientConfig> config_;
  SessionOptions options_;
  std::map<Bytes, treekem::KeyPackageBundle, OctetOrder> key_packages_;  // by KeyPackageRef
};

// An external sender's proposal (RFC 9420 §12.1.8), bound to one fork: RFC 9420 alone would let anybody carry it over
// to another, where the same leaf is somebody else. An encoded DMLSMessage. `epoch`: what a GroupInfo of the epoch
// names; the signed authenticated_data is dmls_epoch<V>, then `authenticated_data`.
Result<Bytes> external_proposal(const NodeId& epoch, const keyschedule::GroupContext&, std::uint32_t sender_index,
                                group::Proposal, const crypto::Signer&, BytesView authenticated_data = {});

}  // namespace dmls::fork
