#pragma once
// How epochs follow one another: the two places where a variant of MLS may differ from RFC 9420. The key schedule
// itself never asks which variant it serves.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/crypto/kdf.h>
#include <dmls/keyschedule/secrets.h>

#include <utility>

namespace dmls::keyschedule {

// InitSecretSource says where init_secret_[n-1] comes from. It is asked while a commit is staged, and may be asked for
// a commit that is then dropped: answering changes nothing that cannot be undone (lend a clone; spend at merge).
class InitSecretSource {
 public:
  virtual ~InitSecretSource() = default;
  // `last_path_secret`: path_secret[n] of the commit (RFC 9420 §7.4), KDF.Nh octets; all zero for a commit without
  // path. It is secret, and borrowed for this call. `group_context`: the encoded GroupContext of the new epoch. The
  // answer has KDF.Nh octets.
  virtual Result<InitSecret> init_secret(BytesView last_path_secret, BytesView group_context) = 0;
};

// EpochSuccession takes what an epoch leaves to its successors.
class EpochSuccession {
 public:
  virtual ~EpochSuccession() = default;
  // Called exactly once per epoch, by derive_epoch(), just before the epoch secret dies. Take what is needed by
  // epoch_secret.derive_secret(label); do not keep the expander. A failure makes derive_epoch() fail.
  virtual Result<void> derive(const crypto::Expander& epoch_secret) = 0;
};

// RFC 9420 §8: the previous epoch's init_secret, which is lent as a clone.
class OrdinaryInitSource final : public InitSecretSource {
 public:
  // Borrows `previous` for as long as it lives.
  explicit OrdinaryInitSource(const InitSecret& previous) : previous_(previous) {}
  // A clone of `previous`, whatever the arguments. Does not fail.
  Result<InitSecret> init_secret(BytesView last_path_secret, BytesView group_context) override;

 private:
  const InitSecret& previous_;
};

// RFC 9420 §8.3: the init_secret that an external joiner sent (see <dmls/keyschedule/external_init.h>). Owns it.
class ExternalInitSource final : public InitSecretSource {
 public:
  // `sent`: of send_external_init() or receive_external_init().
  explicit ExternalInitSource(InitSecret sent) : sent_(std::move(sent)) {}
  // A clone of `sent`, whatever the arguments. Does not fail.
  Result<InitSecret> init_secret(BytesView last_path_secret, BytesView group_context) override;

 private:
  InitSecret sent_;
};

// RFC 9420 §8: init_secret_[n] = DeriveSecret(epoch_secret, "init").
class OrdinarySuccession final : public EpochSuccession {
 public:
  // Does not fail.
  Result<void> derive(const crypto::Expander& epoch_secret) override;
  // What derive() took; empty before it.
  [[nodiscard]] const InitSecret& init_secret() const { return init_secret_; }
  // The same, given away.
  [[nodiscard]] InitSecret into_init_secret() && { return std::move(init_secret_); }

 private:
  InitSecret init_secret_;
};

}  // namespace dmls::keyschedule
