#include <dmls/group/member_record.h>
#include <dmls/group/transition.h>
#include <dmls/storage/error.h>

#include <algorithm>

namespace dmls::group {

SecretBytes record_of(const treekem::KeyPackageBundle& bundle) {
  return tls_codec::encode_secret(KeyPackageRecord{kRecordVersion, bundle.key_package, bundle.init.private_key.clone(),
                                                   bundle.encryption.private_key.clone()});
}

Result<treekem::KeyPackageBundle> bundle_from(KeyPackageRecord record, const crypto::CipherSuite& suite) {
  treekem::KeyPackageBundle bundle;
  bundle.key_package = std::move(record.key_package);
  DMLS_TRY(bundle.init, crypto::hpke_key_pair_from_private(suite, std::move(record.init)));
  DMLS_TRY(bundle.encryption, crypto::hpke_key_pair_from_private(suite, std::move(record.encryption)));
  if (bundle.init.public_key != bundle.key_package.init_key ||
      bundle.encryption.public_key != bundle.key_package.leaf_node.encryption_key)
    return fail(storage::errc::kMalformedRecord, "stored client: a key package with other keys");
  return bundle;
}

IdentityRecord record_of(const SigningIdentity& identity) {
  return {identity.credential, identity.signer->public_key().octets};
}

Result<SigningIdentity> identity_of(const treekem::LeafNode& leaf, const ClientConfig& config) {
  return identity_from({leaf.credential, leaf.signature_key.octets}, config);
}

Result<SigningIdentity> identity_from(IdentityRecord record, const ClientConfig& config) {
  const auto has_key = [&](const auto& signer) { return signer->public_key().octets == record.signature_key; };
  if (has_key(config.signer)) return SigningIdentity{std::move(record.credential), config.signer};
  const auto found = std::find_if(config.other_signers.begin(), config.other_signers.end(), has_key);
  if (found == config.other_signers.end())
    return fail(dmls::errc::kMisuse,
                "the private key of a signature_key is missing: neither ClientConfig::signer nor among other_signers");
  return SigningIdentity{std::move(record.credential), *found};
}

SecretBytes record_of(const StoredProposal& stored, const OwnUpdate* own) {
  ProposalRecord record{kRecordVersion, stored.reference,          stored.proposal,
                        stored.sender,  stored.authenticated_data, {}};
  if (own != nullptr) {
    record.own_update.emplace(OwnUpdateRecord{own->pair.private_key.clone(), {}});
    if (own->identity) record.own_update->identity = record_of(*own->identity);
  }
  return tls_codec::encode_secret(record);
}

Result<void> restore_proposal(ProposalRecord record, const PublicEpoch& epoch, const ClientConfig& config,
                              ProposalStore& into) {
  StoredProposal proposal{std::move(record.reference), std::move(record.proposal), record.sender,
                          std::move(record.authenticated_data)};
  const ProposalRef reference = proposal.reference;
  if (const auto verdict = check_proposal(epoch, proposal, config); !verdict) proposal.objection = verdict.error();
  DMLS_CHECK(into.add(std::move(proposal)));
  if (!record.own_update) return {};
  OwnUpdate own;
  DMLS_TRY(own.pair, crypto::hpke_key_pair_from_private(epoch.suite, std::move(record.own_update->private_key)));
  if (record.own_update->identity) {
    DMLS_TRY(own.identity, identity_from(*std::move(record.own_update->identity), config));
  }
  into.add_own_update(reference, std::move(own));
  return {};
}

SecretBytes record_of(const AuthenticatedContent& commit, BytesView message_hash) {
  ReceivedCommitRecord record{
      kRecordVersion, to_bytes(message_hash), commit.wire_format, {commit.content, commit.auth, {}}};
  if (tls_codec::tag_of(commit.content.sender) == SenderType::member) record.content.membership_tag = Bytes();
  return tls_codec::encode_secret(record);
}

AuthenticatedContent content_from(ReceivedCommitRecord record) {
  return {record.wire_format, std::move(record.content.content), std::move(record.content.auth)};
}

Result<std::vector<NumberedRecord>> numbered_records(storage::Store& store, BytesView prefix) {
  std::vector<NumberedRecord> out;
  DMLS_CHECK(store.for_each(prefix, [&](BytesView key, BytesView value) -> Result<void> {
    DMLS_TRY(const auto parts, storage::components(key.subspan(prefix.size())));
    if (parts.size() != 1 || parts[0].size() != 8) return {};  // something below a number
    std::uint64_t number = 0;
    for (const std::uint8_t octet : parts[0]) number = number << 8 | octet;
    out.push_back({number, SecretBytes(value)});
    return {};
  }));
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return out;
}

}  // namespace dmls::group
