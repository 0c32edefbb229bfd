#pragma once
// The state of a session, and the steps that change it. One file per kind of step:
//   open.cc     INIT: key packages, the universe, the own Send Group
//   join.cc     Welcomes and announcements of others
//   receive.cc  UNPROTECT: routing, who may say what
//   follow.cc   commits of others: blocked, followed, refused; what an arrival releases
//   send.cc     UPDATE, COMMIT, PROTECT, members
//   order.cc    what is missing, what can be served
//   leaves.cc   leaves for the Send Groups of others
//   forget.cc   what can be deleted
//   save.cc, load.cc   the store

#include <dmls/group/epoch.h>
#include <dmls/group/key_package_octets.h>
#include <dmls/group/mls_message.h>
#include <dmls/group/proposal_store.h>
#include <dmls/group/transition.h>
#include <dmls/sendgroup/session.h>

#include <deque>
#include <map>
#include <set>
#include <string>

#include "ack_matrix.h"
#include "commit_log.h"
#include "postbox.h"
#include "psk_ledger.h"
#include "roster.h"
#include "shelf.h"
#include "table.h"
#include "wait_index.h"

namespace dmls::sendgroup {

using Clients = std::set<Bytes, OctetOrder>;

struct Universe {
  Bytes id;
  crypto::CipherSuite suite;  // of the universe group
  UniverseParameters parameters;
};

// Somebody who takes part, or did.
struct Participant {
  Bytes group_id;       // of their Send Group
  Bytes signature_key;  // of their leaf in the universe group; empty if it was not seen
};

// Proposals of the present epoch as they came, by their reference: whoever lacks them is served.
using ProposalMessages = std::map<Bytes, Bytes, OctetOrder>;

// A Welcome of ours and its announcement, kept until all whom it invites are known to have joined, or are gone.
struct Invitation {
  std::vector<Bytes> messages;
  Clients invited;
};
using Invitations = std::map<std::uint64_t, Invitation>;  // by the epoch joined

struct OwnGroup {
  Bytes id;
  group::Epoch epoch;
  keyschedule::InitSecret init_secret;
  SharedRoster roster;
  group::ProposalStore proposals = {};
  ProposalMessages proposal_messages = {};
  Invitations invitations = {};
  std::uint64_t fresh_at = 0;  // time of the last commit with fresh keys
  std::uint64_t messages_since_fresh = 0;
  Shelf shelf = {};
};

// A commit that was decrypted and verified once, and waits for PSKs.
struct BlockedCommit {
  group::VerifiedContent content;
  Bytes message;
};

// Fresh keys for our leaf in the Send Group of somebody else, LeafKeys::update_proposal.
enum class Renewal : std::uint8_t { none, due, proposed };

// A Send Group of somebody else.
struct FollowedGroup {
  Bytes id;
  Bytes owner;
  const group::ClientConfig* config;  // that of its suite
  group::Epoch epoch;
  keyschedule::InitSecret init_secret;
  SharedRoster roster;
  std::uint64_t joined_at = 0;
  std::uint64_t newest_update = 0;  // the epoch that the newest commit with fresh keys started
  std::uint64_t updated_at = 0;     // when it arrived
  Bytes welcome_hash = {};
  bool confirmed = false;  // it is known whose it is
  bool lost = false;
  bool closing = false;             // its owner was removed from the own Send Group: only its removals still count
  Renewal renewal = Renewal::none;  // of our leaf in it
  group::ProposalStore proposals = {};
  ProposalMessages proposal_messages = {};
  std::deque<group::Epoch> past = {};  // the latest first
  std::optional<BlockedCommit> blocked = {};
  Shelf shelf = {};
};

using Packages = std::map<crypto::CipherSuiteId, treekem::KeyPackage>;

// What a commit names has happened, has not yet, cannot any more, or must not be named.
enum class PskStanding : std::uint8_t { ready, early, gone, refused };

struct Session::State {
  SessionConfig config;
  Bytes me;                                  // client id
  Table<treekem::KeyPackageBundle> bundles;  // by KeyPackageRef
  Table<Packages> directory;                 // last resort, by client

