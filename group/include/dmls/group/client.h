#pragma once
// A client: one identity, the key packages it has published, the groups it makes and joins.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/group/client_config.h>
#include <dmls/group/group.h>
#include <dmls/group/staged_transition.h>
#include <dmls/treekem/key_package.h>

#include <map>
#include <memory>
#include <string_view>
#include <vector>

namespace dmls::group {

// Whether a key package is deleted once it was used. One of last resort is kept, and is there when no other is left:
// whoever steals its private key later reads the Welcomes it was used for. RFC 9420 §16.8
enum class KeyPackageReuse : std::uint8_t {
  single_use,   // deleted by Client::enter()
  last_resort,  // marked by an extension (draft-ietf-mls-extensions), and never deleted
};

// A key package to be made.
struct KeyPackageRequest {
  KeyPackageReuse reuse = KeyPackageReuse::single_use;  // what happens to it after a Welcome
  std::optional<std::uint64_t> lifetime = {};           // seconds from now; else ClientConfig::key_package_lifetime
  treekem::ExtensionList leaf_extensions = {};          // of types that ClientConfig::capabilities lists
};

// How a Welcome is to be taken.
struct JoinRequest {
  Bytes ratchet_tree = {};  // the encoded tree, if it came aside. RFC 9420 §12.4.3.3
  // The group that the new one descends from (RFC 9420 §11); it is borrowed for the call. Without it a Welcome to such
  // a group is refused, and with it any other.
  const Group* descends_from = nullptr;
};

// A subgroup to be branched off. RFC 9420 §11.3
struct BranchRequest {
  Bytes group_id = {};                       // Nh random octets if it is empty
  std::vector<Bytes> key_packages = {};      // encoded KeyPackages (or MLSMessages), of members of the old group
  treekem::ExtensionList extensions = {};    // of the new group
  TreeDelivery tree = TreeDelivery::inside;  // how the new members get it
};

// A Client is used by one thread at a time, together with its groups.
class Client {
 public:
  // kMisuse if anything that has no default is missing. With a store that holds a client, this is that client again:
  // its key packages and PSKs are there, its groups wait for load_group(). kMisuse if it has another cipher suite;
  // errors of the store.
  static Result<Client> create(ClientConfig);
  // A client with a basic credential and a fresh signature key pair of its own.
  static Result<Client> create(const crypto::CipherSuite&, std::string_view identity, std::shared_ptr<const Policy>,
                               std::shared_ptr<Random> random = std::make_shared<SystemRandom>());

  Client(Client&&) noexcept = default;
  Client& operator=(Client&&) noexcept = default;

  // ---- what it holds

  // A fresh key package as an encoded MLSMessage, to be published. The client keeps its private keys until it is used.
  // kMisuse if others would refuse it (treekem::make_key_package()).
  Result<Bytes> new_key_package(const KeyPackageRequest& = {});
  // Takes over a key package that was made elsewhere, private keys included. kMisuse for another cipher suite, if the
  // private keys are those of another one, or if its signature_key is of none of this client's signers; whether it is
  // valid is not looked at.
  Result<void> import_key_package(treekem::KeyPackageBundle);
  // Key packages that were published and not used; those of last resort count as long as there is a client.
  [[nodiscard]] std::size_t key_package_count() const { return key_packages_.size(); }

  // External pre-shared keys, for all groups of this client. A new value replaces the old one. RFC 9420 §8.4
  Result<void> add_psk(BytesView psk_id, keyschedule::Psk);
  // Wipes one. Nothing happens if there is none of this name.
  Result<void> remove_psk(BytesView psk_id);

  // ---- groups

  // A group with this client as its only member. Without an id, Nh random octets are taken. RFC 9420 §11
  Result<Group> create_group();
  // The same with this id, and these extensions of the GroupContext. kKnownGroup if the store holds a group of this id,
  // or there is a Group object of it, unless it is one that this client was removed from. kUnsupportedCapability
  // (treekem) if ClientConfig::capabilities lack a type of these extensions, or what required_capabilities names.
  Result<Group> create_group(BytesView group_id, treekem::ExtensionList extensions = {});

