#pragma once
// Which of several epochs that follow the same one a client prefers. draft-kohbrok-mls-dmls, "State management"
//
// A choice is made among commits that this client has verified, confirmation tag included: anybody can write a message
// with whatever tag pleases him.

#include <dmls/base/bytes.h>
#include <dmls/crypto/suite.h>
#include <dmls/fork/node_id.h>
#include <dmls/group/changes.h>

#include <functional>

namespace dmls::fork {

// Candidate is a verified commit.
struct Candidate {
  CommitHash commit;       // of its content, however it was encrypted
  Bytes confirmation_tag;  // Nh octets
  group::Changes changes;  // what it does
};

// ForkChoice is a strict total order over the commits of one parent that depends on nothing else, so that everyone who
// knows the same commits chooses the same one, whatever the order in which they arrived.
class ForkChoice {
 public:
  virtual ~ForkChoice() = default;
  // Is `a` preferred to `b`? Both lead away from `parent`.
  [[nodiscard]] virtual bool prefers(const crypto::CipherSuite&, const NodeId& parent, const Candidate& a,
                                     const Candidate& b) const = 0;
};

// The draft's example: the lexicographically higher confirmation tag wins. A committer that retries its randomness can
// make its own commits win.
class HighestConfirmationTag final : public ForkChoice {
 public:
  // Of equal tags, the lower commit hash.
  [[nodiscard]] bool prefers(const crypto::CipherSuite&, const NodeId& parent, const Candidate& a,
                             const Candidate& b) const override;
};

// A ticket that the committer cannot draw again: first the lower class, then the lower
// Hash("DeMLS fork ticket"<V> || parent dmls_epoch<V> || uint32 committer leaf), then the lower commit hash. Classes:
// 0 a member's commit with a Remove that `authorised` agrees to, 1 other commits of members, 2 external commits.
// An insider still wins by adding a Remove that is authorised, and the committer of the parent can draw one epoch
// ahead.
class Ticket final : public ForkChoice {
 public:
  // Without `authorised`, every Remove counts: the group's policy has accepted it.
  explicit Ticket(std::function<bool(const group::Changes&)> authorised = {}) : authorised_(std::move(authorised)) {}
  // By class, ticket and commit hash.
  [[nodiscard]] bool prefers(const crypto::CipherSuite&, const NodeId& parent, const Candidate& a,
                             const Candidate& b) const override;

  // The Hash above, Nh octets.
  [[nodiscard]] static Bytes ticket(const crypto::CipherSuite&, const NodeId& parent, tree_math::LeafIndex committer);
  // The class above: 0, 1 or 2.
  [[nodiscard]] int class_of(const Candidate&) const;

 private:
  std::function<bool(const group::Changes&)> authorised_;
};

// The application's own order. Where it prefers neither, the lower commit hash wins.
class ChosenBy final : public ForkChoice {
 public:
  // Is `a` preferred to `b`? The same for all members, and never both ways.
  using Order = std::function<bool(const NodeId& parent, const Candidate& a, const Candidate& b)>;
  // `order` can be called.
  explicit ChosenBy(Order order) : order_(std::move(order)) {}
  // By the order, and then by the lower commit hash.
  [[nodiscard]] bool prefers(const crypto::CipherSuite&, const NodeId& parent, const Candidate& a,
                             const Candidate& b) const override;

 private:
  Order order_;
};

}  // namespace dmls::fork
