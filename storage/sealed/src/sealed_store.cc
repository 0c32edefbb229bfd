#include <dmls/storage_sealed/sealed_store.h>

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

namespace dmls::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kHeaderSize = 1 + kNonceSize;
constexpr std::size_t kLengthSize = 4;
constexpr std::size_t kNameSize = 16;
// The wrapper's own record. No sequence of components is a lone length.
constexpr std::array<std::uint8_t, 1> kMarker{0xff};

static_assert(SealedStore::kKeySize == crypto_kdf_KEYBYTES &&
              SealedStore::kKeySize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

Unexpected not_authentic() { return fail(errc::kNotAuthentic, "a sealed record does not open under its key and name"); }

SecretBytes subkey(const SecretBytes& key, std::uint64_t number) {
  SecretBytes out(SealedStore::kKeySize);
  crypto_kdf_derive_from_key(out.expose_mut().data(), out.size(), number, "dmlsseal", key.expose().data());
  return out;
}

Result<SecretBytes> unseal(const SecretBytes& key, BytesView name, BytesView sealed) {
  if (sealed.size() < kHeaderSize + kTagSize || sealed[0] != kVersion) return not_authentic();
  SecretBytes out(sealed.size() - kHeaderSize - kTagSize);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(out.expose_mut().data(), nullptr, nullptr, sealed.data() + kHeaderSize,
                                                 sealed.size() - kHeaderSize, name.data(), name.size(),
                                                 sealed.data() + 1, key.expose().data()) != 0)
    return not_authentic();
  return out;
}

// The plaintext of a record with a hidden name.
struct NamedValue {
  BytesView key;
  BytesView value;
};
Result<NamedValue> split(BytesView plaintext) {
  if (plaintext.size() < kLengthSize) return not_authentic();
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLengthSize; ++i) length = length << 8 | plaintext[i];
  plaintext = plaintext.subspan(kLengthSize);
  if (plaintext.size() < length) return not_authentic();
  return NamedValue{plaintext.first(length), plaintext.subspan(length)};
}
SecretBytes join(BytesView key, BytesView value) {
  SecretBytes out(kLengthSize + key.size() + value.size());
  const auto octets = out.expose_mut();
  for (std::size_t i = 0; i < kLengthSize; ++i)
    octets[i] = static_cast<std::uint8_t>(std::uint64_t{key.size()} >> (24 - 8 * i));
  std::copy(key.begin(), key.end(), octets.begin() + kLengthSize);
  std::copy(value.begin(), value.end(), octets.begin() + static_cast<std::ptrdiff_t>(kLengthSize + key.size()));
  return out;
}

}  // namespace

SealedStore::SealedStore(std::shared_ptr<Store> inner, const SecretBytes& sealing_key, RecordNames names,
                         std::shared_ptr<Random> random)
    : inner_(std::move(inner)),
      value_key_(subkey(sealing_key, 1)),
      name_key_(subkey(sealing_key, 2)),
      names_(names),
      random_(std::move(random)) {}

Result<std::unique_ptr<SealedStore>> SealedStore::open(std::shared_ptr<Store> inner, const SecretBytes& sealing_key,
                                                       RecordNames names, std::shared_ptr<Random> random) {
  if (!inner || !random || sealing_key.size() != kKeySize)
    return fail(dmls::errc::kMisuse, "a sealed store needs a store, a random source and a key of 32 octets");
  std::unique_ptr<SealedStore> store(new SealedStore(std::move(inner), sealing_key, names, std::move(random)));
  DMLS_CHECK(store->check_marker());
  return store;
}

