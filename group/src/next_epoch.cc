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

Result<keyschedule::MemberSecret> member_secret_of(const crypto::CipherSuite& suite,
                                                   const keyschedule::JoinerSecret& joiner,
                                                   std::span<const keyschedule::PreSharedKeyID> ids,
                                                   const PskSource& psks) {
  DMLS_TRY(const auto psk_secret, psk_secret_of(suite, ids, psks));
  return keyschedule::member_secret(suite, joiner, psk_secret);
}

Result<DerivedEpoch> derive_next(const crypto::CipherSuite& suite, CommitContribution commit, BytesView encoded_context,
                                 const PskSource& psks, InitSeam seam) {
  DMLS_TRY(auto init_secret, seam.source.init_secret(commit.last_path_secret.expose(), encoded_context));
  DMLS_TRY(auto joiner,
           keyschedule::joiner_secret(suite, std::move(init_secret), std::move(commit.commit_secret), encoded_context));
  DMLS_TRY(auto member, member_secret_of(suite, joiner, commit.psks, psks));
  auto welcome = keyschedule::welcome_secret(suite, member);
  DMLS_TRY(auto secrets,
           keyschedule::derive_epoch(suite, keyschedule::epoch_secret(suite, std::move(member), encoded_context),
                                     seam.succession));
  return DerivedEpoch{std::move(joiner), std::move(welcome), std::move(secrets)};
}

Result<Epoch> assemble_epoch(NextEpoch next, Bytes encoded_context, Bytes confirmation_tag,
                             keyschedule::EpochSecrets secrets, const ClientConfig& config) {
  Bytes interim =
      keyschedule::interim_transcript_hash(next.suite, next.context.confirmed_transcript_hash, confirmation_tag);
  DMLS_TRY(auto message_keys,
           keyschedule::SecretTree::create(next.suite, next.tree.leaf_count(), std::move(secrets.encryption_secret),
                                           config.window.ratchets));
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
                  std::move(next.tree), std::move(confirmation_tag), std::move(interim), config.clock->now()});
  return Epoch(std::move(shared), std::move(own));
}

}  // namespace dmls::group