  std::optional<Universe> universe;
  Table<Participant> participants;            // by client id
  std::map<Bytes, Bytes, OctetOrder> owners;  // group id -> client id
  bool names_learned = false;                 // since settle() looked
  std::optional<OwnGroup> own;
  Table<FollowedGroup> groups;  // by group id
  Marks removed;                // from the own Send Group: they never come back
  Marks to_remove;              // removed by others, and to be removed here
  Marks to_add;                 // added by others
  Marks left;                   // groups that we were removed from

  PskLedger ledger;
  AckMatrix acks;
  CommitLog log;
  WaitIndex waits;
  Postbox postbox;
  Table<Bytes> early_welcomes;    // by their hash
  std::deque<EpochName> entered;  // epochs whose arrival may release something
  std::uint64_t deferrals = 0;
  StoredState stored;

  // ---- looking
  [[nodiscard]] const group::ClientConfig& client() const { return *config.clients.front(); }
  [[nodiscard]] const group::Policy& policy() const { return *client().policy; }
  [[nodiscard]] const group::ClientConfig* client_for(crypto::CipherSuiteId) const;
  [[nodiscard]] std::uint64_t now() const { return client().clock->now(); }
  [[nodiscard]] FollowedGroup* find_group(BytesView id);
  [[nodiscard]] const FollowedGroup* find_group(BytesView id) const;
  [[nodiscard]] const FollowedGroup* group_of(BytesView client) const;
  [[nodiscard]] std::vector<Bytes> group_ids() const;  // of `groups`
  [[nodiscard]] const Bytes* owner_of(BytesView group_id) const;
  [[nodiscard]] bool detaches_leaves() const {
    return universe && universe->parameters.leaf_keys == LeafKeys::detached_leaf;
  }
  // The same client, with the rules of the universe's LeafKeys.
  [[nodiscard]] group::ClientConfig judging(const group::ClientConfig&) const;
  [[nodiscard]] bool is_universe(BytesView group_id) const { return universe && is_same(universe->id, group_id); }
  static bool is_same(BytesView a, BytesView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

  // ---- INIT
  Result<Bytes> new_key_package(KeyPackageUse, std::size_t client_index);
  Result<void> import_key_package(treekem::KeyPackageBundle);
  Result<void> provide_last_resort();
  Result<Outgoing> open_universe(std::span<const Bytes> packages, UniverseParameters);
  Result<Outgoing> open_send_group(std::span<const Bytes> packages);
  Result<Outgoing> open(const Bytes& id, std::span<const Bytes> packages, bool as_universe);
  Result<Bytes> announce(group::Epoch&) const;
  void learn(const treekem::KeyPackage&);
  Result<void> name(const Bytes& client, Bytes group_id, BytesView signature_key);
  // The names of those who joined the universe group with this epoch; nothing for another group.
  Result<std::vector<std::pair<Bytes, Participant>>> names_of(const group::Epoch&, const std::vector<group::Addition>&,
                                                              bool of_universe) const;

  // ---- UNPROTECT
  Result<Events> unprotect(BytesView);
  Result<Events> unprotect_stapled(BytesView);
  void receive_part(BytesView octets, bool is_stapled, Events&);
  Result<void> receive(const group::MlsMessage&, BytesView octets, Events&);
  Result<void> receive_own(const group::MlsMessage&, BytesView octets, Events&);
  Result<void> receive_early(const EpochName&, bool is_commit, BytesView octets, Events&);
  Result<void> receive_late(FollowedGroup&, const group::MlsMessage&, BytesView octets, Events&);
  Result<void> receive_present(FollowedGroup&, const group::MlsMessage&, BytesView octets, Events&);
  Result<void> take_application(FollowedGroup&, group::VerifiedContent, std::uint64_t epoch, Events&);
  Result<void> take_proposal(FollowedGroup*, group::VerifiedContent, BytesView octets, Events&);

  Result<void> receive_welcome(const group::Welcome&, BytesView octets, Events&);
  Result<void> check_owner(const FollowedGroup&) const;
  Result<void> receive_announcement(FollowedGroup&, BytesView, Events&);
  Result<void> check_announcement(const FollowedGroup&, const Announcement&) const;
  void confirm_groups(Events&);
  void retry_welcomes(Events&);

  // ---- commits of others
  Result<void> take_commit(FollowedGroup&, group::VerifiedContent, BytesView octets, Events&);
  Result<std::vector<EpochName>> check_commit(const FollowedGroup&, const group::Commit&) const;
  Result<void> check_leaves(const group::Commit&, const std::vector<EpochName>& imports, bool adds) const;
  Result<void> check_leaves_are_there(const FollowedGroup&, const group::Commit&,
                                      const std::vector<EpochName>& imports) const;
  [[nodiscard]] PskStanding standing(const FollowedGroup&, const EpochName&) const;
  // Whether it can be followed now; if not, it is blocked or the group is lost.
  enum class Readiness : std::uint8_t { ready, blocked, lost };
  Result<Readiness> readiness(FollowedGroup&, const std::vector<EpochName>& imports, std::vector<EpochName>& until,
                              EpochName& because) const;
  Result<void> check_invariant(const FollowedGroup&, const group::Commit&, const std::vector<EpochName>& imports) const;
  Result<void> follow(FollowedGroup&, const group::VerifiedContent&, BytesView octets,
                      const std::vector<EpochName>& imports, Events&);
  [[nodiscard]] static std::size_t lacking_proposals(const group::ProposalStore&, const group::Commit&);
  [[nodiscard]] bool removes_us(const FollowedGroup&, const group::Commit&) const;
  void lose(FollowedGroup&, const EpochName& because, Events&);
  bool retry(const Bytes& group_id, Events&);
  void settle(Events&);
  void oblige(const FollowedGroup&, const group::Changes&, const group::Commit&);

  // ---- UPDATE, COMMIT, PROTECT, members
  struct Plan {
    bool fresh = true;
    std::vector<EpochName> imports = {};
    std::vector<Bytes> removes = {};
    std::vector<Bytes> adds = {};  // encoded key packages
  };
  Result<Outgoing> commit(CommitKind);
  Result<Outgoing> carry_out(const Plan&);
  // LeafKeys::detached_leaf: leaves for the Send Groups of others; whether a published one is acceptable in the own
  // one.
  Result<PskLedger::Entry> publish_leaves(group::CommitRequest&) const;
  [[nodiscard]] bool fits(const EpochName& import) const;
  Result<std::vector<Bytes>> protect(BytesView data, BytesView authenticated_data);
  Result<std::vector<Bytes>> maintain();
  Result<Outgoing> add(BytesView package);
  Result<Outgoing> remove(BytesView client);
  Result<Outgoing> readmit(BytesView client, BytesView package);
  Result<void> abandon(BytesView group_id);
  [[nodiscard]] std::vector<EpochName> due_imports(const Roster& after) const;
  [[nodiscard]] std::vector<Bytes> stapled_to(const std::vector<EpochName>& imports) const;
  [[nodiscard]] Pending pending() const;
  [[nodiscard]] bool self_update_due() const;
  Result<Bytes> propose_renewal(FollowedGroup&);
  std::vector<Bytes> propose_renewals();

  // ---- order
  [[nodiscard]] static bool is_complete(const FollowedGroup&);
  [[nodiscard]] std::vector<Wanted> missing() const;
  [[nodiscard]] std::vector<EpochName> heads() const;
  [[nodiscard]] std::vector<Wanted> lacking(std::span<const EpochName>) const;
  [[nodiscard]] std::vector<Bytes> serve(const Wanted&) const;

  // ---- forgetting
  void invite(Clients, std::vector<Bytes> messages);  // to the present epoch of the own Send Group
  void uninvite(const Bytes& client, std::uint64_t up_to);
  void drop_group(const Bytes& group_id);
  void forget_psks(const std::vector<Bytes>& group_ids);
  void forget();
  [[nodiscard]] bool may_import(BytesView owner, const EpochName&) const;

  // ---- the store
  [[nodiscard]] storage::Store* store() const { return client().store.get(); }
  // Writes what has changed since the last call, in one batch. After an error this object has to be loaded again.
  Result<void> save();
  void forget_changes();
  struct Writer;
  struct Loader;
  // Nothing in it yet. kMisuse, see Session::create().
  static Result<std::unique_ptr<State>> create(SessionConfig);
  // What the store holds under the configured name. kMisuse if there is nothing.
  static Result<std::unique_ptr<State>> load(SessionConfig);
};

// The Welcome of an own commit, encoded; empty if nobody was added.
Bytes encoded_welcome(const group::OwnCommit&);
Bytes client_of(const treekem::KeyPackage&, const treekem::CredentialValidator&);

}  // namespace dmls::sendgroup
