#pragma once
// What a member sends besides commits. For whoever keeps epochs: a linear history, or one that forks.
//
// Each of these signs and protects, and by that spends this member's next message key; nothing else changes.

#include <dmls/group/client_config.h>
#include <dmls/group/commit_request.h>
#include <dmls/group/epoch.h>
#include <dmls/group/proposal_store.h>

#include <optional>

namespace dmls::group {

// How a proposal travels.
struct ProposalOptions {
  HandshakeFormat handshake = HandshakeFormat::private_message;  // encrypted, or for observers to read
  Bytes authenticated_data = {};                                 // sent along in the clear, covered by the signature
};

// A proposal of one's own, and what is to be added to the ProposalStore of its epoch.
struct OwnProposal {
  MlsMessage message;     // to be sent; its message key is spent if it is a PrivateMessage
  StoredProposal stored;  // of this member as the sender, without objection
};

// A message to send, and the name by which a commit refers to its proposal.
struct SentProposal {
  Bytes message;          // an encoded MLSMessage; of a DeMLS group, an encoded DMLSMessage
  ProposalRef reference;  // for CommitRequest::references()
};

// A fresh leaf of one's own, and the private key behind it.
struct FreshLeaf {
  Update proposal;   // signed for this group and leaf
  OwnUpdate behind;  // for ProposalStore::add_own_update()
};

// Application data, as a PrivateMessage. RFC 9420 §6.1. Errors of the signer, the random source and the layers below.
Result<MlsMessage> make_application_message(Epoch&, BytesView data, BytesView authenticated_data, const ClientConfig&);

// Whether a commit of this member would take up proposals that wait in its epoch: then that commit comes before any
// application data. RFC 9420 §12.4
[[nodiscard]] bool commit_comes_first(const Epoch&, const ProposalStore&, const ClientConfig&);

// A proposal by reference. RFC 9420 §12.1. kInvalidProposal, or what the policy refuses with, if others would refuse
// it; kLimit if `store` has no room. kMisuse for an ExternalInit.
Result<OwnProposal> make_proposal(Epoch&, Proposal, const ProposalOptions&, const ProposalStore& store,
                                  const ClientConfig&);

// For make_proposal(): this member's leaf with a fresh encryption key; with another identity if one is given.
// RFC 9420 §12.1.2. kRemoved
Result<FreshLeaf> make_update(const Epoch&, const ClientConfig&, std::optional<SigningIdentity> identity = {});

}  // namespace dmls::group
