#include <dmls/crypto_testing/counting_provider.h>

#include <cstddef>

namespace dmls::crypto_testing {
namespace {

using crypto::HashId;
using crypto::MutableBytes;
using crypto::Parts;

constexpr std::array kHashes{HashId::sha256, HashId::sha384, HashId::sha512};

void add(std::atomic<std::uint64_t>& counter, std::uint64_t n = 1) { counter.fetch_add(n, std::memory_order_relaxed); }

// Compressions of a message with its padding, FIPS 180-4 §5.1: one octet of 0x80, and the length in an eighth of a
// block.
std::uint64_t blocks(HashId hash, std::size_t octets) {
  const std::size_t block = hash == HashId::sha256 ? 64 : 128;
  return (octets + 1 + block / 8 + block - 1) / block;
}

std::size_t size_of(Parts parts) {
  std::size_t n = 0;
  for (const BytesView part : parts) n += part.size();
  return n;
}

// What follows the two key blocks of HMAC: the message, then the outer digest.
std::uint64_t hmac_blocks(HashId hash, Parts message) { return blocks(hash, size_of(message)) + 1; }

}  // namespace

class CountingProvider::Kdf final : public crypto::TreeKdf {
 public:
  Kdf(HashId hash, const TreeKdf& target, std::atomic<std::uint64_t>& compressions)
      : hash_(hash), target_(target), compressions_(compressions) {}
  [[nodiscard]] std::string_view name() const override { return target_.name(); }
  void walk(std::span<const crypto::TreeWalk> walks) const override {
    for (const auto& one : walks) add(compressions_, 6 * (one.to - one.from));
    target_.walk(walks);
  }
  void set_key(BytesView key, crypto::HmacKey& out) const override {
    add(compressions_, 2);
    target_.set_key(key, out);
  }
  void hmac(const crypto::HmacKey& key, Parts message, MutableBytes out) const override {
    add(compressions_, hmac_blocks(hash_, message));
    target_.hmac(key, message, out);
  }

 private:
  HashId hash_;
  const TreeKdf& target_;
  std::atomic<std::uint64_t>& compressions_;
};

CountingProvider::CountingProvider(const crypto::Provider& target) : ForwardingProvider(target) {
  for (std::size_t i = 0; i < kHashes.size(); ++i)
    if (const crypto::TreeKdf* kdf = target.tree_kdf(kHashes[i]))
      kdfs_[i] = std::make_unique<Kdf>(kHashes[i], *kdf, counters_.compressions);
}
CountingProvider::~CountingProvider() = default;

PrimitiveCounts CountingProvider::counts() const {
  return {counters_.sign, counters_.verify, counters_.base,        counters_.dh,
          counters_.seal, counters_.open,   counters_.compressions};
}

void CountingProvider::hash(HashId id, Parts message, MutableBytes out) const {
  add(counters_.compressions, blocks(id, size_of(message)));
  ForwardingProvider::hash(id, message, out);
}

void CountingProvider::hmac(HashId id, BytesView key, Parts message, MutableBytes out) const {
  add(counters_.compressions, 2 + hmac_blocks(id, message));
  ForwardingProvider::hmac(id, key, message, out);
}

const crypto::TreeKdf* CountingProvider::tree_kdf(HashId id) const {
  for (std::size_t i = 0; i < kHashes.size(); ++i)
    if (kHashes[i] == id) return kdfs_[i].get();
  return nullptr;
}

Result<void> CountingProvider::aead_seal(crypto::AeadId id, BytesView key, BytesView nonce, BytesView aad,
                                         BytesView plaintext, MutableBytes out) const {
  add(counters_.seal);
  return ForwardingProvider::aead_seal(id, key, nonce, aad, plaintext, out);
}

Result<void> CountingProvider::aead_open(crypto::AeadId id, BytesView key, BytesView nonce, BytesView aad,
                                         BytesView ciphertext, MutableBytes out) const {
  add(counters_.open);
  return ForwardingProvider::aead_open(id, key, nonce, aad, ciphertext, out);
}

Result<void> CountingProvider::kem_public_key(crypto::KemId id, BytesView private_key, MutableBytes public_key) const {
  add(counters_.base);
  return ForwardingProvider::kem_public_key(id, private_key, public_key);
}

Result<void> CountingProvider::dh(crypto::KemId id, BytesView private_key, BytesView public_key,
                                  MutableBytes out) const {
  add(counters_.dh);
  return ForwardingProvider::dh(id, private_key, public_key, out);
}

Result<Bytes> CountingProvider::sign(crypto::SignatureScheme id, BytesView private_key, BytesView public_key,
                                     BytesView message) const {
  add(counters_.sign);
  return ForwardingProvider::sign(id, private_key, public_key, message);
}

Result<void> CountingProvider::verify(crypto::SignatureScheme id, BytesView public_key, BytesView message,
                                      BytesView signature) const {
  add(counters_.verify);
  return ForwardingProvider::verify(id, public_key, message, signature);
}

}  // namespace dmls::crypto_testing
