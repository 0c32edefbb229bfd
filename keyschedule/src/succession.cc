#include <dmls/keyschedule/succession.h>

namespace dmls::keyschedule {

Result<InitSecret> OrdinaryInitSource::init_secret(BytesView, BytesView) { return previous_.clone(); }

// Lends a clone as well: a staged commit may be dropped and staged again.
Result<InitSecret> ExternalInitSource::init_secret(BytesView, BytesView) { return sent_.clone(); }

Result<void> OrdinarySuccession::derive(const crypto::Expander& epoch_secret) {
  init_secret_ = InitSecret(epoch_secret.derive_secret("init"));
  return {};
}

}  // namespace dmls::keyschedule
