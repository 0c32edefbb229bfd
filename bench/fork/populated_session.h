#pragma once
// Members of a large DeMLS group that has no past: sessions as if they had just entered one epoch.

#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/transcript.h>
#include <dmls/tls_codec/codec.h>

#include "../../fork/src/session_access.h"
#include "support/populated_tree.h"

namespace dmls::bench {

class PopulatedGroup {
 public:
  PopulatedGroup(const crypto::CipherSuite& suite, std::uint32_t members)
      : suite_(suite),
        extensions_(test::must(fork::demls_extensions(fork::ExternalCommits::refused, {}))),
        tree_(suite, members, to_bytes(as_bytes("a large group")), 1, test::TreeShape::populated, capabilities()) {}

  // Member `index`, in a session that keeps everything.
  [[nodiscard]] fork::Session session(std::uint32_t index) const {
    const treekem::LeafIndex leaf(index);
    group::ClientConfig config = config_of(leaf);
    fork::SessionOptions options;
    options.retention.rule = fork::DeletionRule::never;
    options.retention.max_epochs = fork::RetentionPolicy::kUnbounded;
    options.retention.max_octets = fork::RetentionPolicy::kUnbounded;
    fork::DemlsSuccession succession;
    auto epoch = this->epoch(leaf, succession);
    auto live = test::must(
        fork::enter_epoch(std::move(epoch), std::move(succession), nullptr, {config.credential, config.signer}, 0));
    auto client = std::make_shared<fork::ClientState>(
        fork::ClientState{std::make_shared<const group::ClientConfig>(std::move(config)), options});
    return fork::SessionAccess::begin(std::move(client), std::move(live));
  }
  // The same member of the same group, as ordinary MLS has it.
  [[nodiscard]] group::Epoch epoch(treekem::LeafIndex leaf, keyschedule::EpochSuccession& succession) const {
    Bytes extensions;
    for (const auto& extension : extensions_) {
      const Bytes encoded = tls_codec::encode(extension);
      extensions.insert(extensions.end(), encoded.begin(), encoded.end());
    }
    keyschedule::GroupContext context{.cipher_suite = suite_.id(),
                                      .group_id = tree_.group_id(),
                                      .epoch = 7,
                                      .tree_hash = to_bytes(tree_.tree().tree_hash()),
                                      .confirmed_transcript_hash = Bytes(suite_.hash_length(), 3),
                                      .extensions = std::move(extensions)};
    SeededRandom random(11);
    auto secrets = test::must(
        keyschedule::derive_epoch(suite_, test::must(keyschedule::fresh_epoch_secret(suite_, random)), succession));
    Bytes tag = keyschedule::confirmation_tag(suite_, secrets.confirmation_key, context.confirmed_transcript_hash);
    Bytes interim = keyschedule::interim_transcript_hash(suite_, context.confirmed_transcript_hash, tag);
    Bytes encoded = tls_codec::encode(context);
    group::MemberSecrets own{tree_.secrets(leaf),
                             test::must(keyschedule::SecretTree::create(suite_, tree_.tree().leaf_count(),
                                                                        std::move(secrets.encryption_secret))),
                             keyschedule::SenderDataKeys(suite_, secrets.sender_data_secret),
                             std::move(secrets.exporter_secret),
                             std::move(secrets.external_secret),
                             std::move(secrets.membership_key),
                             std::move(secrets.resumption_psk),
                             std::move(secrets.epoch_authenticator)};
    return {std::make_shared<const group::PublicEpoch>(
                group::PublicEpoch{suite_, std::move(context), std::move(encoded), extensions_, tree_.tree(),
                                   std::move(tag), std::move(interim), 1'800'000'000}),
            std::move(own)};
  }
  [[nodiscard]] group::ClientConfig config_of(treekem::LeafIndex leaf) const {
    group::ClientConfig config{suite_, tree_.tree().leaf(leaf)->view().credential.decode(),
                               std::make_shared<crypto::KeyPairSigner>(tree_.signer(leaf)),
                               std::make_shared<group::AcceptEverything>()};
    config.random = std::make_shared<SeededRandom>(leaf.value());
    config.clock = std::make_shared<group::FixedClock>(1'800'000'000);
    config.capabilities = capabilities();
    return config;
  }

 private:
  static treekem::Capabilities capabilities() {
    auto out = treekem::default_capabilities();
    fork::add_demls_capabilities(out);
    return out;
  }
  crypto::CipherSuite suite_;
  treekem::ExtensionList extensions_;
  test::PopulatedTree tree_;
};

}  // namespace dmls::bench
