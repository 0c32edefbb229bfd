#pragma once
#include <dmls/group/client_config.h>
#include <dmls/group/error.h>
#include <dmls/group/psk_source.h>

namespace dmls::fork {

// What the application holds, if it holds any.
class ApplicationPsks final : public group::PskSource {
 public:
  explicit ApplicationPsks(const group::ClientConfig& config) : psks_(config.psks.get()) {}
  Result<keyschedule::Psk> find(const keyschedule::PreSharedKeyID& id) const override {
    if (psks_ != nullptr) return psks_->find(id);
    return fail(group::errc::kUnknownPsk, "RFC 9420 §12.4.2: a pre-shared key that this client does not hold");
  }

 private:
  const group::PskSource* psks_;
};

}  // namespace dmls::fork
