#pragma once
// Pre-shared keys. RFC 9420 §8.4

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/crypto/suite.h>
#include <dmls/keyschedule/error.h>
#include <dmls/keyschedule/secrets.h>
#include <dmls/tls_codec/select.h>

#include <cstdint>
#include <span>
#include <tuple>
#include <variant>

namespace dmls::keyschedule {

// What names the PSK: an ExternalPskId or a ResumptionPskId. Closed, as the two are all that the decoder knows.
enum class PSKType : std::uint8_t {
  external = 1,    // the application distributes it
  resumption = 2,  // of an epoch of this group or another
};

// What a resumption PSK is for. Closed: the decoder refuses other values, for they would have no meaning.
enum class ResumptionPSKUsage : std::uint8_t {
  application = 1,  // everywhere but in the two commits below
  reinit = 2,       // in the first Commit of the group that takes the place of the one named, RFC 9420 §11.2
  branch = 3,       // in the first Commit of a subgroup of the one named, RFC 9420 §11.3
};

// An external PSK: the application gives it this name.
struct ExternalPskId {
  static constexpr PSKType kTag = PSKType::external;
  Bytes psk_id;  // opaque<V>
  static constexpr auto fields(auto& s) { return std::tie(s.psk_id); }
  bool operator==(const ExternalPskId&) const = default;
};

// A resumption PSK: the resumption_psk of that group in that epoch. RFC 9420 §8.6
struct ResumptionPskId {
  static constexpr PSKType kTag = PSKType::resumption;
  ResumptionPSKUsage usage = ResumptionPSKUsage::application;  // uint8
  Bytes psk_group_id;                                          // opaque<V>
  std::uint64_t psk_epoch = 0;                                 // uint64; of that group
  static constexpr auto fields(auto& s) { return std::tie(s.usage, s.psk_group_id, s.psk_epoch); }
  bool operator==(const ResumptionPskId&) const = default;
};

// PreSharedKeyID names a PSK and makes this use of it unique. Decoding an unknown PSKType or usage is kInvalidValue.
struct PreSharedKeyID {
  std::variant<ExternalPskId, ResumptionPskId> psk;  // a select, PSKType before it
  Bytes psk_nonce;                                   // opaque<V>; KDF.Nh fresh random octets, see check_psk_nonce()
  static constexpr auto fields(auto& s) { return std::tie(s.psk, s.psk_nonce); }
  bool operator==(const PreSharedKeyID&) const = default;
};

// psk_nonce has KDF.Nh octets, Nh being that of the group into which the PSK is injected; else kWrongLength.
Result<void> check_psk_nonce(const crypto::CipherSuite&, const PreSharedKeyID&);

// No PreSharedKeyID (nonce included) stands twice in the list; else kDuplicatePsk. RFC 9420 §12.2
Result<void> check_distinct(std::span<const PreSharedKeyID>);

// One PSK to be injected, and its value.
struct InjectedPsk {
  PreSharedKeyID id;  // as the proposal or the Welcome has it, nonce included
  Psk psk;            // as it was provisioned, or the resumption_psk
};

// psk_secret of the PSKs in that order; all zero for none. kTooManyPsks for more than 65535. Nothing else is checked.
Result<PskSecret> psk_secret(const crypto::CipherSuite&, std::span<const InjectedPsk>);

}  // namespace dmls::keyschedule

namespace dmls::tls_codec {

// One octet, and only the values that have a name.
template <>
struct Codec<keyschedule::ResumptionPSKUsage> {
  // Whatever the value.
  static void write(auto& sink, keyschedule::ResumptionPSKUsage v) {
    Codec<std::uint8_t>::write(sink, static_cast<std::uint8_t>(v));
  }
  // kInvalidValue unless it is 1, 2 or 3; kTruncated.
  static Result<keyschedule::ResumptionPSKUsage> read(Reader& in) {
    DMLS_TRY(const std::uint8_t v, Codec<std::uint8_t>::read(in));
    if (v < 1 || v > 3) return fail(errc::kInvalidValue, "RFC 9420 §8.4: a ResumptionPSKUsage is 1, 2 or 3");
    return static_cast<keyschedule::ResumptionPSKUsage>(v);
  }
};

}  // namespace dmls::tls_codec
