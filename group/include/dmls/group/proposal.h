#pragma once
// Proposals. RFC 9420 §12.1

#include <dmls/base/bytes.h>
#include <dmls/crypto/hash.h>
#include <dmls/crypto/protocol_version.h>
#include <dmls/crypto/suite.h>
#include <dmls/keyschedule/psk.h>
#include <dmls/tls_codec/select.h>
#include <dmls/treekem/capabilities.h>
#include <dmls/treekem/extension.h>
#include <dmls/treekem/key_package.h>
#include <dmls/treekem/leaf_node.h>

#include <cstdint>
#include <tuple>
#include <variant>
#include <vector>

namespace dmls::group {

using treekem::ProposalType;

// RFC 9420 §12.1.1: the owner of a key package joins.
struct Add {
  static constexpr ProposalType kTag = ProposalType::add;
  treekem::KeyPackage key_package;  // of the group's version and cipher suite
  static constexpr auto fields(auto& s) { return std::tie(s.key_package); }
  bool operator==(const Add&) const = default;
};

// RFC 9420 §12.1.2: the sender replaces its leaf.
struct Update {
  static constexpr ProposalType kTag = ProposalType::update;
  treekem::LeafNode leaf_node;  // of source update, with a fresh encryption_key
  static constexpr auto fields(auto& s) { return std::tie(s.leaf_node); }
  bool operator==(const Update&) const = default;
};

// RFC 9420 §12.1.3: the member at a leaf leaves.
struct Remove {
  static constexpr ProposalType kTag = ProposalType::remove;
  std::uint32_t removed = 0;  // leaf index, as received: the leaf may be blank
  static constexpr auto fields(auto& s) { return std::tie(s.removed); }
  bool operator==(const Remove&) const = default;
};

// RFC 9420 §12.1.4: a pre-shared key enters the key schedule.
struct PreSharedKey {
  static constexpr ProposalType kTag = ProposalType::psk;
  keyschedule::PreSharedKeyID psk;  // which one, with a fresh nonce of Nh octets
  static constexpr auto fields(auto& s) { return std::tie(s.psk); }
  bool operator==(const PreSharedKey&) const = default;
};

// RFC 9420 §12.1.5: the group ends and starts again with other parameters.
struct ReInit {
  static constexpr ProposalType kTag = ProposalType::reinit;
  Bytes group_id;                                                    // opaque<V>; of the new group
  crypto::ProtocolVersion version = crypto::ProtocolVersion::mls10;  // not older than the group's
  crypto::CipherSuiteId cipher_suite{};                              // of the new group
  treekem::ExtensionList extensions;                                 // of its GroupContext
  static constexpr auto fields(auto& s) { return std::tie(s.group_id, s.version, s.cipher_suite, s.extensions); }
  bool operator==(const ReInit&) const = default;
};

// RFC 9420 §12.1.6: the external committer's KEM output; only in external commits.
struct ExternalInit {
  static constexpr ProposalType kTag = ProposalType::external_init;
  Bytes kem_output;  // opaque<V>; encapsulated to the group's external_pub
  static constexpr auto fields(auto& s) { return std::tie(s.kem_output); }
  bool operator==(const ExternalInit&) const = default;
};

// RFC 9420 §12.1.7: the extensions of the GroupContext are replaced.
struct GroupContextExtensions {
  static constexpr ProposalType kTag = ProposalType::group_context_extensions;
  treekem::ExtensionList extensions;  // all that there are afterwards
  static constexpr auto fields(auto& s) { return std::tie(s.extensions); }
  bool operator==(const GroupContextExtensions&) const = default;
};

// A proposal of a type that RFC 9420 does not define: private use, or a later document. A proposal has no length of its
// own, so its content has to be one opaque<V> to be carried by those who do not know the type; other implementations
// chose the same. What it means is for CustomProposalRules to say.
struct CustomProposal {
  ProposalType type{};  // none of RFC 9420's own
  Bytes payload;        // opaque<V>
  bool operator==(const CustomProposal&) const = default;
};

// The proposals of RFC 9420.
using KnownProposal = std::variant<Add, Update, Remove, PreSharedKey, ReInit, ExternalInit, GroupContextExtensions>;
// struct { ProposalType proposal_type; select (proposal_type) {...}; } Proposal
using Proposal =
    std::variant<Add, Update, Remove, PreSharedKey, ReInit, ExternalInit, GroupContextExtensions, CustomProposal>;

// Of a CustomProposal, what it says itself.
[[nodiscard]] ProposalType proposal_type(const Proposal&);

// opaque HashReference<V>; RFC 9420 §5.2: Nh octets that name an AuthenticatedContent with a proposal.
struct ProposalRef {
  Bytes octets;  // as received: any number
  static constexpr auto fields(auto& s) { return std::tie(s.octets); }
  bool operator==(const ProposalRef&) const = default;
};

}  // namespace dmls::group

namespace dmls::tls_codec {
// A type that is not RFC 9420's is followed by one opaque<V>, see group::CustomProposal.
template <>
struct Codec<group::Proposal> {
  // A CustomProposal has to have a type of its own, or it is read back as something else.
  static void write(auto& sink, const group::Proposal& v) {
    Codec<group::ProposalType>::write(sink, group::proposal_type(v));
    std::visit(
        [&]<class Alternative>(const Alternative& alternative) {
          if constexpr (std::is_same_v<Alternative, group::CustomProposal>) {
            Codec<Bytes>::write(sink, alternative.payload);
          } else {
            Codec<Alternative>::write(sink, alternative);
          }
        },
        v);
  }
  // kInvalidValue for type 0.
  static Result<group::Proposal> read(Reader&);
};
}  // namespace dmls::tls_codec
