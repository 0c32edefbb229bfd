// Every message and struct survives decoding and encoding. RFC 9420 §6, §12

#include <dmls/group/mls_message.h>
#include <dmls/treekem/parent_node.h>

#include "families.h"

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

}  // namespace dmls::vectors
