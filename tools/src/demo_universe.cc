// Second act: Send Groups, without any server. One participant is cut off for a while. draft-xue-distributed-mls

#include <dmls/base/hex.h>
#include <dmls/group/policy.h>
#include <dmls/sendgroup/session.h>

#include <algorithm>

#include "demo_acts.h"

namespace dmls::tools {
namespace {

using nlohmann::json;

class Participant final : public Role {
 public:
  Participant(const Stage& stage, std::string name) : stage_(stage), name_(std::move(name)) {}

  json answer(const json& question) override {
    const auto reply = respond(question);
    return reply ? *reply : json{{"error", reply.error().rule}};
  }

 private:
  Result<void> wake() {
    const auto random = random_of(stage_, name_, 0);
    DMLS_TRY(auto pair, crypto::generate_signature_key_pair(stage_.suite, *random));
    group::ClientConfig client{stage_.suite, treekem::BasicCredential{to_bytes(as_bytes(name_))},
                               std::make_shared<crypto::KeyPairSigner>(stage_.suite, std::move(pair)),
                               std::make_shared<group::AcceptEverything>()};
    client.random = random;
    if (stage_.seed) client.clock = std::make_shared<group::FixedClock>(1'800'000'000);
    sendgroup::SessionConfig config;
    config.clients.push_back(std::make_shared<const group::ClientConfig>(std::move(client)));
    DMLS_TRY(auto session, sendgroup::Session::create(std::move(config)));
    session_ = std::make_unique<sendgroup::Session>(std::move(session));
    return {};
  }

  static json messages(const std::vector<Bytes>& list) {
    json out = json::array();
    for (const Bytes& message : list) out.push_back(hex_of(message));
    return {{"messages", std::move(out)}};
  }

  Result<json> respond(const json& question) {
    if (!session_) DMLS_CHECK(wake());
    const std::string what = question.value("do", "");
    if (what == "publish") {
      DMLS_TRY(const Bytes package, session_->new_key_package());
      return json{{"octets", hex_of(package)}};
    }
    if (what == "open a universe") {
      std::vector<Bytes> packages;
      for (const auto& one : question["packages"]) {
        DMLS_TRY(Bytes octets, from_hex(one.get<std::string>()));
        packages.push_back(std::move(octets));
      }
      DMLS_TRY(const auto opened, session_->open_universe(packages));
      return messages(opened.messages());
    }
    if (what == "open a Send Group") {
      DMLS_TRY(const auto opened, session_->open_send_group());
      return messages(opened.messages());
    }
    if (what == "update") {
      DMLS_TRY(const auto made, session_->update());
      return messages(made.messages());
    }
    if (what == "say") {
      DMLS_TRY(const auto made, session_->protect(as_bytes(question.value("text", ""))));
      return messages(made);
    }
    if (what == "receive") {
      DMLS_TRY(const Bytes octets, octets_of(question, "octets"));
      DMLS_TRY(const auto events, session_->unprotect(octets));
      json heard = json::array();
      bool waits = false;
      for (const auto& event : events) {
        if (const auto* said = std::get_if<sendgroup::ApplicationMessage>(&event))
          heard.push_back(std::string(said->data.begin(), said->data.end()));
        waits = waits || std::holds_alternative<sendgroup::Waiting>(event);
      }
      return json{{"heard", std::move(heard)}, {"waits", waits}};
    }
    if (what == "name your group") return json{{"octets", hex_of(session_->group_id())}};
    // How a Send Group looks from here.
    DMLS_TRY(const Bytes id, octets_of(question, "octets"));
    const auto* authenticator = session_->epoch_authenticator(id);
    return json{{"epoch", session_->epoch(id).value_or(0)},
                {"authenticator", authenticator == nullptr ? "" : hex_of(authenticator->expose())}};
  }

  const Stage& stage_;
  std::string name_;
  std::unique_ptr<sendgroup::Session> session_;
};

class Play {
 public:
  Play(Narrator& narrator, const Stage& stage, Troupe& troupe) : narrator_(narrator), stage_(stage), troupe_(troupe) {}

