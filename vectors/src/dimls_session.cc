// A universe of Send Groups as one of its members reads it, in several orders. draft-xue-distributed-mls
//
//   { "cipher_suite": uint16,
//     "reader": { "identity": hex, "signature_private_key": hex,
//                 "key_package": hex(MLSMessage), "init_private_key": hex, "encryption_private_key": hex },
//     "messages": [ hex(MLSMessage) ... ],      // of all others: Welcomes, the announcement, commits, texts
//     "orders": [ [ index ... ] ... ],          // at least three; each names every message once
//     // expected at the end of each order
//     "groups": [ { "group_id": hex, "owner": hex, "epoch": uint64, "epoch_authenticator": hex,
//                   "members": [ hex ... ] } ... ],       // in order of their ids; identities in order of octets
//     "texts": [ { "sender": hex, "data": hex } ... ] }   // in any order
//
// Members have basic credentials, and are who their credential says. The universe is announced: export length, label
// and names are in it. One member was removed by one owner, and by the others after it.

#include <dmls/base/hex.h>
#include <dmls/group/clock.h>
#include <dmls/group/mls_message.h>
#include <dmls/sendgroup/session.h>

#include <algorithm>
#include <memory>
#include <set>

#include "families.h"

namespace dmls::vectors {
namespace {

using sendgroup::ApplicationMessage;
using sendgroup::Session;

constexpr std::uint64_t kNow = 1'750'000'000;

// Draws from a generator's source, which outlives it.
class Borrowed final : public Random {
 public:
  explicit Borrowed(Random& source) : source_(source) {}
  Result<void> fill(std::span<std::uint8_t> out) override { return source_.fill(out); }

 private:
  Random& source_;
};

Result<Session> make_session(const crypto::CipherSuite& suite, const Bytes& identity, crypto::SignatureKeyPair pair,
                             std::shared_ptr<Random> random) {
  group::ClientConfig client{suite, treekem::BasicCredential{identity},
                             std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair)),
                             std::make_shared<group::TrustNames>()};
  client.clock = std::make_shared<group::FixedClock>(kNow);
  client.random = std::move(random);
  sendgroup::SessionConfig config;
  config.clients.push_back(std::make_shared<const group::ClientConfig>(std::move(client)));
  config.updates = {.incorporate = sendgroup::Incorporate::never, .self_update_seconds = 0};
  return Session::create(std::move(config));
}

struct Reader {
  Bytes identity;
  Bytes signature_private_key;
  treekem::KeyPackageBundle bundle;
};

Result<Session> make_session(const crypto::CipherSuite& suite, const Reader& reader) {
  DMLS_TRY(auto pair, crypto::signature_key_pair_from_private(
                          suite, crypto::SignaturePrivateKey(SecretBytes(reader.signature_private_key))));
  DMLS_TRY(auto session, make_session(suite, reader.identity, std::move(pair), std::make_shared<SeededRandom>(0)));
  DMLS_CHECK(session.import_key_package(
      {reader.bundle.key_package, reader.bundle.init.clone(), reader.bundle.encryption.clone()}));
  return session;
}

Result<std::vector<ApplicationMessage>> deliver(Session& session, const std::vector<Bytes>& messages,
                                                const std::vector<std::size_t>& order) {
  std::vector<ApplicationMessage> out;
  for (const std::size_t index : order) {
    DMLS_TRY(auto events, session.unprotect(messages[index]));
    for (auto& event : events)
      if (auto* text = std::get_if<ApplicationMessage>(&event)) out.push_back(std::move(*text));
  }
  return out;
}

Json end_state(const Session& session) {
  Json out = Json::array();
  auto heads = session.heads();
  std::sort(heads.begin(), heads.end());
  for (const auto& head : heads) {
    Json members = Json::array();
    for (const Bytes& member : session.members(head.group_id)) members.push_back(to_hex(member));
    out.push_back({{"group_id", to_hex(head.group_id)},
                   {"owner", to_hex(session.owner_of(head.group_id))},
                   {"epoch", head.epoch},
                   {"epoch_authenticator", to_hex(session.epoch_authenticator(head.group_id)->expose())},
                   {"members", std::move(members)}});
  }
  return out;
}

std::multiset<std::pair<std::string, std::string>> sorted_texts(const std::vector<ApplicationMessage>& texts) {
  std::multiset<std::pair<std::string, std::string>> out;
  for (const auto& text : texts) out.emplace(to_hex(text.sender), to_hex(text.data));
  return out;
}

