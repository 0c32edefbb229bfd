#pragma once
// The part that every way into an epoch shares: key schedule, transcript, assembly. RFC 9420 §8, §8.2

#include <dmls/group/epoch.h>
#include <dmls/group/transition.h>
#include <dmls/keyschedule/key_schedule.h>

#include <span>

namespace dmls::group {

// The content of Extension extensions<V>, without its length header, as GroupContext carries it; and back.
Bytes extensions_content(const treekem::ExtensionList&);
Result<treekem::ExtensionList> parse_extensions_content(BytesView content);

// The next epoch as far as it is settled before its secrets are: `context` is complete.
struct NextEpoch {
  crypto::CipherSuite suite;
  keyschedule::GroupContext context;
  treekem::ExtensionList extensions;
  treekem::RatchetTree tree;
  treekem::TreeSecrets tree_secrets;
};

// What a commit contributes to the key schedule.
struct CommitContribution {
  keyschedule::CommitSecret commit_secret;
  SecretBytes last_path_secret;  // zero without a path, see InitSecretSource
  std::span<const keyschedule::PreSharedKeyID> psks;

  static CommitContribution without_path(const crypto::CipherSuite& suite) {
    return {keyschedule::commit_secret_without_path(suite), SecretBytes(suite.hash_length()), {}};
  }
};

// RFC 9420 §8, from the init secret of the parent down to the table of secrets.
struct DerivedEpoch {
  keyschedule::JoinerSecret joiner_secret;
  keyschedule::WelcomeSecret welcome_secret;
  keyschedule::EpochSecrets secrets;
};
Result<DerivedEpoch> derive_next(const crypto::CipherSuite&, CommitContribution, BytesView encoded_context,
                                 const PskSource&, InitSeam);

// The joiner secret with the PSKs mixed in.
Result<keyschedule::MemberSecret> member_secret_of(const crypto::CipherSuite&, const keyschedule::JoinerSecret&,
                                                   std::span<const keyschedule::PreSharedKeyID>, const PskSource&);

// Assembles the epoch from its table of secrets; `confirmation_tag` was made or verified with them.
Result<Epoch> assemble_epoch(NextEpoch, Bytes encoded_context, Bytes confirmation_tag, keyschedule::EpochSecrets,
                             const ClientConfig&);

}  // namespace dmls::group
