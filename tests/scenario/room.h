#pragma once
// A room: people with clients, one group, and a delivery service that hands everything to everybody. After each step
// all who are in the group agree and understand each other, and whoever was outside is told so.

#include <dmls/base/random.h>
#include <dmls/group/client.h>
#include <dmls/group/external_proposal.h>
#include <dmls/group/group.h>
#include <dmls/group/observer.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dmls::scenario {

using group::Client;
using group::CommitRequest;
using group::Group;
using group::HandshakeFormat;
using group::TreeDelivery;

struct Manner {
  crypto::CipherSuite suite;
  HandshakeFormat handshake = HandshakeFormat::private_message;
  TreeDelivery tree = TreeDelivery::inside;
  group::WelcomeSplit welcomes = group::WelcomeSplit::one_for_all;
  std::uint64_t seed = 1;
};

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().rule;
    std::abort();  // the rest of the story makes no sense
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

struct Person {
  Client client;
  std::optional<Group> group;
};

class Room {
 public:
  explicit Room(const Manner& manner);

  Person& person(const std::string& name);  // made when first named
  Group& group(const std::string& name) { return *person(name).group; }
  // Those who are in the group, by leaf.
  [[nodiscard]] std::vector<std::string> members() const;
  Bytes key_package(const std::string& name) { return must(person(name).client.new_key_package()); }
  [[nodiscard]] const Manner& manner() const { return manner_; }
  [[nodiscard]] Random& random() { return *random_; }
  [[nodiscard]] const std::optional<group::Observer>& observer() const { return observer_; }

  void create(const std::string& name, treekem::ExtensionList extensions = {});
  // `who` commits, everybody follows, and those who are invited enter.
  void commit(const std::string& who, CommitRequest request = {}, const std::vector<std::string>& invited = {});
  // The proposal reaches everybody.
  void hand_out(const Bytes& proposal, const std::string& author = {});
  void propose(const std::string& who, group::Proposal proposal);
  void propose_update(const std::string& who);
  // `who` joins by a commit of its own, with a GroupInfo that `from` made.
  void join_by_commit(const std::string& who, const std::string& from, group::Resync = group::Resync::no);
  // Whoever is in the group enters the one that `starter`, in `transition`, starts from it.
  void move_to(const std::string& starter, group::Transition transition, const std::vector<std::string>& others);
  // One message of each member, read by all others; of `senders` members drawn at random if that is less.
  void talk(std::size_t senders = 1000);
  void expect_agreement() const;
  // From now on somebody without secrets follows; only for public handshakes.
  void observe(const std::string& from);

 private:
  void follow(const std::string& who, const Bytes& message);
  void observe_message(const Bytes& message);
  void invite(const std::vector<std::string>& names, const std::vector<group::OutgoingWelcome>&, const Bytes& tree,
              const Group* descends_from = nullptr);

  Manner manner_;
  std::shared_ptr<Random> random_;
  std::map<std::string, Person> people_;
  std::optional<group::Observer> observer_;
};

}  // namespace dmls::scenario
