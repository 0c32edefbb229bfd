#pragma once
// Who takes part in a session, and how it behaves.

#include <dmls/base/bytes.h>
#include <dmls/crypto/suite.h>
#include <dmls/group/client_config.h>
#include <dmls/sendgroup/exporter_psk.h>
#include <dmls/sendgroup/group_id.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dmls::sendgroup {

// When the updates of others are imported. draft-xue-distributed-mls, "PROTECT": before encrypting, SHOULD.
enum class Incorporate : std::uint8_t {
  always,   // before every message
  batched,  // before a message, once UpdatePolicy::batch of them wait
  never,    // only when the application calls Session::commit()
};

// How the leaves of others in a Send Group get fresh keys.
enum class LeafKeys : std::uint8_t {
  psk_only = 1,         // never: healing comes from imported PSKs alone (the draft's first text)
  update_proposal = 2,  // by Update proposals (RFC 9420 §12.1.2) that the owner commits
  detached_leaf = 3,    // by leaves that come with each UPDATE and go where its PSK is imported (detached_leaf.h)
};

// What protect() and maintain() commit by themselves.
struct UpdatePolicy {
  Incorporate incorporate = Incorporate::always;  // when updates of others are imported
  std::size_t batch = 8;                          // for Incorporate::batched; additions and removals do not wait
  // A self-update is due when the last fresh keys are so many seconds old; 0: never.
  std::uint64_t self_update_seconds = 24 * 3600;
  // A self-update is due after so many own application messages under the same keys; 0: never.
  std::uint64_t self_update_messages = 0;
  // How many of the commits whose PSKs are imported travel with an own commit: who lacks one need not ask for it. 0:
  // none.
  std::size_t staple_commits = 0;
  // Octets of them at most, proposals that are referred to included.
  std::size_t staple_octets = 64 * 1024;
};

// MembershipPolicy decides whether what one owner did to its Send Group is done to one's own as well. Clients are named
// by treekem::CredentialValidator::client_id().
class MembershipPolicy {
 public:
  virtual ~MembershipPolicy() = default;
  // `by` removed `whom`. Refusing means that nothing of `by` can be imported any more (the invariant of imports).
  [[nodiscard]] virtual bool follow_removal(BytesView by, BytesView whom) const = 0;
  // `by` added `whom`. Until it is followed, nothing of ours can be imported by `by`.
  [[nodiscard]] virtual bool follow_addition(BytesView by, BytesView whom) const = 0;
};

// FollowEverybody lets any owner invite and evict anyone, as the draft reads. Of two who remove each other, both go.
class FollowEverybody final : public MembershipPolicy {
 public:
  [[nodiscard]] bool follow_removal(BytesView, BytesView) const override { return true; }
  [[nodiscard]] bool follow_addition(BytesView, BytesView) const override { return true; }
};

// What others can make a session remember.
struct Limits {
  std::size_t postponed_messages = 4096;     // that arrived before what they need, all groups together
  std::size_t postponed_octets = 16u << 20;  // of those messages
  std::size_t postponed_per_group = 512;     // of those messages, in one group
  std::size_t early_welcomes = 64;           // of groups whose name is not known yet
  std::size_t stapled_messages = 512;        // in one message; all of a longer one is refused
  std::size_t own_welcomes = 32;             // that can be served again
  std::size_t ledger_per_group = 64;         // PSKs of one Send Group that somebody may still import
  std::size_t log_per_group = 1024;          // commits of one Send Group that can be served again
  std::uint64_t epochs_ahead = 4096;         // how far beyond the present epoch a message or PSK may be
};

// Octets of SessionConfig::name.
inline constexpr std::size_t kMaxSessionName = 255;

// Who takes part, and how.
struct SessionConfig {
  // The first is the suite of one's own Send Group, with its credential and signer; each further one is another suite
  // in which messages can be received. All share policy, clock, random source and store.
  std::vector<std::shared_ptr<const group::ClientConfig>> clients;
  std::shared_ptr<const MembershipPolicy> membership = std::make_shared<FollowEverybody>();  // not nullptr
  UpdatePolicy updates = {};                                                                 // of this participant
  Limits limits = {};                                                                        // of this participant
  // Under which the session is stored, up to kMaxSessionName octets: one store may hold several.
  Bytes name = {};
};

// What all participants of a universe have in common; its creator chooses, and the announcement says so.
struct UniverseParameters {
  std::uint16_t export_length = 32;                    // octets of an imported PSK: 32 to 255 * KDF.Nh
  std::string label = std::string(kExporterPskLabel);  // of the exporter; any octets
  LeafKeys leaf_keys = LeafKeys::psk_only;             // see with_detached_leaves() for `detached_leaf`
  GroupIds group_ids = GroupIds::derived;              // who can invite
  // The suites that Send Groups may have. Empty: those that the creator can receive.
  std::vector<crypto::CipherSuiteId> suites = {};
};

}  // namespace dmls::sendgroup
