#pragma once
// The DeMLS key schedule: many init secrets from one epoch. draft-kohbrok-mls-dmls, "DMLS key schedule"
//
//   epoch_secret -- DeriveSecret(., "parent_init") --> ParentInitSecret     the key of the epoch's PPRF
//   epoch_secret -- DeriveSecret(., "epoch") -->       NodeId               the dmls_epoch
//   path_secret[n] -- commit_confirmation() -->        CommitConfirmation
//   CommitConfirmation, GroupContext of the child -- pprf_input() --> the PPRF's input, and its output is init_secret
//
// RFC 9420's DeriveSecret(epoch_secret, "init") is not derived at all: it would open what the PPRF closes.

#include <dmls/base/result.h>
#include <dmls/base/secret.h>
#include <dmls/crypto/suite.h>
#include <dmls/fork/node_id.h>
#include <dmls/keyschedule/succession.h>
#include <dmls/pprf/pprf.h>

#include <optional>

namespace dmls::fork {

// parent_init_secret, Nh octets.
using ParentInitSecret = Secret<struct ParentInitRole>;
// commit_confirmation, Nh octets.
using CommitConfirmation = Secret<struct CommitConfirmationRole>;

// DeriveSecret(path_secret[n], "conf"). `last_path_secret`: of the last node of the filtered direct path; 0^Nh for a
// commit without path.
[[nodiscard]] CommitConfirmation commit_confirmation(const crypto::CipherSuite&, BytesView last_path_secret);

// ExpandWithLabel(commit_confirmation, "child_init", group_context, Nh), where `group_context` is the encoded context
// of the epoch that the commit starts. Secret if the commit has a path.
[[nodiscard]] SecretBytes pprf_input(const crypto::CipherSuite&, const CommitConfirmation&, BytesView group_context);

// DemlsSuccession is what an epoch of a DeMLS group leaves behind.
class DemlsSuccession final : public keyschedule::EpochSuccession {
 public:
  // Takes "parent_init" and "epoch". Never fails.
  Result<void> derive(const crypto::Expander& epoch_secret) override;

  // Empty before derive().
  [[nodiscard]] const NodeId& id() const { return id_; }
  // Empty before derive(), and after into_pprf().
  [[nodiscard]] const ParentInitSecret& parent_init_secret() const { return parent_init_; }
  // The epoch's own PPRF, unpunctured. kSecretLength (pprf) before derive().
  Result<pprf::Pprf> into_pprf(const crypto::CipherSuite&) &&;

 private:
  NodeId id_;
  ParentInitSecret parent_init_;
};

// DeriveChildSecret of one commit on a living epoch: looks, and keeps the evaluation so that whoever accepts the commit
// can spend it. Borrows the PPRF.
class DemlsInitSource final : public keyschedule::InitSecretSource {
 public:
  // `parent` outlives this object, and stays in its place.
  explicit DemlsInitSource(const pprf::Pprf& parent) : parent_(parent) {}
  // kPunctured, kNotKept (pprf).
  Result<keyschedule::InitSecret> init_secret(BytesView last_path_secret, BytesView group_context) override;

  // What was looked at; nothing if init_secret() was not called, as for an external commit.
  [[nodiscard]] std::optional<pprf::Evaluation> into_evaluation() && { return std::move(evaluation_); }

 private:
  const pprf::Pprf& parent_;
  std::optional<pprf::Evaluation> evaluation_;
};

}  // namespace dmls::fork
