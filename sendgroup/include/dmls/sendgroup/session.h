#pragma once
// Distributed MLS: a session in which every participant owns a Send Group. draft-xue-distributed-mls
//
// Only its owner speaks in a Send Group; the others read. So no order of messages between participants is needed, and
// no server. Participants heal each other by importing PSKs that are exported from each other's Send Groups.
//
//   auto alice = *Session::create(config);                  auto bob = *Session::create(config);
//                                                           Bytes package = *bob.new_key_package();
//   auto opened = *alice.open_universe({{package}});
//   ... opened.welcome, opened.announcement ...             bob.unprotect(...); bob.unprotect(...);
//                                                           auto own = *bob.open_send_group();
//   alice.unprotect(own.welcome);
//   ... and from now on, in any order: update(), commit(), protect(), unprotect().
//
// Every call is one step: it succeeds and has changed the session, or fails and has changed nothing, but that the key
// of a genuine message is spent even if what the message says is refused (RFC 9420 §9.2). What was returned to be sent
// is final: the owner's own state has advanced, since nobody else decides about its commits.
//
// With a store (group::ClientConfig::store), every step that changes the session is one batch, written before the
// function returns: Send Groups, ledger, acknowledgements, what waits, what can be served. If the store refuses,
// nothing has happened. What a commit sends is stored with the state it leaves: after a crash, serve() gives it again.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/keyschedule/secrets.h>
#include <dmls/sendgroup/announcement.h>
#include <dmls/sendgroup/config.h>
#include <dmls/sendgroup/error.h>
#include <dmls/sendgroup/event.h>
#include <dmls/sendgroup/exporter_psk.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace dmls::sendgroup {

// The three configurations of draft-xue-distributed-mls, "PROTECT".
enum class CommitKind : std::uint8_t {
  empty,    // an UPDATE: fresh keys, nothing imported
  partial,  // imports what was observed, without fresh keys; obliges nobody to import it in turn
  full,     // imports what was observed, with fresh keys
};

// Whether a key package may serve all owners (RFC 9420 §16.8: its init key is kept, at the cost of forward secrecy of
// the epochs that are joined with it), or one of them.
enum class KeyPackageUse : std::uint8_t {
  last_resort,  // stays usable after it was used
  once,         // deleted when it was used
};

// To be sent to all participants; what does not apply is empty. In this order.
struct Outgoing {
  Bytes commit;        // an encoded MLSMessage, without what is stapled to it
  Bytes welcome;       // an encoded MLSMessage; one for all who were added
  Bytes announcement;  // an encoded MLSMessage of the epoch that `welcome` leads to
  // LeafKeys::update_proposal: fresh keys for our leaves in the Send Groups of others, encoded MLSMessages.
  std::vector<Bytes> proposals = {};
  // UpdatePolicy::staple_commits: commits of others that `commit` imports from. messages() has them in one with it, see
  // StapledCommit.
  std::vector<Bytes> stapled = {};
  // All of it as it is to be sent, in order.
  [[nodiscard]] std::vector<Bytes> messages() const;
};

// Something to ask peers for: a commit, by the epoch that it starts, or the Welcome to a Send Group (epoch 0).
using Wanted = EpochName;

// What of others waits for the next commit().
struct Pending {
  std::vector<EpochName> imports;  // updates that were observed and may be imported now
  std::vector<Bytes> additions;    // clients that others have added
  std::vector<Bytes> removals;     // clients that others have removed
};

// How long a participant has not healed, as far as this session has seen. draft-xue-distributed-mls, "Security
// Considerations": who delays another's updates keeps us sending under keys that may be known.
struct Staleness {
  Bytes client;                     // client id
  std::uint64_t newest_update = 0;  // epoch of the client's Send Group that its newest commit with fresh keys started
  std::uint64_t seconds = 0;        // since that commit arrived
  std::uint64_t imported = 0;       // the newest epoch of it that our own Send Group has imported
};