Result<Reader> read_reader(const Value& vector, const crypto::CipherSuite& suite) {
  DMLS_TRY(const Value value, vector.at("reader"));
  Reader out;
  DMLS_TRY(out.identity, value.octets("identity"));
  DMLS_TRY(out.signature_private_key, value.octets("signature_private_key"));
  DMLS_TRY(const Bytes package, value.octets("key_package"));
  DMLS_TRY(auto message, value.in("key_package", tls_codec::decode<group::MlsMessage>(package)));
  auto* key_package = std::get_if<treekem::KeyPackage>(&message.body);
  if (key_package == nullptr) return value.fail_at("key_package", "it is no KeyPackage");
  out.bundle.key_package = std::move(*key_package);
  DMLS_TRY(const auto signer,
           value.in("signature_private_key",
                    crypto::signature_key_pair_from_private(
                        suite, crypto::SignaturePrivateKey(SecretBytes(out.signature_private_key)))));
  DMLS_CHECK(value.require(signer.public_key == out.bundle.key_package.leaf_node.signature_key, "signature_private_key",
                           "it belongs to the key package"));
  DMLS_TRY(const Bytes init, value.octets("init_private_key"));
  DMLS_TRY(out.bundle.init, value.in("init_private_key", crypto::hpke_key_pair_from_private(
                                                             suite, crypto::HpkePrivateKey(SecretBytes(init)))));
  DMLS_TRY(const Bytes encryption, value.octets("encryption_private_key"));
  DMLS_TRY(out.bundle.encryption,
           value.in("encryption_private_key",
                    crypto::hpke_key_pair_from_private(suite, crypto::HpkePrivateKey(SecretBytes(encryption)))));
  return out;
}

Result<std::vector<std::size_t>> read_order(const Value& value, std::size_t count) {
  DMLS_TRY(const auto entries, value.list());
  std::vector<std::size_t> order;
  std::set<std::size_t> seen;
  for (const Value& entry : entries) {
    DMLS_TRY(const auto index, entry.integer<std::uint32_t>());
    DMLS_CHECK(entry.require(index < count && seen.insert(index).second, "", "an order names every message once"));
    order.push_back(index);
  }
  DMLS_CHECK(value.require(order.size() == count, "", "an order names every message once"));
  return order;
}

// The generator's cast.
struct Cast {
  const Generation& generation;
  std::shared_ptr<Random> random = std::make_shared<Borrowed>(generation.random);
  std::vector<Session> sessions = {};
  std::vector<std::size_t> senders = {};  // of the messages
  std::vector<Bytes> messages = {};

  // To everybody else, the reader included.
  Result<void> send(std::size_t from, const std::vector<Bytes>& made) {
    for (const Bytes& message : made) {
      senders.push_back(from);
      messages.push_back(message);
      for (std::size_t to = 0; to < sessions.size(); ++to)
        if (to != from) DMLS_CHECK(sessions[to].unprotect(message));
    }
    return {};
  }
  Result<void> send(std::size_t from, const Result<sendgroup::Outgoing>& made) {
    if (!made) return fail(made.error());
    return send(from, made->messages());
  }
  Result<void> say(std::size_t from, std::string_view words) {
    DMLS_TRY(const auto made, sessions[from].protect(as_bytes(words)));
    return send(from, made);
  }
};

Result<void> converse(Cast& cast) {
  for (std::size_t i = 0; i < 3; ++i) {
    DMLS_CHECK(cast.send(i, cast.sessions[i].update()));
    DMLS_CHECK(cast.say(i, "after my update"));
  }
  for (std::size_t i = 0; i < 3; ++i) DMLS_CHECK(cast.send(i, cast.sessions[i].commit(sendgroup::CommitKind::partial)));
  DMLS_CHECK(cast.say(2, "before my removal"));
  DMLS_CHECK(cast.send(0, cast.sessions[0].remove(cast.sessions[2].client_id())));
  DMLS_CHECK(cast.send(1, cast.sessions[1].commit(sendgroup::CommitKind::full)));
  DMLS_CHECK(cast.send(0, cast.sessions[0].commit(sendgroup::CommitKind::full)));
  return cast.say(1, "after the removal");
}

}  // namespace

