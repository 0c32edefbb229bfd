#include <dmls/fork/key_schedule.h>

namespace dmls::fork {

CommitConfirmation commit_confirmation(const crypto::CipherSuite& suite, BytesView last_path_secret) {
  return CommitConfirmation(crypto::derive_secret(suite, last_path_secret, "conf"));
}

SecretBytes pprf_input(const crypto::CipherSuite& suite, const CommitConfirmation& confirmation,
                       BytesView group_context) {
  return crypto::expand_with_label(suite, confirmation.expose(), "child_init", group_context, suite.hash_length());
}

Result<void> DemlsSuccession::derive(const crypto::Expander& epoch_secret) {
  parent_init_ = ParentInitSecret(epoch_secret.derive_secret("parent_init"));
  // Travels in the clear with every message.
  id_ = NodeId(to_bytes(epoch_secret.derive_secret("epoch").expose()));
  return {};
}

Result<pprf::Pprf> DemlsSuccession::into_pprf(const crypto::CipherSuite& suite) && {
  return pprf::Pprf::create(suite, pprf::Seed(std::move(parent_init_).into_bytes()), pprf::Parameters::demls(suite));
}

Result<keyschedule::InitSecret> DemlsInitSource::init_secret(BytesView last_path_secret, BytesView group_context) {
  const auto& suite = parent_.suite();
  const SecretBytes input = pprf_input(suite, commit_confirmation(suite, last_path_secret), group_context);
  DMLS_TRY(auto evaluation, parent_.evaluate(input.expose()));
  auto lent = keyschedule::InitSecret(evaluation.output().clone().into_bytes());
  evaluation_ = std::move(evaluation);
  return lent;
}

}  // namespace dmls::fork
