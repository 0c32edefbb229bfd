#pragma once
// The secrets of RFC 9420 §8, one type each: the compiler refuses one where another is meant. All of them have KDF.Nh
// octets, except for Psk.

#include <dmls/base/secret.h>

namespace dmls::keyschedule {

// ---- inputs and steps of the schedule: consumed by the epoch they make ---------------------------------------------

// init_secret_[n-1]: what the previous epoch (or an external joiner) contributes.
using InitSecret = Secret<struct InitRole>;
// commit_secret: what the path of the commit contributes; all zero without a path.
using CommitSecret = Secret<struct CommitRole>;
// One pre-shared key, as it was provisioned; any number of octets. RFC 9420 §8.4
using Psk = Secret<struct PskRole>;
// psk_secret: all PSKs of a commit together; all zero if there are none. RFC 9420 §8.4
using PskSecret = Secret<struct PskSecretRole>;
// joiner_secret: what a Welcome carries.
using JoinerSecret = Secret<struct JoinerRole>;
// KDF.Extract(joiner_secret, psk_secret): the unnamed value in RFC 9420's figure from which welcome_secret and
// epoch_secret are derived.
using MemberSecret = Secret<struct MemberRole>;
// welcome_secret: encrypts the GroupInfo in a Welcome.
using WelcomeSecret = Secret<struct WelcomeRole>;
// epoch_secret: everything below, and what the successors of the epoch start from.
using EpochSecret = Secret<struct EpochRole>;

// ---- Table "Epoch-Derived Secrets" ---------------------------------------------------------------------------------

// What the keys for a PrivateMessage's sender data are derived from: <dmls/keyschedule/sender_data.h>.
using SenderDataSecret = Secret<struct SenderDataRole>;
// The root of the secret tree, which consumes it: <dmls/keyschedule/secret_tree.h>.
using EncryptionSecret = Secret<struct EncryptionRole>;
// What applications get secrets of their own from: <dmls/keyschedule/exporter.h>.
using ExporterSecret = Secret<struct ExporterRole>;
// What the key pair for external joiners is derived from: <dmls/keyschedule/external_init.h>.
using ExternalSecret = Secret<struct ExternalRole>;
// Keys the confirmation tag of the Commit that started the epoch: <dmls/keyschedule/transcript.h>.
using ConfirmationKey = Secret<struct ConfirmationRole>;
// Keys the membership tags of PublicMessages from members: <dmls/keyschedule/transcript.h>.
using MembershipKey = Secret<struct MembershipRole>;
// Also a PSK of later epochs: Psk(resumption_psk.clone().into_bytes()).
using ResumptionPsk = Secret<struct ResumptionRole>;
// Compared by people or by a secondary protocol (RFC 9420 §8.7). Typed as a secret because RFC 9420 does not say that
// it may be published: an application that shows it says expose().
using EpochAuthenticator = Secret<struct EpochAuthenticatorRole>;

}  // namespace dmls::keyschedule
