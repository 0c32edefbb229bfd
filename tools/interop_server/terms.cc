#include "terms.h"

#include <dmls/group/key_package_octets.h>

#include <limits>

namespace dmls::interop {
namespace {

std::uint16_t code_point(std::uint32_t value, const char* what) {
  if (value > std::numeric_limits<std::uint16_t>::max())
    throw BadRequest{std::string(what) + " " + std::to_string(value) + " has more than 16 bits"};
  return static_cast<std::uint16_t>(value);
}

group::ReInit reinit_of(const mls_client::ProposalDescription& what) {
  return {octets(what.group_id()), crypto::ProtocolVersion::mls10, suite_of(what.cipher_suite()),
          extensions_of(what.extensions())};
}

[[noreturn]] void unknown_type(const std::string& type) { throw BadRequest{"no proposal type '" + type + "'"}; }

}  // namespace

std::string text(BytesView octets) { return {octets.begin(), octets.end()}; }
Bytes octets(const std::string& text) { return to_bytes(as_bytes(text)); }

crypto::CipherSuiteId suite_of(std::uint32_t cipher_suite) {
  return static_cast<crypto::CipherSuiteId>(code_point(cipher_suite, "cipher suite"));
}

treekem::ExtensionList extensions_of(const google::protobuf::RepeatedPtrField<mls_client::Extension>& list) {
  treekem::ExtensionList out;
  for (const auto& extension : list)
    out.push_back({static_cast<treekem::ExtensionType>(code_point(extension.extension_type(), "extension type")),
                   octets(extension.extension_data())});
  return out;
}

group::HandshakeFormat handshake_of(bool encrypt_handshake) {
  return encrypt_handshake ? group::HandshakeFormat::private_message : group::HandshakeFormat::public_message;
}

group::TreeDelivery tree_delivery_of(bool external_tree) {
  return external_tree ? group::TreeDelivery::aside : group::TreeDelivery::inside;
}

std::string identity_of(const treekem::Credential& credential) {
  const auto* basic = std::get_if<treekem::BasicCredential>(&credential);
  return basic == nullptr ? std::string() : text(basic->identity);
}

group::LeafIndex leaf_of(const std::vector<group::Member>& members, const std::string& identity) {
  for (const group::Member& member : members)
    if (identity_of(member.credential) == identity) return member.leaf;
  throw BadRequest{"no member has the identity that was named"};
}

group::Proposal external_psk(const std::string& psk_id) {
  return group::PreSharedKey{{keyschedule::ExternalPskId{octets(psk_id)}, {}}};
}

group::Proposal resumption_psk(BytesView group_id, std::uint64_t epoch) {
  return group::PreSharedKey{
      {keyschedule::ResumptionPskId{keyschedule::ResumptionPSKUsage::application, to_bytes(group_id), epoch}, {}}};
}

Result<group::Proposal> proposal_of(const mls_client::ProposalDescription& what, const Place& place) {
  const std::string& type = what.proposal_type();
  if (type == "add") {
    auto package = group::decode_key_package(as_bytes(what.key_package()));
    if (!package) return fail(package.error());
    return group::Proposal(group::Add{*std::move(package)});
  }
  if (type == "remove") return group::Proposal(group::Remove{leaf_of(place.members, what.removed_id()).value()});
  if (type == "externalPSK") return external_psk(what.psk_id());
  if (type == "resumptionPSK") return resumption_psk(place.group_id, what.epoch_id());
  if (type == "groupContextExtensions")
    return group::Proposal(group::GroupContextExtensions{extensions_of(what.extensions())});
  if (type == "reinit") return group::Proposal(reinit_of(what));
  unknown_type(type);
}

void add_by_value(group::CommitRequest& commit, const mls_client::ProposalDescription& what,
                  const group::Group& group) {
  const std::string& type = what.proposal_type();
  if (type == "add") {
    commit.add(as_bytes(what.key_package()));
  } else if (type == "remove") {
    commit.remove(leaf_of(group.members(), what.removed_id()));
  } else if (type == "externalPSK") {
    commit.external_psk(as_bytes(what.psk_id()));
  } else if (type == "resumptionPSK") {
    commit.resumption_psk(group.group_id(), what.epoch_id());
  } else if (type == "groupContextExtensions") {
    if (commit.group_context_extensions()) throw BadRequest{"two groupContextExtensions in one commit"};
    commit.group_context_extensions(extensions_of(what.extensions()));
  } else if (type == "reinit") {
    commit.reinit(reinit_of(what));
  } else {
    unknown_type(type);
  }
}

}  // namespace dmls::interop
