// A device is stolen after it has followed a commit and kept the parent. Whoever has everything on it, and every
// message that was ever sent, must not be able to go the same way again. Where the parent's init secret is simply kept,
// he can: the control, in the same test.

#include <dmls/crypto/kdf.h>
#include <dmls/group/commit.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/transcript.h>
#include <dmls/treekem/path.h>

#include <algorithm>

#include "../../fork/src/session_access.h"
#include "support.h"

namespace dmls::fork {
namespace {

// What the thief computes from the commit and the HPKE keys that the device kept: all inputs of the child's key
// schedule but the init secret.
struct Reopened {
  SecretBytes input;
  keyschedule::CommitSecret commit_secret;
  Bytes group_context;
};

// An update without proposals, sent as a PublicMessage: the thief needs no message key to read it.
Reopened reopen(const LiveEpoch& parent, const OwnCommit& sent) {
  const auto& before = parent.epoch.shared();
  const auto& suite = before.suite;
  auto message = decode_dmls_message(sent.message, suite.hash_length())->content.message;
  const auto& wire = std::get<group::PublicMessage>(message.body);
  const auto& commit = std::get<group::CommitContent>(wire.content.content).commit;
  const auto sender = LeafIndex(std::get<group::MemberSender>(wire.content.sender).leaf_index);

  const auto path = *treekem::ReceivedPath::apply(before.tree, treekem::Committer::member, sender, *commit.path, {});
  keyschedule::GroupContext context = before.context;
  context.epoch += 1;
  context.tree_hash = to_bytes(path.tree().tree_hash());
  auto opened = *path.open(parent.epoch.own().tree_secrets, tls_codec::encode(context));
  context.confirmed_transcript_hash = keyschedule::confirmed_transcript_hash(
      suite, before.interim_transcript_hash,
      group::confirmed_transcript_hash_input({group::WireFormat::mls_public_message, wire.content, wire.auth}));
  Reopened out;
  out.group_context = tls_codec::encode(context);
  out.commit_secret = keyschedule::CommitSecret(std::move(opened.commit_secret).into_bytes());
  out.input = pprf_input(suite, commit_confirmation(suite, opened.path_secret.expose()), out.group_context);
  return out;
}

// The name of the epoch that an init secret leads to.
NodeId reached(const crypto::CipherSuite& suite, const Reopened& known, BytesView init) {
  const auto joiner = *keyschedule::joiner_secret(suite, keyschedule::InitSecret(SecretBytes(init)),
                                                  known.commit_secret.clone(), known.group_context);
  auto member = *keyschedule::member_secret(suite, joiner, keyschedule::PskSecret(SecretBytes(suite.hash_length())));
  DemlsSuccession succession;
  (void)keyschedule::derive_epoch(suite, keyschedule::epoch_secret(suite, std::move(member), known.group_context),
                                  succession);
  return succession.id();
}

// Walks from a node of the PPRF's tree at `depth` down to the leaf of `input`.
Bytes walk(const crypto::CipherSuite& suite, Bytes node, std::size_t depth, BytesView input) {
  for (std::size_t bit = depth; bit < 8 * input.size(); ++bit) {
    Bytes left(node.size()), right(node.size());
    crypto::derive_children(suite, node, left, right);
    node = (input[bit / 8] >> (7 - bit % 8) & 1) != 0 ? right : left;
  }
  return to_bytes(crypto::derive_secret(suite, node, "pprf").expose());
}

// Every secret that a session holds. The nodes of a PPRF are tried where they stand; everything else is cut into all
// the pieces of Nh octets that it may hold, and each piece is tried as whatever it might be.
class Registry {
 public:
  Registry(const crypto::CipherSuite& suite, BytesView input, BytesView init)
      : suite_(suite), input_(to_bytes(input)), init_(to_bytes(init)) {}

  void try_all_of(const LiveEpoch& at) {
    try_frontier(at.pprf.export_state().expose());
    const auto& own = at.epoch.own();
    try_pieces(own.tree_secrets.encode().expose());
    for (const auto& record : own.message_keys.records()) try_pieces(record.value.expose());
    for (const BytesView secret :
         {own.exporter_secret.expose(), own.external_secret.expose(), own.membership_key.expose(),
          own.resumption_psk.expose(), own.epoch_authenticator.expose()})
      try_pieces(secret);
    for (const auto& past : at.past_psks) try_pieces(past->psk.expose());
  }
  [[nodiscard]] bool found() const { return found_; }
  [[nodiscard]] std::size_t tried() const { return tried_; }

