#include "next_epoch.h"

#include <dmls/keyschedule/transcript.h>
#include <dmls/tls_codec/codec.h>

namespace dmls::group {

Bytes extensions_content(const treekem::ExtensionList& list) {
  tls_codec::Counter size;
  for (const auto& extension : list) tls_codec::Codec<treekem::Extension>::write(size, extension);
  Bytes out(size.size());
  tls_codec::Writer writer(out);
  for (const auto& extension : list) tls_codec::Codec<treekem::Extension>::write(writer, extension);
  return out;
}

Result<treekem::ExtensionList> parse_extensions_content(BytesView content) {
  treekem::ExtensionList out;
  for (tls_codec::Reader in(content); !in.empty();) {
    DMLS_TRY(auto extension, tls_codec::Codec<treekem::Extension>::read(in));
    out.push_back(std::move(extension));
  }
  DMLS_CHECK(treekem::check_extensions(out));
  return out;
}

Result<keyschedule::JoinerSecret> joiner_secret_for(const crypto::CipherSuite& suite, BytesView last_path_secret,
                                                    keyschedule::CommitSecret commit_secret, BytesView encoded_context,
                                                    keyschedule::InitSecretSource& source) {
  DMLS_TRY(auto init_secret, source.init_secret(last_path_secret, encoded_context));
  return keyschedule::joiner_secret(suite, std::move(init_secret), std::move(commit_secret), encoded_context);
}

Result<Epoch> assemble_epoch(NextEpoch next, Bytes encoded_context, Bytes confirmation_tag,
                             keyschedule::EpochSecrets secrets) {
  Bytes interim =
      keyschedule::interim_transcript_hash(next.suite, next.context.confirmed_transcript_hash, confirmation_tag);
  DMLS_TRY(auto message_keys,
           keyschedule::SecretTree::create(next.suite, next.tree.leaf_count(), std::move(secrets.encryption_secret)));
  MemberSecrets own{std::move(next.tree_secrets),
                    std::move(message_keys),
                    keyschedule::SenderDataKeys(next.suite, secrets.sender_data_secret),
                    std::move(secrets.exporter_secret),
                    std::move(secrets.external_secret),
                    std::move(secrets.membership_key),
                    std::move(secrets.resumption_psk),
                    std::move(secrets.epoch_authenticator)};
  auto shared = std::make_shared<const PublicEpoch>(
      PublicEpoch{next.suite, std::move(next.context), std::move(encoded_context), std::move(next.extensions),
                  std::move(next.tree), std::move(confirmation_tag), std::move(interim)});
  return Epoch(std::move(shared), std::move(own));
}

}  // namespace dmls::group
