#include <dmls/crypto/aead.h>
#include <dmls/crypto/hpke.h>

#include <array>
#include <limits>

#include "hkdf.h"
#include "labels.h"

namespace dmls::crypto {
namespace {

constexpr std::uint8_t kModeBase = 0x00;

std::array<std::uint8_t, 10> suite_id(const CipherSuite& suite) {
  return hpke_suite_id(suite.kem(), suite.kdf(), suite.aead());
}

// ExtractAndExpand(dh, kem_context = enc || pkRm), RFC 9180 §4.1
SecretBytes extract_and_expand(const CipherSuite& suite, BytesView dh, BytesView enc, BytesView recipient) {
  const KemSizes sizes = kem_sizes(suite.kem());
  const auto id = kem_suite_id(suite.kem());
  SecretBytes eae_prk(hash_length(sizes.hash));
  labeled_extract(suite.provider(), sizes.hash, id, {}, "eae_prk", dh, eae_prk.expose_mut());
  SecretBytes shared_secret(sizes.shared_secret);
  labeled_expand(suite.provider(), sizes.hash, id, eae_prk.expose(), "shared_secret", enc, recipient,
                 shared_secret.expose_mut());
  return shared_secret;
}

struct Encapsulated {
  SecretBytes shared_secret;
  Bytes enc;
};

// Encap(pkR), RFC 9180 §4.1
Result<Encapsulated> encap(const CipherSuite& suite, const HpkePublicKey& recipient, const SecretBytes& drawn) {
  DMLS_TRY(const HpkeKeyPair ephemeral, derive_hpke_key_pair(suite, drawn.expose()));
  SecretBytes dh(kem_sizes(suite.kem()).dh);
  DMLS_CHECK(suite.provider().dh(suite.kem(), ephemeral.private_key.expose(), recipient.octets, dh.expose_mut()));
  const Bytes& enc = ephemeral.public_key.octets;
  return Encapsulated{extract_and_expand(suite, dh.expose(), enc, recipient.octets), enc};
}

Result<Encapsulated> encap(const CipherSuite& suite, const HpkePublicKey& recipient, Random& random) {
  DMLS_TRY(const SecretBytes drawn, random.secret(kem_sizes(suite.kem()).private_key));
  return encap(suite, recipient, drawn);
}

// Decap(enc, skR), RFC 9180 §4.1
Result<SecretBytes> decap(const CipherSuite& suite, const HpkeKeyPair& recipient, BytesView enc) {
  SecretBytes dh(kem_sizes(suite.kem()).dh);
  DMLS_CHECK(suite.provider().dh(suite.kem(), recipient.private_key.expose(), enc, dh.expose_mut()));
  return extract_and_expand(suite, dh.expose(), enc, recipient.public_key.octets);
}

// The part of KeySchedule that depends on the recipient, RFC 9180 §5.1; psk is empty in base mode.
class KeySchedule {
 public:
  KeySchedule(const HpkeInfo& info, BytesView shared_secret)
      : info_(info), suite_(info.suite()), id_(suite_id(suite_)), secret_(suite_.hash_length()) {
    labeled_extract(suite_.provider(), suite_.hash(), id_, shared_secret, "secret", {}, secret_.expose_mut());
  }
  [[nodiscard]] SecretBytes key() const { return derive("key", suite_.key_length()); }
  [[nodiscard]] SecretBytes base_nonce() const { return derive("base_nonce", suite_.nonce_length()); }
  [[nodiscard]] SecretBytes exporter_secret() const { return derive("exp", suite_.hash_length()); }

 private:
  [[nodiscard]] SecretBytes derive(std::string_view label, std::size_t length) const {
    SecretBytes out(length);
    labeled_expand(suite_.provider(), suite_.hash(), id_, secret_.expose(), label, info_.key_schedule_context(), {},
                   out.expose_mut());
    return out;
  }

