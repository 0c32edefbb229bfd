#pragma once
// The words of the interface in those of the library, and back.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/group/commit_request.h>
#include <dmls/group/group.h>
#include <dmls/group/mls_message.h>
#include <dmls/group/proposal.h>
#include <dmls/tls_codec/codec.h>
#include <google/protobuf/repeated_field.h>
#include <mls_client.pb.h>

#include <string>
#include <vector>

#include "states.h"

namespace dmls::interop {

[[nodiscard]] std::string text(BytesView octets);
[[nodiscard]] Bytes octets(const std::string& text);

// Throws BadRequest for what has more than 16 bits.
[[nodiscard]] crypto::CipherSuiteId suite_of(std::uint32_t cipher_suite);
[[nodiscard]] treekem::ExtensionList extensions_of(const google::protobuf::RepeatedPtrField<mls_client::Extension>&);

[[nodiscard]] group::HandshakeFormat handshake_of(bool encrypt_handshake);
[[nodiscard]] group::TreeDelivery tree_delivery_of(bool external_tree);

// The identity of a basic credential; empty for any other.
[[nodiscard]] std::string identity_of(const treekem::Credential&);
// The leaf of the first member with this identity. Throws BadRequest if there is none.
[[nodiscard]] group::LeafIndex leaf_of(const std::vector<group::Member>&, const std::string& identity);

// Where a proposal that is described would be made.
struct Place {
  Bytes group_id;
  std::vector<group::Member> members;
};
Result<group::Proposal> proposal_of(const mls_client::ProposalDescription&, const Place&);
// Puts what is described into a commit of this group, by value.
void add_by_value(group::CommitRequest&, const mls_client::ProposalDescription&, const group::Group&);
[[nodiscard]] group::Proposal external_psk(const std::string& psk_id);
// A resumption PSK of the group itself.
[[nodiscard]] group::Proposal resumption_psk(BytesView group_id, std::uint64_t epoch);

// The body of an encoded MLSMessage that has to be a Body. Throws BadRequest for another one.
template <class Body>
Result<Body> body_of(const std::string& message) {
  DMLS_TRY(auto decoded, tls_codec::decode<group::MlsMessage>(as_bytes(message)));
  auto* body = std::get_if<Body>(&decoded.body);
  if (body == nullptr) throw BadRequest{"the MLSMessage is of another kind than the field it is in"};
  return std::move(*body);
}

}  // namespace dmls::interop