// What a session costs and remembers.
struct Statistics {
  std::size_t groups = 0;              // Send Groups of others that are followed
  std::size_t ledger = 0;              // exported PSKs that somebody may still import
  std::size_t postponed_messages = 0;  // that came before their epoch, in all groups
  std::size_t postponed_octets = 0;    // of those messages
  std::size_t blocked_commits = 0;     // genuine ones that wait, at most one for each group
  std::uint64_t deferrals = 0;  // how often a commit had to wait: at first, and after each thing that it waited for
};

class Session {
 public:
  // A new session, which is stored if its clients have a store. kMisuse without a client, or if one lacks signer or
  // policy, two have the same suite, they have different stores, or a session of this name is stored already.
  static Result<Session> create(SessionConfig);
  // A session that was moved from can be assigned to, and die.
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  // ---- INIT

  // A key package to be published, as an encoded MLSMessage. `client`: an index into SessionConfig::clients.
  Result<Bytes> new_key_package(KeyPackageUse = KeyPackageUse::last_resort, std::size_t client = 0);
  // Takes over a key package that was made elsewhere, private keys included. kMisuse if it is not ours, of another
  // suite than we have, or if its leaf has another signature key than the signer of that suite.
  Result<void> import_key_package(treekem::KeyPackageBundle);
  // Opens a universe, whose first Send Group is one's own. `key_packages`: encoded KeyPackages or MLSMessages, one of
  // each participant in the suite of the own Send Group, and any number in other suites; those of last resort are
  // passed on with the announcement. kMissingKeyPackage for one who has none in the suite.
  Result<Outgoing> open_universe(std::span<const Bytes> key_packages, const UniverseParameters& = {});
  // Joins an announced universe with one's own Send Group. `key_packages`: of those whose key package did not come with
  // the announcement. kNoUniverse; kMissingKeyPackage.
  Result<Outgoing> open_send_group(std::span<const Bytes> key_packages = {});

  // ---- UPDATE, COMMIT, PROTECT

  // UPDATE: an empty commit with fresh keys. kNoUniverse before the own Send Group is open.
  Result<Outgoing> update() { return commit(CommitKind::empty); }
  // COMMIT. Additions and removals that wait are done as well (removals bring fresh keys; with an addition nothing is
  // imported, since a new member could not follow: commit again). kNothingToCommit for `partial` if nothing waits;
  // kNoUniverse before the own Send Group is open.
  Result<Outgoing> commit(CommitKind = CommitKind::partial);
  // PROTECT: the messages to send, in this order: commits as the update policy demands, then the application message.
  // Should protecting it fail after a commit was made, peers get that commit through missing() and serve(). kNoUniverse
  // before the own Send Group is open; kMisuse for the authenticated_data kAnnouncementMark.
  Result<std::vector<Bytes>> protect(BytesView data, BytesView authenticated_data = {});
  // A full commit, if an update is due by the update policy; and proposals that have to be made again, because the
  // epochs they were made in ended without them. Else nothing. kNoUniverse before the own Send Group is open.
  Result<std::vector<Bytes>> maintain();

  // ---- UNPROTECT

  // Takes an encoded MLSMessage. The first event is about the message; more follow if it released others that waited.
  // What is not genuine or not allowed is an error. Of a StapledCommit, which is taken too, each message is judged by
  // itself: those that are refused are Rejected, the events about the commit come first.
  Result<Events> unprotect(BytesView message);

  // ---- members

  // Adds a participant to one's own Send Group, and by that asks the other owners to do the same. With derived group
  // ids only the creator of the universe can invite somebody new (kMisuse for others). kMisuse for a member,
  // kUnknownParticipant for who was removed; kNoUniverse before the own Send Group is open.
  Result<Outgoing> add(BytesView key_package);
  // Removes a participant from one's own Send Group, and by that asks the other owners to do the same. For good: under
  // this client id nobody comes back. kUnknownParticipant if it is no member; kMisuse for oneself; kNoUniverse before
  // the own Send Group is open.
  Result<Outgoing> remove(BytesView client);
  // Puts somebody who lost track back into one's own Send Group, with a new key package of theirs. kUnknownParticipant
  // if they are no member; kMisuse for the key package of another; kNoUniverse before the own Send Group is open.
  Result<Outgoing> readmit(BytesView client, BytesView key_package);
  // Forgets how to follow a group, and takes the next Welcome to it instead. (Groups that are lost() do so anyway.)
  // kUnknownGroup if it is not followed.
  Result<void> abandon(BytesView group_id);

