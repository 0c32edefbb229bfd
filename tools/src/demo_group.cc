// First act: a group. Its members are processes that keep their state in SQLite; one is killed, and goes on.

#include <dmls/base/hex.h>
#include <dmls/base/random.h>
#include <dmls/group/client.h>
#include <dmls/group/group.h>
#include <dmls/storage_sqlite/sqlite_store.h>

#include <fstream>
#include <iterator>

#include "demo_acts.h"

namespace dmls::tools {
namespace {

using nlohmann::json;

// One member. The application keeps its signature key; the library stores everything else.
class Member final : public Role {
 public:
  Member(const Stage& stage, std::string name, int start) : stage_(stage), name_(std::move(name)), start_(start) {}

  json answer(const json& question) override {
    const auto reply = respond(question);
    return reply ? *reply : json{{"error", reply.error().rule}};
  }

 private:
  Result<json> respond(const json& question) {
    if (!client_) DMLS_CHECK(wake());
    const std::string what = question.value("do", "");
    if (what == "create") {
      DMLS_TRY(auto made, client_->create_group());
      group_ = std::make_unique<group::Group>(std::move(made));
      return state();
    }
    if (what == "publish") {
      DMLS_TRY(const Bytes package, client_->new_key_package());
      return json{{"octets", hex_of(package)}};
    }
    if (what == "join") {
      DMLS_TRY(const Bytes welcome, octets_of(question, "octets"));
      DMLS_TRY(auto entry, client_->join(welcome));
      return enter(std::move(entry));
    }
    if (what == "join from outside") {
      DMLS_TRY(const Bytes info, octets_of(question, "octets"));
      DMLS_TRY(auto entry, client_->join_by_commit(info));
      json out{{"octets", hex_of(entry.message())}};
      DMLS_TRY(const json entered, enter(std::move(entry)));
      out.update(entered);
      return out;
    }
    if (what == "restore") {
      DMLS_TRY(const auto groups, client_->stored_groups());
      if (groups.size() != 1) return fail(errc::kMisuse, "one group should be stored");
      DMLS_TRY(auto loaded, client_->load_group(groups.front()));
      group_ = std::make_unique<group::Group>(std::move(loaded));
      return state();
    }
    if (!group_) return fail(errc::kMisuse, "not in a group yet");
    if (what == "commit") return commit(question);
    if (what == "propose update") {
      DMLS_TRY(const auto sent, group_->propose_update());
      return json{{"octets", hex_of(sent.message)}};
    }
    if (what == "say") {
      DMLS_TRY(const Bytes message, group_->protect(as_bytes(question.value("text", ""))));
      return json{{"octets", hex_of(message)}};
    }
    if (what == "publish the group") {
      DMLS_TRY(const Bytes info, group_->group_info(group::TreeDelivery::inside, group::ExternalJoins::allowed));
      return json{{"octets", hex_of(info)}};
    }
    if (what == "receive") return receive(question);
    return state();
  }

