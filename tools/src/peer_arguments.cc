// What requests ask for, in the terms of the group layer.

#include <dmls/group/mls_message.h>
#include <dmls/tls_codec/codec.h>

#include "peer_operations.h"

namespace dmls::tools {
namespace {

enum class Kind : std::size_t {
  add,
  update,
  remove,
  external_psk,
  resumption_psk,
  reinit,
  group_context_extensions,
  custom,
};

Kind kind_of(const Request& proposal) {
  if (!proposal.has("type")) throw BadRequest{"a proposal needs a 'type'"};
  return static_cast<Kind>(proposal.choice("type", {"add", "update", "remove", "external_psk", "resumption_psk",
                                                    "reinit", "group_context_extensions", "custom"}));
}

Result<treekem::KeyPackage> key_package_of(const Request& proposal) {
  DMLS_TRY(auto message, tls_codec::decode<group::MlsMessage>(proposal.octets("key_package")));
  auto* package = std::get_if<treekem::KeyPackage>(&message.body);
  if (package == nullptr) throw BadRequest{"'key_package' is not an MLSMessage with a KeyPackage"};
  return std::move(*package);
}

template <class Id>
Result<group::Proposal> psk(const crypto::CipherSuite& suite, Random& random, Id id) {
  DMLS_TRY(auto nonce, random.bytes(suite.hash_length()));
  return group::Proposal(group::PreSharedKey{{std::move(id), std::move(nonce)}});
}

group::ReInit reinit_of(const Request& proposal) {
  return {proposal.octets("group_id"), crypto::ProtocolVersion::mls10,
          static_cast<crypto::CipherSuiteId>(proposal.number16("suite")), extensions_of(proposal, "extensions")};
}

group::CustomProposal custom_of(const Request& proposal) {
  return {static_cast<treekem::ProposalType>(proposal.number16("proposal_type")), proposal.octets("data")};
}

}  // namespace

treekem::ExtensionList extensions_of(const Request& request, std::string_view name) {
  treekem::ExtensionList list;
  for (const Request& entry : request.objects(name))
    list.push_back({static_cast<treekem::ExtensionType>(entry.number16("type")), entry.octets("data")});
  return list;
}

group::HandshakeFormat handshake_of(const Request& request) {
  return request.choice("handshake", {"private", "public"}) == 0 ? group::HandshakeFormat::private_message
                                                                 : group::HandshakeFormat::public_message;
}

group::TreeDelivery tree_delivery_of(const Request& request) {
  return request.choice("tree", {"inside", "aside"}) == 0 ? group::TreeDelivery::inside : group::TreeDelivery::aside;
}

std::optional<group::SigningIdentity> identity_of(PeerState& state, const Request& request) {
  if (!request.has("identity")) return std::nullopt;
  const group::ClientConfig& other = state.clients.at(request.text("identity")).config;
  return group::SigningIdentity{other.credential, other.signer};
}

Result<group::Proposal> proposal_of(const crypto::CipherSuite& suite, Random& random, const Request& proposal) {
  switch (kind_of(proposal)) {
    case Kind::add: {
      DMLS_TRY(auto package, key_package_of(proposal));
      return group::Proposal(group::Add{std::move(package)});
    }
    case Kind::update: break;
    case Kind::remove: return group::Proposal(group::Remove{proposal.number32("leaf")});
    case Kind::external_psk: return psk(suite, random, keyschedule::ExternalPskId{proposal.octets("psk_id")});
    case Kind::resumption_psk:
      return psk(suite, random,
                 keyschedule::ResumptionPskId{keyschedule::ResumptionPSKUsage::application, proposal.octets("group_id"),
                                              proposal.number("epoch")});
    case Kind::reinit: return group::Proposal(reinit_of(proposal));
    case Kind::group_context_extensions:
      return group::Proposal(group::GroupContextExtensions{extensions_of(proposal, "extensions")});
    case Kind::custom: return group::Proposal(custom_of(proposal));
  }
  throw BadRequest{"an update is proposed by the member whose leaf it renews"};
}

void add_by_value(group::CommitRequest& commit, const Request& proposal) {
  switch (kind_of(proposal)) {
    case Kind::add: commit.add(proposal.octets("key_package")); break;
    case Kind::update: throw BadRequest{"RFC 9420 §12.2: a committer does not commit its own update"};
    case Kind::remove: commit.remove(tree_math::LeafIndex(proposal.number32("leaf"))); break;
    case Kind::external_psk: commit.external_psk(proposal.octets("psk_id")); break;
    case Kind::resumption_psk: commit.resumption_psk(proposal.octets("group_id"), proposal.number("epoch")); break;
    case Kind::reinit: commit.reinit(reinit_of(proposal)); break;
    case Kind::group_context_extensions: commit.group_context_extensions(extensions_of(proposal, "extensions")); break;
    case Kind::custom: commit.custom(custom_of(proposal)); break;
  }
}

}  // namespace dmls::tools