  // Whether an encoded MLSMessage carries a Welcome that names one of this client's key packages.
  [[nodiscard]] bool is_invited(BytesView welcome) const;
  // Opens an encoded MLSMessage with a Welcome. RFC 9420 §12.4.3.1. The key package it used is deleted by enter(), if,
  // and only if, that succeeds. kNotForUs if it names none of ours; kMisuse if the signer of the key package is neither
  // ClientConfig::signer nor among other_signers; kInvalidWelcome, kInvalidGroupInfo, kUnknownPsk,
  // kConfirmationMismatch, kKnownGroup, what the policy refuses with, and the errors of the layers below.
  Result<Transition> join(BytesView welcome, const JoinRequest& = {});

  // Makes an external commit from an encoded MLSMessage that carries a GroupInfo: send its message, and enter() when
  // the delivery service has accepted it. RFC 9420 §12.4.3.2. `ratchet_tree`: the encoded tree if it came aside.
  Result<Transition> join_by_commit(BytesView group_info, const ExternalCommitRequest& = {},
                                    BytesView ratchet_tree = {});
  // An Add of this client, signed by itself, for members to commit. RFC 9420 §12.1.8; PublicMessage
  Result<Bytes> propose_to_join(BytesView group_id, std::uint64_t epoch);

  // Starts a subgroup of `group` with the owners of these key packages, and its Welcome. RFC 9420 §11.3. Each has to be
  // a member of `group` by the policy's idea of identity: kMisuse.
  Result<Transition> branch(const Group& group, const BranchRequest&);
  // Starts the group that a ReInit announced, with the owners of these key packages: all other members of `closed`.
  // RFC 9420 §11.2. Called on a client of the cipher suite that the ReInit names. kMisuse.
  Result<Transition> reinitialize(const Group& closed, const std::vector<Bytes>& key_packages,
                                  TreeDelivery = TreeDelivery::inside);

  // Enters the group that a transition leads into. kMisuse for one that leads into none. kStale for a Welcome whose key
  // package was used meanwhile, or to a group that this client has entered since; and for an own commit that was
  // entered or discarded already (pending_entries() gives copies). In a store, an own commit takes the place of any
  // other group with this id.
  Result<Group> enter(Transition);

  // ---- what is stored; without a store there is nothing -------------------------------------------------------------

  // The ids of the groups in the store.
  [[nodiscard]] Result<std::vector<Bytes>> stored_groups() const;
  // A group as it was after the last function that changed it returned. kMisuse if it is not stored; kKnownGroup if it
  // is there already.
  Result<Group> load_group(BytesView group_id);
  // Erases a group. A Group object of it that is still there cannot write any more: kStale.
  Result<void> forget_group(BytesView group_id);
  // Own commits that lead into a group, made here and neither entered nor discarded: by an external commit, a branch or
  // a re-initialisation.
  Result<std::vector<Transition>> pending_entries() const;
  // Forgets such a commit, or a Welcome (its key package is kept).
  Result<void> discard(Transition);

 private:
  explicit Client(std::shared_ptr<const ClientConfig> config);
  Result<void> load();
  Result<void> save_key_package(const Bytes& reference, const treekem::KeyPackageBundle&);
  // Writes an own commit that leads into a group.
  Result<void> save_entry(detail::TransitionState&);
  // Whether such a commit was neither entered nor discarded, by itself or a copy.
  [[nodiscard]] Result<bool> is_pending(const detail::TransitionState&) const;
  [[nodiscard]] Result<bool> knows_group(BytesView group_id) const;
  // Writes a new group, together with `batch`.
  Result<std::unique_ptr<GroupStore>> save_group(Epoch&, const keyschedule::InitSecret&, const SigningIdentity&,
                                                 storage::Batch);
  [[nodiscard]] const ClientConfig& config() const;
  [[nodiscard]] SigningIdentity identity() const { return {config().credential, config().signer}; }
  Result<Transition> start_descendant(const Group& parent, keyschedule::ResumptionPSKUsage, BytesView group_id,
                                      const treekem::ExtensionList&, const std::vector<Bytes>& key_packages,
                                      TreeDelivery);

  std::shared_ptr<ClientState> state_;
  std::map<Bytes, treekem::KeyPackageBundle, OctetOrder> key_packages_;  // by KeyPackageRef
};

}  // namespace dmls::group
