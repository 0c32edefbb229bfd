#include <dmls/keyschedule/key_schedule.h>

// RFC 9420 §8, figure "The MLS Key Schedule": each function is one arrow of it.

namespace dmls::keyschedule {
namespace {

template <class... Secrets>
bool have_hash_length(const crypto::CipherSuite& suite, const Secrets&... secrets) {
  return ((secrets.size() == suite.hash_length()) && ...);
}

}  // namespace

CommitSecret commit_secret_without_path(const crypto::CipherSuite& suite) {
  return CommitSecret(SecretBytes(suite.hash_length()));
}

Result<JoinerSecret> joiner_secret(const crypto::CipherSuite& suite, InitSecret init, CommitSecret commit,
                                   BytesView group_context) {
  if (!have_hash_length(suite, init, commit))
    return fail(errc::kWrongLength, "RFC 9420 §8: init_secret and commit_secret have KDF.Nh octets");
  const SecretBytes extracted = crypto::extract(suite, init.expose(), commit.expose());
  return JoinerSecret(
      crypto::expand_with_label(suite, extracted.expose(), "joiner", group_context, suite.hash_length()));
}

Result<MemberSecret> member_secret(const crypto::CipherSuite& suite, const JoinerSecret& joiner, const PskSecret& psk) {
  if (!have_hash_length(suite, joiner, psk))
    return fail(errc::kWrongLength, "RFC 9420 §8: joiner_secret and psk_secret have KDF.Nh octets");
  return MemberSecret(crypto::extract(suite, joiner.expose(), psk.expose()));
}

WelcomeSecret welcome_secret(const crypto::CipherSuite& suite, const MemberSecret& member) {
  return WelcomeSecret(crypto::derive_secret(suite, member.expose(), "welcome"));
}

// RFC 9420 §12.4.3.1
KeyAndNonce welcome_key_and_nonce(const crypto::CipherSuite& suite, const WelcomeSecret& welcome) {
  const crypto::Expander expander(suite, welcome.expose());
  return {expander.expand_with_label("key", {}, suite.key_length()),
          expander.expand_with_label("nonce", {}, suite.nonce_length())};
}

EpochSecret epoch_secret(const crypto::CipherSuite& suite, MemberSecret member, BytesView group_context) {
  return EpochSecret(crypto::expand_with_label(suite, member.expose(), "epoch", group_context, suite.hash_length()));
}

// RFC 9420 §11
Result<EpochSecret> fresh_epoch_secret(const crypto::CipherSuite& suite, Random& random) {
  DMLS_TRY(SecretBytes octets, random.secret(suite.hash_length()));
  return EpochSecret(std::move(octets));
}

Result<EpochSecrets> derive_epoch(const crypto::CipherSuite& suite, EpochSecret epoch, EpochSuccession& succession) {
  if (!have_hash_length(suite, epoch)) return fail(errc::kWrongLength, "RFC 9420 §8: epoch_secret has KDF.Nh octets");
  const crypto::Expander expander(suite, epoch.expose());
  epoch.wipe();
  DMLS_CHECK(succession.derive(expander));
  // RFC 9420 §8, table "Epoch-Derived Secrets"
  return EpochSecrets{
      .sender_data_secret = SenderDataSecret(expander.derive_secret("sender data")),
      .encryption_secret = EncryptionSecret(expander.derive_secret("encryption")),
      .exporter_secret = ExporterSecret(expander.derive_secret("exporter")),
      .external_secret = ExternalSecret(expander.derive_secret("external")),
      .confirmation_key = ConfirmationKey(expander.derive_secret("confirm")),
      .membership_key = MembershipKey(expander.derive_secret("membership")),
      .resumption_psk = ResumptionPsk(expander.derive_secret("resumption")),
      .epoch_authenticator = EpochAuthenticator(expander.derive_secret("authentication")),
  };
}

}  // namespace dmls::keyschedule