  Result<bool> run() {
    const Stage& stage = stage_;
    for (const std::string& name : names_)
      DMLS_CHECK(troupe_.start(name, [&stage, name] { return std::make_unique<Participant>(stage, name); }));
    json packages = json::array();
    for (std::size_t i = 1; i < names_.size(); ++i) {
      DMLS_TRY(const json package, troupe_.ask(names_[i], {{"do", "publish"}}));
      packages.push_back(package["octets"]);
    }
    DMLS_CHECK(act(names_[0], {{"do", "open a universe"}, {"packages", packages}}, "opens a universe"));
    for (std::size_t i = 1; i < names_.size(); ++i)
      DMLS_CHECK(act(names_[i], {{"do", "open a Send Group"}}, "opens its own Send Group"));
    DMLS_CHECK(say("eve", "hello from my Send Group"));
    DMLS_CHECK(say("grace", "and from mine"));
    DMLS_CHECK(act("frank", {{"do", "update"}}, "updates its keys"));
    DMLS_CHECK(say("eve", "I have imported that update"));
    DMLS_CHECK(agree());

    away_ = "grace";
    narrator_.tell("grace", "is cut off");
    DMLS_CHECK(act("frank", {{"do", "update"}}, "updates its keys"));
    DMLS_CHECK(say("eve", "grace does not hear this yet"));
    DMLS_CHECK(act("grace", {{"do", "update"}}, "updates its keys, alone"));
    DMLS_CHECK(say("grace", "nobody hears this yet"));
    DMLS_CHECK(come_back());
    DMLS_CHECK(say("frank", "together again"));
    DMLS_CHECK(say("grace", "together again"));
    DMLS_CHECK(say("eve", "together again"));
    DMLS_CHECK(agree());
    return good_;
  }

 private:
  struct Letter {
    std::string to;
    json octets;
  };

  Result<void> act(const std::string& who, const json& question, std::string_view what) {
    DMLS_TRY(const json made, troupe_.ask(who, question));
    std::size_t octets = 0;
    for (const auto& message : made["messages"]) octets += message.get_ref<const std::string&>().size() / 2;
    DMLS_CHECK(send(who, made["messages"]));
    narrator_.tell(who, what, octets);
    return {};
  }
  Result<void> send(const std::string& from, const json& messages) {
    for (const auto& message : messages) {
      for (const std::string& name : names_) {
        if (name == from) continue;
        if (name == away_ || from == away_) {
          kept_.push_back({name, message});
        } else {
          DMLS_CHECK(hand_over(name, message));
        }
      }
    }
    return {};
  }
  Result<void> hand_over(const std::string& to, const json& octets) {
    DMLS_TRY(const json got, troupe_.ask(to, {{"do", "receive"}, {"octets", octets}}));
    for (const auto& words : got["heard"]) heard_.push_back(to + ": " + words.get<std::string>());
    waited_ += got.value("waits", false) ? 1 : 0;
    return {};
  }
  Result<void> say(const std::string& who, const std::string& words) {
    DMLS_CHECK(act(who, {{"do", "say"}, {"text", words}}, "says \"" + words + "\""));
    for (const std::string& name : names_) {
      if (name == who) continue;
      expected_.push_back(name + ": " + words);
    }
    return {};
  }
  // What was kept meanwhile arrives, the newest first.
  Result<void> come_back() {
    away_.clear();
    auto letters = std::move(kept_);
    std::reverse(letters.begin(), letters.end());
    for (const Letter& letter : letters) DMLS_CHECK(hand_over(letter.to, letter.octets));
    narrator_.tell("grace", "is back: " + std::to_string(letters.size()) + " messages arrive, the newest first, " +
                                std::to_string(waited_) + " of them wait for others");
    return {};
  }
  // Everybody sees every Send Group alike, and has heard everything.
  Result<void> agree() {
    for (const std::string& owner : names_) {
      DMLS_TRY(const json group, troupe_.ask(owner, {{"do", "name your group"}}));
      std::vector<std::string> authenticators;
      std::uint64_t epoch = 0;
      for (const std::string& reader : names_) {
        DMLS_TRY(const json state, troupe_.ask(reader, {{"do", "look"}, {"octets", group["octets"]}}));
        authenticators.push_back(state.value("authenticator", ""));
        epoch = state.value("epoch", std::uint64_t{0});
      }
      if (!narrator_.agree(owner + "'s group, epoch " + std::to_string(epoch), authenticators)) good_ = false;
    }
    auto heard = heard_;
    auto expected = expected_;
    std::sort(heard.begin(), heard.end());
    std::sort(expected.begin(), expected.end());
    if (heard != expected) good_ = false;
    return {};
  }

  Narrator& narrator_;
  const Stage& stage_;
  Troupe& troupe_;
  std::vector<std::string> names_{"eve", "frank", "grace"};
  std::string away_;
  std::vector<Letter> kept_;
  std::vector<std::string> heard_, expected_;
  int waited_ = 0;
  bool good_ = true;
};

}  // namespace

Result<bool> play_universe(Narrator& narrator, const Stage& stage, std::string& complaint) {
  DMLS_TRY(Troupe troupe, Troupe::create());
  auto result = Play(narrator, stage, troupe).run();
  if (!result) complaint = troupe.complaint().empty() ? result.error().rule : troupe.complaint();
  return result;
}

}  // namespace dmls::tools