  // ---- order

  // What keeps messages waiting, as far as it is known.
  [[nodiscard]] std::vector<Wanted> missing() const;
  // The newest epoch of every Send Group that is followed, the own included: send it to peers from time to time.
  [[nodiscard]] std::vector<EpochName> heads() const;
  // What a peer with these heads has and this session lacks.
  [[nodiscard]] std::vector<Wanted> lacking(std::span<const EpochName> heads_of_peer) const;
  // The messages that satisfy a request, a commit after the proposals it refers to; empty if they are not (or no
  // longer) here. Commits are signed: anybody may pass them on. A Welcome is served by the owner of the group.
  [[nodiscard]] std::vector<Bytes> serve(const Wanted&) const;
  // Groups that cannot be followed any more.
  [[nodiscard]] std::vector<Bytes> lost() const;

  // ---- looking

  // How others name this participant; see treekem::CredentialValidator.
  [[nodiscard]] Bytes client_id() const;
  // Empty before the universe is known.
  [[nodiscard]] Bytes universe_id() const;
  // Of the own Send Group; empty before it is open.
  [[nodiscard]] Bytes group_id() const;
  // Of the own group or of one that is followed; nullopt else.
  [[nodiscard]] std::optional<std::uint64_t> epoch(BytesView group_id) const;
  // Client ids, the owner's included, in the order of their octets; none if the group is neither the own one nor
  // followed.
  [[nodiscard]] std::vector<Bytes> members(BytesView group_id) const;
  // RFC 9420 §8.7; equal for all who agree; Nh octets of the group's suite. nullptr if the group is neither the own one
  // nor followed. Lent until the session changes.
  [[nodiscard]] const keyschedule::EpochAuthenticator* epoch_authenticator(BytesView group_id) const;
  // Whose Send Group that is: a client id; empty if that is not known.
  [[nodiscard]] Bytes owner_of(BytesView group_id) const;
  // The group id of a participant's Send Group; empty if that is not known.
  [[nodiscard]] Bytes send_group_of(BytesView client) const;
  // The newest epoch of a Send Group that `owner` has imported, as seen; 0 if none.
  [[nodiscard]] std::uint64_t imported(BytesView owner, BytesView group_id) const;
  // Nothing before the own Send Group is open.
  [[nodiscard]] Pending pending() const;
  // One entry for each Send Group that is followed and whose owner is not about to go.
  [[nodiscard]] std::vector<Staleness> staleness() const;
  // As of now; `deferrals` since this object was made or loaded.
  [[nodiscard]] Statistics statistics() const;

 private:
  struct State;
  explicit Session(std::unique_ptr<State>);
  friend Result<Session> load_session(SessionConfig);
  friend struct SessionAccess;  // for sendgroup's tests
  static Result<Session> load(SessionConfig);
  template <class Run>
  auto step(Run run) -> decltype(run(std::declval<State&>()));
  std::unique_ptr<State> state_;
};

// ---- what is stored -------------------------------------------------------------------------------------------------

// The names of the sessions in a store, see SessionConfig::name.
Result<std::vector<Bytes>> stored_sessions(storage::Store&);
// A session as it was after the last function that changed it returned. It needs the same clients, signers included.
// Another object of the same session cannot write any more, and does nothing from then on: group::errc::kStale. kMisuse
// if none of this name is stored, or if it is somebody else's; errors of the store.
Result<Session> load_session(SessionConfig);
// Erases a session. `client`: the first of its clients. An object of it that is still there does nothing any more.
Result<void> forget_session(const group::ClientConfig& client, BytesView name = {});

}  // namespace dmls::sendgroup
