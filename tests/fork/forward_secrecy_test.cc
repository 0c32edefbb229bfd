// A device is stolen after it has followed a commit and kept the parent. Whoever has everything on it, and every
// message that was ever sent, must not be able to go the same way again. Where the parent's init secret is simply kept,
// he can: the control, in the same test.

#include <dmls/crypto/kdf.h>
#include <dmls/group/commit.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/transcript.h>
#include <dmls/treekem/path.h>

#include <algorithm>
#include <optional>

#include "../../fork/src/session_state.h"
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

// Every secret of the session, whatever it is for, cut into all the pieces of Nh octets that it may hold.
class Registry {
 public:
  explicit Registry(std::size_t size) : size_(size) {}
  void add(BytesView octets) {
    for (std::size_t i = 0; i + size_ <= octets.size(); ++i) pieces_.push_back(to_bytes(octets.subspan(i, size_)));
  }
  void add(const LiveEpoch& at) {
    const auto& own = at.epoch.own();
    add(at.pprf.export_state().expose());
    add(own.tree_secrets.encode().expose());
    for (const auto& record : own.message_keys.records()) add(record.value.expose());
    for (const BytesView secret :
         {own.exporter_secret.expose(), own.external_secret.expose(), own.membership_key.expose(),
          own.resumption_psk.expose(), own.epoch_authenticator.expose()})
      add(secret);
    for (const auto& past : at.past_psks) add(past->psk.expose());
  }
  [[nodiscard]] const std::vector<Bytes>& pieces() const { return pieces_; }

 private:
  std::size_t size_;
  std::vector<Bytes> pieces_;
};

// Walks from a node of the PPRF's tree at `depth` down to the leaf of `input`.
Bytes walk(const crypto::CipherSuite& suite, Bytes node, std::size_t depth, BytesView input) {
  for (std::size_t bit = depth; bit < 8 * input.size(); ++bit) {
    Bytes left(node.size()), right(node.size());
    crypto::derive_children(suite, node, left, right);
    node = (input[bit / 8] >> (7 - bit % 8) & 1) != 0 ? right : left;
  }
  return to_bytes(crypto::derive_secret(suite, node, "pprf").expose());
}

class Thief : public Members {
 protected:
  OwnCommit update() { return commit(a(), group::CommitRequest().handshake(group::HandshakeFormat::public_message)); }
  LiveEpoch& parent() { return *b().state_for_testing().find(root_); }
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
  gather(2);
  const OwnCommit sent = update();
  const auto kept = *pprf::Pprf::import_state(suite(), parent().pprf.export_state().expose());
  Registry before(suite().hash_length());
  before.add(parent());
  (void)b().process(sent.message);
  Registry after(suite().hash_length());
  for (const NodeId& node : {root_, sent.node}) after.add(*b().state_for_testing().find(node));

  const Reopened known = reopen(parent(), sent);
  const Bytes init = to_bytes(kept.evaluate(known.input.expose())->output().expose());
  const auto finds = [&](const Registry& registry) {
    return std::any_of(registry.pieces().begin(), registry.pieces().end(), [&](const Bytes& piece) {
      // The secret itself; the root of the PPRF, or a node near it or near the leaf; the epoch secret above it.
      if (piece == init) return true;
      for (const std::size_t depth : {std::size_t{0}, std::size_t{1}, std::size_t{255}, std::size_t{256}})
        if (walk(suite(), piece, depth, known.input.expose()) == init) return true;
      const auto root = crypto::derive_secret(suite(), piece, "parent_init");
      return walk(suite(), to_bytes(root.expose()), 0, known.input.expose()) == init;
    });
  };
  EXPECT_TRUE(finds(before));  // the search is able to find it
  // All the nodes that are left, each where it stands: none is above the leaf. The rest of the device, sampled: every
  // piece of 32 octets would take minutes, and one in seven keeps the secrets' own places.
  Registry sample(suite().hash_length());
  for (std::size_t i = 0; i < after.pieces().size(); i += 7) sample.add(after.pieces()[i]);
  EXPECT_FALSE(finds(sample));
  for (const NodeId& node : {root_, sent.node}) {
    const auto& own = b().state_for_testing().find(node)->epoch.own();
    Registry named(suite().hash_length());
    for (const BytesView secret : {own.exporter_secret.expose(), own.membership_key.expose(),
                                   own.resumption_psk.expose(), own.epoch_authenticator.expose()})
      named.add(secret);
    EXPECT_FALSE(finds(named));
  }
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
  EXPECT_EQ(parent().pprf.frontier_hash(), c().state_for_testing().find(root_)->pprf.frontier_hash());
}

}  // namespace
}  // namespace dmls::fork
