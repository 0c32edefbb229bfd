// The three families of clients that join by a Welcome and follow the group. RFC 9420 §12.4.2, §12.4.3.1

#include <dmls/base/hex.h>

#include "cast.h"

namespace dmls::vectors {
namespace {

using group::CommitRequest;
using group::HandshakeFormat;

// A reader that is added to a cast, and what it is given to read.
class Reading {
 public:
  Reading(const Generation& generation, Cast cast) : generation_(generation), cast_(std::move(cast)) {}

  Cast& cast() { return cast_; }

  Result<void> share_psk(std::string_view id) {
    DMLS_TRY(const Bytes psk, generation_.random.bytes(generation_.suite->hash_length()));
    DMLS_CHECK(cast_.share_psk(as_bytes(id), psk));
    psks_.push_back({{"psk_id", to_hex(as_bytes(id))}, {"psk", to_hex(psk)}});
    return {};
  }

  // Player `by` adds the reader; `request` says what else the commit does.
  Result<void> invite(std::size_t by, CommitRequest request) {
    DMLS_TRY(const auto keys, publish_keys(generation_, "reader"));
    const auto hex = [](const auto& secret) { return to_hex(secret.expose()); };
    request.add(keys.message());
    const bool aside = request.tree() == group::TreeDelivery::aside;
    DMLS_TRY(const auto done, cast_.commit(by, request));
    const group::Group& group = cast_.group(by);
    reader_ = *group.public_epoch()->tree.find_signature_key(keys.signature.public_key.octets);
    case_ = {{"cipher_suite", static_cast<std::uint16_t>(generation_.suite->id())},
             {"key_package", to_hex(keys.message())},
             {"signature_priv", hex(keys.signature.private_key)},
             {"encryption_priv", hex(keys.bundle.encryption.private_key)},
             {"init_priv", hex(keys.bundle.init.private_key)},
             {"welcome", to_hex(done.welcome)},
             {"ratchet_tree", aside ? Json(to_hex(group.ratchet_tree())) : Json()},
             {"initial_epoch_authenticator", hex(group.epoch_authenticator())}};
    return {};
  }

  // A proposal by reference, for the next commit.
  Result<void> propose(std::size_t by, group::Proposal proposal, HandshakeFormat format) {
    DMLS_TRY(const auto sent, cast_.group(by).propose(std::move(proposal), {.handshake = format}));
    return take(by, sent.message);
  }
  Result<void> propose_update(std::size_t by, HandshakeFormat format) {
    DMLS_TRY(const auto sent, cast_.group(by).propose_update({.handshake = format}));
    return take(by, sent.message);
  }
  Result<void> commit(std::size_t by, const CommitRequest& request) {
    DMLS_TRY(const auto done, cast_.commit(by, request));
    return note(done.message);
  }
  Result<void> add_player(std::size_t by, std::string_view name) {
    DMLS_TRY(const Bytes message, cast_.join(by, name));
    return note(message);
  }
  Result<void> external(std::string_view name) {
    DMLS_TRY(const Bytes message, cast_.join_by_commit(name));
    return note(message);
  }
  [[nodiscard]] tree_math::LeafIndex reader() const { return reader_; }

  Json finish() {
    case_["external_psks"] = std::move(psks_);
    case_["epochs"] = std::move(epochs_);
    return std::move(case_);
  }

 private:
  Result<void> take(std::size_t by, const Bytes& message) {
    proposals_.push_back(to_hex(message));
    return cast_.announce(by, message);
  }
  Result<void> note(const Bytes& commit) {
    const auto& authenticator = cast_.group(0).epoch_authenticator();
    epochs_.push_back({{"proposals", std::move(proposals_)},
                       {"commit", to_hex(commit)},
                       {"epoch_authenticator", to_hex(authenticator.expose())}});
    proposals_ = Json::array();
    return {};
  }

