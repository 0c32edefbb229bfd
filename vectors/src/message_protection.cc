// Framing: what others protected is read, and what we protect is read back. RFC 9420 §6.1, §6.2, §6.3

#include <dmls/base/hex.h>
#include <dmls/base/random.h>
#include <dmls/group/epoch.h>

#include <memory>

#include "families.h"
#include "scalar.h"

namespace dmls::vectors {
namespace {

using group::Epoch;
using group::LeafIndex;
using group::WireFormat;

// The group that the vectors are about: two members, the sender is leaf 1.
class Scene {
 public:
  static Result<Scene> read(const Value& vector) {
    DMLS_TRY(const auto suite, vector.suite());
    return read(vector, suite);
  }
  static Result<Scene> read(const Value& vector, const crypto::CipherSuite& suite) {
    Scene scene(suite, vector);
    auto& context = scene.context_;
    context.cipher_suite = suite.id();
    DMLS_TRY(context.group_id, vector.octets("group_id"));
    DMLS_TRY(context.epoch, vector.integer<std::uint64_t>("epoch"));
    DMLS_TRY(context.tree_hash, vector.octets("tree_hash"));
    DMLS_TRY(context.confirmed_transcript_hash, vector.octets("confirmed_transcript_hash"));
    DMLS_TRY(Bytes signature_priv, vector.octets("signature_priv"));
    signature_priv =
        scalar_of_full_size(std::move(signature_priv), crypto::signature_sizes(suite.signature()).private_key);
    DMLS_TRY(const Bytes signature_pub, vector.octets("signature_pub"));
    DMLS_TRY(auto pair,
             vector.in("signature_priv", crypto::signature_key_pair_from_private(
                                             suite, crypto::SignaturePrivateKey(SecretBytes(signature_priv)))));
    DMLS_CHECK(vector.expect("signature_pub", BytesView(pair.public_key.octets)));
    scene.signer_ = std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair));
    for (std::uint8_t leaf = 0; leaf < 2; ++leaf) {
      treekem::LeafNode node;
      node.encryption_key.octets = Bytes(4, leaf);
      node.signature_key.octets = leaf == 1 ? signature_pub : Bytes(4, 0xff);
      DMLS_TRY(const auto placed, scene.tree_.add(node));
      if (placed.value() != leaf) return vector.fail_here("the scene could not be built");
    }
    return scene;
  }

  // The epoch as the member at `own` holds it, with fresh ratchets.
  Result<Epoch> epoch_of(std::uint32_t own) const {
    DMLS_TRY(const Bytes encryption_secret, vector_->octets("encryption_secret"));
    DMLS_TRY(const Bytes sender_data_secret, vector_->octets("sender_data_secret", suite_.hash_length()));
    DMLS_TRY(const Bytes membership_key, vector_->octets("membership_key", suite_.hash_length()));
    DMLS_TRY(auto keys,
             vector_->in("encryption_secret", keyschedule::SecretTree::create(
                                                  suite_, tree_math::LeafCount(2),
                                                  keyschedule::EncryptionSecret(SecretBytes(encryption_secret)))));
    auto shared = std::make_shared<const group::PublicEpoch>(
        group::PublicEpoch{suite_, context_, tls_codec::encode(context_), {}, tree_, {}, {}});
    return Epoch(std::move(shared),
                 {treekem::TreeSecrets(LeafIndex(own), {}),
                  std::move(keys),
                  keyschedule::SenderDataKeys(suite_, keyschedule::SenderDataSecret(SecretBytes(sender_data_secret))),
                  {},
                  {},
                  keyschedule::MembershipKey(SecretBytes(membership_key)),
                  {},
                  {}});
  }

  // Reads the message in `field`, which holds `content`; then protects that content again, and reads it back.
  Result<void> check(std::string_view field, const group::Content& content) const {
    DMLS_TRY(const Bytes octets, vector_->octets(field));
    DMLS_TRY(const auto message, vector_->in(field, tls_codec::decode<group::MlsMessage>(octets)));
    DMLS_TRY(Epoch receiver, epoch_of(0));
    DMLS_TRY(const auto received, vector_->in(field, receiver.unprotect(message)));
    DMLS_CHECK(vector_->require(received->content.content == content, field, "the raw content"));

    DMLS_TRY(Epoch sender, epoch_of(1));
    SeededRandom random(0);
    DMLS_TRY(auto authenticated, vector_->in(field, sender.sign(message.wire_format(), content,
                                                                received->content.authenticated_data, *signer_)));
    authenticated.auth.confirmation_tag = received->auth.confirmation_tag;
    DMLS_TRY(const auto own, vector_->in(field, sender.protect(authenticated, group::NoPadding(), random)));
    DMLS_TRY(Epoch second, epoch_of(0));
    DMLS_TRY(const auto back, vector_->in(field, second.unprotect(own)));
    return vector_->require(*back == authenticated, field, "what was protected");
  }

