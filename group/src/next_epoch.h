#pragma once
// The part that every way into an epoch shares: key schedule, transcript, assembly. RFC 9420 §8, §8.2

#include <dmls/group/epoch.h>
#include <dmls/group/transition.h>
#include <dmls/keyschedule/key_schedule.h>

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

// Joins what a commit contributes with what the parent left, RFC 9420 §8.
Result<keyschedule::JoinerSecret> joiner_secret_for(const crypto::CipherSuite&, BytesView last_path_secret,
                                                    keyschedule::CommitSecret, BytesView encoded_context,
                                                    keyschedule::InitSecretSource&);

// Assembles the epoch from its table of secrets; `confirmation_tag` was made or verified with them.
Result<Epoch> assemble_epoch(NextEpoch, Bytes encoded_context, Bytes confirmation_tag, keyschedule::EpochSecrets);

}  // namespace dmls::group
