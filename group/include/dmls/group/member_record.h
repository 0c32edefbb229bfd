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

inline constexpr std::uint16_t kRecordVersion = 1;

struct KeyPackageRecord {
  std::uint16_t version = kRecordVersion;
  treekem::KeyPackage key_package;
  crypto::HpkePrivateKey init;
  crypto::HpkePrivateKey encryption;
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.key_package, s.init, s.encryption); }
};

// The private key is the application's to keep: it is found again by its public key.
struct IdentityRecord {
  treekem::Credential credential;
  Bytes signature_key;
  static constexpr auto fields(auto& s) { return std::tie(s.credential, s.signature_key); }
};

struct OwnUpdateRecord {
  crypto::HpkePrivateKey private_key;
  std::optional<IdentityRecord> identity;
  static constexpr auto fields(auto& s) { return std::tie(s.private_key, s.identity); }
};

struct ProposalRecord {
  std::uint16_t version = kRecordVersion;
  ProposalRef reference;
  Proposal proposal;
  Sender sender;
  Bytes authenticated_data;
  std::optional<OwnUpdateRecord> own_update;
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.reference, s.proposal, s.sender, s.authenticated_data, s.own_update);
  }
};

struct WelcomeRecord {
  Bytes message;
  std::vector<std::uint32_t> recipients;
  static constexpr auto fields(auto& s) { return std::tie(s.message, s.recipients); }
};

// The content travels in the form of a PublicMessage; its membership tag, which was verified or is not there, is empty.
struct ReceivedCommitRecord {
  std::uint16_t version = kRecordVersion;
  Bytes message_hash;
  WireFormat wire_format{};
  PublicMessage content;
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

[[nodiscard]] SecretBytes record_of(const treekem::KeyPackageBundle&);
// storage::errc::kMalformedRecord if the private keys are not those of the key package.
Result<treekem::KeyPackageBundle> bundle_from(KeyPackageRecord, const crypto::CipherSuite&);

[[nodiscard]] IdentityRecord record_of(const SigningIdentity&);
// kMisuse if ClientConfig has no such signer.
Result<SigningIdentity> identity_from(IdentityRecord, const ClientConfig&);

// `own`: what is behind an Update of one's own, else nullptr.
[[nodiscard]] SecretBytes record_of(const StoredProposal&, const OwnUpdate* own);
// Adds the proposal, judged anew, and what is behind it.
Result<void> restore_proposal(ProposalRecord, const PublicEpoch&, const ClientConfig&, ProposalStore&);

// A received commit that has not happened, whose message key is spent.
[[nodiscard]] SecretBytes record_of(const AuthenticatedContent& commit, BytesView message_hash);
[[nodiscard]] AuthenticatedContent content_from(ReceivedCommitRecord);

// All records below a prefix that ends with a number, in order of the numbers.
struct NumberedRecord {
  std::uint64_t number;
  SecretBytes value;
};
Result<std::vector<NumberedRecord>> numbered_records(storage::Store&, BytesView prefix);

}  // namespace dmls::group