 private:
  void try_node(BytesView secret, std::size_t depth) {
    ++tried_;
    found_ = found_ || walk(suite_, to_bytes(secret), depth, input_) == init_;
  }
  // Pprf::export_state(): a header of 13 octets; then uint16 depth, the prefix, the secret.
  void try_frontier(BytesView exported) {
    for (std::size_t at = 13; at < exported.size();) {
      const std::size_t depth = std::size_t{exported[at]} << 8 | exported[at + 1];
      at += 2 + (depth + 7) / 8;
      try_node(exported.subspan(at, suite_.hash_length()), depth);
      at += suite_.hash_length();
    }
  }
  void try_pieces(BytesView octets) {
    const std::size_t nh = suite_.hash_length();
    for (std::size_t i = 0; i + nh <= octets.size(); ++i) {
      const BytesView piece = octets.subspan(i, nh);
      found_ = found_ || std::equal(piece.begin(), piece.end(), init_.begin(), init_.end());
      for (const std::size_t depth : {std::size_t{0}, 8 * nh - 1, 8 * nh}) try_node(piece, depth);
      try_node(crypto::derive_secret(suite_, piece, "parent_init").expose(), 0);
    }
  }

  crypto::CipherSuite suite_;
  Bytes input_;
  Bytes init_;
  std::size_t tried_ = 0;
  bool found_ = false;
};

class Thief : public Members {
 protected:
  OwnCommit update() { return commit(a(), group::CommitRequest().handshake(group::HandshakeFormat::public_message)); }
  LiveEpoch& parent() { return *SessionAccess::state(b()).find(root_); }
  const crypto::CipherSuite& suite() { return cast_.suite; }
};

TEST_F(Thief, CannotDeriveAChildThatWasEnteredAndCouldWithPlainRetention) {
  gather(3);
  const OwnCommit sent = update();
  // The control: what keeping the parent's init secret would mean.
  const auto kept = *pprf::Pprf::import_state(suite(), parent().pprf.export_state().expose());
  (void)b().process(sent.message);
  ASSERT_TRUE(b().holds(root_));

  const Reopened known = reopen(parent(), sent);
  const auto with_control = kept.evaluate(known.input.expose());
  ASSERT_TRUE(with_control);
  EXPECT_EQ(reached(suite(), known, with_control->output().expose()), sent.node);

  const auto with_device = parent().pprf.evaluate(known.input.expose());
  ASSERT_FALSE(with_device);
  EXPECT_EQ(with_device.error().code, pprf::errc::kPunctured);
}

TEST_F(Thief, FindsNoSecretOnTheDeviceFromWhichTheInitSecretFollows) {
  gather(3);
  (void)b().process(commit(c()).message);  // an earlier sibling: the frontier has nodes at every depth
  const OwnCommit sent = update();
  const auto kept = *pprf::Pprf::import_state(suite(), parent().pprf.export_state().expose());
  const Reopened known = reopen(parent(), sent);
  const Bytes init = to_bytes(kept.evaluate(known.input.expose())->output().expose());

  Registry before(suite(), known.input.expose(), init);
  before.try_all_of(parent());
  EXPECT_TRUE(before.found());  // the search can find it

  (void)b().process(sent.message);
  Registry after(suite(), known.input.expose(), init);
  for (const auto& entry : b().history().nodes()) after.try_all_of(*SessionAccess::state(b()).find(entry.first));
  EXPECT_FALSE(after.found());
  EXPECT_GT(after.tried(), 1000u);
}

TEST_F(Thief, CanDeriveChildrenThatWereNotEnteredHere) {
  // What the PPRF does not protect: documented, and shown.
  gather(2);
  const OwnCommit first = update();
  const OwnCommit sibling = *b().commit_in(root_, group::CommitRequest());
  (void)sibling;
  const Reopened known = reopen(parent(), first);
  const auto derived = parent().pprf.evaluate(known.input.expose());
  ASSERT_TRUE(derived);
  EXPECT_EQ(reached(suite(), known, derived->output().expose()), first.node);
}

TEST_F(Thief, LearnsNothingMoreFromSiblingsStagedAtTheSameTime) {
  gather(3);
  // Two own commits and a received one are staged on one epoch before any is entered.
  const OwnCommit one = *b().commit(group::CommitRequest().handshake(group::HandshakeFormat::public_message));
  const OwnCommit two = *b().commit({});
  const OwnCommit sent = update();
  ASSERT_TRUE(b().accept(one.commit));
  (void)b().process(sent.message);
  ASSERT_TRUE(b().accept(two.commit));
  const Reopened known = reopen(parent(), sent);
  EXPECT_EQ(parent().pprf.evaluate(known.input.expose()).error().code, pprf::errc::kPunctured);
  // c knows the same three children, and punctured them in another order: the same state.
  for (const Bytes* message : {&two.message, &sent.message, &one.message}) (void)c().process(*message);
  EXPECT_EQ(parent().pprf.frontier_hash(), SessionAccess::state(c()).find(root_)->pprf.frontier_hash());
}

}  // namespace
}  // namespace dmls::fork
