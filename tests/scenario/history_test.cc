// Seeded random histories: whatever is committed, by whomever, all members agree after each step.

#include <dmls/crypto_testing/cheap_provider.h>

#include "room.h"
#include "support/vectors.h"

namespace dmls::scenario {
namespace {

using crypto::CipherSuite;
using crypto::CipherSuiteId;
using group::LeafIndex;

constexpr std::size_t kMostMembers = 50;

class History {
 public:
  explicit History(const Manner& manner) : room_(manner) {
    room_.create("p0");
    if (manner.handshake == HandshakeFormat::public_message) room_.observe("p0");
  }

  void step() {
    switch (draw(20)) {
      case 0: room_.talk(3); break;
      case 1: join_by_commit(); break;
      case 2: resync(); break;
      case 3: psk_commit(); break;
      case 4: extensions_commit(); break;
      default: proposals_and_commit(); break;
    }
  }
  [[nodiscard]] std::size_t members() const { return room_.members().size(); }
  [[nodiscard]] Room& room() { return room_; }

 private:
  std::size_t draw(std::size_t below) {
    const Bytes octets = must(room_.random().bytes(4));
    return (std::size_t{octets[0]} << 16 | std::size_t{octets[1]} << 8 | octets[2]) % below;
  }
  std::string anyone() {
    const auto names = room_.members();
    return names[draw(names.size())];
  }
  std::string newcomer() { return "p" + std::to_string(++people_); }
  treekem::KeyPackage package(const std::string& name) {
    return std::get<treekem::KeyPackage>(must(tls_codec::decode<group::MlsMessage>(room_.key_package(name))).body);
  }

  void join_by_commit() {
    if (members() < kMostMembers) room_.join_by_commit(newcomer(), anyone());
  }
  void resync() {
    const std::string who = anyone(), from = anyone();
    if (who != from) room_.join_by_commit(who, from, group::Resync::replace_own_leaf);
  }
  void psk_commit() {
    const Bytes id = must(room_.random().bytes(8));
    for (const auto& name : room_.members())
      (void)room_.person(name).client.add_psk(id, keyschedule::Psk(SecretBytes(BytesView(id))));
    const std::string who = anyone();
    CommitRequest request;
    request.external_psk(id).path(draw(2) == 0 ? group::PathChoice::always : group::PathChoice::when_required);
    room_.commit(who, request);
  }
  void extensions_commit() {
    treekem::ExtensionList list;
    if (draw(2) == 0) treekem::set_extension(list, treekem::RequiredCapabilities{});
    room_.commit(anyone(), CommitRequest().group_context_extensions(list));
  }

  // Some members propose, then one commits these and changes of its own.
  void proposals_and_commit() {
    const std::string committer = anyone();
    std::vector<std::string> invited;
    std::vector<std::string> leaving;
    const auto can_leave = [&](const std::string& name) {
      return name != committer && members() > leaving.size() + 2 &&
             std::find(leaving.begin(), leaving.end(), name) == leaving.end();
    };
    const bool grow = members() + invited.size() < kMostMembers;
    for (std::size_t i = draw(4); i > 0; --i) {
      const std::string who = anyone(), whom = anyone();
      switch (draw(3)) {
        case 0:
          if (std::find(leaving.begin(), leaving.end(), who) == leaving.end()) room_.propose_update(who);
          break;
        case 1:
          if (can_leave(whom)) {
            leaving.push_back(whom);
            room_.propose(who, group::Remove{room_.group(whom).own_leaf().value()});
          }
          break;
        default:
          if (grow && members() + invited.size() < kMostMembers) {
            invited.push_back(newcomer());
            room_.propose(who, group::Add{package(invited.back())});
          }
          break;
      }
    }
    CommitRequest request;
    request.path(draw(3) == 0 ? group::PathChoice::when_required : group::PathChoice::always);
    for (std::size_t i = draw(3); i > 0; --i) {
      const std::string whom = anyone();
      if (draw(3) == 0 && can_leave(whom)) {
        leaving.push_back(whom);
        request.remove(room_.group(whom).own_leaf());
      } else if (grow && members() + invited.size() < kMostMembers) {
        invited.push_back(newcomer());
        request.add(room_.key_package(invited.back()));
      }
    }
    room_.commit(committer, request, invited);
    for (const auto& name : leaving) room_.person(name).group.reset();
  }

  Room room_;
  std::size_t people_ = 0;
};

struct Kind {
  CipherSuiteId suite;
  bool cheap;
  HandshakeFormat handshake;
};

class Histories : public testing::TestWithParam<Kind> {};

TEST_P(Histories, EverybodyAgreesAfterEachStep) {
  const Kind kind = GetParam();
  const auto suite =
      kind.cheap ? CipherSuite::find(kind.suite, crypto_testing::cheap_provider()) : CipherSuite::find(kind.suite);
  ASSERT_TRUE(suite);
  const int steps = test::property_runs(1000, 60);
  History history({*suite, kind.handshake, TreeDelivery::inside, group::WelcomeSplit::one_for_all, 11});
  std::size_t most = 0;
  for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("step " + std::to_string(i));
    history.step();
    most = std::max(most, history.members());
  }
  history.room().talk(5);
  EXPECT_GT(most, 5u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Histories,
                         testing::Values(Kind{CipherSuiteId{1}, true, HandshakeFormat::public_message},
                                         Kind{CipherSuiteId{2}, true, HandshakeFormat::private_message},
                                         Kind{CipherSuiteId{7}, true, HandshakeFormat::public_message},
                                         Kind{CipherSuiteId{5}, true, HandshakeFormat::private_message},
                                         Kind{CipherSuiteId{1}, false, HandshakeFormat::private_message},
                                         Kind{CipherSuiteId{3}, false, HandshakeFormat::public_message}));

}  // namespace
}  // namespace dmls::scenario
