// SHA-2 and HMAC over BoringSSL's low-level contexts, which live on the stack: nothing here allocates.

#include <dmls/base/error.h>
#include <dmls/base/secret.h>
#include <openssl/sha.h>

#include <array>
#include <cstring>

#include "boring_provider.h"

namespace dmls::crypto {
namespace {

struct Sha256 {
  using State = SHA256_CTX;
  static constexpr std::size_t kBlock = SHA256_CBLOCK, kOutput = SHA256_DIGEST_LENGTH;
  static void init(State& s) { SHA256_Init(&s); }
  static void update(State& s, BytesView v) { SHA256_Update(&s, v.data(), v.size()); }
  static void final(State& s, std::uint8_t* out) { SHA256_Final(out, &s); }
};
struct Sha384 {
  using State = SHA512_CTX;
  static constexpr std::size_t kBlock = SHA384_CBLOCK, kOutput = SHA384_DIGEST_LENGTH;
  static void init(State& s) { SHA384_Init(&s); }
  static void update(State& s, BytesView v) { SHA384_Update(&s, v.data(), v.size()); }
  static void final(State& s, std::uint8_t* out) { SHA384_Final(out, &s); }
};
struct Sha512 {
  using State = SHA512_CTX;
  static constexpr std::size_t kBlock = SHA512_CBLOCK, kOutput = SHA512_DIGEST_LENGTH;
  static void init(State& s) { SHA512_Init(&s); }
  static void update(State& s, BytesView v) { SHA512_Update(&s, v.data(), v.size()); }
  static void final(State& s, std::uint8_t* out) { SHA512_Final(out, &s); }
};

template <class Hash>
void absorb(typename Hash::State& state, Parts parts) {
  for (const BytesView part : parts)
    if (!part.empty()) Hash::update(state, part);
}

template <class Hash>
void hash_parts(Parts message, std::uint8_t* out) {
  typename Hash::State state;
  Hash::init(state);
  absorb<Hash>(state, message);
  Hash::final(state, out);
  // What is hashed may be secret, and its last block is still here.
  secure_wipe(&state, sizeof state);
}

// RFC 2104 §2: H(K ^ opad, H(K ^ ipad, text)). `out` is written last, so it may be the key.
template <class Hash>
void hmac_parts(BytesView key, Parts message, std::uint8_t* out) {
  std::array<std::uint8_t, Hash::kBlock> pad{};
  if (key.size() > Hash::kBlock) {
    hash_parts<Hash>(Parts(&key, 1), pad.data());
  } else if (!key.empty()) {
    std::memcpy(pad.data(), key.data(), key.size());
  }
  typename Hash::State state;
  std::array<std::uint8_t, Hash::kOutput> inner;

  for (auto& o : pad) o ^= 0x36;
  Hash::init(state);
  Hash::update(state, pad);
  absorb<Hash>(state, message);
  Hash::final(state, inner.data());

  for (auto& o : pad) o ^= 0x36 ^ 0x5c;
  Hash::init(state);
  Hash::update(state, pad);
  Hash::update(state, inner);
  Hash::final(state, out);

  secure_wipe(pad.data(), pad.size());
  secure_wipe(inner.data(), inner.size());
  secure_wipe(&state, sizeof state);
}

}  // namespace

void BoringProvider::hash(HashId id, Parts message, MutableBytes out) const {
  switch (id) {
    case HashId::sha256: return hash_parts<Sha256>(message, out.data());
    case HashId::sha384: return hash_parts<Sha384>(message, out.data());
    case HashId::sha512: return hash_parts<Sha512>(message, out.data());
  }
  panic("unknown HashId");
}

void BoringProvider::hmac(HashId id, BytesView key, Parts message, MutableBytes out) const {
  switch (id) {
    case HashId::sha256: return hmac_parts<Sha256>(key, message, out.data());
    case HashId::sha384: return hmac_parts<Sha384>(key, message, out.data());
    case HashId::sha512: return hmac_parts<Sha512>(key, message, out.data());
  }
  panic("unknown HashId");
}

}  // namespace dmls::crypto
