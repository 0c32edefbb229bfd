#include "federation.h"

#include <dmls/base/hex.h>
#include <dmls/crypto_testing/cheap_provider.h>
#include <dmls/crypto_testing/seeded_provider.h>
#include <dmls/fork/dmls_message.h>
#include <dmls/storage/memory_store.h>

#include <algorithm>

namespace dmls::sim {
namespace {

const crypto::Provider& provider_for(const FederationOptions& options) {
  return options.cheap ? crypto_testing::cheap_provider() : crypto_testing::seeded_provider();
}

fork::SessionOptions client_options() {
  fork::SessionOptions out;
  // The draft's example: epochs go as soon as a commit leaves them, unless the server asks to retain; losing forks go.
  out.retention.rule = fork::DeletionRule::at_once;
  out.retention.losing_forks = fork::LosingForks::delete_at_once;
  out.retention.max_epochs = 256;
  return out;
}

}  // namespace

Federation::Federation(const FederationOptions& options)
    : options_(options),
      dice_(options.seed),
      watch_(provider_for(options)),
      random_(std::make_shared<SeededRandom>(options.seed + 1)),
      topology_(options.servers) {
  suite_ = *crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519, watch_);
  result_.options = options;
  for (std::uint32_t i = 0; i < options.netsplits; ++i) {
    split_at_.push_back(2 + dice_.roll(std::max(1u, options.steps * 3 / 4)));
    heal_at_.push_back(split_at_.back() + 10 + dice_.roll(std::max(1u, options.steps / 3)));
  }
}

Member Federation::make_member(std::uint32_t server) {
  auto pair = *crypto::generate_signature_key_pair(*suite_, *random_);
  const std::string name = "client " + std::to_string(members_.size());
  group::ClientConfig config{*suite_, treekem::BasicCredential{to_bytes(as_bytes(name))},
                             std::make_shared<crypto::KeyPairSigner>(*suite_, std::move(pair)),
                             std::make_shared<group::AcceptEverything>()};
  config.random = random_;
  config.clock = clock_;
  fork::SessionOptions sessions = client_options();
  if (options_.contrary && members_.size() == 1) {
    sessions.fork_choice =
        std::make_shared<fork::ChosenBy>([](const NodeId&, const fork::Candidate& a, const fork::Candidate& b) {
          return OctetOrder()(a.confirmation_tag, b.confirmation_tag);
        });
  }
  config.store = std::make_shared<storage::MemoryStore>();
  auto client = *fork::Client::create(config, sessions);
  return {.name = name,
          .server = server,
          .config = std::move(config),
          .options = std::move(sessions),
          .client = std::move(client)};
}

void Federation::found() {
  for (std::uint32_t i = 0; i < options_.clients; ++i) members_.push_back(make_member(i % options_.servers));
  members_[0].session = *members_[0].client.create_group(as_bytes("federation"), fork::ExternalCommits::allowed);
  if (members_.size() > 1) {
    group::CommitRequest all;
    for (std::size_t i = 1; i < members_.size(); ++i) all.add(*members_[i].client.new_key_package());
    const auto made = *members_[0].session->commit(all);
    const auto done = *members_[0].session->accept(made.commit);
    for (std::size_t i = 1; i < members_.size(); ++i)
      members_[i].session = *members_[i].client.join(done.welcomes[0].message);
  }
  const NodeId first = members_[0].session->head();
  for (std::uint32_t i = 0; i < options_.servers; ++i) servers_.emplace_back(first);
  mark_of(first, nullptr);
}

FederationResult Federation::run() {
  found();
  while (now_ < options_.steps && result_.violations.empty()) step(false);
  topology_.heal_all();
  server_back_.clear();
  client_back_.clear();
  for (Member& member : members_) member.online = true;
  const std::uint32_t patience = now_ + 400 + 20 * options_.clients;
  do step(true);
  while (!settled() && now_ < patience && result_.violations.empty());
  finish();
  return std::move(result_);
}

void Federation::step(bool quiet) {
  ++now_;
  clock_->set(clock_->now() + 1);
  if (!quiet) move_network();
  gossip();
  deliver();
  submit();
  if (!quiet) act();
  follow_heads();
  rejoin();
  check();
}

