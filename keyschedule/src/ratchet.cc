#include "ratchet.h"

#include <dmls/crypto/kdf.h>

#include <algorithm>
#include <span>

namespace dmls::keyschedule {
namespace {

constexpr const char* kSpentRule = "RFC 9420 §9.2: the key of this generation was used, or dropped from the window";

// ratchet_key_[j], followed by ratchet_nonce_[j].
void derive_material(const crypto::CipherSuite& suite, const crypto::Expander& ratchet_secret, std::uint32_t j,
                     std::span<std::uint8_t> out) {
  ratchet_secret.derive_tree_secret("key", j, out.first(suite.key_length()));
  ratchet_secret.derive_tree_secret("nonce", j, out.subspan(suite.key_length(), suite.nonce_length()));
}

// Turns ratchet_secret_[j] into ratchet_secret_[j+1], of which there is none beyond the last generation.
void advance(const crypto::Expander& ratchet_secret, std::uint32_t j, SecretBytes& secret) {
  if (std::uint64_t{j} + 1 == Ratchet::kEnd) {
    secret.wipe();
  } else {
    ratchet_secret.derive_tree_secret("secret", j, secret.expose_mut());
  }
}

}  // namespace

Result<void> Ratchet::check_ahead(std::uint64_t next, std::uint32_t generation, const RatchetLimits& limits) {
  if (generation > next && generation - next > limits.max_ahead)
    return fail(errc::kGenerationTooFarAhead, "RFC 9420 §9.1: the generation lies beyond the look-ahead bound");
  return {};
}

Result<void> Ratchet::look(const crypto::CipherSuite& suite, const RatchetLimits& limits, RatchetKey& key) const {
  const std::uint32_t generation = key.generation_;
  const std::size_t material_size = suite.key_length() + suite.nonce_length();
  key.key_size_ = suite.key_length();
  if (generation < next_) {
    const auto position = skipped_ ? skipped_->find(generation) : std::nullopt;
    if (!position) return fail(errc::kGenerationSpent, kSpentRule);
    key.material_ = SecretBytes(skipped_->material(*position));
    return {};
  }
  DMLS_CHECK(check_ahead(next_, generation, limits));

  // Skipped generations that the window could not hold need no keys, only the way past them.
  const auto skipped = std::min<std::uint64_t>(generation - next_, limits.max_kept);
  const std::uint64_t kept_from = generation - skipped;
  const std::size_t slot_size = SkippedKeys::kGenerationSize + material_size;
  key.material_ = SecretBytes(material_size);
  key.skipped_ = SecretBytes(static_cast<std::size_t>(skipped) * slot_size);
  std::span<std::uint8_t> slots = key.skipped_.expose_mut();

  key.next_secret_ = secret_.clone();
  for (std::uint64_t at = next_; at < generation; ++at) {
    const auto j = static_cast<std::uint32_t>(at);
    const crypto::Expander ratchet_secret(suite, key.next_secret_.expose());
    advance(ratchet_secret, j, key.next_secret_);
    if (at < kept_from) continue;
    SkippedKeys::write_generation(slots, j);
    derive_material(suite, ratchet_secret, j, slots.subspan(SkippedKeys::kGenerationSize));
    slots = slots.subspan(slot_size);
  }
  const crypto::Expander ratchet_secret(suite, key.next_secret_.expose());
  derive_material(suite, ratchet_secret, generation, key.material_.expose_mut());
  advance(ratchet_secret, generation, key.next_secret_);
  return {};
}

Result<SentKey> Ratchet::send(const crypto::CipherSuite& suite, const RatchetLog& log) {
  Result<SentKey> sent{SentKey()};
  if (next_ == kEnd) {
    sent = fail(errc::kRatchetExhausted, "RFC 9420 §9.1: a ratchet has 2^32 generations");
    return sent;
  }
  const auto generation = static_cast<std::uint32_t>(next_);
  const crypto::Expander ratchet_secret(suite, secret_.expose());
  sent->generation = generation;
  sent->material.key = ratchet_secret.derive_tree_secret("key", generation, suite.key_length());
  sent->material.nonce = ratchet_secret.derive_tree_secret("nonce", generation, suite.nonce_length());
  advance(ratchet_secret, generation, secret_);
  ++next_;
  log.ratchet();
  return sent;
}

Result<void> Ratchet::spend(const crypto::CipherSuite& suite, const RatchetLimits& limits, RatchetKey& key,
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
