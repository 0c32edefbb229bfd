#include "room.h"

#include <algorithm>

namespace dmls::scenario {

using group::Transition;

Room::Room(const Manner& manner) : manner_(manner), random_(std::make_shared<SeededRandom>(manner.seed)) {}

Person& Room::person(const std::string& name) {
  const auto found = people_.find(name);
  if (found != people_.end()) return found->second;
  Client client = must(Client::create(manner_.suite, name, std::make_shared<group::AcceptEverything>(), random_));
  return people_.emplace(name, Person{std::move(client), std::nullopt}).first->second;
}

std::vector<std::string> Room::members() const {
  std::vector<std::pair<tree_math::LeafIndex, std::string>> present;
  for (const auto& [name, person] : people_) {
    if (person.group && person.group->status() == group::GroupStatus::active)
      present.emplace_back(person.group->own_leaf(), name);
  }
  std::sort(present.begin(), present.end(),
            [](const auto& a, const auto& b) { return a.first.value() < b.first.value(); });
  std::vector<std::string> out;
  for (auto& [leaf, name] : present) out.push_back(name);
  return out;
}

void Room::create(const std::string& name, treekem::ExtensionList extensions) {
  const Bytes id = must(random_->bytes(16));
  person(name).group = must(person(name).client.create_group(id, std::move(extensions)));
}

void Room::follow(const std::string& who, const Bytes& message) {
  Group& group = this->group(who);
  auto event = must(group.process(message));
  auto* transition = std::get_if<Transition>(&event);
  ASSERT_NE(transition, nullptr) << who;
  must(group.merge(std::move(*transition)));
}

void Room::observe_message(const Bytes& message) {
  if (!observer_) return;
  auto event = must(observer_->process(message));
  if (auto* commit = std::get_if<group::ObservedCommit>(&event)) must(observer_->merge(std::move(*commit)));
}

void Room::invite(const std::vector<std::string>& names, const std::vector<group::OutgoingWelcome>& welcomes,
                  const Bytes& tree, const Group* descends_from) {
  for (const std::string& name : names) {
    Client& client = person(name).client;
    const auto mine = std::find_if(welcomes.begin(), welcomes.end(),
                                   [&](const auto& welcome) { return client.is_invited(welcome.message); });
    ASSERT_NE(mine, welcomes.end()) << name;
    const Bytes aside = manner_.tree == TreeDelivery::aside ? tree : Bytes();
    const Group* old = descends_from != nullptr ? &*person(name).group : nullptr;
    Transition entry = must(client.join(mine->message, {.ratchet_tree = aside, .descends_from = old}));
    person(name).group = must(client.enter(std::move(entry)));
  }
}

void Room::commit(const std::string& who, CommitRequest request, const std::vector<std::string>& invited) {
  const auto before = members();
  request.handshake(manner_.handshake).tree(manner_.tree).welcomes(manner_.welcomes);
  Transition own = must(group(who).commit(request));
  const Bytes message = own.message();
  const auto welcomes = own.welcomes();
  const Bytes tree = own.ratchet_tree();
  for (const std::string& member : before) {
    if (member != who) follow(member, message);
  }
  observe_message(message);
  follow(who, message);  // its own, as the delivery service hands it back
  invite(invited, welcomes, tree);
  expect_agreement();
}

void Room::hand_out(const Bytes& proposal, const std::string& author) {
  for (const std::string& member : members()) {
    const auto event = must(group(member).process(proposal));
    if (member == author) {
      EXPECT_TRUE(std::holds_alternative<group::Skipped>(event));
    } else {
      const auto* received = std::get_if<group::ReceivedProposal>(&event);
      ASSERT_NE(received, nullptr);
      EXPECT_FALSE(received->objection) << received->objection->rule;
    }
  }
  observe_message(proposal);
}

void Room::propose(const std::string& who, group::Proposal proposal) {
  hand_out(must(group(who).propose(std::move(proposal), {.handshake = manner_.handshake})).message, who);
}

void Room::propose_update(const std::string& who) {
  hand_out(must(group(who).propose_update({.handshake = manner_.handshake})).message, who);
}

void Room::join_by_commit(const std::string& who, const std::string& from, group::Resync resync) {
  const Bytes info = must(group(from).group_info(manner_.tree, group::ExternalJoins::allowed));
  const Bytes aside = manner_.tree == TreeDelivery::aside ? group(from).ratchet_tree() : Bytes();
  Client& client = person(who).client;
  Transition entry = must(client.join_by_commit(info, {.resync = resync}, aside));
  const Bytes message = entry.message();
  if (resync != group::Resync::no) person(who).group.reset();
  for (const std::string& member : members()) follow(member, message);
  observe_message(message);
  person(who).group = must(client.enter(std::move(entry)));
  expect_agreement();
}

void Room::move_to(const std::string& starter, group::Transition transition, const std::vector<std::string>& others) {
  const auto welcomes = transition.welcomes();
  const Bytes tree = transition.ratchet_tree();
  Group entered = must(person(starter).client.enter(std::move(transition)));
  invite(others, welcomes, tree, &group(starter));
  person(starter).group = std::move(entered);
  observer_.reset();
}

void Room::talk(std::size_t senders) {
  const auto names = members();
  std::vector<std::string> chosen = names;
  while (chosen.size() > senders) chosen.erase(chosen.begin() + must(random_->bytes(1))[0] % chosen.size());
  for (const std::string& from : chosen) {
    const std::string words = "from " + from;
    const Bytes message = must(group(from).protect(as_bytes(words), as_bytes("aside")));
    for (const std::string& to : names) {
      const auto event = must(group(to).process(message));
      if (to == from) {
        EXPECT_EQ(std::get<group::Skipped>(event), group::Skipped::own_message);
        continue;
      }
      const auto& heard = std::get<group::ApplicationMessage>(event);
      EXPECT_EQ(heard.data, to_bytes(as_bytes(words)));
      EXPECT_EQ(heard.sender.leaf, group(from).own_leaf());
    }
  }
}

void Room::expect_agreement() const {
  const Group* first = nullptr;
  for (const auto& [name, person] : people_) {
    if (!person.group || person.group->status() == group::GroupStatus::removed) continue;
    const Group& group = *person.group;
    if (first == nullptr) first = &group;
    EXPECT_EQ(group.epoch(), first->epoch()) << name;
    EXPECT_TRUE(group.epoch_authenticator() == first->epoch_authenticator()) << name;
    EXPECT_TRUE(group.public_epoch()->tree == first->public_epoch()->tree) << name;
    EXPECT_TRUE(must(group.export_secret("room", as_bytes("context"), 40)) ==
                must(first->export_secret("room", as_bytes("context"), 40)))
        << name;
  }
  if (!observer_ || first == nullptr) return;
  EXPECT_EQ(observer_->epoch(), first->epoch());
  EXPECT_TRUE(observer_->public_epoch()->tree == first->public_epoch()->tree);
  EXPECT_EQ(observer_->public_epoch()->encoded_context, first->public_epoch()->encoded_context);
}

void Room::observe(const std::string& from) {
  ASSERT_EQ(manner_.handshake, HandshakeFormat::public_message);
  const Bytes info = must(group(from).group_info(TreeDelivery::inside, group::ExternalJoins::refused));
  observer_ = must(group::Observer::create(
      {.policy = std::make_shared<group::AcceptEverything>(), .provider = &manner_.suite.provider()}, info));
}

}  // namespace dmls::scenario
