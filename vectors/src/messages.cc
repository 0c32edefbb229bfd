// Every message and struct survives decoding and encoding. RFC 9420 §6, §12

#include <dmls/base/hex.h>
#include <dmls/group/mls_message.h>
#include <dmls/treekem/parent_node.h>
#include <dmls/treekem/required_capabilities.h>

#include "cast.h"

namespace dmls::vectors {
namespace {

// optional<Node> as RFC 9420 §12.4.3.3 has it; what a tree may look like is another family's question.
enum class NodeType : std::uint8_t { leaf = 1, parent = 2 };
struct LeafEntry {
  static constexpr NodeType kTag = NodeType::leaf;
  treekem::LeafNode node;
  static constexpr auto fields(auto& s) { return std::tie(s.node); }
};
struct ParentEntry {
  static constexpr NodeType kTag = NodeType::parent;
  crypto::HpkePublicKey encryption_key;
  Bytes parent_hash;
  std::vector<std::uint32_t> unmerged_leaves;
  static constexpr auto fields(auto& s) { return std::tie(s.encryption_key, s.parent_hash, s.unmerged_leaves); }
};
using TreeNodes = std::vector<std::optional<std::variant<LeafEntry, ParentEntry>>>;

template <class T>
Result<void> round_trip(const Value& vector, std::string_view field) {
  DMLS_TRY(const Bytes octets, vector.octets(field));
  DMLS_TRY(const T value, vector.in(field, tls_codec::decode<T>(octets)));
  return vector.expect(field, tls_codec::encode_secret(value));
}

// An MLSMessage of the kind that the field's name says.
template <class Body>
Result<void> message(const Value& vector, std::string_view field) {
  DMLS_TRY(const Bytes octets, vector.octets(field));
  DMLS_TRY(const auto value, vector.in(field, tls_codec::decode<group::MlsMessage>(octets)));
  DMLS_CHECK(vector.require(std::holds_alternative<Body>(value.body), field, "an MLSMessage of this kind"));
  return vector.expect(field, BytesView(tls_codec::encode(value)));
}

Result<void> public_message(const Value& vector, std::string_view field, group::ContentType type) {
  DMLS_CHECK(message<group::PublicMessage>(vector, field));
  DMLS_TRY(const Bytes octets, vector.octets(field));
  DMLS_TRY(const auto value, vector.in(field, tls_codec::decode<group::MlsMessage>(octets)));
  const auto& body = *std::get_if<group::PublicMessage>(&value.body);
  return vector.require(tls_codec::tag_of(body.content.content) == type, field, "content of this type");
}

}  // namespace

Result<void> verify_messages(const Value& vector) {
  DMLS_CHECK(message<group::Welcome>(vector, "mls_welcome"));
  DMLS_CHECK(message<group::GroupInfo>(vector, "mls_group_info"));
  DMLS_CHECK(message<treekem::KeyPackage>(vector, "mls_key_package"));
  DMLS_CHECK(round_trip<TreeNodes>(vector, "ratchet_tree"));
  DMLS_CHECK(round_trip<group::GroupSecrets>(vector, "group_secrets"));
  DMLS_CHECK(round_trip<group::Add>(vector, "add_proposal"));
  DMLS_CHECK(round_trip<group::Update>(vector, "update_proposal"));
  DMLS_CHECK(round_trip<group::Remove>(vector, "remove_proposal"));
  DMLS_CHECK(round_trip<group::PreSharedKey>(vector, "pre_shared_key_proposal"));
  DMLS_CHECK(round_trip<group::ReInit>(vector, "re_init_proposal"));
  DMLS_CHECK(round_trip<group::ExternalInit>(vector, "external_init_proposal"));
  DMLS_CHECK(round_trip<group::GroupContextExtensions>(vector, "group_context_extensions_proposal"));
  DMLS_CHECK(round_trip<group::Commit>(vector, "commit"));
  DMLS_CHECK(public_message(vector, "public_message_application", group::ContentType::application));
  DMLS_CHECK(public_message(vector, "public_message_proposal", group::ContentType::proposal));
  DMLS_CHECK(public_message(vector, "public_message_commit", group::ContentType::commit));
  return message<group::PrivateMessage>(vector, "private_message");
}

namespace {

// What a PublicMessage says.
template <class Body>
Result<Body> content_of(BytesView octets) {
  DMLS_TRY(const auto message, tls_codec::decode<group::MlsMessage>(octets));
  const auto* framed = std::get_if<group::PublicMessage>(&message.body);
  const auto* body = framed == nullptr ? nullptr : std::get_if<Body>(&framed->content.content);
  if (body == nullptr) return fail(errc::kFailed, "a message is not of the kind that was asked for");
  return *body;
}

template <class Body>
std::string message_hex(Body body) {
  return to_hex(tls_codec::encode(group::MlsMessage{std::move(body)}));
}

// Nothing that makes it is a group, so that it may be public, which the library refuses to send.
Result<group::PublicMessage> public_application(Random& random, std::size_t nh) {
  group::PublicMessage out;
  DMLS_TRY(out.content.group_id, random.bytes(nh));
  out.content.epoch = 42;
  out.content.sender = group::MemberSender{3};
  DMLS_TRY(out.content.authenticated_data, random.bytes(8));
  DMLS_TRY(Bytes data, random.bytes(40));
  out.content.content = group::ApplicationData{std::move(data)};
  DMLS_TRY(out.auth.signature, random.bytes(64));
  DMLS_TRY(out.membership_tag, random.bytes(nh));
  return out;
}

Result<group::GroupSecrets> group_secrets(Random& random, std::size_t nh) {
  group::GroupSecrets out;
  DMLS_TRY(auto joiner, random.secret(nh));
  out.joiner_secret = keyschedule::JoinerSecret(std::move(joiner));
  DMLS_TRY(auto path, random.secret(nh));
  out.path_secret = group::PathSecret{std::move(path)};
  keyschedule::PreSharedKeyID psk{keyschedule::ExternalPskId{to_bytes(as_bytes("external psk"))}, {}};
  DMLS_TRY(psk.psk_nonce, random.bytes(nh));
  out.psks.push_back(std::move(psk));
  return out;
}

}  // namespace

// One case: a real group, and what only needs to have the right form.
Result<Json> generate_messages(const Generation& generation) {
  const crypto::CipherSuite& suite = *generation.suite;
  Random& random = generation.random;
  const std::size_t nh = suite.hash_length();
  DMLS_TRY(Cast cast, Cast::create(generation));
  DMLS_CHECK(cast.join(0, "second"));
  DMLS_TRY(const auto keys, publish_keys(generation, "third"));
  const treekem::KeyPackage& package = keys.bundle.key_package;
  DMLS_TRY(const auto added, cast.commit(0, group::CommitRequest().add(keys.message())));
  group::Group& founder = cast.group(0);
  DMLS_TRY(const Bytes info, founder.group_info(group::TreeDelivery::inside, group::ExternalJoins::allowed));
  constexpr auto kPublic = group::HandshakeFormat::public_message;
  DMLS_TRY(const Bytes said, founder.protect(as_bytes("hello"), as_bytes("authenticated data")));
  DMLS_TRY(const auto proposed, cast.group(1).propose_update({.handshake = kPublic}));
  DMLS_CHECK(cast.announce(1, proposed.message));
  DMLS_TRY(const auto proposal, content_of<group::ProposalContent>(proposed.message));
  DMLS_TRY(const auto committed, cast.commit(0, group::CommitRequest().handshake(kPublic)));
  DMLS_TRY(const auto commit, content_of<group::CommitContent>(committed.message));
  DMLS_TRY(auto secrets, group_secrets(random, nh));
  DMLS_TRY(auto application, public_application(random, nh));
  DMLS_TRY(Bytes kem_output, random.bytes(crypto::kem_sizes(suite.kem()).public_key));
  treekem::ExtensionList extensions;
  treekem::set_extension(extensions, treekem::RequiredCapabilities{});
  DMLS_TRY(Bytes next_group, random.bytes(nh));
  const auto hex = [](const auto& value) { return to_hex(tls_codec::encode(value)); };
  return Json::array({{{"mls_welcome", to_hex(added.welcome)},
                       {"mls_group_info", to_hex(info)},
                       {"mls_key_package", to_hex(keys.message())},
                       {"ratchet_tree", to_hex(founder.ratchet_tree())},
                       {"group_secrets", to_hex(tls_codec::encode_secret(secrets).expose())},
                       {"add_proposal", hex(group::Add{package})},
                       {"update_proposal", hex(std::get<group::Update>(proposal.proposal))},
                       {"remove_proposal", hex(group::Remove{2})},
                       {"pre_shared_key_proposal", hex(group::PreSharedKey{secrets.psks.front()})},
                       {"re_init_proposal", hex(group::ReInit{std::move(next_group), crypto::ProtocolVersion::mls10,
                                                              suite.id(), extensions})},
                       {"external_init_proposal", hex(group::ExternalInit{std::move(kem_output)})},
                       {"group_context_extensions_proposal", hex(group::GroupContextExtensions{extensions})},
                       {"commit", hex(commit.commit)},
                       {"public_message_application", message_hex(std::move(application))},
                       {"public_message_proposal", to_hex(proposed.message)},
                       {"public_message_commit", to_hex(committed.message)},
                       {"private_message", to_hex(said)}}});
}

}  // namespace dmls::vectors
