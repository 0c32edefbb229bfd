#include "ratchet.h"

#include <dmls/crypto/kdf.h>

#include <algorithm>
#include <cstring>

namespace dmls::keyschedule {
namespace {

constexpr const char* kSpentRule = "RFC 9420 §9.2: the key of this generation was used, or dropped from the window";

KeyAndNonce material(const crypto::CipherSuite& suite, const crypto::Expander& ratchet_secret, std::uint32_t j) {
  return {ratchet_secret.derive_tree_secret("key", j, suite.key_length()),
          ratchet_secret.derive_tree_secret("nonce", j, suite.nonce_length())};
}

// ratchet_secret_[j+1], of which there is none beyond the last generation.
SecretBytes following(const crypto::CipherSuite& suite, const crypto::Expander& ratchet_secret, std::uint32_t j) {
  if (std::uint64_t{j} + 1 == Ratchet::kEnd) return {};
  return ratchet_secret.derive_tree_secret("secret", j, suite.hash_length());
}

}  // namespace

Result<void> Ratchet::check_ahead(std::uint64_t next, std::uint32_t generation, const RatchetLimits& limits) {
  if (generation > next && generation - next > limits.max_ahead)
    return fail(errc::kGenerationTooFarAhead, "RFC 9420 §9.1: the generation lies beyond the look-ahead bound");
  return {};
}

Result<void> Ratchet::look(const crypto::CipherSuite& suite, const RatchetLimits& limits, RatchetKey& key) const {
  const std::uint32_t generation = key.generation_;
  if (generation < next_) {
    const auto position = skipped_ ? skipped_->find(generation) : std::nullopt;
    if (!position) return fail(errc::kGenerationSpent, kSpentRule);
    const BytesView kept = skipped_->material(*position);
    key.material_ = {SecretBytes(kept.first(suite.key_length())), SecretBytes(kept.subspan(suite.key_length()))};
    return {};
  }
  DMLS_CHECK(check_ahead(next_, generation, limits));

  // Skipped generations that the window could not hold need no keys, only the way past them.
  const auto skipped = std::min<std::uint64_t>(generation - next_, limits.max_kept);
  const std::uint64_t kept_from = generation - skipped;
  const std::size_t slot_size = SkippedKeys::kGenerationSize + suite.key_length() + suite.nonce_length();
  key.skipped_ = SecretBytes(static_cast<std::size_t>(skipped) * slot_size);
  std::uint8_t* slot = key.skipped_.expose_mut().data();

  key.next_secret_ = secret_.clone();
  for (std::uint64_t at = next_; at < generation; ++at) {
    const auto j = static_cast<std::uint32_t>(at);
    const crypto::Expander ratchet_secret(suite, key.next_secret_.expose());
    key.next_secret_ = following(suite, ratchet_secret, j);
    if (at < kept_from) continue;
    const KeyAndNonce kept = material(suite, ratchet_secret, j);
    SkippedKeys::write_generation({slot, SkippedKeys::kGenerationSize}, j);
    std::memcpy(slot + SkippedKeys::kGenerationSize, kept.key.expose().data(), kept.key.size());
    std::memcpy(slot + SkippedKeys::kGenerationSize + kept.key.size(), kept.nonce.expose().data(), kept.nonce.size());
    slot += slot_size;
  }
  const crypto::Expander ratchet_secret(suite, key.next_secret_.expose());
  key.material_ = material(suite, ratchet_secret, generation);
  key.next_secret_ = following(suite, ratchet_secret, generation);
  return {};
}

Result<SentKey> Ratchet::send(const crypto::CipherSuite& suite, const RatchetLog& log) {
  if (next_ == kEnd) return fail(errc::kRatchetExhausted, "RFC 9420 §9.1: a ratchet has 2^32 generations");
  const auto generation = static_cast<std::uint32_t>(next_);
  const crypto::Expander ratchet_secret(suite, secret_.expose());
  SentKey sent{generation, material(suite, ratchet_secret, generation)};
  secret_ = following(suite, ratchet_secret, generation);
  ++next_;
  log.ratchet();
  return sent;
}

Result<void> Ratchet::spend(const crypto::CipherSuite& suite, const RatchetLimits& limits, RatchetKey key,
                            const RatchetLog& log) {
  if (key.generation_ < next_) {
    const auto position = skipped_ ? skipped_->find(key.generation_) : std::nullopt;
    if (!position) return fail(errc::kGenerationSpent, kSpentRule);
    skipped_->erase(*position);
    log.skipped(key.generation_);
    return {};
  }
  // The ratchet may have advanced since the key was looked at: what it passed meanwhile it has kept or spent itself.
  BytesView slots = key.skipped_.expose();
  const std::size_t slot_size = SkippedKeys::kGenerationSize + suite.key_length() + suite.nonce_length();
  while (!slots.empty() && SkippedKeys::read_generation(slots) < next_) slots = slots.subspan(slot_size);
  keep(suite, limits, slots, log);
  secret_ = std::move(key.next_secret_);
  next_ = std::uint64_t{key.generation_} + 1;
  log.ratchet();
  return {};
}

void Ratchet::keep(const crypto::CipherSuite& suite, const RatchetLimits& limits, BytesView slots,
                   const RatchetLog& log) {
  if (slots.empty()) return;
  const std::size_t material_size = suite.key_length() + suite.nonce_length();
  const std::size_t slot_size = SkippedKeys::kGenerationSize + material_size;
  if (!skipped_) skipped_ = std::make_unique<SkippedKeys>(material_size);
  const std::size_t total = skipped_->size() + slots.size() / slot_size;
  const std::size_t too_many = total - std::min<std::size_t>(total, limits.max_kept);
  for (std::size_t i = 0; i < too_many; ++i) log.skipped(skipped_->generation(i));
  skipped_->drop_oldest(too_many);
  skipped_->append(slots);
  for (; !slots.empty(); slots = slots.subspan(slot_size)) log.skipped(SkippedKeys::read_generation(slots));
}

}  // namespace dmls::keyschedule
