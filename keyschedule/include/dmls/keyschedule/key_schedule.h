#pragma once
// The key schedule, step by step. RFC 9420 §8
//
//   init_secret_[n-1], commit_secret  -- joiner_secret() -->  JoinerSecret     goes into the Welcome
//   JoinerSecret, PskSecret           -- member_secret() -->  MemberSecret
//   MemberSecret                      -- welcome_secret() --> WelcomeSecret    encrypts the GroupInfo
//   MemberSecret                      -- epoch_secret() -->   EpochSecret
//   EpochSecret                       -- derive_epoch() -->   EpochSecrets, and whatever the EpochSuccession takes
//
// A secret that a step uses up is taken by value and dies there (RFC 9420 §9.2). `group_context` is always the encoding
// of the GroupContext of the *new* epoch.

#include <dmls/base/bytes.h>
#include <dmls/base/random.h>
#include <dmls/base/result.h>
#include <dmls/crypto/kdf.h>
#include <dmls/crypto/suite.h>
#include <dmls/keyschedule/error.h>
#include <dmls/keyschedule/key_and_nonce.h>
#include <dmls/keyschedule/secrets.h>
#include <dmls/keyschedule/succession.h>

namespace dmls::keyschedule {

// The all-zero commit_secret of a commit without path. RFC 9420 §12.4.2
[[nodiscard]] CommitSecret commit_secret_without_path(const crypto::CipherSuite&);

// KDF.Extract(init_secret, commit_secret), then ExpandWithLabel(., "joiner", group_context, KDF.Nh).
// kWrongLength unless both secrets have KDF.Nh octets.
Result<JoinerSecret> joiner_secret(const crypto::CipherSuite&, InitSecret, CommitSecret, BytesView group_context);

// KDF.Extract(joiner_secret, psk_secret). The joiner secret is borrowed: a committer still has to seal it for those it
// adds. kWrongLength unless both secrets have KDF.Nh octets (a received Welcome may carry any number).
Result<MemberSecret> member_secret(const crypto::CipherSuite&, const JoinerSecret&, const PskSecret&);

// DeriveSecret(., "welcome"). A joiner needs it before it knows the GroupContext.
[[nodiscard]] WelcomeSecret welcome_secret(const crypto::CipherSuite&, const MemberSecret&);

// Key and nonce for the GroupInfo inside a Welcome. RFC 9420 §12.4.3.1
[[nodiscard]] KeyAndNonce welcome_key_and_nonce(const crypto::CipherSuite&, const WelcomeSecret&);

// ExpandWithLabel(., "epoch", group_context, KDF.Nh).
[[nodiscard]] EpochSecret epoch_secret(const crypto::CipherSuite&, MemberSecret, BytesView group_context);

// The epoch secret of epoch 0: KDF.Nh fresh random octets. RFC 9420 §11
Result<EpochSecret> fresh_epoch_secret(const crypto::CipherSuite&, Random&);

// EpochSecrets is Table "Epoch-Derived Secrets" of RFC 9420 §8: DeriveSecret(epoch_secret, label), KDF.Nh octets each.
struct EpochSecrets {
  SenderDataSecret sender_data_secret;     // "sender data": for SenderDataKeys
  EncryptionSecret encryption_secret;      // "encryption": for SecretTree::create()
  ExporterSecret exporter_secret;          // "exporter": for mls_exporter()
  ExternalSecret external_secret;          // "external": for external_key_pair()
  ConfirmationKey confirmation_key;        // "confirm": for confirmation_tag()
  MembershipKey membership_key;            // "membership": for membership_tag()
  ResumptionPsk resumption_psk;            // "resumption": for a ResumptionPskId of this epoch
  EpochAuthenticator epoch_authenticator;  // "authentication": for people to compare
};

// Derives the table, calls succession.derive() exactly once, and lets the epoch secret die.
// kWrongLength unless the epoch secret has KDF.Nh octets (then succession is not called); otherwise whatever
// succession.derive() fails with.
Result<EpochSecrets> derive_epoch(const crypto::CipherSuite&, EpochSecret, EpochSuccession&);

}  // namespace dmls::keyschedule