Result<void> verify_dimls_session(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  DMLS_TRY(const Reader reader, read_reader(vector, suite));
  DMLS_TRY(const auto entries, vector.list("messages"));
  std::vector<Bytes> messages;
  for (const Value& entry : entries) {
    DMLS_TRY(messages.emplace_back(), entry.octets());
  }
  std::multiset<std::pair<std::string, std::string>> expected;
  DMLS_TRY(const auto texts, vector.list("texts"));
  for (const Value& text : texts) {
    DMLS_TRY(const Bytes sender, text.octets("sender"));
    DMLS_TRY(const Bytes data, text.octets("data"));
    expected.emplace(to_hex(sender), to_hex(data));
  }
  DMLS_TRY(const auto groups, vector.list("groups"));
  DMLS_TRY(const auto orders, vector.list("orders"));
  DMLS_CHECK(vector.require(orders.size() >= 3, "orders", "there are at least three"));
  for (const Value& value : orders) {
    DMLS_TRY(const auto order, read_order(value, messages.size()));
    DMLS_TRY(auto session, vector.in("reader", make_session(suite, reader)));
    DMLS_TRY(const auto heard, vector.in("messages", deliver(session, messages, order)));
    DMLS_CHECK(vector.require(sorted_texts(heard) == expected, "texts", "they are what was heard"));
    const Json ended = end_state(session);
    DMLS_CHECK(vector.require(groups.size() == ended.size(), "groups", "they are those that are followed"));
    for (std::size_t i = 0; i < groups.size(); ++i)
      DMLS_CHECK(groups[i].require(groups[i].json() == ended[i], "", "it is where the messages lead"));
  }
  return {};
}

Result<Json> generate_dimls_session(const Generation& generation) {
  const crypto::CipherSuite& suite = *generation.suite;
  Cast cast{generation};
  for (const std::string_view name : {"alice", "bob", "carol"}) {
    DMLS_TRY(auto pair, crypto::generate_signature_key_pair(suite, generation.random));
    DMLS_TRY(auto session, make_session(suite, to_bytes(as_bytes(name)), std::move(pair), cast.random));
    cast.sessions.push_back(std::move(session));
  }
  DMLS_TRY(const auto pair, crypto::generate_signature_key_pair(suite, generation.random));
  Reader reader{to_bytes(as_bytes("dave")), to_bytes(pair.private_key.expose()), {}};
  const crypto::KeyPairSigner signer(suite, pair.clone());
  DMLS_TRY(reader.bundle, treekem::make_key_package(suite, signer,
                                                    {.credential = treekem::BasicCredential{reader.identity},
                                                     .capabilities = treekem::default_capabilities(),
                                                     .lifetime = treekem::Lifetime::from_now(kNow, 90 * 24 * 3600),
                                                     .last_resort = true},
                                                    generation.random));
  const Bytes package = tls_codec::encode(group::MlsMessage{reader.bundle.key_package});

  std::vector<Bytes> packages{package};
  for (std::size_t i = 1; i < 3; ++i) {
    DMLS_TRY(packages.emplace_back(), cast.sessions[i].new_key_package());
  }
  DMLS_CHECK(cast.send(0, cast.sessions[0].open_universe(packages, {.export_length = 48})));
  for (std::size_t i = 1; i < 3; ++i) DMLS_CHECK(cast.send(i, cast.sessions[i].open_send_group()));
  DMLS_CHECK(converse(cast));

  // As it was sent; everything of the last sender first (its commits wait for the others); backwards.
  std::vector<std::size_t> sent, by_sender, backwards;
  for (std::size_t i = 0; i < cast.messages.size(); ++i) sent.push_back(i);
  for (std::size_t sender = 3; sender-- > 0;)
    for (const std::size_t i : sent)
      if (cast.senders[i] == sender) by_sender.push_back(i);
  backwards.assign(sent.rbegin(), sent.rend());

  DMLS_TRY(auto session, make_session(suite, reader));
  DMLS_TRY(const auto heard, deliver(session, cast.messages, sent));
  Json texts = Json::array();
  for (const auto& text : heard) texts.push_back({{"sender", to_hex(text.sender)}, {"data", to_hex(text.data)}});
  Json messages = Json::array();
  for (const Bytes& message : cast.messages) messages.push_back(to_hex(message));
  return Json::array({Json{{"cipher_suite", static_cast<std::uint16_t>(suite.id())},
                           {"reader",
                            {{"identity", to_hex(reader.identity)},
                             {"signature_private_key", to_hex(reader.signature_private_key)},
                             {"key_package", to_hex(package)},
                             {"init_private_key", to_hex(reader.bundle.init.private_key.expose())},
                             {"encryption_private_key", to_hex(reader.bundle.encryption.private_key.expose())}}},
                           {"messages", std::move(messages)},
                           {"orders", Json::array({sent, by_sender, backwards})},
                           {"groups", end_state(session)},
                           {"texts", std::move(texts)}}});
}

}  // namespace dmls::vectors