void Federation::follow_heads() {
  head_since_.resize(options_.servers);
  for (std::uint32_t i = 0; i < options_.servers; ++i) {
    NodeId head = servers_[i].head();
    if (head != head_since_[i].head) head_since_[i] = {std::move(head), now_};
  }
}

void Federation::move_network() {
  for (std::size_t i = 0; i < split_at_.size(); ++i) {
    if (split_at_[i] == now_) {
      bool within = false;
      if (topology_.split(dice_, within)) ++(within ? result_.splits_within_splits : result_.splits);
    }
    if (heal_at_[i] == now_) topology_.heal_one(dice_);
  }
  if (dice_.chance(0.01)) {
    const auto server = dice_.roll(options_.servers);
    if (topology_.online(server)) {
      topology_.set_online(server, false);
      server_back_[server] = now_ + 2 + dice_.roll(10);
      ++result_.server_outages;
    }
  }
  if (dice_.chance(0.05)) {
    const auto client = dice_.roll(members_.size());
    if (members_[client].online) {
      members_[client].online = false;
      client_back_[client] = now_ + 2 + dice_.roll(20);
      ++result_.client_outages;
    }
  }
  std::erase_if(server_back_, [&](const auto& back) {
    if (back.second > now_) return false;
    topology_.set_online(back.first, true);
    return true;
  });
  std::erase_if(client_back_, [&](const auto& back) {
    if (back.second > now_) return false;
    members_[back.first].online = true;
    restart(members_[back.first]);
    return true;
  });
}

// A client comes back as what its store holds; it has forgotten an attempt to join again.
void Federation::restart(Member& member) {
  if (!member.session) return;
  const NodeId head = member.session->head();
  const auto pending = member.session->pending_commits();
  if (member.rejoining) {
    member.rejoining.reset();
    std::erase_if(member.outbox, [](const Outgoing& out) { return out.joins; });
  }
  const auto before = member.session->inventory();
  member.session.reset();
  member.client = *fork::Client::create(member.config, member.options);
  auto session = member.client.load_session(as_bytes("federation"));
  if (!session) return violation(member.name + " cannot be loaded: " + session.error().rule);
  member.session = *std::move(session);
  ++result_.restarts;
  if (member.session->head() != head || member.session->pending_commits() != pending ||
      member.session->inventory().size() != before.size())
    violation(member.name + " is another one after a restart");
}

// Every server tries to bring every other that it reaches up to date: what was buffered during a split goes out when it
// ends.
void Federation::gossip() {
  for (std::uint32_t from = 0; from < options_.servers; ++from) {
    for (std::uint32_t to = 0; to < options_.servers; ++to) {
      if (from == to || !topology_.reaches(from, to)) continue;
      auto& known = servers_[from].acknowledged[to];
      for (const Entry& entry : servers_[from].log()) {
        if (known.count(entry.id) != 0 || dice_.chance(options_.loss)) continue;
        publish(to, entry);
        if (!dice_.chance(options_.loss)) known.insert(entry.id);  // the acknowledgement may be lost as well
      }
    }
  }
}

void Federation::publish(std::uint32_t server, const Entry& entry) {
  if (!servers_[server].add(entry)) return;
  for (Member& member : members_)
    if (member.server == server && member.session && !entry.is_report())
      member.inbox.push_back({now_ + dice_.roll(3), entry.id, entry.message});
}

// While servers are missing, or have not heard of everything, old epochs may still be needed.
bool Federation::retain(std::uint32_t server) const {
  if (!topology_.whole(server)) return true;
  for (const auto& known : servers_[server].acknowledged)
    if (known.second.size() < servers_[server].log().size()) return true;
  return false;
}

