#pragma once
#include <dmls/base/result.h>
#include <dmls/base/secret.h>
#include <dmls/crypto/suite.h>
#include <dmls/keyschedule/secret_tree.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "change_log.h"
#include "skipped_keys.h"

namespace dmls::keyschedule {

// Ratchet is one sender ratchet: the secret of the first generation that was not derived yet, and the keys of earlier
// generations that were skipped. RFC 9420 §9.1, §9.2
class Ratchet {
 public:
  // Generations are 0 ... 2^32 - 1. A ratchet that stands here is exhausted, and has no secret.
  static constexpr std::uint64_t kEnd = std::uint64_t{1} << 32;

  explicit Ratchet(SecretBytes secret, std::uint64_t next = 0) : next_(next), secret_(std::move(secret)) {}

  [[nodiscard]] Ratchet clone() const {
    Ratchet copy(secret_.clone(), next_);
    if (skipped_) copy.skipped_ = std::make_unique<SkippedKeys>(skipped_->clone());
    return copy;
  }

  // The first generation that was not derived yet.
  [[nodiscard]] std::uint64_t next() const { return next_; }
  // Its secret; empty at the end.
  [[nodiscard]] const SecretBytes& secret() const { return secret_; }
  // nullptr if there never were any.
  [[nodiscard]] const SkippedKeys* skipped() const { return skipped_.get(); }

  // Fills the key of key.generation_, and what the ratchet becomes when it is spent. Errors as SecretTree::look().
  Result<void> look(const crypto::CipherSuite&, const RatchetLimits&, RatchetKey& key) const;
  // The same for the sender, who moves at once and keeps nothing. kRatchetExhausted.
  Result<SentKey> send(const crypto::CipherSuite&, const RatchetLog&);
  // Takes from `key` what the ratchet becomes. Errors as SecretTree::spend().
  Result<void> spend(const crypto::CipherSuite&, const RatchetLimits&, RatchetKey& key, const RatchetLog&);

  // Adds the slots of keys that were skipped, and drops the oldest beyond the limit.
  void keep(const crypto::CipherSuite&, const RatchetLimits&, BytesView slots, const RatchetLog&);

  // Whether a ratchet that stands at `next` is willing to derive `generation`; nothing is computed.
  static Result<void> check_ahead(std::uint64_t next, std::uint32_t generation, const RatchetLimits&);

 private:
  std::uint64_t next_;
  SecretBytes secret_;
  std::unique_ptr<SkippedKeys> skipped_;
};

}  // namespace dmls::keyschedule
