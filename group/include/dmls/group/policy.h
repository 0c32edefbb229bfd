#pragma once
// What the application decides: who people are, and what may be done to the group. RFC 9420 leaves both to it, and
// applications forget them easily, so a client cannot be made without a policy.

#include <dmls/base/result.h>
#include <dmls/group/changes.h>
#include <dmls/treekem/credential_validator.h>
#include <dmls/treekem/lifetime.h>

namespace dmls::group {

struct PublicEpoch;     // <dmls/group/public_epoch.h>
struct StoredProposal;  // <dmls/group/proposal_store.h>

// Policy is asked before a group changes, and about every credential that is new in it.
class Policy : public treekem::CredentialValidator {
 public:
  // May this transition happen? Asked for received commits and for own ones, before they are staged; and for a Welcome,
  // with the epoch it leads to in the place of `before` (its members are already there: look at before.tree).
  // `before` has the group's id, extensions and members, `changes` says who proposed what, and who commits it. A
  // refusal is any error; errc::kRefusedByPolicy is the usual one.
  virtual Result<void> accept(const PublicEpoch& before, const Changes& changes) const = 0;

  // May this proposal wait for a commit? Asked for received ones. One that is refused is not in own commits, though it
  // is kept: somebody else may commit it, and then accept() decides. Default: yes.
  virtual Result<void> accept_proposal(const PublicEpoch& present, const StoredProposal& proposal) const;

  // How the lifetimes of leaves are judged at time `now`, in seconds since 1970. RFC 9420 §7.2 makes applications
  // define the longest that they accept; unless this is overridden it is a year.
  [[nodiscard]] virtual treekem::LifetimePolicy lifetimes(std::uint64_t now) const;
};

// AcceptEverything authenticates nobody and allows everything: anyone can claim any identity and remove anyone, and
// leaves never expire. For examples, tests and benchmarks.
class AcceptEverything : public Policy {
 public:
  // Whoever says so.
  Result<void> validate(const treekem::CredentialView&, BytesView) const override { return {}; }
  // Anybody as anybody.
  Result<void> valid_successor(const treekem::CredentialView&, const treekem::CredentialView&) const override {
    return {};
  }
  // Whatever by whomever.
  Result<void> accept(const PublicEpoch&, const Changes&) const override { return {}; }
  // Neither the time nor the length of a lifetime is judged.
  [[nodiscard]] treekem::LifetimePolicy lifetimes(std::uint64_t) const override { return {}; }
};

// TrustNames does the same, and takes everybody for the client that the credential's content says, whatever the
// signature key: one client may have keys of several schemes. For the same uses.
class TrustNames : public AcceptEverything {
 public:
  // The content of the credential, as CredentialView::body has it.
  [[nodiscard]] Bytes client_id(const treekem::CredentialView& credential, BytesView) const override {
    return to_bytes(credential.body);
  }
};

}  // namespace dmls::group