void Federation::deliver() {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    Member& member = members_[i];
    if (!member.online || !member.session || !topology_.online(member.server)) continue;
    std::vector<Parcel> now;
    for (std::size_t k = 0; k < member.inbox.size();) {
      Parcel& parcel = member.inbox[k];
      if (parcel.due > now_) {
        ++k;
      } else if (dice_.chance(options_.loss)) {
        parcel.due = now_ + 1 + dice_.roll(3);
        ++k;
      } else {
        now.push_back(parcel);
        if (dice_.chance(options_.duplication)) {
          parcel.due = now_ + 1 + dice_.roll(5);
          ++k;
        } else {
          member.inbox.erase(member.inbox.begin() + static_cast<std::ptrdiff_t>(k));
        }
      }
    }
    // While the server has more for this client, older epochs may be needed as well.
    const bool keep = retain(member.server) || !member.inbox.empty();
    for (const auto& event : member.session->set_retain(keep || !now.empty())) handle(member, event);
    for (const Parcel& parcel : now) receive(members_[i], parcel.message);
    for (const auto& event : members_[i].session->set_retain(keep)) handle(members_[i], event);
  }
}

void Federation::receive(Member& member, const Bytes& message) {
  const fork::Events events = member.session->process(message);
  for (const auto& event : events) handle(member, event);
}

void Federation::handle(Member& member, const fork::Event& event) {
  const auto entered = [&](const NodeId& node, const NodeId& parent) {
    mark_of(node, &parent);
    report_entry(member, node);
    if (member.deleted.count(parent) != 0) violation(member.name + " entered a child of an epoch that it had deleted");
  };
  if (const auto* advanced = std::get_if<fork::Advanced>(&event)) entered(advanced->node, advanced->parent);
  if (const auto* forked = std::get_if<fork::Forked>(&event)) {
    entered(forked->node, forked->parent);
    ++result_.forks;
  }
  if (const auto* invited = std::get_if<fork::Invited>(&event)) invite(member, *invited);
  if (std::get_if<fork::RolledBack>(&event) != nullptr) ++result_.rollbacks;
  if (const auto* orphaned = std::get_if<fork::Orphaned>(&event)) result_.orphaned += orphaned->members.size();
  if (const auto* deleted = std::get_if<fork::Deleted>(&event)) {
    member.deleted.insert(deleted->node);
    ++result_.epochs_deleted;
    if (member.session->holds(deleted->node)) violation(member.name + " holds an epoch that it reported deleted");
  }
  if (const auto* superseded = std::get_if<fork::Superseded>(&event))
    std::erase_if(member.outbox, [&](const Outgoing& out) { return out.commit == superseded->commit; });
  if (const auto* said = std::get_if<fork::ApplicationMessage>(&event)) {
    ++result_.messages_read;
    if (!member.texts.insert(said->data).second) violation(member.name + " read one message twice");
    if (member.deleted.count(said->epoch) != 0) violation(member.name + " read a message of a deleted epoch");
  }
  if (const auto* rejected = std::get_if<fork::Rejected>(&event)) {
    // Of an epoch that was given up: what the scheme costs. Anything else would be a bug here.
    if (rejected->error.code == fork::errc::kDeletedEpoch) {
      ++result_.messages_unreadable;
    } else {
      violation(member.name + " refused an honest message: " + rejected->error.rule);
    }
  }
}

void Federation::invite(Member& member, const fork::Invited& invited) {
  for (const auto& welcome : invited.welcomes) {
    for (const std::uint32_t index : member.added) {
      Member& newcomer = members_[index];
      if (newcomer.session) continue;
      auto session = newcomer.client.join(welcome.message);
      if (!session) continue;
      newcomer.session = *std::move(session);
      ++result_.joined;
      // From the commit that adds it on, it hears what its server hears.
      const auto& log = servers_[newcomer.server].log();
      auto from = std::find_if(log.begin(), log.end(), [&](const Entry& e) { return e.child == invited.node; });
      for (; from != log.end(); ++from)
        if (from->child != invited.node && !from->is_report())
          newcomer.inbox.push_back({now_, from->id, from->message});
    }
  }
}

// The lowest server that can be reached decides, for all that reach each other.
std::uint32_t Federation::leader_of(std::uint32_t server) const {
  for (std::uint32_t other = 0; other < options_.servers; ++other)
    if (topology_.reaches(server, other)) return other;
  return server;
}

