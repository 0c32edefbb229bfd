#pragma once
// A DeMLS client: one identity, the key packages it has published, the groups it makes and joins.

#include <dmls/fork/key_schedule.h>
#include <dmls/fork/session.h>
#include <dmls/group/client.h>
#include <dmls/group/transition.h>
#include <dmls/treekem/key_package.h>

#include <map>
#include <memory>

namespace dmls::fork {

struct ClientState;

// A group that was entered by a commit of one's own. RFC 9420 §12.4.3.2
struct ExternalJoin {
  Bytes message;    // an encoded DMLSMessage for the members
  Session session;  // for Client::enter() or Session::replace_with() once the commit was accepted, else drop it
};

// A group of one's own that descends from another: the session stands in its epoch 0, and this commit adds everybody.
// Session::accept() has the Welcomes; they survive a restart until then.
struct Descendant {
  Session session;   // stored, if there is a store
  OwnCommit commit;  // pending: accept() it as any other
};

class Client {
 public:
  // kMisuse if signer, policy, clock, padding, random source or fork choice are missing. The extension types of DeMLS
  // are added to the capabilities. With a store that holds a DeMLS client, this is that client again: its key packages
  // are there, its sessions wait for load_session(). kMisuse if it has another cipher suite; errors of the store.
  static Result<Client> create(group::ClientConfig, SessionOptions = {});

  Client(Client&&) noexcept = default;
  Client& operator=(Client&&) noexcept = default;

  // A fresh key package as an encoded MLSMessage. It lists what DeMLS groups require; its init key would derive the
  // first epoch again, so it is deleted when it is used. There are no last-resort key packages here: one would open the
  // epoch it joined for as long as it exists.
  Result<Bytes> new_key_package();
  // Takes over a key package of this client that was made elsewhere, private keys included. kMisuse if they are not its
  // own, if it is of another cipher suite, if its signature key is neither that of ClientConfig::signer nor one of
  // ClientConfig::other_signers, or if its credential presents another identity than ClientConfig::credential.
  Result<void> import_key_package(treekem::KeyPackageBundle);
  // Those that can still be used, imported ones included.
  [[nodiscard]] std::size_t key_package_count() const { return key_packages_.size(); }

  // A DeMLS group with this client as its only member. kKnownGroup (group) if one of this id is stored.
  Result<Session> create_group(BytesView group_id, ExternalCommits = ExternalCommits::refused,
                               treekem::ExtensionList extensions = {});
  // Joins with an encoded MLSMessage that carries a Welcome. kNotForUs (group), kNotDemls. What happened on branches
  // before, or beside, the epoch that is joined cannot be followed.
  // In a store: the session is stored, unless there is one of this group already. Then it is for
  // Session::replace_with() or enter(), and cannot do anything (kMisuse) before.
  Result<Session> join(BytesView welcome, BytesView ratchet_tree = {});
  // Joins by an external commit, with an encoded MLSMessage that carries a GroupInfo with its dmls_epoch. kNotDemls,
  // kExternalCommits, kNotBound if no dmls_epoch is named.
  Result<ExternalJoin> join_by_commit(BytesView group_info, const group::ExternalCommitRequest& = {},
                                      BytesView ratchet_tree = {});
  // The session of an external commit that was accepted, or of a Welcome to a group that was stored already. In a store
  // it takes the place of any other session of this group. Without a store there is nothing to do.
  Result<Session> enter(ExternalJoin join) { return enter(std::move(join.session)); }
  // The same, of a session alone. kMisuse if it is another client's; errors of the store.
  Result<Session> enter(Session);
  // Joins a group that re-initialises or branches off that of `ancestor`. RFC 9420 §11.2, §11.3. The Welcome names an
  // epoch by its number, and forks share numbers: each epoch of that number that `ancestor` holds is tried, and the one
  // whose resumption PSK opens the Welcome is judged, by the ReInit that started it if there has to be one. On a client
  // of the new group's cipher suite. kUnknownPsk (group) if none is held, kOpenFailed (crypto) if it is none of those
  // held; as join() otherwise.
  Result<Session> join_descendant(BytesView welcome, const Session& ancestor, BytesView ratchet_tree = {});
  // Starts a subgroup of that epoch of `parent`, with as many external commits as `parent` allows; extensions are those
  // besides the ones of DeMLS. RFC 9420 §11.3. kMisuse for key packages of others, kKnownGroup (group).
  Result<Descendant> branch(const Session& parent, const NodeId&, const group::BranchRequest&);
  // Starts the group that the ReInit announced which started that epoch of `closed`. RFC 9420 §11.2. On a client of the
  // cipher suite that it names. kMisuse if there is none, or if a member is left out; kNotDemls if its extensions are
  // not those of a DeMLS group: demls_extensions(); kKnownGroup (group).
  Result<Descendant> reinitialize(const Session& closed, const NodeId&, const std::vector<Bytes>& key_packages,
                                  group::TreeDelivery = group::TreeDelivery::inside);
  // An Add of this client for members to commit, bound to the epoch that the GroupInfo names; an encoded DMLSMessage.
  Result<Bytes> propose_to_join(BytesView group_info);

  // ---- what is stored; without a store there is nothing -------------------------------------------------------------
  // The ids of the groups whose sessions are in the store.
  [[nodiscard]] Result<std::vector<Bytes>> stored_sessions() const;
  // A session as it was after the last function that changed it returned. What its policy deletes since is deleted by
  // the next function that returns events: call tick(). kMisuse if it is not stored; kKnownGroup (group) if it is there
  // already; errors of the store.
  Result<Session> load_session(BytesView group_id);
  // Erases a session. A Session object of it that is still there cannot do anything any more: kStale (group).
  Result<void> forget_session(BytesView group_id);

 private:
  Result<void> load();
  Result<void> save_key_package(const Bytes& reference, const treekem::KeyPackageBundle&);
  [[nodiscard]] Result<bool> knows(BytesView group_id) const;
  [[nodiscard]] group::SigningIdentity identity() const { return {config_->credential, config_->signer}; }
  // A Welcome, and the key package it is for. kInvalidWelcome, kNotForUs (group).
  struct Invitation {
    group::Welcome welcome;
    const std::pair<const Bytes, treekem::KeyPackageBundle>* key_package;
  };
  Result<Invitation> read_welcome(BytesView) const;
  // The session of a Welcome that was opened with that key package.
  Result<Session> take_in(group::StagedEpoch, DemlsSuccession, const Bytes& key_package);
  Result<Descendant> start_descendant(const Session& parent, const NodeId&, keyschedule::ResumptionPSKUsage,
                                      BytesView group_id, treekem::ExtensionList,
                                      const std::vector<Bytes>& key_packages, group::TreeDelivery);
  explicit Client(std::shared_ptr<ClientState> state);
  std::shared_ptr<ClientState> state_;
  std::shared_ptr<const group::ClientConfig> config_;
  std::map<Bytes, treekem::KeyPackageBundle, OctetOrder> key_packages_;  // by KeyPackageRef
};

// An external sender's proposal (RFC 9420 §12.1.8), bound to one fork: RFC 9420 alone would let anybody carry it over
// to another, where the same leaf is somebody else. An encoded DMLSMessage. `epoch`: what a GroupInfo of the epoch
// names; the signed authenticated_data is dmls_epoch<V>, then `authenticated_data`.
Result<Bytes> external_proposal(const NodeId& epoch, const keyschedule::GroupContext&, std::uint32_t sender_index,
                                group::Proposal, const crypto::Signer&, BytesView authenticated_data = {});

}  // namespace dmls::fork
