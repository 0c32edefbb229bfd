// `dmls demo`: a short, real conversation. Every message crosses as octets, as it would over a network.

#include <dmls/base/hex.h>
#include <dmls/base/random.h>
#include <dmls/group/client.h>
#include <dmls/group/group.h>

#include <memory>
#include <string>

#include "commands.h"

namespace dmls::tools {
namespace {

using group::Client;
using group::CommitRequest;
using group::Group;
using group::Transition;

// Writes down what happens, for people and for programs.
class Report {
 public:
  explicit Report(const Console& console) : console_(console) {}
  void step(std::string_view who, std::string_view what, std::size_t octets) {
    if (!console_.json) console_.data("  {:<6} {:<46} {:>5} octets", who, what, octets);
    steps_.push_back({{"who", who}, {"what", what}, {"octets", octets}});
  }
  // Checks that both hold the same epoch, and says so.
  bool agree(const Group& a, const Group& b) {
    const bool same = a.epoch_authenticator() == b.epoch_authenticator();
    const std::string authenticator = to_hex(a.epoch_authenticator().expose());
    if (!console_.json)
      console_.data("  epoch {}: authenticators {}  {}", a.epoch(), same ? "equal" : console_.red("DIFFERENT"),
                    authenticator.substr(0, 16));
    epochs_.push_back({{"epoch", a.epoch()}, {"agree", same}, {"epoch_authenticator", authenticator}});
    return same;
  }
  void finish(std::string_view suite, bool done) {
    if (console_.json)
      console_.data(nlohmann::json{{"schema", kSchemaVersion},
                                   {"command", "demo"},
                                   {"cipher_suite", suite},
                                   {"steps", steps_},
                                   {"epochs", epochs_},
                                   {"done", done}});
    else
      console_.data("{}", done ? "Done: two members, three epochs, every check holds." : console_.red("Failed."));
  }

 private:
  const Console& console_;
  nlohmann::json steps_ = nlohmann::json::array();
  nlohmann::json epochs_ = nlohmann::json::array();
};

// One application message from `from` to `to`; kMisuse if it does not arrive as it was sent.
Result<void> say(Report& report, std::string_view who, Group& from, Group& to, std::string_view words) {
  DMLS_TRY(const Bytes message, from.protect(as_bytes(words)));
  report.step(who, "says \"" + std::string(words) + "\"", message.size());
  DMLS_TRY(const auto event, to.process(message));
  const auto* heard = std::get_if<group::ApplicationMessage>(&event);
  if (heard == nullptr || heard->data != to_bytes(as_bytes(words)))
    return fail(errc::kMisuse, "a message did not arrive as it was sent");
  return {};
}

// An empty commit of `from`, followed by `to`.
Result<void> renew(Report& report, std::string_view who, Group& from, Group& to) {
  DMLS_TRY(Transition own, from.commit({}));
  report.step(who, "commits fresh keys", own.message().size());
  DMLS_TRY(auto event, to.process(own.message()));
  auto* staged = std::get_if<Transition>(&event);
  if (staged == nullptr || !staged->changes().has_path)
    return fail(errc::kMisuse, "a commit was not recognised as one that brings fresh keys");
  DMLS_CHECK(to.merge(std::move(*staged)));
  return from.merge(std::move(own));
}

Result<bool> converse(Report& report, const crypto::CipherSuite& suite, const std::shared_ptr<Random>& random) {
  const auto policy = std::make_shared<group::AcceptEverything>();
  DMLS_TRY(Client alice, Client::create(suite, "alice", policy, random));
  DMLS_TRY(Client bob, Client::create(suite, "bob", policy, random));

  DMLS_TRY(const Bytes package, bob.new_key_package());
  report.step("Bob", "publishes a key package", package.size());
  DMLS_TRY(Group alices, alice.create_group());
  DMLS_TRY(Transition add, alices.commit(CommitRequest().add(package)));
  report.step("Alice", "creates a group and commits to adding Bob", add.message().size());
  report.step("Alice", "sends Bob a Welcome", add.welcome().size());
  DMLS_TRY(Transition entry, bob.join(add.welcome()));
  DMLS_TRY(Group bobs, bob.enter(std::move(entry)));
  DMLS_CHECK(alices.merge(std::move(add)));
  bool same = report.agree(alices, bobs);

  DMLS_CHECK(say(report, "Alice", alices, bobs, "hello, Bob"));
  DMLS_CHECK(say(report, "Bob", bobs, alices, "hello, Alice"));
  DMLS_CHECK(renew(report, "Bob", bobs, alices));
  same = report.agree(alices, bobs) && same;
  DMLS_CHECK(renew(report, "Alice", alices, bobs));
  same = report.agree(alices, bobs) && same;
  DMLS_CHECK(say(report, "Bob", bobs, alices, "still here"));
  return same;
}

}  // namespace

int run_demo(const Console& console, const DemoOptions& options) {
  const auto suite = crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519);
  if (!suite) {
    console.error("{}", suite.error().rule);
    return kCheckFailed;
  }
  std::shared_ptr<Random> random = std::make_shared<SystemRandom>();
  if (options.seed) random = std::make_shared<SeededRandom>(*options.seed);
  if (!console.json) console.data("{}", suite->name());

  Report report(console);
  const auto same = converse(report, *suite, random);
  if (!same) console.error("{}", same.error().rule);
  const bool done = same && *same;
  report.finish(suite->name(), done);
  return done ? kDone : kCheckFailed;
}

}  // namespace dmls::tools