// True if there is nothing left to do about it.
bool Federation::decide(Member& member, const Outgoing& out) {
  Server& leader = servers_[leader_of(member.server)];
  if (leader.has(out.entry.id)) return true;
  if (!out.entry.commit || (leader.head() == out.entry.parent && !leader.decided(out.entry.parent))) {
    publish(leader_of(member.server), out.entry);
    if (out.entry.commit) {
      ++result_.commits;
      committer_server_[out.entry.child] = member.server;
      if (out.expels) expelled_by_[out.entry.id] = *out.expels;
    }
    return true;
  }
  ++result_.commits_refused;
  if (out.commit) (void)member.session->discard(*out.commit);
  if (out.joins) {
    member.rejoining.reset();
    member.lost_for = dice_.roll(10);  // not all at a time
  }
  return true;
}

void Federation::submit() {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    Member& member = members_[i];
    if (!member.online || !topology_.online(member.server)) continue;
    while (!member.outbox.empty() && !dice_.chance(options_.loss)) {
      const Outgoing out = member.outbox.front();
      member.outbox.erase(member.outbox.begin());
      (void)decide(member, out);
    }
  }
}

void Federation::say(Member& member) {
  const std::string text = "message " + std::to_string(next_text_++);
  auto message = member.session->protect(as_bytes(text));
  if (!message) return;  // removed, and not followed elsewhere
  ++result_.messages;
  Entry entry;
  entry.id = next_id_++;
  entry.message = *std::move(message);
  member.outbox.push_back({std::move(entry), std::nullopt, std::nullopt});
}

void Federation::commit(Member& member, const group::CommitRequest& request, std::optional<std::uint32_t> expels) {
  auto made = member.session->commit(request);
  if (!made) return violation(member.name + " could not commit: " + made.error().rule);
  const auto message = *fork::decode_dmls_message(made->message, suite_->hash_length());
  const auto& wire = *std::get_if<group::PublicMessage>(&message.content.message.body);
  Entry entry{next_id_++, made->message, true, made->parent, made->node, *wire.auth.confirmation_tag};
  member.outbox.push_back({std::move(entry), made->commit, expels});
}

void Federation::act() {
  const std::size_t present = members_.size();
  for (std::size_t i = 0; i < present; ++i) {
    Member& member = members_[i];
    if (!member.online || !member.session || member.rejoining || !*member.session->may_send(member.session->head()))
      continue;
    const double busy = 10.0 / static_cast<double>(present);
    if (dice_.chance(0.05 * busy)) say(member);
    if (!member.session->pending_commits().empty() || !dice_.chance(0.04 * busy)) continue;
    group::CommitRequest request;
    request.handshake(group::HandshakeFormat::public_message);
    std::optional<std::uint32_t> expels;
    const auto kind = options_.churn ? dice_.roll(10) : 9;
    if (kind == 0 && members_.size() < 2 * std::size_t{options_.clients}) {
      const auto index = static_cast<std::uint32_t>(members_.size());
      Member newcomer = make_member(dice_.roll(options_.servers));
      request.add(*newcomer.client.new_key_package());
      members_.push_back(std::move(newcomer));
      members_[i].added.push_back(index);
    } else if (kind == 1) {
      const auto all = *member.session->members(member.session->head());
      const auto& victim = all[dice_.roll(all.size())];
      const auto own = *member.session->own_leaf(member.session->head());
      if (victim.leaf != own && all.size() > 3) {
        const auto& name = std::get_if<treekem::BasicCredential>(&victim.credential)->identity;
        const auto found = std::find_if(members_.begin(), members_.end(),
                                        [&](const Member& m) { return to_bytes(as_bytes(m.name)) == name; });
        request.remove(victim.leaf);
        expels = static_cast<std::uint32_t>(found - members_.begin());
      }
    }
    commit(members_[i], request, expels);
  }
}

// On the branch that the client's server takes for the winner, somebody removed it.
bool Federation::expelled(std::uint32_t client) const {
  const Server& server = servers_[members_[client].server];
  std::set<NodeId> branch;
  std::map<NodeId, NodeId> parents;
  for (const Entry& entry : server.log())
    if (entry.commit) parents[entry.child] = entry.parent;
  NodeId at = server.head();
  for (auto found = parents.find(at); found != parents.end(); found = parents.find(at)) {
    branch.insert(at);
    at = found->second;
  }
  return std::any_of(server.log().begin(), server.log().end(), [&](const Entry& entry) {
    const auto by = expelled_by_.find(entry.id);
    return by != expelled_by_.end() && by->second == client && branch.count(entry.child) != 0;
  });
}

