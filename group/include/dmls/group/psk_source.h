#pragma once
// Where pre-shared keys come from. RFC 9420 §8.4

#include <dmls/base/result.h>
#include <dmls/keyschedule/psk.h>

#include <map>
#include <span>

namespace dmls::group {

// PskSource finds the value of a pre-shared key by its name (the nonce does not matter).
class PskSource {
 public:
  virtual ~PskSource() = default;
  // kUnknownPsk if this client does not hold it.
  virtual Result<keyschedule::Psk> find(const keyschedule::PreSharedKeyID&) const = 0;
};

// ExternalPsks holds the external pre-shared keys that the application has provisioned.
class ExternalPsks final : public PskSource {
 public:
  // Replaces an earlier value of the same name.
  void add(BytesView psk_id, keyschedule::Psk);
  // Wipes it; nothing happens if there is none.
  void remove(BytesView psk_id);
  // A clone. kUnknownPsk for all resumption PSKs.
  Result<keyschedule::Psk> find(const keyschedule::PreSharedKeyID&) const override;

 private:
  std::map<Bytes, keyschedule::Psk, OctetOrder> psks_;
};

// psk_secret of the named PSKs in that order, RFC 9420 §8.4; all zero for none. kUnknownPsk.
Result<keyschedule::PskSecret> psk_secret_of(const crypto::CipherSuite&, std::span<const keyschedule::PreSharedKeyID>,
                                             const PskSource&);

}  // namespace dmls::group
