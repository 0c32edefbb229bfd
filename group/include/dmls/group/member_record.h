#pragma once
// Records that whoever keeps a member's epochs has use for, besides those of the epochs themselves
// (<dmls/group/epoch_record.h>): a linear history, or one that forks. A record starts with uint16 version = 1.

#include <dmls/group/client_config.h>
#include <dmls/group/framed_content.h>
#include <dmls/group/proposal_store.h>
#include <dmls/group/public_message.h>
#include <dmls/storage/store.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/key_package.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace dmls::group {

inline constexpr std::uint16_t kRecordVersion = 1;  // the only one so far

// A key package that was published and not used, and what is behind it.
struct KeyPackageRecord {
  std::uint16_t version = kRecordVersion;  // see decode_record()
  treekem::KeyPackage key_package;         // as it was published
  crypto::HpkePrivateKey init;             // for its init_key
  crypto::HpkePrivateKey encryption;       // for its leaf's encryption_key
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.key_package, s.init, s.encryption); }
};

// A SigningIdentity. The private key is the application's to keep: it is found again by its public key.
struct IdentityRecord {
  treekem::Credential credential;  // as the leaf presents it
  Bytes signature_key;             // SignaturePublicKey octets, of the signer
  static constexpr auto fields(auto& s) { return std::tie(s.credential, s.signature_key); }
};

// An OwnUpdate.
struct OwnUpdateRecord {
  crypto::HpkePrivateKey private_key;      // for the encryption_key of the leaf in the Update
  std::optional<IdentityRecord> identity;  // if the Update changes it
  static constexpr auto fields(auto& s) { return std::tie(s.private_key, s.identity); }
};

// A StoredProposal; its objection is not stored but found again, see restore_proposal().
struct ProposalRecord {
  std::uint16_t version = kRecordVersion;     // see decode_record()
  ProposalRef reference;                      // Nh octets
  Proposal proposal;                          // as it was sent
  Sender sender;                              // who proposed it
  Bytes authenticated_data;                   // what was sent along
  std::optional<OwnUpdateRecord> own_update;  // of an own Update alone
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.reference, s.proposal, s.sender, s.authenticated_data, s.own_update);
  }
};

// An OutgoingWelcome.
struct WelcomeRecord {
  Bytes message;                          // encoded MLSMessage
  std::vector<std::uint32_t> recipients;  // leaf indexes
  static constexpr auto fields(auto& s) { return std::tie(s.message, s.recipients); }
};

// A received commit that has not happened, whose message key is spent.
struct ReceivedCommitRecord {
  std::uint16_t version = kRecordVersion;  // see decode_record()
  Bytes message_hash;                      // what its keeper knows the message by, if it comes again
  WireFormat wire_format{};                // in which it came
  PublicMessage content;  // in this form, whatever `wire_format`; its membership tag, if it has one, is empty
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.message_hash, s.wire_format, s.content); }
};

// Reads a record that starts with a version. storage::errc::kMalformedRecord, kUnknownFormat.
template <class T>
Result<T> decode_record(BytesView octets) {
  auto record = tls_codec::decode<T>(octets);
  if (!record) return fail(storage::errc::kMalformedRecord, "stored client: a record cannot be read");
  if (record->version != kRecordVersion)
    return fail(storage::errc::kUnknownFormat, "stored client: a record of another version");
  return record;
}

// ---- from what is in memory, and back ------------------------------------------------------------------------------

// An encoded KeyPackageRecord.
[[nodiscard]] SecretBytes record_of(const treekem::KeyPackageBundle&);
// storage::errc::kMalformedRecord if the private keys are not those of the key package,
// crypto::errc::kInvalidPrivateKey if they are none of this suite.
Result<treekem::KeyPackageBundle> bundle_from(KeyPackageRecord, const crypto::CipherSuite&);

// The public half alone.
[[nodiscard]] IdentityRecord record_of(const SigningIdentity&);
// kMisuse if neither ClientConfig::signer nor one of ClientConfig::other_signers has that public key.
Result<SigningIdentity> identity_from(IdentityRecord, const ClientConfig&);
// That of a leaf of one's own, of a key package that may be older than ClientConfig::signer. As identity_from().
Result<SigningIdentity> identity_of(const treekem::LeafNode&, const ClientConfig&);

// An encoded ProposalRecord. `own`: what is behind an Update of one's own, else nullptr.
[[nodiscard]] SecretBytes record_of(const StoredProposal&, const OwnUpdate* own);
// Adds the proposal, judged anew, and what is behind it. kLimit if the store is full; for an own Update, errors of
// identity_from() and crypto::errc::kInvalidPrivateKey.
Result<void> restore_proposal(ProposalRecord, const PublicEpoch&, const ClientConfig&, ProposalStore&);

// An encoded ReceivedCommitRecord.
[[nodiscard]] SecretBytes record_of(const AuthenticatedContent& commit, BytesView message_hash);
// Back; the proof that it is genuine is that it was stored, see Epoch::verified_before().
[[nodiscard]] AuthenticatedContent content_from(ReceivedCommitRecord);

// A record whose key ends with a number, see storage::below().
struct NumberedRecord {
  std::uint64_t number;  // the last component of the key
  SecretBytes value;     // the content of the record
};
// Those that have nothing but a number below `prefix`, in order of the numbers. Errors of the store.
Result<std::vector<NumberedRecord>> numbered_records(storage::Store&, BytesView prefix);

}  // namespace dmls::group