// Who cannot follow where its server says the group is, for a while, joins again: by an external commit.
void Federation::rejoin() {
  for (std::uint32_t i = 0; i < members_.size(); ++i) {
    Member& member = members_[i];
    if (!member.session || !member.online || !topology_.online(member.server)) continue;
    Server& server = servers_[member.server];
    const NodeId head = server.head();
    if (member.rejoining) {
      // If another commit took its place, decide() has said so.
      const NodeId mine = member.rejoining->session.head();
      const auto& log = server.log();
      if (std::any_of(log.begin(), log.end(), [&](const Entry& e) { return e.child == mine; })) {
        auto session = std::move(member.rejoining->session);
        member.rejoining.reset();
        mark_of(mine, &*session.history().find(mine)->parent);
        report_entry(member, mine);
        const auto events = member.session->replace_with(std::move(session));
        for (const auto& event : *events) handle(member, event);
        member.deleted.erase(mine);
        ++result_.joined_again;
      }
      continue;
    }
    const bool here = member.session->holds(head) && *member.session->may_send(head);
    member.lost_for = here || expelled(i) ? 0 : member.lost_for + 1;
    if (member.lost_for < 20) continue;
    member.lost_for = 0;
    const auto helper = std::find_if(members_.begin(), members_.end(), [&](const Member& m) {
      return m.session && m.online && m.session->head() == head && topology_.reaches(m.server, member.server) &&
             *m.session->may_send(head);
    });
    if (helper == members_.end()) {
      judge(member, head);
      continue;
    }
    const Bytes info = *helper->session->group_info();
    auto join = member.client.join_by_commit(info, {.resync = group::Resync::replace_own_leaf});
    if (!join) join = member.client.join_by_commit(info);
    if (!join) continue;
    const auto message = *fork::decode_dmls_message(join->message, suite_->hash_length());
    const auto& wire = *std::get_if<group::PublicMessage>(&message.content.message.body);
    Entry entry{next_id_++, join->message, true, head, join->session.head(), *wire.auth.confirmation_tag};
    member.outbox.push_back({std::move(entry), std::nullopt, std::nullopt, true});
    member.rejoining = *std::move(join);
  }
}

// Nobody who could help is where the servers think that all are: the commit was not what its sender said, or its sender
// has lost it. A client reports that, once all had the time to receive the commit and to say that they entered it, and
// agreement starts again without it.
void Federation::judge(const Member& member, const NodeId& head) {
  constexpr std::uint32_t kPatience = 20;
  if (servers_[member.server].entered(head) || now_ - head_since_[member.server].step < kPatience) return;
  const bool all_heard = topology_.whole(member.server) && !retain(member.server) &&
                         std::all_of(members_.begin(), members_.end(), [](const Member& m) {
                           return !m.session || (m.online && m.inbox.empty() && !m.rejoining);
                         });
  if (!all_heard) return;
  Entry verdict;
  verdict.id = next_id_++;
  verdict.rejects = head;
  publish(member.server, verdict);
  ++result_.commits_rejected;
}

void Federation::report_entry(const Member& member, const NodeId& epoch) {
  if (servers_[member.server].entered(epoch)) return;
  Entry report;
  report.id = next_id_++;
  report.enters = epoch;
  publish(member.server, report);
}

std::size_t Federation::mark_of(const NodeId& node, const NodeId* parent) {
  const auto [found, fresh] = marks_.emplace(node, result_.trace.epochs.size());
  const auto above = parent == nullptr ? marks_.end() : marks_.find(*parent);
  if (!fresh) {
    // It may have been drawn before anybody said what it follows.
    EpochMark& drawn = result_.trace.epochs[found->second];
    if (drawn.parent < 0 && above != marks_.end() && above->second < found->second)
      drawn.parent = static_cast<std::ptrdiff_t>(above->second);
    return found->second;
  }
  EpochMark mark;
  mark.name = to_hex(BytesView(node.octets()).first(4));
  if (above != marks_.end()) mark.parent = static_cast<std::ptrdiff_t>(above->second);
  mark.entered = now_;
  const auto server = committer_server_.find(node);
  mark.server = server == committer_server_.end() ? 0 : server->second;
  result_.trace.epochs.push_back(std::move(mark));
  return result_.trace.epochs.size() - 1;
}