  const HpkeInfo& info_;
  const CipherSuite& suite_;
  std::array<std::uint8_t, 10> id_;
  SecretBytes secret_;
};

}  // namespace

HpkeInfo::HpkeInfo(const CipherSuite& suite, BytesView info)
    : suite_(suite), key_schedule_context_(1 + 2 * suite.hash_length()) {
  // key_schedule_context = concat(mode, psk_id_hash, info_hash), RFC 9180 §5.1
  const auto id = suite_id(suite);
  const std::size_t nh = suite.hash_length();
  const MutableBytes out(key_schedule_context_);
  out[0] = kModeBase;
  labeled_extract(suite.provider(), suite.hash(), id, {}, "psk_id_hash", {}, out.subspan(1, nh));
  labeled_extract(suite.provider(), suite.hash(), id, {}, "info_hash", info, out.subspan(1 + nh, nh));
}

HpkeInfo HpkeInfo::with_label(const CipherSuite& suite, std::string_view label, BytesView context) {
  return HpkeInfo(suite, labelled(label, context));
}

Result<HpkeCiphertext> hpke_seal(const HpkeInfo& info, const HpkePublicKey& recipient, BytesView aad,
                                 BytesView plaintext, Random& random) {
  DMLS_TRY(const SecretBytes drawn, random.secret(kem_sizes(info.suite().kem()).private_key));
  return hpke_seal(info, recipient, aad, plaintext, drawn);
}

Result<HpkeCiphertext> hpke_seal(const HpkeInfo& info, const HpkePublicKey& recipient, BytesView aad,
                                 BytesView plaintext, const SecretBytes& ephemeral) {
  DMLS_TRY(Encapsulated sent, encap(info.suite(), recipient, ephemeral));
  const KeySchedule schedule(info, sent.shared_secret.expose());
  // The first nonce of a context is its base nonce.
  DMLS_TRY(Bytes ciphertext,
           aead_seal(info.suite(), schedule.key().expose(), schedule.base_nonce().expose(), aad, plaintext));
  return HpkeCiphertext{std::move(sent.enc), std::move(ciphertext)};
}

Result<SecretBytes> hpke_open(const HpkeInfo& info, const HpkeKeyPair& recipient, BytesView aad,
                              const HpkeCiphertext& sealed) {
  DMLS_TRY(const SecretBytes shared_secret, decap(info.suite(), recipient, sealed.kem_output));
  const KeySchedule schedule(info, shared_secret.expose());
  return aead_open(info.suite(), schedule.key().expose(), schedule.base_nonce().expose(), aad, sealed.ciphertext);
}

Result<HpkeCiphertext> encrypt_with_label(const CipherSuite& suite, const HpkePublicKey& recipient,
                                          std::string_view label, BytesView context, BytesView plaintext,
                                          Random& random) {
  return hpke_seal(HpkeInfo::with_label(suite, label, context), recipient, {}, plaintext, random);
}

Result<SecretBytes> decrypt_with_label(const CipherSuite& suite, const HpkeKeyPair& recipient, std::string_view label,
                                       BytesView context, const HpkeCiphertext& sealed) {
  return hpke_open(HpkeInfo::with_label(suite, label, context), recipient, {}, sealed);
}

struct HpkeContextMaker {
  static HpkeContext sender(const HpkeInfo& info, BytesView shared_secret) {
    return make(info, shared_secret, HpkeContext::Role::sender);
  }
  static HpkeContext recipient(const HpkeInfo& info, BytesView shared_secret) {
    return make(info, shared_secret, HpkeContext::Role::recipient);
  }
  static HpkeContext make(const HpkeInfo& info, BytesView shared_secret, HpkeContext::Role role) {
    const KeySchedule schedule(info, shared_secret);
    HpkeContext context(info.suite(), role);
    context.key_ = schedule.key();
    context.base_nonce_ = schedule.base_nonce();
    context.exporter_secret_ = schedule.exporter_secret();
    return context;
  }
};

Result<HpkeSetup> hpke_setup_sender(const HpkeInfo& info, const HpkePublicKey& recipient, Random& random) {
  DMLS_TRY(Encapsulated sent, encap(info.suite(), recipient, random));
  return HpkeSetup{std::move(sent.enc), HpkeContextMaker::sender(info, sent.shared_secret.expose())};
}

Result<HpkeContext> hpke_setup_recipient(const HpkeInfo& info, const HpkeKeyPair& recipient, BytesView kem_output) {
  DMLS_TRY(const SecretBytes shared_secret, decap(info.suite(), recipient, kem_output));
  return HpkeContextMaker::recipient(info, shared_secret.expose());
}

// ComputeNonce(seq), RFC 9180 §5.2. The counter stops at 2^64 - 1 (refused), far below the standard's 2^96 - 1.
Result<SecretBytes> HpkeContext::next_nonce() const {
  if (sequence_ == std::numeric_limits<std::uint64_t>::max())
    return fail(errc::kSequenceExhausted, "RFC 9180 §5.2: the context has no nonce left");
  SecretBytes nonce = base_nonce_.clone();
  const auto octets = nonce.expose_mut();
  for (std::size_t i = 0; i < 8; ++i) octets[octets.size() - 1 - i] ^= static_cast<std::uint8_t>(sequence_ >> (8 * i));
  return nonce;
}

Result<Bytes> HpkeContext::seal(BytesView aad, BytesView plaintext) {
  if (role_ != Role::sender) return fail(errc::kMisuse, "RFC 9180 §5.2: only the sender of a context seals");
  DMLS_TRY(const SecretBytes nonce, next_nonce());
  DMLS_TRY(Bytes ciphertext, aead_seal(suite_, key_.expose(), nonce.expose(), aad, plaintext));
  ++sequence_;
  return ciphertext;
}

Result<SecretBytes> HpkeContext::open(BytesView aad, BytesView ciphertext) {
  if (role_ != Role::recipient) return fail(errc::kMisuse, "RFC 9180 §5.2: only the recipient of a context opens");
  DMLS_TRY(const SecretBytes nonce, next_nonce());
  DMLS_TRY(SecretBytes plaintext, aead_open(suite_, key_.expose(), nonce.expose(), aad, ciphertext));
  ++sequence_;
  return plaintext;
}

Result<SecretBytes> HpkeContext::export_secret(BytesView exporter_context, std::size_t length) const {
  if (length > 255 * suite_.hash_length())
    return fail(errc::kLimit, "RFC 9180 §5.3: an export has at most 255 * Nh octets");
  SecretBytes out(length);
  labeled_expand(suite_.provider(), suite_.hash(), suite_id(suite_), exporter_secret_.expose(), "sec", exporter_context,
                 {}, out.expose_mut());
  return out;
}

}  // namespace dmls::crypto