Result<void> SealedStore::check_marker() {
  DMLS_TRY(const auto present, inner_->read(kMarker));
  if (present) {
    DMLS_TRY(const auto value, unseal(value_key_, kMarker, present->expose()));
    if (value.size() != 1 || value.expose()[0] != static_cast<std::uint8_t>(names_)) return not_authentic();
    return {};
  }
  DMLS_CHECK(inner_->for_each({}, [](BytesView, BytesView) -> Result<void> {
    return fail(errc::kUnknownFormat, "the store holds records that were not sealed");
  }));
  Batch batch;
  DMLS_CHECK(put_marker(batch));
  return inner_->write(batch);
}

Result<void> SealedStore::put_marker(Batch& batch) {
  const std::array content{static_cast<std::uint8_t>(names_)};
  DMLS_TRY(auto sealed, seal(kMarker, content));
  batch.put(to_bytes(kMarker), std::move(sealed));
  return {};
}

Result<Bytes> SealedStore::outer_name(BytesView key) const {
  DMLS_TRY(const auto parts, components(key));
  if (names_ == RecordNames::plain) return to_bytes(key);
  Bytes out;
  std::size_t end = 0;
  for (const BytesView part : parts) {
    end += 1 + part.size();
    std::array<std::uint8_t, kNameSize> hash;
    crypto_generichash(hash.data(), hash.size(), key.data(), end, name_key_.expose().data(), name_key_.size());
    out = below(out, BytesView(hash));
  }
  return out;
}

Result<SecretBytes> SealedStore::seal(BytesView name, BytesView plaintext) {
  SecretBytes out(kHeaderSize + plaintext.size() + kTagSize);
  const auto octets = out.expose_mut();
  octets[0] = kVersion;
  DMLS_CHECK(random_->fill(octets.subspan(1, kNonceSize)));
  crypto_aead_xchacha20poly1305_ietf_encrypt(octets.data() + kHeaderSize, nullptr, plaintext.data(), plaintext.size(),
                                             name.data(), name.size(), nullptr, octets.data() + 1,
                                             value_key_.expose().data());
  return out;
}

Result<void> SealedStore::write(const Batch& batch) {
  Batch sealed;
  for (const Op& op : batch.ops()) {
    DMLS_TRY(Bytes name, outer_name(op.key));
    switch (op.kind) {
      case Op::Kind::put: {
        const SecretBytes named = names_ == RecordNames::hidden ? join(op.key, op.value.expose()) : op.value.clone();
        DMLS_TRY(auto value, seal(name, named.expose()));
        sealed.put(std::move(name), std::move(value));
        break;
      }
      case Op::Kind::erase: sealed.erase(std::move(name)); break;
      case Op::Kind::erase_all:
        sealed.erase_all(std::move(name));
        if (op.key.empty()) DMLS_CHECK(put_marker(sealed));
        break;
    }
  }
  return inner_->write(sealed);
}

Result<std::optional<SecretBytes>> SealedStore::read(BytesView key) {
  DMLS_TRY(const Bytes name, outer_name(key));
  DMLS_TRY(const auto sealed, inner_->read(name));
  if (!sealed) return std::optional<SecretBytes>();
  DMLS_TRY(auto plaintext, unseal(value_key_, name, sealed->expose()));
  if (names_ == RecordNames::plain) return std::optional<SecretBytes>(std::move(plaintext));
  DMLS_TRY(const NamedValue record, split(plaintext.expose()));
  return std::optional<SecretBytes>(SecretBytes(record.value));
}

Result<void> SealedStore::for_each(BytesView prefix, const Visitor& visit) {
  DMLS_TRY(const Bytes outer, outer_name(prefix));
  return inner_->for_each(outer, [&](BytesView name, BytesView sealed) -> Result<void> {
    if (std::equal(name.begin(), name.end(), kMarker.begin(), kMarker.end())) return {};
    DMLS_TRY(const auto plaintext, unseal(value_key_, name, sealed));
    if (names_ == RecordNames::plain) return visit(name, plaintext.expose());
    DMLS_TRY(const NamedValue record, split(plaintext.expose()));
    return visit(record.key, record.value);
  });
}

}  // namespace dmls::storage
