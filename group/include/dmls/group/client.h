#pragma once
// A client: one identity, the key packages it has published, the groups it makes and joins.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/group/client_config.h>
#include <dmls/group/group.h>
#include <dmls/treekem/key_package.h>

#include <map>
#include <memory>
#include <string_view>

namespace dmls::group {

// A group that was entered by a commit of one's own. RFC 9420 §12.4.3.2
struct ExternalJoin {
  Bytes message;  // the encoded MLSMessage to send to the members
  Group group;    // in the epoch that the commit starts: use it once the commit was accepted, else drop it
};

class Client {
 public:
  // kMisuse if signer or policy are missing.
  static Result<Client> create(ClientConfig);
  // A client with a basic credential and a fresh signature key pair of its own.
  static Result<Client> create(const crypto::CipherSuite&, std::string_view identity, std::shared_ptr<const Policy>,
                               std::shared_ptr<Random> random = std::make_shared<SystemRandom>());

  Client(Client&&) noexcept = default;
  Client& operator=(Client&&) noexcept = default;

  // A fresh key package as an encoded MLSMessage, to be published. The client keeps its private keys until it is used.
  Result<Bytes> new_key_package();
  // Key packages that were published and not used.
  [[nodiscard]] std::size_t key_package_count() const { return key_packages_.size(); }

  // A group with this client as its only member. Without an id, Nh random octets are taken. RFC 9420 §11
  Result<Group> create_group();
  Result<Group> create_group(BytesView group_id, treekem::ExtensionList extensions = {});

  // Joins with an encoded MLSMessage that carries a Welcome. `ratchet_tree`: the encoded tree if it comes aside. The
  // key package it used is deleted if, and only if, the join succeeds. kNotForUs if it names none of ours.
  Result<Group> join(BytesView welcome, BytesView ratchet_tree = {});

  // Joins by an external commit, with an encoded MLSMessage that carries a GroupInfo. RFC 9420 §12.4.3.2
  Result<ExternalJoin> join_by_commit(BytesView group_info, const ExternalCommitRequest& = {},
                                      BytesView ratchet_tree = {});
  // An Add of this client, signed by itself, for members to commit. RFC 9420 §12.1.8; PublicMessage
  Result<Bytes> propose_to_join(BytesView group_id, std::uint64_t epoch);

  // Takes over a key package that was made elsewhere, private keys included.
  Result<void> import_key_package(treekem::KeyPackageBundle);

 private:
  explicit Client(std::shared_ptr<const ClientConfig> config) : config_(std::move(config)) {}
  std::shared_ptr<const ClientConfig> config_;
  std::map<Bytes, treekem::KeyPackageBundle, OctetOrder> key_packages_;  // by KeyPackageRef
};

}  // namespace dmls::group
