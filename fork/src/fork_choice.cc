#include <dmls/crypto/hash.h>
#include <dmls/fork/fork_choice.h>
#include <dmls/tls_codec/codec.h>

#include <tuple>

namespace dmls::fork {
namespace {

struct TicketInput {
  Bytes label;
  Bytes parent;
  std::uint32_t committer;
  static constexpr auto fields(auto& s) { return std::tie(s.label, s.parent, s.committer); }
};

bool lower(BytesView a, BytesView b) { return OctetOrder()(a, b); }

}  // namespace

bool HighestConfirmationTag::prefers(const crypto::CipherSuite&, const NodeId&, const Candidate& a,
                                     const Candidate& b) const {
  if (a.confirmation_tag != b.confirmation_tag) return lower(b.confirmation_tag, a.confirmation_tag);
  return a.commit < b.commit;
}

Bytes Ticket::ticket(const crypto::CipherSuite& suite, const NodeId& parent, tree_math::LeafIndex committer) {
  return crypto::hash(suite, tls_codec::encode(TicketInput{to_bytes(as_bytes("DeMLS fork ticket")), parent.octets(),
                                                           committer.value()}));
}

int Ticket::class_of(const Candidate& candidate) const {
  const auto& changes = candidate.changes;
  if (changes.origin != group::CommitOrigin::member) return 2;
  return !changes.removed.empty() && (!authorised_ || authorised_(changes)) ? 0 : 1;
}

bool Ticket::prefers(const crypto::CipherSuite& suite, const NodeId& parent, const Candidate& a,
                     const Candidate& b) const {
  const int class_a = class_of(a), class_b = class_of(b);
  if (class_a != class_b) return class_a < class_b;
  const auto leaf_a = a.changes.committer.leaf, leaf_b = b.changes.committer.leaf;
  if (leaf_a != leaf_b) {
    const Bytes ticket_a = ticket(suite, parent, leaf_a), ticket_b = ticket(suite, parent, leaf_b);
    if (ticket_a != ticket_b) return lower(ticket_a, ticket_b);
  }
  return a.commit < b.commit;
}

bool ChosenBy::prefers(const crypto::CipherSuite&, const NodeId& parent, const Candidate& a, const Candidate& b) const {
  if (order_(parent, a, b)) return true;
  return !order_(parent, b, a) && a.commit < b.commit;
}

}  // namespace dmls::fork