  // The signature key is made when the process first starts, and read again later.
  Result<void> wake() {
    const std::string file = stage_.folder + "/" + name_;
    const auto random = random_of(stage_, name_, start_);
    std::optional<crypto::SignatureKeyPair> pair;
    if (std::ifstream in(file + ".key", std::ios::binary); in) {
      const std::string octets{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
      DMLS_TRY(pair, crypto::signature_key_pair_from_private(
                         stage_.suite, crypto::SignaturePrivateKey(SecretBytes(as_bytes(octets)))));
    } else {
      DMLS_TRY(pair, crypto::generate_signature_key_pair(stage_.suite, *random));
      const BytesView secret = pair->private_key.expose();
      std::ofstream(file + ".key", std::ios::binary)
          .write(reinterpret_cast<const char*>(secret.data()), static_cast<std::streamsize>(secret.size()));
    }
    group::ClientConfig config{stage_.suite, treekem::BasicCredential{to_bytes(as_bytes(name_))},
                               std::make_shared<crypto::KeyPairSigner>(stage_.suite, *std::move(pair)),
                               std::make_shared<group::AcceptEverything>()};
    config.random = random;
    if (stage_.seed) config.clock = std::make_shared<group::FixedClock>(1'800'000'000);
    DMLS_TRY(config.store, storage::SqliteStore::open({.path = file + ".db"}));
    DMLS_TRY(auto client, group::Client::create(std::move(config)));
    client_ = std::make_unique<group::Client>(std::move(client));
    return {};
  }

  Result<json> enter(group::Transition entry) {
    DMLS_TRY(auto entered, client_->enter(std::move(entry)));
    group_ = std::make_unique<group::Group>(std::move(entered));
    return state();
  }

  // Makes a commit; it happens when it comes back.
  Result<json> commit(const json& question) {
    group::CommitRequest request;
    for (const auto& package : question.value("add", json::array())) {
      DMLS_TRY(const Bytes octets, from_hex(package.get<std::string>()));
      request.add(octets);
    }
    const std::string gone = question.value("remove", "");
    for (const auto& member : group_->members()) {
      const auto* basic = std::get_if<treekem::BasicCredential>(&member.credential);
      if (basic != nullptr && !gone.empty() && basic->identity == to_bytes(as_bytes(gone))) request.remove(member.leaf);
    }
    DMLS_TRY(const auto own, group_->commit(request));
    return json{{"octets", hex_of(own.message())}, {"welcome", hex_of(own.welcome())}};
  }

  Result<json> receive(const json& question) {
    DMLS_TRY(const Bytes octets, octets_of(question, "octets"));
    DMLS_TRY(auto event, group_->process(octets));
    if (const auto* said = std::get_if<group::ApplicationMessage>(&event))
      return json{{"text", std::string(said->data.begin(), said->data.end())}};
    if (auto* staged = std::get_if<group::Transition>(&event)) {
      DMLS_CHECK(group_->merge(std::move(*staged)));
      return state();
    }
    return json::object();
  }

  Result<json> state() const {
    if (!group_) return json::object();
    return json{{"epoch", group_->epoch()},
                {"members", group_->members().size()},
                {"removed", group_->status() == group::GroupStatus::removed},
                {"authenticator", hex_of(group_->epoch_authenticator().expose())}};
  }

  const Stage& stage_;
  std::string name_;
  int start_;
  std::unique_ptr<group::Client> client_;
  std::unique_ptr<group::Group> group_;
};

class Play {
 public:
  Play(Narrator& narrator, const Stage& stage, Troupe& troupe) : narrator_(narrator), stage_(stage), troupe_(troupe) {}

  Result<bool> run() {
    for (const char* name : {"alice", "bob", "carol", "dave"}) DMLS_CHECK(start(name, 0));
    DMLS_CHECK(ask("alice", "create"));
    narrator_.tell("alice", "creates a group");
    members_ = {"alice"};
    DMLS_CHECK(add("alice", {"bob", "carol"}));
    DMLS_CHECK(agree());
    DMLS_CHECK(say("alice", "hello, both of you"));
    DMLS_CHECK(say("carol", "hello from a third process"));
    DMLS_CHECK(update("bob", "alice"));
    DMLS_CHECK(agree());
    DMLS_CHECK(remove("alice", "carol"));
    DMLS_CHECK(agree());
    DMLS_CHECK(join_from_outside("dave", "alice"));
    DMLS_CHECK(agree());
    DMLS_CHECK(say("dave", "I came by the public door"));

    DMLS_CHECK(troupe_.kill("bob"));
    narrator_.tell("bob", "is killed (kill -9)");
    std::erase(members_, "bob");
    DMLS_TRY(const json missed, ask("alice", {{"do", "say"}, {"text", "bob cannot hear this yet"}}));
    narrator_.tell("alice", "says \"bob cannot hear this yet\"", size_of(missed));
    DMLS_CHECK(ask("dave", {{"do", "receive"}, {"octets", missed["octets"]}}));
    DMLS_CHECK(start("bob", 1));
    DMLS_CHECK(ask("bob", "restore"));
    narrator_.tell("bob", "starts again, and finds its state in SQLite");
    members_.insert(members_.begin() + 1, "bob");
    DMLS_TRY(const json heard, ask("bob", {{"do", "receive"}, {"octets", missed["octets"]}}));
    if (heard.value("text", "") != "bob cannot hear this yet") good_ = false;
    narrator_.tell("bob", "reads what was said meanwhile");
    DMLS_CHECK(agree());
    DMLS_CHECK(commit("bob", {{"do", "commit"}}, "commits fresh keys"));
    DMLS_CHECK(agree());
    DMLS_CHECK(say("bob", "still here"));
    return good_;
  }

 private:
  Result<json> ask(const std::string& who, json question) { return troupe_.ask(who, question); }
  Result<json> ask(const std::string& who, const char* what) { return ask(who, json{{"do", what}}); }
  static std::size_t size_of(const json& answer, const char* name = "octets") {
    return answer.value(name, "").size() / 2;
  }

  Result<void> start(const std::string& name, int again) {
    const Stage& stage = stage_;
    return troupe_.start(name, [&stage, name, again] { return std::make_unique<Member>(stage, name, again); });
  }
  // To all members, the sender included: that is how the sender knows that its commit was accepted.
  Result<void> deliver(const json& octets, const std::string& except = {}) {
    for (const std::string& name : members_)
      if (name != except) DMLS_CHECK(ask(name, {{"do", "receive"}, {"octets", octets}}));
    return {};
  }
  Result<void> commit(const std::string& who, json question, std::string_view what) {
    DMLS_TRY(const json made, ask(who, std::move(question)));
    DMLS_CHECK(deliver(made["octets"]));
    narrator_.tell(who, what, size_of(made));
    return {};
  }
  Result<void> add(const std::string& who, const std::vector<std::string>& whom) {
    json packages = json::array();
    for (const std::string& name : whom) {
      DMLS_TRY(const json package, ask(name, "publish"));
      narrator_.tell(name, "publishes a key package", size_of(package));
      packages.push_back(package["octets"]);
    }
    DMLS_TRY(const json made, ask(who, {{"do", "commit"}, {"add", packages}}));
    DMLS_CHECK(deliver(made["octets"]));
    narrator_.tell(who, "commits to adding them", size_of(made));
    narrator_.tell(who, "sends them a Welcome", size_of(made, "welcome"));
    for (const std::string& name : whom) {
      DMLS_CHECK(ask(name, {{"do", "join"}, {"octets", made["welcome"]}}));
      narrator_.tell(name, "joins by the Welcome");
      members_.push_back(name);
    }
    return {};
  }
  Result<void> say(const std::string& who, const std::string& words) {
    DMLS_TRY(const json said, ask(who, {{"do", "say"}, {"text", words}}));
    for (const std::string& name : members_) {
      if (name == who) continue;
      DMLS_TRY(const json heard, ask(name, {{"do", "receive"}, {"octets", said["octets"]}}));
      if (heard.value("text", "") != words) good_ = false;
    }
    narrator_.tell(who, "says \"" + words + "\"", size_of(said));
    return {};
  }
  Result<void> update(const std::string& who, const std::string& by) {
    DMLS_TRY(const json proposal, ask(who, "propose update"));
    DMLS_CHECK(deliver(proposal["octets"], who));
    narrator_.tell(who, "proposes fresh keys of its own", size_of(proposal));
    return commit(by, {{"do", "commit"}}, "commits to that update");
  }
  Result<void> remove(const std::string& who, const std::string& whom) {
    DMLS_CHECK(commit(who, {{"do", "commit"}, {"remove", whom}}, "removes " + whom));
    DMLS_TRY(const json left, ask(whom, "look"));
    if (!left.value("removed", false)) good_ = false;
    std::erase(members_, whom);
    narrator_.tell(whom, "knows that it is out");
    return {};
  }
  Result<void> join_from_outside(const std::string& who, const std::string& by) {
    DMLS_TRY(const json info, ask(by, "publish the group"));
    narrator_.tell(by, "publishes a GroupInfo", size_of(info));
    DMLS_TRY(const json entry, ask(who, {{"do", "join from outside"}, {"octets", info["octets"]}}));
    DMLS_CHECK(deliver(entry["octets"]));
    narrator_.tell(who, "joins by an external commit", size_of(entry));
    members_.push_back(who);
    return {};
  }
  Result<void> agree() {
    std::vector<std::string> authenticators;
    std::uint64_t epoch = 0;
    for (const std::string& name : members_) {
      DMLS_TRY(const json state, ask(name, "look"));
      authenticators.push_back(state.value("authenticator", ""));
      epoch = state.value("epoch", std::uint64_t{0});
    }
    if (!narrator_.agree("epoch " + std::to_string(epoch), authenticators)) good_ = false;
    return {};
  }

  Narrator& narrator_;
  const Stage& stage_;
  Troupe& troupe_;
  std::vector<std::string> members_;
  bool good_ = true;
};

}  // namespace

Result<bool> play_group(Narrator& narrator, const Stage& stage, std::string& complaint) {
  DMLS_TRY(Troupe troupe, Troupe::create());
  auto result = Play(narrator, stage, troupe).run();
  if (!result) complaint = troupe.complaint().empty() ? result.error().rule : troupe.complaint();
  return result;
}

}  // namespace dmls::tools
