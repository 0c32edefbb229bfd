// A client that joins a DeMLS group by a Welcome and receives messages whose commits fork, in several orders.
// docs/vectors.md: `demls-passive-client`. draft-kohbrok-mls-dmls

#include <dmls/base/hex.h>
#include <dmls/fork/client.h>

#include <algorithm>
#include <numeric>

#include "families.h"
#include "scalar.h"

namespace dmls::vectors {
namespace {

using fork::NodeId;
using fork::Session;

fork::SessionOptions keep_everything() {
  fork::SessionOptions out;
  out.retention.rule = fork::DeletionRule::never;
  out.retention.max_epochs = fork::RetentionPolicy::kUnbounded;
  out.retention.max_octets = fork::RetentionPolicy::kUnbounded;
  return out;
}

Result<crypto::HpkeKeyPair> read_pair(const Value& vector, const crypto::CipherSuite& suite, std::string_view field) {
  DMLS_TRY(Bytes octets, vector.octets(field));
  octets = scalar_of_full_size(std::move(octets), crypto::kem_sizes(suite.kem()).private_key);
  return vector.in(field, crypto::hpke_key_pair_from_private(suite, crypto::HpkePrivateKey(SecretBytes(octets))));
}

// What the client published, and the private keys behind it.
struct Published {
  treekem::KeyPackageBundle bundle;
  crypto::SignatureKeyPair signature;
};

Result<Published> read_published(const Value& vector, const crypto::CipherSuite& suite) {
  DMLS_TRY(const Bytes octets, vector.octets("key_package"));
  DMLS_TRY(auto message, vector.in("key_package", tls_codec::decode<group::MlsMessage>(octets)));
  auto* package = std::get_if<treekem::KeyPackage>(&message.body);
  DMLS_CHECK(vector.require(package != nullptr, "key_package", "an MLSMessage with a KeyPackage"));
  DMLS_TRY(auto init, read_pair(vector, suite, "init_priv"));
  DMLS_TRY(auto encryption, read_pair(vector, suite, "encryption_priv"));
  DMLS_TRY(Bytes secret, vector.octets("signature_priv"));
  secret = scalar_of_full_size(std::move(secret), crypto::signature_sizes(suite.signature()).private_key);
  DMLS_TRY(auto signature, vector.in("signature_priv", crypto::signature_key_pair_from_private(
                                                           suite, crypto::SignaturePrivateKey(SecretBytes(secret)))));
  DMLS_CHECK(vector.require(init.public_key == package->init_key, "init_priv", "the private key of init_key"));
  DMLS_CHECK(vector.require(encryption.public_key == package->leaf_node.encryption_key, "encryption_priv",
                            "the private key of the leaf's encryption_key"));
  DMLS_CHECK(vector.require(signature.public_key == package->leaf_node.signature_key, "signature_priv",
                            "the private key of the leaf's signature_key"));
  return Published{{std::move(*package), std::move(init), std::move(encryption)}, std::move(signature)};
}

Result<Session> join(const Value& vector, const crypto::CipherSuite& suite, const Published& published) {
  group::ClientConfig config{suite, published.bundle.key_package.leaf_node.credential,
                             std::make_shared<crypto::KeyPairSigner>(suite, published.signature.clone()),
                             std::make_shared<group::AcceptEverything>()};
  DMLS_TRY(auto client, fork::Client::create(std::move(config), keep_everything()));
  const auto& bundle = published.bundle;
  DMLS_CHECK(client.import_key_package({bundle.key_package, bundle.init.clone(), bundle.encryption.clone()}));
  DMLS_TRY(const Bytes welcome, vector.octets("welcome"));
  return vector.in("welcome", client.join(welcome));
}

// What is read on the way, in the order of the messages, whatever the order of delivery.
struct Read {
  NodeId epoch;
  Bytes data;
};

Result<void> verify_order(const Value& vector, const Value& order, Session member, const std::vector<Bytes>& messages) {
  DMLS_TRY(const auto places, order.list());
  std::vector<std::size_t> indices;
  for (const Value& place : places) {
    DMLS_TRY(const auto index, place.integer<std::uint32_t>());
    DMLS_CHECK(place.require(index < messages.size(), "", "the index of a message"));
    indices.push_back(index);
  }
  std::vector<std::size_t> sorted = indices;
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::size_t> all(messages.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  DMLS_CHECK(order.require(sorted == all, "", "every message once"));

  std::vector<Read> read;
  for (const std::size_t index : indices) {
    for (const auto& event : member.process(messages[index]))
      if (const auto* said = std::get_if<fork::ApplicationMessage>(&event)) read.push_back({said->epoch, said->data});
  }
  DMLS_TRY(const auto epochs, vector.list("epochs"));
  DMLS_CHECK(vector.require(epochs.size() == member.history().nodes().size(), "epochs", "every epoch is listed"));
  for (const Value& epoch : epochs) {
    DMLS_TRY(const Bytes name, epoch.octets("dmls_epoch", member.suite().hash_length()));
    const auto* node = member.history().find(NodeId(name));
    DMLS_CHECK(epoch.require(node != nullptr, "dmls_epoch", "an epoch that the messages lead to"));
    DMLS_TRY(const Value parent, epoch.at("parent"));
    if (node->parent) {
      DMLS_CHECK(parent.expect(node->parent->octets()));
    } else {
      DMLS_CHECK(epoch.require(parent.is_null(), "parent", "the epoch that is joined has no known parent"));
    }
    DMLS_TRY(const auto* authenticator, member.epoch_authenticator(node->id));
    DMLS_CHECK(epoch.expect("epoch_authenticator", *authenticator));
    DMLS_TRY(const auto* shared, member.epoch(node->id));
    DMLS_CHECK(epoch.expect("epoch", shared->context.epoch));
    DMLS_CHECK(epoch.expect("confirmation_tag", shared->confirmation_tag));
  }
  DMLS_TRY(const auto application, vector.list("application"));
  DMLS_CHECK(vector.require(application.size() == read.size(), "application", "every application message is listed"));
  for (const Value& each : application) {
    DMLS_TRY(const Bytes epoch, each.octets("dmls_epoch"));
    DMLS_TRY(const Bytes data, each.octets("data"));
    const bool found = std::any_of(read.begin(), read.end(),
                                   [&](const Read& one) { return one.epoch.octets() == epoch && one.data == data; });
    DMLS_CHECK(each.require(found, "data", "read in that epoch"));
  }
  return vector.expect("head", member.head().octets());
}

// ---- Generating -----------------------------------------------------------------------------------------------------

class Generator {
 public:
  Generator(Random& random, const crypto::CipherSuite& suite) : random_(random), suite_(suite) {}

  Result<Json> run() {
    DMLS_TRY(auto a, client("alice"));
    DMLS_TRY(auto b, client("bob"));
    DMLS_TRY(Published passive, publish());
    DMLS_TRY(const Bytes group_id, random_.bytes(suite_.hash_length()));
    DMLS_TRY(auto founded, a.create_group(group_id, fork::ExternalCommits::allowed));
    sessions_.push_back(std::move(founded));
    DMLS_TRY(const Bytes package, b.new_key_package());
    group::CommitRequest request;
    request.add(package).add(tls_codec::encode(passive.bundle.key_package));
    DMLS_TRY(const auto add, sessions_[0].commit(request));
    DMLS_TRY(const auto done, sessions_[0].accept(add.commit));
    DMLS_TRY(auto joined, b.join(done.welcomes[0].message));
    sessions_.push_back(std::move(joined));
    root_ = add.node;
    DMLS_CHECK(history());
    return written(passive, done.welcomes[0].message);
  }

 private:
  Result<fork::Client> client(const char* name) {
    DMLS_TRY(auto pair, crypto::generate_signature_key_pair(suite_, random_));
    group::ClientConfig config{suite_, treekem::BasicCredential{to_bytes(as_bytes(name))},
                               std::make_shared<crypto::KeyPairSigner>(suite_, std::move(pair)),
                               std::make_shared<group::AcceptEverything>()};
    config.random = std::shared_ptr<Random>(std::shared_ptr<Random>(), &random_);  // borrowed
    config.clock = std::make_shared<group::FixedClock>(1'800'000'000);
    return fork::Client::create(std::move(config), keep_everything());
  }

  Result<Published> publish() {
    DMLS_TRY(auto signature, crypto::generate_signature_key_pair(suite_, random_));
    const crypto::KeyPairSigner signer(suite_, signature.clone());
    auto capabilities = treekem::default_capabilities();
    fork::add_demls_capabilities(capabilities);
    DMLS_TRY(auto bundle,
             treekem::make_key_package(suite_, signer,
                                       {.credential = treekem::BasicCredential{to_bytes(as_bytes("passive"))},
                                        .capabilities = std::move(capabilities),
                                        .lifetime = treekem::Lifetime::from_now(1'800'000'000, 1'000'000'000)},
                                       random_));
    return Published{std::move(bundle), std::move(signature)};
  }

  Result<void> say(Session& sender, const char* text) {
    DMLS_TRY(auto message, sender.protect(as_bytes(text)));
    messages_.push_back(std::move(message));
    application_.push_back({{"dmls_epoch", to_hex(sender.head().octets())}, {"data", to_hex(as_bytes(text))}});
    return {};
  }
  Result<void> commit(Session& sender, const group::CommitRequest& request) {
    DMLS_TRY(auto made, sender.commit(request));
    DMLS_CHECK(sender.accept(made.commit));
    messages_.push_back(std::move(made.message));
    return {};
  }

  // Two branches that know nothing of each other, with everything on them that messages can do; then an outsider.
  Result<void> history() {
    Session& a = sessions_[0];
    Session& b = sessions_[1];
    DMLS_CHECK(say(a, "before the split"));
    DMLS_TRY(auto outsider, client("carol"));
    DMLS_TRY(const Bytes info, a.group_info());
    DMLS_CHECK(commit(a, group::CommitRequest().handshake(group::HandshakeFormat::public_message)));
    DMLS_TRY(auto guest, client("guest"));
    DMLS_TRY(const Bytes package, guest.new_key_package());
    DMLS_CHECK(commit(b, group::CommitRequest().add(package).path(group::PathChoice::when_required)));
    DMLS_CHECK(say(a, "on one side"));
    DMLS_CHECK(say(b, "on the other"));
    DMLS_TRY(auto update, b.propose_update());
    messages_.push_back(std::move(update.message));
    DMLS_CHECK(commit(a, {}));
    DMLS_CHECK(commit(b, group::CommitRequest().resumption_psk(b.group_id(), number_of(b, b.head()))));
    DMLS_TRY(auto external, outsider.join_by_commit(info));
    messages_.push_back(std::move(external.message));
    for (const Bytes& message : messages_) {  // and so everybody hears of everything
      (void)a.process(message);
      (void)b.process(message);
    }
    DMLS_CHECK(commit(a, {}));
    return say(a, "after the split");
  }
  static std::uint64_t number_of(const Session& session, const NodeId& node) {
    return (*session.epoch(node))->context.epoch;
  }

  Result<Json> written(const Published& passive, const Bytes& welcome) {
    const auto hex = [](const auto& secret) { return to_hex(secret.expose()); };
    Json messages = Json::array(), epochs = Json::array(), orders = Json::array();
    for (const Bytes& message : messages_) messages.push_back(to_hex(message));
    const Session& a = sessions_[0];
    for (const NodeId& id : a.history().subtree(root_)) {
      DMLS_TRY(const auto* authenticator, a.epoch_authenticator(id));
      DMLS_TRY(const auto* shared, a.epoch(id));
      epochs.push_back({{"dmls_epoch", to_hex(id.octets())},
                        {"parent", id == root_ ? Json() : Json(to_hex(a.history().find(id)->parent->octets()))},
                        {"epoch", shared->context.epoch},
                        {"confirmation_tag", to_hex(shared->confirmation_tag)},
                        {"epoch_authenticator", hex(*authenticator)}});
    }
    // As they were sent, backwards, and two shuffles.
    std::vector<std::size_t> order(messages_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    orders.push_back(order);
    std::reverse(order.begin(), order.end());
    orders.push_back(order);
    for (int shuffle = 0; shuffle < 2; ++shuffle) {
      for (std::size_t i = order.size(); i > 1; --i) {
        DMLS_TRY(const Bytes drawn, random_.bytes(1));
        std::swap(order[i - 1], order[drawn[0] % i]);
      }
      orders.push_back(order);
    }
    return Json({{"cipher_suite", static_cast<std::uint16_t>(suite_.id())},
                 {"key_package", to_hex(tls_codec::encode(group::MlsMessage{passive.bundle.key_package}))},
                 {"init_priv", hex(passive.bundle.init.private_key)},
                 {"encryption_priv", hex(passive.bundle.encryption.private_key)},
                 {"signature_priv", hex(passive.signature.private_key)},
                 {"welcome", to_hex(welcome)},
                 {"messages", std::move(messages)},
                 {"orders", std::move(orders)},
                 {"epochs", std::move(epochs)},
                 {"application", application_},
                 {"head", to_hex(a.head().octets())}});
  }

  Random& random_;
  crypto::CipherSuite suite_;
  std::vector<Session> sessions_;
  NodeId root_;
  std::vector<Bytes> messages_;
  Json application_ = Json::array();
};

}  // namespace

Result<void> verify_demls_passive_client(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  DMLS_TRY(const Published published, read_published(vector, suite));
  DMLS_TRY(const auto entries, vector.list("messages"));
  std::vector<Bytes> messages;
  for (const Value& entry : entries) {
    DMLS_TRY(auto octets, entry.octets());
    messages.push_back(std::move(octets));
  }
  DMLS_TRY(const auto orders, vector.list("orders"));
  for (const Value& order : orders) {
    DMLS_TRY(auto member, join(vector, suite, published));
    DMLS_CHECK(verify_order(vector, order, std::move(member), messages));
  }
  return {};
}

Result<Json> generate_demls_passive_client(const Generation& generation) {
  DMLS_TRY(Json one, Generator(generation.random, *generation.suite).run());
  return Json::array({std::move(one)});
}

}  // namespace dmls::vectors