void Federation::violation(std::string what) {
  if (result_.violations.size() < 20)
    result_.violations.push_back("step " + std::to_string(now_) + ": " + std::move(what));
}

// After every step.
void Federation::check() {
  std::set<NodeId> held;
  std::vector<std::int32_t> heads;
  for (Member& member : members_) {
    heads.push_back(-1);
    if (!member.session) continue;
    std::size_t epochs = 0;
    for (const auto& entry : member.session->history().nodes()) {
      if (!entry.second.held) continue;
      ++epochs;
      ++result_.checks;
      held.insert(entry.first);
      const Bytes authenticator = to_bytes((*member.session->epoch_authenticator(entry.first))->expose());
      const auto [known, fresh] = authenticators_.emplace(entry.first, authenticator);
      if (!fresh && known->second != authenticator) violation(member.name + " disagrees about an epoch");
    }
    result_.most_epochs_held = std::max<std::uint64_t>(result_.most_epochs_held, epochs);
    if (epochs > 256) violation(member.name + " holds more epochs than its cap allows");
    if (*member.session->may_send(member.session->head()))
      heads.back() = static_cast<std::int32_t>(mark_of(member.session->head(), nullptr));
  }
  if (watch_.repeated() != 0) violation("a message key was used twice with one nonce");
  for (const auto& mark : marks_) {
    EpochMark& drawn = result_.trace.epochs[mark.second];
    if (drawn.deleted == 0 && now_ > drawn.entered + 1 && held.count(mark.first) == 0) drawn.deleted = now_;
  }
  result_.trace.component_of_server.push_back(topology_.components());
  for (std::uint32_t server = 0; server < options_.servers; ++server)
    if (!topology_.online(server)) result_.trace.component_of_server.back()[server] = options_.servers;
  result_.trace.head_of_client.push_back(std::move(heads));
}

// Everything has arrived, and nobody is about to do anything.
bool Federation::settled() const {
  const NodeId head = servers_[0].head();
  for (const Server& server : servers_)
    if (server.head() != head || server.log().size() != servers_[0].log().size()) return false;
  for (std::uint32_t i = 0; i < members_.size(); ++i) {
    const Member& member = members_[i];
    if (!member.session) continue;
    if (!member.inbox.empty() || !member.outbox.empty() || member.rejoining) return false;
    if (!member.session->holds(head) && !expelled(i)) return false;
  }
  return true;
}

void Federation::finish() {
  result_.steps = now_;
  const NodeId head = servers_[0].head();
  result_.final_epoch = to_hex(head.octets());
  for (std::size_t i = 1; i < servers_.size(); ++i)
    if (servers_[i].head() != head) violation("servers " + std::to_string(i) + " and 0 follow different branches");
  for (std::uint32_t i = 0; i < members_.size(); ++i) {
    Member& member = members_[i];
    result_.trace.server_of_client.push_back(member.server);
    if (!member.session || expelled(i)) continue;
    ++result_.members_at_end;
    if (member.session->head() == head) {
      ++result_.members_agreeing;
    } else {
      violation(member.name + " is not where the others are");
    }
  }
  result_.removed = expelled_by_.size();
  // The branch that won.
  if (const auto at = marks_.find(head); at != marks_.end())
    for (auto index = static_cast<std::ptrdiff_t>(at->second); index >= 0;
         index = result_.trace.epochs[static_cast<std::size_t>(index)].parent)
      result_.trace.epochs[static_cast<std::size_t>(index)].won = true;
}

Result<FederationResult> simulate_federation(const FederationOptions& options) {
  if (options.servers == 0 || options.clients == 0 || options.servers > 1000 || options.clients > 10'000)
    return fail(dmls::errc::kMisuse, "a federation has 1 to 1000 servers and 1 to 10000 clients");
  if (!(options.loss >= 0 && options.loss <= 0.9 && options.duplication >= 0 && options.duplication <= 0.9))
    return fail(dmls::errc::kMisuse, "loss and duplication are probabilities of at most 0.9");
  return Federation(options).run();
}

}  // namespace dmls::sim