  // `content` as the member at leaf 1 sends it.
  Result<Bytes> send(Epoch& sender, WireFormat format, group::Content content, BytesView data, Random& random) const {
    const bool commit = std::holds_alternative<group::CommitContent>(content);
    DMLS_TRY(auto authenticated, sender.sign(format, std::move(content), data, *signer_));
    if (commit) {
      DMLS_TRY(authenticated.auth.confirmation_tag, random.bytes(suite_.hash_length()));
    }
    DMLS_TRY(const auto message, sender.protect(authenticated, group::NoPadding(), random));
    return tls_codec::encode(message);
  }

  Result<void> public_application_is_refused(const group::Content& content) const {
    DMLS_TRY(Epoch sender, epoch_of(1));
    return vector_->require(!sender.sign(WireFormat::mls_public_message, content, {}, *signer_), "application",
                            "refused as a PublicMessage");
  }

 private:
  Scene(const crypto::CipherSuite& suite, const Value& vector) : suite_(suite), vector_(&vector), tree_(suite) {}
  crypto::CipherSuite suite_;
  const Value* vector_;
  keyschedule::GroupContext context_;
  treekem::RatchetTree tree_;
  std::shared_ptr<crypto::Signer> signer_;
};

template <class T>
Result<T> raw(const Value& vector, std::string_view field) {
  DMLS_TRY(const Bytes octets, vector.octets(field));
  return vector.in(field, tls_codec::decode<T>(octets));
}

}  // namespace

Result<void> verify_message_protection(const Value& vector) {
  DMLS_TRY(const Scene scene, Scene::read(vector));
  DMLS_TRY(auto proposal, raw<group::Proposal>(vector, "proposal"));
  const group::Content proposed = group::ProposalContent{std::move(proposal)};
  DMLS_CHECK(scene.check("proposal_pub", proposed));
  DMLS_CHECK(scene.check("proposal_priv", proposed));
  DMLS_TRY(auto commit, raw<group::Commit>(vector, "commit"));
  const group::Content committed = group::CommitContent{std::move(commit)};
  DMLS_CHECK(scene.check("commit_pub", committed));
  DMLS_CHECK(scene.check("commit_priv", committed));
  DMLS_TRY(auto application, vector.octets("application"));
  const group::Content said = group::ApplicationData{std::move(application)};
  DMLS_CHECK(scene.public_application_is_refused(said));
  return scene.check("application_priv", said);
}

Result<Json> generate_message_protection(const Generation& generation) {
  const crypto::CipherSuite& suite = *generation.suite;
  Random& random = generation.random;
  const std::size_t nh = suite.hash_length();
  DMLS_TRY(const auto pair, crypto::generate_signature_key_pair(suite, random));
  Json one{{"cipher_suite", static_cast<std::uint16_t>(suite.id())},
           {"epoch", 1184274U},
           {"signature_priv", to_hex(pair.private_key.expose())},
           {"signature_pub", to_hex(pair.public_key.octets)}};
  for (const char* field : {"group_id", "tree_hash", "confirmed_transcript_hash", "encryption_secret",
                            "sender_data_secret", "membership_key", "application"}) {
    DMLS_TRY(const Bytes octets, random.bytes(nh));
    one[field] = to_hex(octets);
  }
  const group::Proposal proposal = group::Remove{2};
  DMLS_TRY(Bytes reference, random.bytes(nh));
  const group::Commit commit{{group::ProposalByReference{group::ProposalRef{std::move(reference)}}}, std::nullopt};
  one["proposal"] = to_hex(tls_codec::encode(proposal));
  one["commit"] = to_hex(tls_codec::encode(commit));

  Report report;
  const Value vector(one, report);
  DMLS_TRY(const Scene scene, Scene::read(vector, suite));
  DMLS_TRY(Epoch sender, scene.epoch_of(1));
  DMLS_TRY(const Bytes data, random.bytes(8));
  DMLS_TRY(Bytes application, vector.octets("application"));
  struct Message {
    const char* field;
    WireFormat format;
    group::Content content;
  };
  const Message messages[] = {
      {"proposal_pub", WireFormat::mls_public_message, group::ProposalContent{proposal}},
      {"proposal_priv", WireFormat::mls_private_message, group::ProposalContent{proposal}},
      {"commit_pub", WireFormat::mls_public_message, group::CommitContent{commit}},
      {"commit_priv", WireFormat::mls_private_message, group::CommitContent{commit}},
      {"application_priv", WireFormat::mls_private_message, group::ApplicationData{std::move(application)}}};
  Json made = Json::object();
  for (const Message& message : messages) {
    DMLS_TRY(const Bytes octets, scene.send(sender, message.format, message.content, data, random));
    made[message.field] = to_hex(octets);
  }
  one.update(made);
  return Json::array({std::move(one)});
}

}  // namespace dmls::vectors
