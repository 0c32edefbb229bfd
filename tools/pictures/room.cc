#include "room.h"

#include <dmls/group/mls_message.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "cast.h"

namespace dmls::pictures {
namespace {

group::Client client_of(std::string_view name) { return must(group::Client::create(person(name))); }

// The path of a commit that travelled as a PublicMessage.
treekem::UpdatePath path_of(const Bytes& message) {
  const auto decoded = must(tls_codec::decode<group::MlsMessage>(message));
  const auto* open = std::get_if<group::PublicMessage>(&decoded.body);
  const auto* commit = open == nullptr ? nullptr : std::get_if<group::CommitContent>(&open->content.content);
  if (commit == nullptr || !commit->commit.path) give_up("a commit with a path was expected");
  return *commit->commit.path;
}

}  // namespace

Room::Room() {
  group::Client alice = client_of("Alice");
  group::Group group = must(alice.create_group(as_bytes("eight people")));
  people_.push_back({"Alice", std::move(alice), std::move(group)});
  std::vector<std::pair<std::string, group::Client>> invited;
  group::CommitRequest request;
  request.path(group::PathChoice::when_required);
  for (const char* name : {"Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi"}) {
    invited.emplace_back(name, client_of(name));
    request.add(must(invited.back().second.new_key_package()));
  }
  const Sent sent = commit(people_[0], request);
  welcome(std::move(invited), sent.welcome);
}

std::string Room::name_at(tree_math::LeafIndex leaf) const {
  const auto member = people_[0].group.member(leaf);
  return member ? name_of(*member) : std::string();
}

Room::Person& Room::find(std::string_view name) {
  const auto found = std::ranges::find_if(people_, [&](const Person& person) { return person.name == name; });
  if (found == people_.end()) give_up("nobody has that name");
  return *found;
}

Room::Sent Room::commit(Person& committer, const group::CommitRequest& request) {
  auto made = must(committer.group.commit(request));
  Sent sent{made.message(), made.welcome()};
  for (Person& person : people_) {
    if (&person == &committer) continue;
    auto event = must(person.group.process(sent.commit));
    auto* step = std::get_if<group::Transition>(&event);
    if (step == nullptr) give_up("a commit was not followed");
    must(person.group.merge(std::move(*step)));
  }
  must(committer.group.merge(std::move(made)));
  return sent;
}

void Room::welcome(std::vector<std::pair<std::string, group::Client>> invited, const Bytes& message) {
  for (auto& [name, client] : invited) {
    group::Group group = must(client.enter(must(client.join(message))));
    people_.push_back({name, std::move(client), std::move(group)});
  }
}

std::vector<Sealed> Room::renew(std::string_view who) {
  Person& committer = find(who);
  const treekem::RatchetTree before = tree();
  const auto steps = must(before.filtered_direct_path(committer.group.own_leaf()));
  group::CommitRequest request;
  const auto path = path_of(commit(committer, request.handshake(group::HandshakeFormat::public_message)).commit);

  std::vector<Sealed> out;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    out.push_back({steps[i].node, before.resolution(steps[i].copath)});
    if (path.nodes.at(i).encrypted_path_secret.size() != out.back().to.size())
      give_up("a commit has another number of ciphertexts than the tree says");
  }
  return out;
}

void Room::remove(std::string_view who, const std::vector<std::string_view>& whom) {
  group::CommitRequest request;
  for (const auto name : whom) request.remove(find(name).group.own_leaf());
  commit(find(who), request);
  std::erase_if(people_, [](const Person& person) { return person.group.status() != group::GroupStatus::active; });
}

void Room::add(std::string_view who, std::string_view whom) {
  std::vector<std::pair<std::string, group::Client>> invited;
  invited.emplace_back(std::string(whom), client_of(whom));
  group::CommitRequest request;
  request.path(group::PathChoice::when_required).add(must(invited.back().second.new_key_package()));
  const Sent sent = commit(find(who), request);
  welcome(std::move(invited), sent.welcome);
}

}  // namespace dmls::pictures
