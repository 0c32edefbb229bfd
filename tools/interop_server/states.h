#pragma once
// What the server holds between calls, under numbers that are never used again.

#include <dmls/base/random.h>
#include <dmls/crypto/keys.h>
#include <dmls/group/client.h>
#include <dmls/group/group.h>
#include <dmls/treekem/external_sender.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace dmls::interop {

// What is thrown for a request that cannot be meant as it stands; it becomes the status INVALID_ARGUMENT.
struct BadRequest {
  std::string what;
};
// What is thrown for a number that names nothing (of that kind); it becomes the status NOT_FOUND.
struct NotFound {
  std::string what;
};

// A client, and the identity that it has: its private signature key is among what the interface hands out.
struct Party {
  group::Client client;
  group::ClientConfig config;  // the same that the client has
  crypto::SignatureKeyPair keys;
};

// A member's view of a group.
struct Member {
  std::shared_ptr<Party> party;
  group::Group group;
  group::HandshakeFormat handshake;
  std::optional<group::Transition> pending = {};  // the last commit that was made here
  // Proposals of this epoch by the messages they came in, own ones too.
  std::map<Bytes, group::ProposalRef, OctetOrder> proposals = {};
};

// A client whose key package is out.
struct Invited {
  std::shared_ptr<Party> party;
};

// A member of a group that a ReInit has closed, and its client for the group to come.
struct Closed {
  std::shared_ptr<Member> old;
  std::shared_ptr<Party> next;
};

// Somebody outside of a group who may propose changes to it.
struct Outsider {
  std::shared_ptr<const crypto::Signer> signer;
  treekem::ExternalSender identity;
  crypto::CipherSuite suite;
};

class States {
 public:
  explicit States(bool grease) : grease_(grease) {}

  template <class T>
  std::uint32_t add(T thing) {
    things_.emplace(++last_, std::move(thing));
    return last_;
  }
  // All of them throw NotFound.
  std::shared_ptr<Member> member(std::uint32_t id) const { return at<std::shared_ptr<Member>>(id, "state"); }
  const Invited& invited(std::uint32_t id) const { return at<Invited>(id, "transaction"); }
  const Closed& closed(std::uint32_t id) const { return at<Closed>(id, "re-initialisation"); }
  const Outsider& outsider(std::uint32_t id) const { return at<Outsider>(id, "external signer"); }
  // The client behind a state or a transaction.
  Party& party(std::uint32_t state_or_transaction) const;
  void erase(std::uint32_t id);

  // A new client with a basic credential and a fresh signature key.
  Result<std::shared_ptr<Party>> new_party(crypto::CipherSuiteId, const std::string& identity) const;
  [[nodiscard]] const std::shared_ptr<Random>& random() const { return random_; }

 private:
  using Thing = std::variant<std::shared_ptr<Member>, Invited, Closed, Outsider>;
  template <class T>
  const T& at(std::uint32_t id, const char* kind) const {
    const auto found = things_.find(id);
    if (found != things_.end()) {
      if (const T* thing = std::get_if<T>(&found->second)) return *thing;
    }
    throw NotFound{"there is no " + std::string(kind) + " " + std::to_string(id)};
  }

  bool grease_;
  std::shared_ptr<Random> random_ = std::make_shared<SystemRandom>();
  std::uint32_t last_ = 0;
  std::map<std::uint32_t, Thing> things_;
};

}  // namespace dmls::interop