  const Generation& generation_;
  Cast cast_;
  tree_math::LeafIndex reader_;
  Json case_;
  Json psks_ = Json::array();
  Json proposals_ = Json::array();
  Json epochs_ = Json::array();
};

Result<Reading> begin(const Generation& generation, int players) {
  DMLS_TRY(Cast cast, Cast::create(generation));
  for (int i = 1; i < players; ++i) DMLS_CHECK(cast.join(0, "player " + std::to_string(i)));
  return Reading(generation, std::move(cast));
}

Result<std::uint32_t> draw(Random& random, std::uint32_t below) {
  DMLS_TRY(const Bytes drawn, random.bytes(4));
  const std::uint32_t n =
      std::uint32_t{drawn[0]} << 24 | std::uint32_t{drawn[1]} << 16 | std::uint32_t{drawn[2]} << 8 | drawn[3];
  return n % below;
}

// One of a few things that a group does, without touching the reader.
Result<void> something(Reading& reading, Random& random, int number) {
  Cast& cast = reading.cast();
  const auto players = static_cast<std::uint32_t>(cast.size());
  DMLS_TRY(const auto by, draw(random, players));
  DMLS_TRY(const auto what, draw(random, 6));
  DMLS_TRY(const auto way, draw(random, 2));
  const auto format = way == 0 ? HandshakeFormat::private_message : HandshakeFormat::public_message;
  const auto request = [format] { return CommitRequest().handshake(format); };
  const std::string name = "newcomer " + std::to_string(number);
  switch (what) {
    case 0: return reading.add_player(by, name);
    case 1: return reading.external(name);
    case 2: {  // somebody else's update, by reference
      const std::uint32_t other = (by + 1) % players;
      DMLS_CHECK(reading.propose_update(other, format));
      return reading.commit(by, request());
    }
    case 3: {  // the last player goes, as long as some remain
      if (players < 4 || by == players - 1) return reading.commit(by, request());
      return reading.commit(by, request().remove(cast.group(players - 1).own_leaf()));
    }
    case 4: return reading.commit(by, request().external_psk(as_bytes("external psk")));
    default: return reading.commit(by, request());
  }
}

}  // namespace

// Every combination of where the tree comes from, of a PSK in the Welcome, and of a small and a larger group.
Result<Json> generate_passive_client_welcome(const Generation& generation) {
  Json cases = Json::array();
  for (const bool aside : {false, true}) {
    for (const bool psk : {false, true}) {
      for (const int players : {1, 5}) {
        DMLS_TRY(Reading reading, begin(generation, players));
        CommitRequest request;
        request.tree(aside ? group::TreeDelivery::aside : group::TreeDelivery::inside);
        if (psk) {
          DMLS_CHECK(reading.share_psk("external psk"));
          request.external_psk(as_bytes("external psk"));
        }
        DMLS_CHECK(reading.invite(0, std::move(request)));
        cases.push_back(reading.finish());
      }
    }
  }
  return cases;
}

// Every kind of commit, by value and by reference.
Result<Json> generate_passive_client_handling_commit(const Generation& generation) {
  constexpr auto kPublic = HandshakeFormat::public_message;
  constexpr auto kPrivate = HandshakeFormat::private_message;
  Json cases = Json::array();
  for (int kind = 0; kind < 8; ++kind) {
    DMLS_TRY(Reading reading, begin(generation, 4));
    DMLS_CHECK(reading.share_psk("external psk"));
    DMLS_CHECK(reading.invite(1, {}));
    Cast& cast = reading.cast();
    switch (kind) {
      case 0: DMLS_CHECK(reading.commit(2, CommitRequest().handshake(kPublic))); break;
      case 1: DMLS_CHECK(reading.add_player(0, "newcomer")); break;
      case 2: DMLS_CHECK(reading.commit(0, CommitRequest().remove(cast.group(3).own_leaf()))); break;
      case 3: {
        DMLS_CHECK(reading.propose_update(1, kPrivate));
        DMLS_CHECK(reading.propose(2, group::Remove{cast.group(3).own_leaf().value()}, kPublic));
        DMLS_CHECK(reading.commit(0, {}));
        break;
      }
      case 4: DMLS_CHECK(reading.commit(0, CommitRequest().external_psk(as_bytes("external psk")))); break;
      case 5: DMLS_CHECK(reading.external("outsider")); break;
      case 6: {
        treekem::ExtensionList extensions;
        treekem::set_extension(extensions, treekem::RequiredCapabilities{});
        DMLS_CHECK(reading.commit(0, CommitRequest().group_context_extensions(extensions).handshake(kPublic)));
        break;
      }
      default:  // without a path
        DMLS_CHECK(reading.propose(
            1, group::PreSharedKey{{keyschedule::ExternalPskId{to_bytes(as_bytes("external psk"))}, {}}}, kPrivate));
        DMLS_CHECK(reading.commit(2, CommitRequest().path(group::PathChoice::when_required)));
    }
    DMLS_CHECK(reading.commit(0, {}));  // and the group goes on
    cases.push_back(reading.finish());
  }
  return cases;
}

// One long history.
Result<Json> generate_passive_client_random(const Generation& generation) {
  DMLS_TRY(Reading reading, begin(generation, 3));
  DMLS_CHECK(reading.share_psk("external psk"));
  DMLS_CHECK(reading.invite(0, {}));
  for (int epoch = 0; epoch < 24; ++epoch) DMLS_CHECK(something(reading, generation.random, epoch));
  Json cases = Json::array();
  cases.push_back(reading.finish());
  return cases;
}

}  // namespace dmls::vectors
